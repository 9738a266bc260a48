//! `GET /v1/topics/{id}`: one topic with its stories and headlines, or what became of it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::{Ended, TopicDetail};
use crate::http::problem::Problem;
use crate::track::Level;

/// An id is permanent, and so is its address: a topic that ended answers with where it went rather than with a
/// redirection, because it may have become several or none.
pub(super) async fn get_topic(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    if let Some((topic, activity)) = snapshot.topic(&id) {
        return Ok(HttpResponse::Ok().json(TopicDetail::current(topic, activity, &snapshot)));
    }
    let ended = snapshot.resolve(&id).filter(|(id, _)| id.level() == Level::Topic);
    let (id, resolution) = ended.ok_or_else(|| Problem::no_such(Level::Topic))?;
    Ok(HttpResponse::Ok().json(Ended::of(id, &resolution)))
}
