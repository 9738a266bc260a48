//! The log span of a request: id and method from the start, and the client where proxies are trusted to name it, the key
//! once it is known, so that everything logged inside carries them.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::web::Data;
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::RootSpanBuilder;

use super::request_id::RequestId;
use crate::http::app::Context;

/// Builds the span. Paths and queries stay out: they hold what users wrote.
pub(in crate::http) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = RequestId::of(request.request());
        let method = request.method();
        let span = tracing::info_span!("request", request_id, %method, key = Empty, client = Empty);
        let context = request.app_data::<Data<Context>>();
        if let Some(client) = context.and_then(|context| context.access.forwarded_client(request)) {
            span.record("client", client.to_string());
        }
        span
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}
