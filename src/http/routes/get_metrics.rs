//! `GET /metrics`: counters for Prometheus.

use actix_web::{HttpResponse, Responder, web::Data};

use crate::http::app::Context;

pub(super) async fn get_metrics(context: Data<Context>) -> impl Responder {
    let snapshot = context.service.snapshot();
    metrics::gauge!("slugline_queue_depth").set(context.service.queue_depth() as f64);
    metrics::gauge!("slugline_topics").set(snapshot.grouping.topics.len() as f64);
    metrics::gauge!("slugline_headlines").set(snapshot.headlines.len() as f64);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(context.metrics.render())
}
