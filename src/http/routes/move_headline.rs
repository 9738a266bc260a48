//! `POST /v1/headlines/{id}/move`: puts a headline into a story or topic, or has it stand alone.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{Signed, correct, present};
use crate::http::problem::Problem;
use crate::track::Id;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Destination {
    /// What is missing must not be taken for nowhere.
    #[serde(deserialize_with = "present")]
    to: Option<Option<Id>>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn move_headline(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: Destination| {
        let Destination { to, author, reason } = body;
        Ok((Edit::Move { headline: id.into_inner().id, to: to.flatten() }, Signed { author, reason }))
    })
    .await
}
