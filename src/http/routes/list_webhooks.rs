//! `GET /v1/webhooks`: who is told of news, and how that goes.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;
use crate::http::dto::{WebhookList, WebhookStatus};

pub(super) async fn list_webhooks(context: Data<Context>) -> impl Responder {
    let webhooks = context.webhooks.list().into_iter().map(WebhookStatus::from).collect();
    HttpResponse::Ok().json(WebhookList { webhooks })
}
