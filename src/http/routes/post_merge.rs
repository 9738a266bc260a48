//! `POST /v1/topics/{id}/merge` and `POST /v1/stories/{id}/merge`: puts others into this one.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{Signed, correct, id_of};
use crate::http::problem::Problem;
use crate::track::{Id, Level};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merger {
    from: Vec<Id>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn merge_topics(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    merge(Level::Topic, context, id, request, payload).await
}

pub(super) async fn merge_stories(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    merge(Level::Story, context, id, request, payload).await
}

async fn merge(
    level: Level,
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: Merger| {
        let Merger { from, author, reason } = body;
        Ok((Edit::Merge { from, into: id_of(level, &id)? }, Signed { author, reason }))
    })
    .await
}
