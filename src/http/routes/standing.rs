//! `/v1/standing`: subjects that somebody follows, beside the topics that are found.

use actix_web::web::{self, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::get_edit::number_of;
use super::list_headlines_of::read_position;
use crate::engine::Edit;
use crate::http::addressed::{Addressed, EditNumber};
use crate::http::correct::{NoMore, correct};
use crate::http::dto::{StandingList, StandingPage, StandingTopic};
use crate::http::problem::{Kind, Problem};
use crate::http::query::{page_limit, read_query};
use crate::service::{Seed, seeds, standing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStanding {
    name: String,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    entities: Vec<String>,
    #[serde(default)]
    together: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// `POST /v1/standing`: follows a subject from now on.
pub(super) async fn post_standing(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    correct(context, request, payload, |body: NewStanding| {
        let NewStanding { name, keywords, entities, together } = body;
        Ok(Edit::Stand { name, keywords, entities, together })
    })
    .await
}

/// `GET /v1/standing`: all of them, with what is in them.
pub(super) async fn list_standing(context: Addressed) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    // Reads every headline.
    let list = web::block(move || {
        let found = standing(&snapshot, seeds(&snapshot));
        let standing = found.iter().map(|standing| StandingTopic::of(standing, &snapshot)).collect();
        serde_json::to_vec(&StandingList { version: snapshot.version, standing })
    });
    answer(list.await.ok().and_then(Result::ok))
}

/// `GET /v1/standing/{number}`: one of them, with its headlines.
pub(super) async fn get_standing(
    context: Addressed,
    number: Path<EditNumber>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Page { limit, cursor } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let after = read_position(cursor)?;
    let snapshot = context.service.snapshot();
    let number = number_of(&number).map_err(|_| no_such())?;
    if snapshot.edit(number).and_then(Seed::of).is_none() {
        return Err(no_such());
    }
    let page = web::block(move || {
        let seed = snapshot.edit(number).and_then(Seed::of);
        let found = standing(&snapshot, seed.into_iter().collect());
        let page = found.iter().map(|it| StandingPage::of(it, &snapshot, after.as_ref(), limit)).next();
        serde_json::to_vec(&page)
    });
    answer(page.await.ok().and_then(Result::ok))
}

/// `DELETE /v1/standing/{number}`: follows it no more, which is the same as undoing the edit that made it.
pub(super) async fn delete_standing(
    context: Addressed,
    number: Path<EditNumber>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let number = number_of(&number).map_err(|_| no_such())?;
    if context.service.snapshot().edit(number).and_then(Seed::of).is_none() {
        return Err(no_such());
    }
    correct(context, request, payload, |NoMore {}| Ok(Edit::Undo { edit: number })).await
}

fn answer(body: Option<Vec<u8>>) -> Result<HttpResponse, Problem> {
    let body = body.ok_or_else(|| Problem::new(Kind::Internal, "Reading the headlines stopped."))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

fn no_such() -> Problem {
    Problem::new(Kind::StandingNotFound, "No standing topic has this number.")
}
