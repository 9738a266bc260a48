//! `GET /v1/stories/{id}`: one story with its headlines, or what became of it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::ended;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::StoryInTopic;
use crate::http::problem::Problem;
use crate::track::Level;

pub(super) async fn get_story(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    match snapshot.story(&id) {
        Some((story, topic)) => Ok(HttpResponse::Ok().json(StoryInTopic::of(story, topic, &snapshot))),
        None => ended(&context, &snapshot, Level::Story, &id).await,
    }
}
