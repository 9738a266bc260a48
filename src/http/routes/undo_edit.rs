//! `POST /v1/edits/{number}/undo`: takes an edit back.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::get_edit::EditNumber;
use crate::engine::Edit;
use crate::http::addressed::Addressed;
use crate::http::correct::{Signed, correct};
use crate::http::problem::Problem;

pub(super) async fn undo_edit(
    context: Addressed,
    edit: Path<EditNumber>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |signed: Signed| Ok((Edit::Undo { edit: edit.number()? }, signed)))
        .await
}
