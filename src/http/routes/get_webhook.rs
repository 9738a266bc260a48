//! `GET /v1/webhooks/{id}`: one webhook and how it is doing.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::WebhookStatus;
use crate::http::problem::Problem;

pub(super) async fn get_webhook(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(WebhookStatus::from(context.webhooks.get(&id)?)))
}
