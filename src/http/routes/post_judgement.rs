//! `POST /v1/judgements`: says of two headlines whether they belong together.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::{Edit, Verdict};
use crate::http::addressed::Addressed;
use crate::http::correct::correct;
use crate::http::problem::Problem;
use crate::track::Level;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    a: String,
    b: String,
    verdict: Verdict,
    level: Level,
}

pub(super) async fn post_judgement(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: Judgement| {
        let Judgement { a, b, verdict, level } = body;
        Ok(Edit::Judge { a, b, verdict, level })
    })
    .await
}
