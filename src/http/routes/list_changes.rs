//! `GET /v1/changes`: what is new about topics since an event, a page at a time.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};

use crate::http::addressed::Addressed;
use crate::http::dto::ChangePage;
use crate::http::problem::{Kind, Problem};
use crate::http::query::{EventQuery, page_limit, read_query};

pub(super) async fn list_changes(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let EventQuery { since, limit } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    // Reads many events, and the headlines of topics that have grown.
    let page = web::block(move || ChangePage::of(&snapshot, since, limit)).await;
    let page = page.map_err(|_| Problem::new(Kind::Internal, "Reading the events stopped."))?;
    Ok(HttpResponse::Ok().json(page))
}
