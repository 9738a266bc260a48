//! `GET /v1/topics/{id}/related`: topics that have to do with one, and what ties them.

use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::RelatedTopics;
use crate::http::problem::{Kind, Problem};
use crate::http::query::{page_limit, read_query};
use crate::track::Level;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Length {
    limit: Option<usize>,
}

pub(super) async fn get_related(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Length { limit } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let topic = snapshot.topic(&id).cloned().ok_or_else(|| Problem::no_such(Level::Topic))?;
    // Reads what every topic is called.
    let related = web::block(move || serde_json::to_vec(&RelatedTopics::of(&snapshot, &topic, limit)));
    let related = related.await.ok().and_then(Result::ok);
    let related = related.ok_or_else(|| Problem::new(Kind::Internal, "The comparison stopped."))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(related))
}
