//! `POST /v1/edits/{number}/undo`: takes an edit back.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::get_edit::number_of;
use crate::engine::Edit;
use crate::http::app::Context;
use crate::http::correct::{Signed, correct};
use crate::http::problem::Problem;

pub(super) async fn undo_edit(
    context: Data<Context>,
    number: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |signed: Signed| {
        Ok((Edit::Undo { edit: number_of(&number)? }, signed))
    })
    .await
}
