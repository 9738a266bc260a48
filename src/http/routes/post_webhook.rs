//! `POST /v1/webhooks`: subscribes a receiver to news.

use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use crate::http::addressed::Addressed;
use crate::http::body::read_json;
use crate::http::dto::CreatedWebhook;
use crate::http::problem::{Kind, Problem};
use crate::webhooks::NewWebhook;

/// Longest body.
const MOST_BYTES: usize = 16 * 1_024;

pub(super) async fn post_webhook(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let wrong = |reason| Problem::new(Kind::InvalidWebhook, format!("The body is refused: {reason}."));
    let new: NewWebhook = read_json(&request, payload, &context, MOST_BYTES, wrong).await?;
    // Waits for the disk.
    let made = web::block(move || {
        let name = context.collection();
        let made = context.webhooks.create(new, name, &context.service.snapshot(), Timestamp::now());
        // It may have been deleted meanwhile, with the webhooks that it had until then.
        let is_gone = context.collections.find(name).is_none();
        if is_gone {
            context.webhooks.delete_those_of(|collection| collection == name);
        }
        if is_gone { Err(Problem::no_such_collection()) } else { Ok(made?) }
    });
    let made = made.await.map_err(|_| Problem::new(Kind::Internal, "Making the webhook stopped."))?;
    let (standing, secret) = made?;
    Ok(HttpResponse::Created().json(CreatedWebhook::new(standing, &secret)))
}
