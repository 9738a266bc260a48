//! `GET /topics/{id}`: one topic, its course over time, its stories and its past; or what became of it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::answer::{Frame, page};
use super::chart::TimelineChart;
use super::edit::{Done, Fields, GroupForms};
use super::lineage::{Told, ended, latest, told};
use super::overview::phase_name;
use super::story::{Title, titles};
use super::survey::Survey;
use super::time::{Moment, length, pace};
use crate::engine::{Activity, Headlines, Snapshot, Topic};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::{Kind, Problem};
use crate::http::query::{invalid, read_query};
use crate::service::{Related, related};
use crate::track::{Coverage, Event, Level, State, Timeline};

/// Stories on a page, and headlines shown of each.
const PAGE_STORIES: usize = 25;
const STORY_HEADLINES: usize = 8;
/// Related topics shown, and what is named of that which ties each.
const RELATED: usize = 6;
const TIES: usize = 4;

#[derive(Deserialize)]
struct Query {
    page: Option<usize>,
    edited: Option<u64>,
}

#[derive(Template)]
#[template(path = "topic.html")]
struct TopicPage {
    frame: Frame,
    id: String,
    label: String,
    state: &'static str,
    keywords: Vec<String>,
    entities: Vec<String>,
    size: usize,
    story_count: usize,
    pace: Option<Pace>,
    coverage: Shares,
    chart: TimelineChart,
    stories: Vec<StoryPart>,
    /// Rank of the first story on the page.
    first: usize,
    page: usize,
    pages: usize,
    related: Vec<Neighbour>,
    events: Vec<Told>,
    more_events: usize,
    pinned: bool,
    by_hand: bool,
    /// For who may correct it.
    forms: Option<GroupForms>,
    done: Option<Done>,
}

/// The trend in words.
struct Pace {
    phase: &'static str,
    first: Moment,
    last: Moment,
    velocity: String,
    expected: Option<String>,
    window: String,
    burst: String,
    bursts: bool,
}

impl Pace {
    fn of(activity: &Activity, now: Timestamp) -> Option<Self> {
        let trend = activity.trend.as_ref()?;
        Some(Self {
            phase: phase_name(trend.phase),
            first: Moment::new(trend.first_seen, now),
            last: Moment::new(trend.last_seen, now),
            velocity: pace(trend.velocity),
            expected: trend.expected.map(pace),
            window: length(trend.window_seconds),
            burst: format!("{:.1}", trend.burst),
            bursts: trend.is_burst(),
        })
    }
}

/// Headlines as parts of a whole, with the lengths of the bar of 600 that shows them.
pub(super) struct Shares {
    pub coverage: Coverage,
    pub own: usize,
    pub own_width: f64,
    pub syndicated_width: f64,
    pub reprints_width: f64,
}

impl Shares {
    pub fn of(coverage: Coverage) -> Self {
        let width = |part: usize| (part as f64 / coverage.headlines.max(1) as f64 * 6_000.0).round() / 10.0;
        let own = coverage.headlines.saturating_sub(coverage.reprints + coverage.syndicated);
        Self {
            own,
            own_width: width(own),
            syndicated_width: width(coverage.syndicated),
            reprints_width: width(coverage.reprints),
            coverage,
        }
    }
}

/// A related topic, and what ties it.
struct Neighbour {
    id: String,
    label: String,
    ties: String,
}

impl Neighbour {
    fn of(related: Related<'_>) -> Self {
        let ties: Vec<&str> = related.entities.into_iter().chain(related.terms).take(TIES).collect();
        Self { id: related.topic.id.to_string(), label: related.topic.label.clone(), ties: ties.join(", ") }
    }
}

/// A story of the topic with its first headlines.
struct StoryPart {
    id: String,
    label: String,
    size: usize,
    publishers: usize,
    last: Option<Moment>,
    titles: Vec<Title>,
    more: usize,
}

pub(in crate::http) async fn topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Query { page: number, edited } = read_query(&request)?;
    let number = number.unwrap_or(1);
    if number == 0 {
        return Err(invalid("`page` must be a number from 1 on.".to_owned()));
    }
    let snapshot = context.service.snapshot();
    let Some(found) = snapshot.topic(&id).cloned() else {
        return ended(&context, &snapshot, Level::Topic, &id).await;
    };
    let frame = Frame::new(&context, "");
    let done = Done::of(edited, &context, &request, &snapshot);
    let is_editor = context.access.may_write(&request);
    let latest = latest(&context, &snapshot, found.id).await?;
    let made = web::block(move || {
        let forms = is_editor.then(|| GroupForms::of(found.id, &snapshot, Fields::default(), None)).flatten();
        TopicPage { forms, done, ..TopicPage::of(frame, &found, &snapshot, &latest, number) }
    })
    .await;
    page(StatusCode::OK, &made.map_err(|_| Problem::new(Kind::Internal, "Reading the topic stopped."))?)
}

impl TopicPage {
    fn of(frame: Frame, topic: &Topic, snapshot: &Snapshot, latest: &[Arc<Event>], number: usize) -> Self {
        let now = Timestamp::now();
        let activity = snapshot.activity(topic);
        let positions = || topic.stories.iter().flat_map(|story| &story.headlines);
        let headlines = || positions().filter_map(|&at| snapshot.at(at));
        let mut times: Vec<Timestamp> = headlines().filter_map(|headline| headline.time).collect();
        times.sort_unstable();
        let survey = Survey::of(snapshot);
        let chart = TimelineChart::of(&Timeline::of(headlines()), &times, survey.oldest, survey.newest);
        let pages = topic.stories.len().div_ceil(PAGE_STORIES).max(1);
        let page = number.min(pages);
        let parts = topic.stories.iter().zip(&activity.stories).skip((page - 1) * PAGE_STORIES);
        let (events, more_events) = told(latest, topic.id, snapshot, now);
        Self {
            frame,
            id: topic.id.to_string(),
            label: topic.label.clone(),
            state: snapshot.lineage.state(topic.id).map_or("", State::name),
            keywords: topic.keywords.clone(),
            entities: topic.entities.clone(),
            size: topic.size,
            story_count: topic.stories.len(),
            pace: Pace::of(&activity.topic, now),
            coverage: Shares::of(activity.topic.coverage.clone()),
            chart,
            stories: parts
                .take(PAGE_STORIES)
                .map(|(story, activity)| StoryPart {
                    id: story.id.to_string(),
                    label: story.label.clone(),
                    size: story.headlines.len(),
                    publishers: activity.coverage.publishers,
                    last: activity.trend.as_ref().map(|trend| Moment::new(trend.last_seen, now)),
                    titles: titles(story, snapshot, STORY_HEADLINES, now),
                    more: story.headlines.len().saturating_sub(STORY_HEADLINES),
                })
                .collect(),
            first: (page - 1) * PAGE_STORIES + 1,
            page,
            pages,
            related: related(snapshot, topic, RELATED).into_iter().map(Neighbour::of).collect(),
            events,
            more_events,
            pinned: snapshot.is_pinned(topic.id),
            by_hand: snapshot.is_named(topic.id),
            forms: None,
            done: None,
        }
    }
}
