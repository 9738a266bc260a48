//! `GET /v1/topics/{id}`: one topic with its stories and headlines, or what became of it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::ended;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::TopicDetail;
use crate::http::problem::Problem;
use crate::track::Level;

/// An id is permanent, and so is its address: a topic that ended answers with where it went rather than with a
/// redirection, because it may have become several or none.
pub(super) async fn get_topic(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    match snapshot.topic(&id) {
        Some(topic) => Ok(HttpResponse::Ok().json(TopicDetail::current(topic, &snapshot))),
        None => ended(&context, &snapshot, Level::Topic, &id).await,
    }
}
