//! `POST /v1/topics/{id}/split` and `POST /v1/stories/{id}/split`: makes a part of this one another.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{correct, id_of};
use crate::http::problem::Problem;
use crate::track::{Id, Level};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicSplit {
    #[serde(default)]
    stories: Vec<Id>,
    #[serde(default)]
    headlines: Vec<String>,
    #[serde(default)]
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StorySplit {
    #[serde(default)]
    headlines: Vec<String>,
    #[serde(default)]
    label: Option<String>,
}

pub(super) async fn split_topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: TopicSplit| {
        let TopicSplit { stories, headlines, label } = body;
        let id = id_of(Level::Topic, &id)?;
        Ok(Edit::Split { id, stories, headlines, label })
    })
    .await
}

pub(super) async fn split_story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: StorySplit| {
        let StorySplit { headlines, label } = body;
        let id = id_of(Level::Story, &id)?;
        Ok(Edit::Split { id, stories: Vec::new(), headlines, label })
    })
    .await
}
