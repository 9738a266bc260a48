//! `PATCH /v1/topics/{id}` and `PATCH /v1/stories/{id}`: a name by hand, a pin, or neither any more.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{correct, group_of, present};
use crate::http::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amendment {
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<String>>,
    #[serde(default)]
    pinned: Option<bool>,
}

pub(super) async fn patch_group(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = group_of(&request, &id);
    correct(context, request, payload, |Amendment { label, pinned }| {
        Ok(Edit::Amend { id: id?, label, pinned })
    })
    .await
}
