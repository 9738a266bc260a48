//! `GET /stories/{id}`: one story with its headlines, or what became of it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;

use super::answer::{Frame, page};
use super::edit::{Done, Edited, Fields, GroupForms};
use super::lineage::{Link, Told, ended, latest, told};
use super::time::Moment;
use super::topic::Shares;
use crate::Headline;
use crate::engine::{Headlines, Snapshot, Story};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::Problem;
use crate::http::query::read_query;
use crate::track::Level;

/// Headlines listed of a story.
const MOST_HEADLINES: usize = 300;

/// A headline in a list.
pub(super) struct Title {
    pub id: String,
    pub text: String,
    pub source: Option<String>,
    pub lang: Option<String>,
    pub time: Option<Moment>,
}

impl Title {
    pub fn of(headline: &Headline, now: Timestamp) -> Self {
        Self {
            id: headline.id.clone(),
            text: headline.text.clone(),
            source: headline.source.clone(),
            lang: headline.lang.clone(),
            time: headline.time.map(|time| Moment::new(time, now)),
        }
    }
}

/// The latest headlines of a story, latest first.
pub(super) fn titles(story: &Story, snapshot: &Snapshot, most: usize, now: Timestamp) -> Vec<Title> {
    let headlines = story.headlines.iter().rev().filter_map(|&at| snapshot.at(at));
    headlines.take(most).map(|headline| Title::of(headline, now)).collect()
}

#[derive(Template)]
#[template(path = "story.html")]
struct StoryPage {
    frame: Frame,
    id: String,
    label: String,
    topic: Link,
    size: usize,
    coverage: Shares,
    titles: Vec<Title>,
    more: usize,
    events: Vec<Told>,
    more_events: usize,
    pinned: bool,
    by_hand: bool,
    /// For who may correct it.
    forms: Option<GroupForms>,
    done: Option<Done>,
}

pub(in crate::http) async fn story(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Edited { edited } = read_query(&request)?;
    let snapshot = context.service.snapshot();
    let Some((story, topic)) = snapshot.story(&id) else {
        return ended(&context, &snapshot, Level::Story, &id).await;
    };
    let now = Timestamp::now();
    let latest = latest(&context, &snapshot, story.id).await?;
    let (events, more_events) = told(&latest, story.id, &snapshot, now);
    let view = StoryPage {
        frame: Frame::new(&context, ""),
        id: story.id.to_string(),
        label: story.label.clone(),
        topic: Link::to(topic.id, &snapshot),
        size: story.headlines.len(),
        coverage: Shares::of(snapshot.story_activity(story).coverage),
        titles: titles(story, &snapshot, MOST_HEADLINES, now),
        more: story.headlines.len().saturating_sub(MOST_HEADLINES),
        events,
        more_events,
        pinned: snapshot.is_pinned(story.id),
        by_hand: snapshot.is_named(story.id),
        forms: (context.access.may_write(&request))
            .then(|| GroupForms::of(story.id, &snapshot, &context.root, Fields::default(), None))
            .flatten(),
        done: Done::of(edited, &context, &request, &snapshot),
    };
    page(StatusCode::OK, &view)
}
