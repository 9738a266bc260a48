//! `GET /v1/webhooks`: who is told of news, and how that goes.

use actix_web::{HttpResponse, Responder};

use crate::http::addressed::Addressed;
use crate::http::dto::{WebhookList, WebhookStatus};

pub(super) async fn list_webhooks(context: Addressed) -> impl Responder {
    let webhooks = context.webhooks.list(context.collection()).into_iter().map(WebhookStatus::from).collect();
    HttpResponse::Ok().json(WebhookList { webhooks })
}
