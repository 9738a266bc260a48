//! `GET /v1/topics/{id}/events` and `GET /v1/stories/{id}/events`: the life of one topic or story, living or not.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::EventPage;
use crate::http::problem::Problem;
use crate::http::query::{EventQuery, page_limit, read_query};
use crate::track::{Id, Level};

pub(super) async fn list_events_of_topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    list_events_of(Level::Topic, &context, &id, &request).await
}

pub(super) async fn list_events_of_story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    list_events_of(Level::Story, &context, &id, &request).await
}

async fn list_events_of(
    level: Level,
    context: &Addressed,
    id: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let EventQuery { since, limit } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let id = Id::parse(id).filter(|id| id.level() == level && snapshot.lineage.state(*id).is_some());
    let id = id.ok_or_else(|| Problem::no_such(level))?;
    let events = context.service.events_of(&snapshot, id, since, limit).await?;
    Ok(HttpResponse::Ok().json(EventPage::of(&snapshot, since, limit, &events)))
}
