//! `GET /v1/changes`: what is new about topics since an event, a page at a time.

use actix_web::{HttpRequest, HttpResponse};

use crate::http::addressed::Addressed;
use crate::http::dto::ChangePage;
use crate::http::problem::Problem;
use crate::http::query::{EventQuery, page_limit, read_query};

pub(super) async fn list_changes(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let EventQuery { since, limit } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let digest = context.service.changes(&snapshot, since, limit).await?;
    Ok(HttpResponse::Ok().json(ChangePage::of(&snapshot, digest)))
}
