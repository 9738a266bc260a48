//! `GET /v1/topics/{id}/headlines` and `GET /v1/stories/{id}/headlines`: headlines of one topic or story, latest first, a
//! page at a time.

use std::sync::Arc;

use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::ended;
use crate::engine::{Snapshot, Story, Topic};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::SearchPage;
use crate::http::problem::{Kind, Problem};
use crate::http::query::{invalid, page_limit, read_query};
use crate::service::Position;
use crate::track::Level;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(super) async fn list_headlines_of_topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    match snapshot.topic(&id).cloned() {
        Some(topic) => {
            let stories = topic.stories.clone();
            list(&context, &request, snapshot, topic, stories).await
        }
        None => ended(&context, &snapshot, Level::Topic, &id).await,
    }
}

pub(super) async fn list_headlines_of_story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    match snapshot.story(&id).map(|(story, topic)| (Arc::clone(story), Arc::clone(topic))) {
        Some((story, topic)) => list(&context, &request, snapshot, topic, vec![story]).await,
        None => ended(&context, &snapshot, Level::Story, &id).await,
    }
}

async fn list(
    context: &Addressed,
    request: &HttpRequest,
    snapshot: Arc<Snapshot>,
    topic: Arc<Topic>,
    stories: Vec<Arc<Story>>,
) -> Result<HttpResponse, Problem> {
    let Query { limit, cursor } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let after = read_position(cursor)?;
    // There may be many headlines to put in order.
    let page = web::block(move || {
        let page = SearchPage::of_stories(&snapshot, &topic, &stories, after.as_ref(), limit);
        serde_json::to_vec(&page)
    });
    let page = page.await.ok().and_then(Result::ok);
    let page = page.ok_or_else(|| Problem::new(Kind::Internal, "Putting headlines in order stopped."))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(page))
}

/// The last headline of the page before, if a cursor names one.
pub(super) fn read_position(cursor: Option<String>) -> Result<Option<Position>, Problem> {
    let wrong = || invalid("`cursor` must be the `next` of a page.".to_owned());
    cursor.map(|cursor| Position::parse(&cursor).ok_or_else(wrong)).transpose()
}
