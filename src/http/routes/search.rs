//! `GET /v1/search`: headlines by words and by what is known of them, latest first, a page at a time.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use super::list_headlines_of::read_position;
use crate::http::addressed::Addressed;
use crate::http::dto::SearchPage;
use crate::http::problem::{Kind, Problem};
use crate::http::query::{invalid, page_limit, read_query};
use crate::service::{Search, words_of};
use crate::track::Phase;

/// Most characters of what is looked for.
const MOST_CHARS: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    q: String,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    source: Option<String>,
    lang: Option<String>,
    entity: Option<String>,
    phase: Option<String>,
    #[serde(default)]
    min_size: usize,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(super) async fn search(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let query: Query = read_query(&request)?;
    let limit = page_limit(query.limit, context.config.limits.page_items)?;
    let wanted = read(query)?;
    let snapshot = context.service.snapshot();
    // Reads every headline.
    let page = web::block(move || {
        let page = SearchPage::of(&snapshot, &wanted, limit);
        serde_json::to_vec(&page)
    });
    let page = page.await.ok().and_then(Result::ok);
    let page = page.ok_or_else(|| Problem::new(Kind::Internal, "The search stopped."))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(page))
}

fn read(query: Query) -> Result<Search, Problem> {
    let Query { q, from, to, source, lang, entity, phase, min_size, cursor, limit: _ } = query;
    if q.chars().count() > MOST_CHARS {
        return Err(invalid(format!("`q` must have at most {MOST_CHARS} characters.")));
    }
    let words = words_of(&q);
    if words.is_empty() && !q.is_empty() {
        return Err(invalid("`q` holds no word.".to_owned()));
    }
    let phase = phase.map(|name| phase_named(&name)).transpose()?;
    let after = read_position(cursor)?;
    Ok(Search { words, from, to, source, lang, entity, phase, min_size, after })
}

fn phase_named(name: &str) -> Result<Phase, Problem> {
    match name {
        "emerging" => Ok(Phase::Emerging),
        "growing" => Ok(Phase::Growing),
        "steady" => Ok(Phase::Steady),
        "fading" => Ok(Phase::Fading),
        "dormant" => Ok(Phase::Dormant),
        _ => Err(invalid("`phase` must be emerging, growing, steady, fading or dormant.".to_owned())),
    }
}
