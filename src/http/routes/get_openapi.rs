//! `GET /openapi.json`: the description of this interface for programs.

use actix_web::{HttpResponse, Responder};

use crate::http::openapi;

pub(super) async fn get_openapi() -> impl Responder {
    HttpResponse::Ok().content_type("application/json").body(openapi::document())
}
