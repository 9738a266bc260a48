//! The service over HTTP: transport only. What a request means is decided in [`crate::service`].
//!
//! A request passes `middleware` (id, log span, metrics, security headers, other sites, problem details, [`Access`],
//! what was answered before, compression, what the client has already, the fields it wants), its route in `routes`, one verb a file, with the
//! collection that `addressed` finds in the path, and on the way `body` for posts (limits, then `media` to choose the parser) or
//! `query` for lists. Answers are the shapes in [`dto`] and [`why`], or, for people, `pages`; failures are [`Problem`]s.

mod access;
mod addressed;
mod answers;
mod app;
mod body;
mod correct;
pub mod csv;
pub mod dto;
mod etag;
mod feed;
mod gauges;
mod media;
mod middleware;
mod openapi;
mod pages;
mod problem;
mod proxies;
mod query;
mod rate_limit;
mod resources;
mod routes;
pub mod why;

pub use access::Access;
pub use app::{Context, Started, serve};
pub use problem::{Kind, Problem};
