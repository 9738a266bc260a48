//! The log span of a request: id and method from the start, the key once it is known, so that everything logged inside carries them.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use super::request_id::RequestId;

/// Builds the span. Paths and queries stay out: they hold what users wrote.
pub(in crate::http) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = RequestId::of(request.request());
        tracing::info_span!("request", request_id, method = %request.method(), key = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}
