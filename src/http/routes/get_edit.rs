//! `GET /v1/edits/{number}`: one edit and whether it holds.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Deserialize;

use crate::http::addressed::Addressed;
use crate::http::dto::EditView;
use crate::http::problem::{Kind, Problem};

pub(super) async fn get_edit(context: Addressed, edit: Path<EditNumber>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let edit = snapshot.edit(edit.number()?).ok_or_else(no_such)?;
    Ok(HttpResponse::Ok().json(EditView::from(edit)))
}

/// The `{number}` of an address.
#[derive(Deserialize)]
pub(super) struct EditNumber {
    number: String,
}

impl EditNumber {
    /// As a number.
    pub fn number(&self) -> Result<u64, Problem> {
        self.number.parse().map_err(|_| no_such())
    }
}

fn no_such() -> Problem {
    Problem::new(Kind::EditNotFound, "No edit has this number.")
}
