//! Headers that keep browsers from making more of an answer than it is.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

/// Answers are data: never sniffed, framed, cached or embedded elsewhere.
pub(in crate::http) fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .add(("cross-origin-resource-policy", "same-origin"))
}
