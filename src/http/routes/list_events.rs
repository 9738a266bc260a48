//! `GET /v1/events`: what happened to topics and stories, in order, a page at a time.

use actix_web::{HttpRequest, HttpResponse};

use crate::http::addressed::Addressed;
use crate::http::dto::EventPage;
use crate::http::problem::Problem;
use crate::http::query::{EventQuery, page_limit, read_query};

pub(super) async fn list_events(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let EventQuery { since, limit } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let events = context.service.events(&snapshot, since, limit).await?;
    Ok(HttpResponse::Ok().json(EventPage::of(&snapshot, since, limit, &events)))
}
