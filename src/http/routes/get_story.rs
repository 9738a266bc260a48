//! `GET /v1/stories/{id}`: one story with its headlines, or what became of it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::{Ended, StoryInTopic};
use crate::http::problem::Problem;
use crate::track::Level;

pub(super) async fn get_story(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    if let Some((story, topic)) = snapshot.story(&id) {
        return Ok(HttpResponse::Ok().json(StoryInTopic::of(story, topic, &snapshot)));
    }
    let ended = snapshot.resolve(&id).filter(|(id, _)| id.level() == Level::Story);
    let (id, resolution) = ended.ok_or_else(|| Problem::no_such(Level::Story))?;
    Ok(HttpResponse::Ok().json(Ended::of(id, &resolution)))
}
