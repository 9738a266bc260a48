//! What every request passes, whatever its route.

mod admit;
mod conditional;
mod cors;
mod fields;
mod observe;
mod problems;
mod recall;
mod request_id;
mod same_site;
mod security;
mod span;

pub(super) use admit::admit;
pub(super) use conditional::conditional;
pub(super) use cors::cors;
pub(super) use fields::fields;
pub(super) use observe::observe;
pub(super) use problems::problems;
pub(super) use recall::recall;
pub(super) use request_id::request_id;
pub(super) use same_site::same_site;
pub(super) use security::security_headers;
pub(super) use span::RequestSpan;
