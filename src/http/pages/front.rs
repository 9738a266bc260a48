//! `GET /`: the overview for browsers, the list of routes for everybody else; and the first page of other collections.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::answer::see_other;
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

/// `GET /collections/{collection}/`.
pub(in crate::http) async fn front_of_collection(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    overview::overview(&context, &request).await
}

/// `GET /collections/{collection}`, as somebody may type it.
pub(in crate::http) async fn to_front(context: Addressed) -> Result<HttpResponse, Problem> {
    see_other(&format!("{}/", context.root))
}
