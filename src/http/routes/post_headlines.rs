//! `POST /v1/headlines`: keeps headlines and answers per item.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use crate::http::addressed::Addressed;
use crate::http::body::read_document;
use crate::http::dto::PostAnswer;
use crate::http::problem::Problem;

pub(super) async fn post_headlines(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    // Here, and where feeds are handed on, the clock becomes part of the data.
    let received = Timestamp::now();
    let document = read_document(&request, payload, &context).await?;
    let receipt = context.service.post(document, received).await?;
    Ok(HttpResponse::Ok().json(PostAnswer::from(&receipt)))
}
