//! `GET /v1/status`: how far the collection is and where it is kept.

use actix_web::{HttpResponse, Responder};

use crate::http::addressed::Addressed;
use crate::http::dto::Status;

pub(super) async fn get_status(context: Addressed) -> impl Responder {
    let view = context.service.view();
    HttpResponse::Ok().json(Status::of(&view, context.service.store_kind(), &context.started))
}
