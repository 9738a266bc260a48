//! Turns every failure into a problem answer, including those of layers that know nothing of problems.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};

use super::request_id::RequestId;
use crate::http::pages;
use crate::http::problem::Problem;

/// Replaces the body of failed answers. An unready health check is an answer of its own and stays.
pub(in crate::http) async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?;
    let status = response.status();
    let has_body = response.headers().contains_key(header::CONTENT_TYPE);
    let error = response.response().error();
    if status.as_u16() < 400 || (error.is_none() && has_body) {
        return Ok(response.map_into_boxed_body());
    }
    let problem = error.and_then(|error| error.as_error::<Problem>()).cloned();
    let problem = problem.unwrap_or_else(|| Problem::from_status(status));
    metrics::counter!("slugline_problems_total", "code" => problem.code()).increment(1);
    let request_id = RequestId::of(response.request());
    let (request, _) = response.into_parts();
    let page = is_for_people(&request).then(|| pages::failure(&problem, &request, &request_id)).flatten();
    let mut answer = problem.response(&request_id);
    if let Some(mut page) = page {
        // What goes with the problem, such as when to come back, goes with its page.
        for (name, value) in answer.headers().iter().filter(|(name, _)| **name != header::CONTENT_TYPE) {
            page.headers_mut().insert(name.clone(), value.clone());
        }
        answer = page;
    }
    Ok(ServiceResponse::new(request, answer))
}

/// Whether a browser asks for a page, rather than for data by an address that somebody typed in.
fn is_for_people(request: &HttpRequest) -> bool {
    let data = ["/v1", "/health/", "/metrics"];
    pages::wants_page(request) && !data.iter().any(|start| request.path().starts_with(start))
}
