//! Metrics and one log line per request, both by route pattern, so that their number stays bounded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use metrics::{Counter, Histogram};

/// The pattern of the route that a request is for, kept in its extensions by whoever knows it without looking for it.
#[derive(Debug, Clone)]
pub(super) struct Route(pub Arc<str>);

impl Route {
    fn of(request: &HttpRequest) -> Arc<str> {
        let known = request.extensions().get::<Self>().map(|route| Arc::clone(&route.0));
        known.unwrap_or_else(|| request.match_pattern().unwrap_or_else(|| "unmatched".to_owned()).into())
    }
}

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
    let route = Route::of(response.request());
    Series::with(method, &route, status, |series| {
        series.requests.increment(1);
        series.seconds.record(elapsed.as_secs_f64());
    });
    let (route, milliseconds) = (&*route, elapsed.as_millis() as u64);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(route, status = status.as_u16(), milliseconds, "answered");
    } else if route.starts_with("/health") || route == "/metrics" {
        tracing::debug!(route, status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(route, status = status.as_u16(), milliseconds, "answered");
    }
    Ok(response)
}

/// Where requests of one kind are counted and timed.
struct Series {
    requests: Counter,
    seconds: Histogram,
}

/// Those of one route, by method and status.
type OfRoute = HashMap<(&'static str, StatusCode), Series>;

thread_local! {
    /// By route. Finding them by name takes longer than counting, so each thread that serves
    /// does so once; there are no more of them than series in `/metrics`.
    static SERIES: RefCell<HashMap<Arc<str>, OfRoute>> = RefCell::default();
}

impl Series {
    fn with(method: &'static str, route: &Arc<str>, status: StatusCode, count: impl FnOnce(&Self)) {
        SERIES.with_borrow_mut(|routes| {
            if !routes.contains_key(route) {
                routes.insert(Arc::clone(route), HashMap::new());
            }
            if let Some(of_route) = routes.get_mut(route) {
                count(of_route.entry((method, status)).or_insert_with(|| Self::new(method, route, status)));
            }
        });
    }

    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let (route, status) = (route.to_owned(), status.as_u16().to_string());
        Self {
            requests: metrics::counter!("slugline_http_requests_total", "method" => method, "route" => route.clone(), "status" => status),
            seconds: metrics::histogram!("slugline_http_request_duration_seconds", "method" => method, "route" => route),
        }
    }
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
