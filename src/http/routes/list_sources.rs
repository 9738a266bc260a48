//! `GET /v1/sources`: the feeds that are followed and how each is doing.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;
use crate::http::dto::SourceList;

pub(super) async fn list_sources(context: Data<Context>) -> impl Responder {
    HttpResponse::Ok().json(SourceList::of(&context.sources))
}
