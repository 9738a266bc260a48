//! `GET /metrics`: how things stand and what happened, for Prometheus.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;
use crate::http::gauges;

pub(super) async fn get_metrics(context: Data<Context>) -> impl Responder {
    gauges::update(&context);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(context.metrics.render())
}
