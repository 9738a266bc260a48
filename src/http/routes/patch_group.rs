//! `PATCH /v1/topics/{id}` and `PATCH /v1/stories/{id}`: a name by hand, a pin, or neither any more.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{Signed, correct, id_of, present};
use crate::http::problem::Problem;
use crate::track::Level;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amendment {
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<String>>,
    #[serde(default)]
    pinned: Option<bool>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn patch_topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    patch(Level::Topic, context, id, request, payload).await
}

pub(super) async fn patch_story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    patch(Level::Story, context, id, request, payload).await
}

async fn patch(
    level: Level,
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: Amendment| {
        let Amendment { label, pinned, author, reason } = body;
        Ok((Edit::Amend { id: id_of(level, &id)?, label, pinned }, Signed { author, reason }))
    })
    .await
}
