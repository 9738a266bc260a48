//! `GET /v1/topics/{id}/timeline`: one topic counted by time.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::TopicTimeline;
use crate::http::problem::Problem;
use crate::track::Level;

pub(super) async fn get_timeline(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let topic = snapshot.topic(&id).ok_or_else(|| Problem::no_such(Level::Topic))?;
    Ok(HttpResponse::Ok().json(TopicTimeline::of(&snapshot, topic)))
}
