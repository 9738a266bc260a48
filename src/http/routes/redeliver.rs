//! `POST /v1/webhooks/{id}/redeliver`: sends failed messages once more.

use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::Redelivery;
use crate::http::problem::{Kind, Problem};
use crate::http::query::read_query;

/// Which message; all of them if none is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    delivery: Option<String>,
}

pub(super) async fn redeliver(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Query { delivery } = read_query(&request)?;
    // Waits for the disk.
    let marked =
        web::block(move || context.webhooks.redeliver(context.collection(), &id, delivery.as_deref())).await;
    let marked = marked.map_err(|_| Problem::new(Kind::Internal, "Writing that down stopped."))?;
    Ok(HttpResponse::Accepted().json(Redelivery { redelivering: marked? }))
}
