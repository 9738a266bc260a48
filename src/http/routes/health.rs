//! `GET /health/live` and `GET /health/ready`: for whoever restarts or routes around an instance.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;
use crate::http::dto::Health;
use crate::service::Readiness;

/// The process answers.
pub(super) async fn live() -> impl Responder {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// All writers run, all stores take what they write and the service is not about to stop.
pub(super) async fn ready(context: Data<Context>) -> impl Responder {
    match context.collections.readiness() {
        Readiness::Ready => HttpResponse::Ok().json(Health { status: "ready" }),
        Readiness::ReadOnly => HttpResponse::ServiceUnavailable().json(Health { status: "read-only" }),
        Readiness::Stopping => HttpResponse::ServiceUnavailable().json(Health { status: "stopping" }),
    }
}
