//! `GET /`: the overview for browsers, the list of routes for everybody else.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::{overview, wants_page};
use crate::http::addressed::Addressed;
use crate::http::problem::Problem;
use crate::http::routes::index;

pub(in crate::http) async fn front(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if wants_page(&request) {
        return overview::overview(&context, &request).await;
    }
    let mut answer = index();
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(answer)
}
