//! `GET /v1/feeds/topics.atom|json` and `GET /v1/topics/{id}/feed.atom|json`: feeds to subscribe to.

use std::cmp::Reverse;

use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Headline;
use crate::engine::{Headlines, Snapshot, TopicSort};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::feed::{Entry, Feed, Place, atom, json};
use crate::http::problem::{Kind, Problem};
use crate::http::query::{page_limit, read_query};
use crate::track::Level;

/// How many entries are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Length {
    limit: Option<usize>,
}

#[derive(Clone, Copy)]
enum Notation {
    Atom,
    Json,
}

pub(super) async fn topics_atom(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    topics(&context, &request, Notation::Atom).await
}

pub(super) async fn topics_json(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    topics(&context, &request, Notation::Json).await
}

pub(super) async fn topic_atom(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topic(&context, &id, &request, Notation::Atom).await
}

pub(super) async fn topic_json(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topic(&context, &id, &request, Notation::Json).await
}

/// The topics that had headlines last.
async fn topics(
    context: &Addressed,
    request: &HttpRequest,
    notation: Notation,
) -> Result<HttpResponse, Problem> {
    let Length { limit } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let (snapshot, place) = (context.service.snapshot(), Place::of(request, context));
    let address = format!("{}{}", place.origin, request.path());
    let started = context.started.at;
    render(notation, move || {
        let topics = snapshot.topics_by(TopicSort::Recent).into_iter().take(limit);
        let entries = topics.filter_map(|topic| Entry::of_topic(topic, &snapshot, &place));
        Feed {
            id: format!("{}:topics", place.urn),
            title: "Topics".to_owned(),
            address,
            home: format!("{}/topics?sort=recent", place.base),
            updated: last_change(&snapshot).unwrap_or(started),
            entries: entries.collect(),
        }
    })
    .await
}

/// The headlines of one topic, or of what became of it: whoever subscribed stays with the subject.
async fn topic(
    context: &Addressed,
    id: &str,
    request: &HttpRequest,
    notation: Notation,
) -> Result<HttpResponse, Problem> {
    let Length { limit } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let known = snapshot.resolve_at(Level::Topic, id);
    let (id, resolution) = known.ok_or_else(|| Problem::no_such(Level::Topic))?;
    let place = Place::of(request, context);
    let address = format!("{}{}", place.origin, request.path());
    let started = context.started.at;
    render(notation, move || {
        let living = resolution.living.iter().filter_map(|id| snapshot.topic(&id.to_string()));
        let stories = living.flat_map(|topic| &topic.stories);
        let positions = stories.flat_map(|story| &story.headlines);
        let mut headlines: Vec<&Headline> = positions.filter_map(|&at| snapshot.at(at)).collect();
        headlines.sort_by_key(|headline| (Reverse(headline.time), headline.id.as_str()));
        let newest = headlines.first().and_then(|headline| headline.time);
        let entries = headlines.into_iter().take(limit);
        Feed {
            id: format!("{}:{id}", place.urn),
            title: resolution.label.to_string(),
            address,
            home: format!("{}/topics/{id}", place.base),
            updated: newest.or_else(|| last_change(&snapshot)).unwrap_or(started),
            entries: entries.filter_map(|headline| Entry::of_headline(headline, &place)).collect(),
        }
    })
    .await
}

fn last_change(snapshot: &Snapshot) -> Option<Timestamp> {
    snapshot.lineage.event(snapshot.lineage.last()).map(|event| event.at)
}

async fn render(
    notation: Notation,
    feed: impl FnOnce() -> Feed + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let rendered = web::block(move || match notation {
        Notation::Atom => atom(&feed()).ok(),
        Notation::Json => json(&feed()).ok(),
    });
    let bytes = rendered.await.ok().flatten();
    let bytes = bytes.ok_or_else(|| Problem::new(Kind::Internal, "The feed could not be written."))?;
    let content_type = match notation {
        Notation::Atom => "application/atom+xml; charset=utf-8",
        Notation::Json => "application/feed+json; charset=utf-8",
    };
    Ok(HttpResponse::Ok().content_type(content_type).body(bytes))
}
