//! `GET /v1/webhooks/{id}/failed`: messages that could not be delivered.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::http::app::Context;
use crate::http::dto::{FailedList, FailedMessage};
use crate::http::problem::Problem;

pub(super) async fn list_failed(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let failed = context.webhooks.failed(&id)?.into_iter().map(FailedMessage::from).collect();
    Ok(HttpResponse::Ok().json(FailedList { failed }))
}
