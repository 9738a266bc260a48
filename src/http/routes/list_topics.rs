//! `GET /v1/topics`: the topics, largest first or in another order, a page at a time.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::TopicSort;
use crate::http::app::Context;
use crate::http::dto::TopicPage;
use crate::http::problem::{Kind, Problem};

const DEFAULT_LIMIT: usize = 50;

/// Which page is wanted, and of which order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    sort: TopicSort,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

pub(super) async fn list_topics(
    context: Data<Context>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let invalid = |reason: String| Problem::new(Kind::InvalidQuery, reason);
    let Query(page) = Query::<Page>::from_query(request.query_string())
        .map_err(|error| invalid(format!("The query is invalid: {error}.")))?;
    let most = context.config.limits.page_items;
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT.min(most));
    if !(1..=most).contains(&limit) {
        return Err(invalid(format!("`limit` must be between 1 and {most}, not {limit}.")));
    }
    let snapshot = context.service.snapshot();
    Ok(HttpResponse::Ok().json(TopicPage::of(&snapshot, page.sort, limit, page.offset)))
}
