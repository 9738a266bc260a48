//! `POST /v1/edits/{number}/undo`: takes an edit back.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::get_edit::number_of;
use crate::engine::Edit;
use crate::http::addressed::{Addressed, EditNumber};
use crate::http::correct::{NoMore, correct};
use crate::http::problem::Problem;

pub(super) async fn undo_edit(
    context: Addressed,
    number: Path<EditNumber>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |NoMore {}| Ok(Edit::Undo { edit: number_of(&number)? })).await
}
