//! `GET /v1/headlines/{id}/why`: why one headline is where it is.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::{Kind, Problem};
use crate::http::why::Why;

pub(super) async fn get_why(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let explained = context.service.explain(id.into_inner().id).await?;
    let (explanation, snapshot) =
        explained.ok_or_else(|| Problem::new(Kind::HeadlineNotFound, "No headline has this id."))?;
    Ok(HttpResponse::Ok().json(Why::of(explanation, &*snapshot)))
}
