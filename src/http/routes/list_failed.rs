//! `GET /v1/webhooks/{id}/failed`: messages that could not be delivered.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::{FailedList, FailedMessage};
use crate::http::problem::Problem;

pub(super) async fn list_failed(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let failed =
        context.webhooks.failed(context.collection(), &id)?.into_iter().map(FailedMessage::from).collect();
    Ok(HttpResponse::Ok().json(FailedList { failed }))
}
