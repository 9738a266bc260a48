//! `GET /`: the overview for browsers, the list of routes for everybody else.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{overview, wants_page};
use crate::http::app::Context;
use crate::http::problem::Problem;
use crate::http::routes::index;

pub(in crate::http) async fn front(
    context: Data<Context>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if wants_page(&request) {
        return overview::overview(&context, &request).await;
    }
    let mut answer = index();
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(answer)
}
