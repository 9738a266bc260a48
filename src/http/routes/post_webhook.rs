//! `POST /v1/webhooks`: subscribes a receiver to news.

use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use crate::http::app::Context;
use crate::http::body::read_json;
use crate::http::dto::CreatedWebhook;
use crate::http::problem::{Kind, Problem};
use crate::webhooks::NewWebhook;

/// Longest body.
const MOST_BYTES: usize = 16 * 1_024;

pub(super) async fn post_webhook(
    context: Data<Context>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let wrong = |reason| Problem::new(Kind::InvalidWebhook, format!("The body is refused: {reason}."));
    let new: NewWebhook = read_json(&request, payload, &context, MOST_BYTES, wrong).await?;
    // Waits for the disk.
    let made = web::block(move || {
        context.webhooks.create(new, &context.collections.default_one().snapshot(), Timestamp::now())
    });
    let made = made.await.map_err(|_| Problem::new(Kind::Internal, "Making the webhook stopped."))?;
    let (standing, secret) = made?;
    Ok(HttpResponse::Created().json(CreatedWebhook::new(standing, &secret)))
}
