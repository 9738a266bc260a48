//! Answers browsers that ask whether a page of another site may use the service.

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::middleware::Condition;

use crate::config;

/// Seconds for which browsers remember the answer.
const MAX_AGE: usize = 600;

/// Says yes to the pages that the settings name, and is not there if they name none. Keys are sent by the page itself,
/// never by the browser on its own: there are no credentials to allow.
pub(in crate::http) fn cors(settings: &config::Cors) -> Condition<Cors> {
    let cors = settings.origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let cors = cors
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .allowed_header("x-request-id")
        .expose_headers(["etag", "retry-after", "www-authenticate", "x-request-id"])
        .max_age(MAX_AGE);
    Condition::new(!settings.origins.is_empty(), cors)
}
