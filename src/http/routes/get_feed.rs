//! `GET /v1/feeds/topics.atom|json` and `GET /v1/topics/{id}/feed.atom|json`: feeds to subscribe to.

use std::cmp::Reverse;

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Headline;
use crate::engine::{Headlines, Snapshot, TopicSort};
use crate::http::app::Context;
use crate::http::feed::{Entry, Feed, atom, json, origin};
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

pub(super) async fn topics_atom(
    context: Data<Context>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topics(&context, &request, Notation::Atom).await
}

pub(super) async fn topics_json(
    context: Data<Context>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topics(&context, &request, Notation::Json).await
}

pub(super) async fn topic_atom(
    context: Data<Context>,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topic(&context, &id, &request, Notation::Atom).await
}

pub(super) async fn topic_json(
    context: Data<Context>,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    topic(&context, &id, &request, Notation::Json).await
}

/// The topics that had headlines last.
async fn topics(
    context: &Context,
    request: &HttpRequest,
    notation: Notation,
) -> Result<HttpResponse, Problem> {
    let Length { limit } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let (snapshot, origin, path) = (context.service.snapshot(), origin(request), request.path().to_owned());
    let started = context.started.at;
    render(notation, move || {
        let topics = snapshot.topics_by(TopicSort::Recent).into_iter().take(limit);
        let entries = topics.filter_map(|topic| Entry::of_topic(topic, &snapshot, &origin));
        Feed {
            id: "urn:slugline:topics".to_owned(),
            title: "Topics".to_owned(),
            address: format!("{origin}{path}"),
            home: format!("{origin}/v1/topics?sort=recent"),
            updated: last_change(&snapshot).unwrap_or(started),
            entries: entries.collect(),
        }
    })
    .await
}

/// The headlines of one topic, or of what became of it: whoever subscribed stays with the subject.
async fn topic(
    context: &Context,
    id: &str,
    request: &HttpRequest,
    notation: Notation,
) -> Result<HttpResponse, Problem> {
    let Length { limit } = read_query(request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    let known = snapshot.resolve(id).filter(|(id, _)| id.level() == Level::Topic);
    let (id, resolution) = known.ok_or_else(|| Problem::no_such(Level::Topic))?;
    let (origin, path) = (origin(request), request.path().to_owned());
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
            id: format!("urn:slugline:{id}"),
            title: resolution.label.clone(),
            address: format!("{origin}{path}"),
            home: format!("{origin}/v1/topics/{id}"),
            updated: newest.or_else(|| last_change(&snapshot)).unwrap_or(started),
            entries: entries.filter_map(|headline| Entry::of_headline(headline, &origin)).collect(),
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
