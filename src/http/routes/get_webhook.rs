//! `GET /v1/webhooks/{id}`: one webhook and how it is doing.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::WebhookStatus;
use crate::http::problem::Problem;

pub(super) async fn get_webhook(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(WebhookStatus::from(context.webhooks.get(context.collection(), &id)?)))
}
