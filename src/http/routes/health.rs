//! `GET /health/live` and `GET /health/ready`: for whoever restarts or routes around an instance.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;
use crate::http::dto::Health;

/// The process answers.
pub(super) async fn live() -> impl Responder {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// The writer runs and the service is not about to stop.
pub(super) async fn ready(context: Data<Context>) -> impl Responder {
    if context.service.is_ready() {
        HttpResponse::Ok().json(Health { status: "ready" })
    } else {
        HttpResponse::ServiceUnavailable().json(Health { status: "stopping" })
    }
}
