//! `POST /v1/classify`: where headlines would go; nothing is kept.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use crate::http::addressed::Addressed;
use crate::http::body::read_few;
use crate::http::dto::ClassifyAnswer;
use crate::http::problem::Problem;

/// Most headlines at once: each is searched for by the writer, for which posts wait meanwhile.
const MOST_ITEMS: usize = 100;

pub(super) async fn post_classify(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let received = Timestamp::now();
    let document = read_few(&request, payload, &context, MOST_ITEMS).await?;
    let guesses = context.service.classify(document, received).await?;
    Ok(HttpResponse::Ok().json(ClassifyAnswer::from(&guesses)))
}
