//! `GET /v1/topics/{id}`: one topic with its stories and headlines.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::TopicDetail;
use crate::http::problem::{Kind, Problem};

pub(super) async fn get_topic(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let (topic, activity) =
        snapshot.topic(&id).ok_or_else(|| Problem::new(Kind::TopicNotFound, "No topic has this id."))?;
    Ok(HttpResponse::Ok().json(TopicDetail::of(topic, &snapshot.headlines, Some(activity))))
}
