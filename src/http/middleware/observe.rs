//! Metrics and one log line per request, both by route pattern, so that their number stays bounded.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

/// Counts and times the request.
pub(in crate::http) async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let method = method_name(request.method());
    let response = next.call(request).await?;
    let elapsed = started.elapsed();
    let status = response.status();
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    metrics::counter!("slugline_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!("slugline_http_request_duration_seconds", "method" => method, "route" => route.clone())
        .record(elapsed.as_secs_f64());
    let milliseconds = elapsed.as_millis() as u64;
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(route, status = status.as_u16(), milliseconds, "answered");
    } else if route.starts_with("/health") || route == "/metrics" {
        tracing::debug!(route, status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(route, status = status.as_u16(), milliseconds, "answered");
    }
    Ok(response)
}

/// Clients may invent methods; metrics may not.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
