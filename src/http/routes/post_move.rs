//! `POST /v1/headlines/{id}/move` and `POST /v1/stories/{id}/move`: puts a headline into a story or topic or has it stand
//! alone, and puts a story into another topic.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{correct, id_of, present};
use crate::http::problem::Problem;
use crate::track::{Id, Level};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Destination {
    /// What is missing must not be taken for nowhere.
    #[serde(deserialize_with = "present")]
    to: Option<Option<Id>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTopic {
    to: Id,
}

pub(super) async fn move_headline(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |Destination { to }| {
        Ok(Edit::Move { headline: id.into_inner().id, to: to.flatten() })
    })
    .await
}

pub(super) async fn move_story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |NewTopic { to }| {
        Ok(Edit::MoveStory { story: id_of(Level::Story, &id)?, to })
    })
    .await
}
