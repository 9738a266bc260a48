//! `POST /v1/collections`: a new collection.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use crate::http::app::Context;
use crate::http::body::read_json;
use crate::http::dto::CollectionSummary;
use crate::http::problem::{Kind, Problem};
use crate::service::CollectionSettings;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCollection {
    name: String,
    #[serde(default)]
    settings: CollectionSettings,
}

pub(super) async fn create_collection(
    context: Data<Context>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let wrong =
        |reason: String| Problem::new(Kind::InvalidCollection, format!("The body is refused: {reason}."));
    let NewCollection { name, settings } =
        read_json(&request, payload, &context, context.config.limits.body_bytes, wrong).await?;
    let created = context.collections.create(name, settings, Timestamp::now()).await?;
    let address = format!("/v1/collections/{}", created.profile().name);
    let answer = CollectionSummary::of(&created);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, address)).json(answer))
}
