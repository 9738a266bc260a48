//! `GET /v1/topics/{id}/timeline`: one topic counted by time.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::TopicTimeline;
use crate::http::problem::Problem;
use crate::track::Level;

pub(super) async fn get_timeline(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let topic = snapshot.topic(&id).ok_or_else(|| Problem::no_such(Level::Topic))?;
    Ok(HttpResponse::Ok().json(TopicTimeline::of(&snapshot, topic)))
}
