//! `GET /v1/edits/{number}`: one edit and whether it holds.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::http::addressed::{Addressed, EditNumber};
use crate::http::dto::EditView;
use crate::http::problem::{Kind, Problem};

pub(super) async fn get_edit(context: Addressed, number: Path<EditNumber>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let edit = snapshot.edit(number_of(&number)?).ok_or_else(no_such)?;
    Ok(HttpResponse::Ok().json(EditView::from(edit)))
}

/// The number in an address.
pub(in crate::http) fn number_of(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| no_such())
}

fn no_such() -> Problem {
    Problem::new(Kind::EditNotFound, "No edit has this number.")
}
