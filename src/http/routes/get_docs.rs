//! `GET /docs`: the description of this interface for people.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::http::openapi;
use crate::http::problem::{Kind, Problem};

pub(super) async fn get_docs() -> Result<HttpResponse, Problem> {
    let page = openapi::page();
    let page = page.ok_or_else(|| Problem::new(Kind::Internal, "The description cannot be read."))?;
    // The page loads nothing and runs nothing; its one style sheet is inside.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(page))
}
