//! `POST /v1/topics/{id}/merge` and `POST /v1/stories/{id}/merge`: puts others into this one.

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::engine::Edit;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::correct::{correct, group_of};
use crate::http::problem::Problem;
use crate::track::Id;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merger {
    from: Vec<Id>,
}

pub(super) async fn merge_groups(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let into = group_of(&request, &id);
    correct(context, request, payload, |Merger { from }| Ok(Edit::Merge { from, into: into? })).await
}
