//! `GET /v1/edits`: the edits that were made, in order, a page at a time.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::http::addressed::Addressed;
use crate::http::dto::EditPage;
use crate::http::problem::Problem;
use crate::http::query::{page_limit, read_query};
use crate::track::Id;

/// Which edits are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Those with greater numbers.
    #[serde(default)]
    since: u64,
    limit: Option<usize>,
    /// Those of one topic or story.
    id: Option<Id>,
}

pub(super) async fn list_edits(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Wanted { since, limit, id } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    Ok(HttpResponse::Ok().json(EditPage::of(&snapshot, since, limit, id)))
}
