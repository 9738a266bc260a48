//! `GET /topics/{id}`: one topic, its course over time, its stories and its past, as a whole page or as the parts of it that
//! change; or what became of it.

use std::hash::{DefaultHasher, Hash, Hasher};

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::answer::{Frame, page, part, tag, unchanged};
use super::chart::TimelineChart;
use super::edit::{Done, Fields, GroupForms};
use super::lineage::{Link, Told, ended, latest, told};
use super::overview::phase_name;
use super::story::{Title, titles};
use super::survey::Survey;
use super::time::{Moment, length, pace};
use crate::engine::{Activity, Headlines, Snapshot, Topic};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::etag::is_known;
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
    view: TopicView,
    /// Where the parts that change are found, and what is known of them.
    live: String,
    tag: String,
    /// For who may correct it.
    forms: Option<GroupForms>,
    done: Option<Done>,
}

/// The parts of the page that change with the topic.
#[derive(Template)]
#[template(path = "topic_parts.html")]
struct TopicParts {
    frame: Frame,
    view: TopicView,
}

/// In place of them, once the topic is no more.
#[derive(Template)]
#[template(path = "topic_gone.html")]
struct TopicGone {
    label: Option<String>,
    href: String,
}

/// What is shown of a topic.
struct TopicView {
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
    /// Whether whoever looks may correct it.
    may_edit: bool,
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

/// The whole page.
pub(in crate::http) async fn topic(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Query { page: number, edited } = read_query(&request)?;
    let number = checked(number)?;
    let snapshot = context.service.snapshot();
    let Some(found) = snapshot.topic(&id).cloned() else {
        return ended(&context, &snapshot, Level::Topic, &id).await;
    };
    let frame = Frame::new(&context, "");
    let done = Done::of(edited, &context, &request, &snapshot);
    let latest = latest(&context, &snapshot, found.id).await?;
    let may_edit = context.access.may_write(&request);
    let live = format!("{}/fragments/topics/{}?page={number}", context.root, found.id);
    let tag = tag(&context, &sight(&found, &snapshot));
    let made = web::block(move || {
        let fields = Fields::default();
        let forms =
            may_edit.then(|| GroupForms::of(found.id, &snapshot, &frame.root, fields, None)).flatten();
        let view = TopicView::of(&found, &snapshot, &latest, number, may_edit);
        TopicPage { frame, view, live, tag, forms, done }
    })
    .await;
    page(StatusCode::OK, &made.map_err(|_| stopped())?)
}

/// `GET /fragments/topics/{id}`: the parts that change, only if they did.
pub(in crate::http) async fn topic_fragment(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Query { page: number, .. } = read_query(&request)?;
    let number = checked(number)?;
    let snapshot = context.service.snapshot();
    let Some(found) = snapshot.topic(&id).cloned() else {
        let (id, resolution) =
            snapshot.resolve_at(Level::Topic, &id).ok_or_else(|| Problem::no_such(Level::Topic))?;
        let label = Some(resolution.label.to_string()).filter(|label| !label.is_empty());
        let href = format!("{}{}", context.root, Link::address(id));
        return part(&TopicGone { label, href }, &tag(&context, &"gone"));
    };
    let tag = tag(&context, &sight(&found, &snapshot));
    if is_known(request.headers(), &tag) {
        return Ok(unchanged(tag));
    }
    let frame = Frame::new(&context, "");
    let latest = latest(&context, &snapshot, found.id).await?;
    let may_edit = context.access.may_write(&request);
    let made = web::block(move || {
        let view = TopicView::of(&found, &snapshot, &latest, number, may_edit);
        TopicParts { frame, view }
    })
    .await;
    part(&made.map_err(|_| stopped())?, &tag)
}

fn checked(page: Option<usize>) -> Result<usize, Problem> {
    match page.unwrap_or(1) {
        0 => Err(invalid("`page` must be a number from 1 on.".to_owned())),
        page => Ok(page),
    }
}

fn stopped() -> Problem {
    Problem::new(Kind::Internal, "Reading the topic stopped.")
}

/// Tells whether a topic changed for its readers: another name, another state, other stories or headlines. What follows from
/// the rest of the collection, such as its pace and its relations, is shown as it was until then.
fn sight(topic: &Topic, snapshot: &Snapshot) -> String {
    let mut hash = DefaultHasher::new();
    let state = snapshot.lineage.state(topic.id).map(State::name);
    (&topic.label, state, snapshot.is_pinned(topic.id), snapshot.is_named(topic.id)).hash(&mut hash);
    for story in &topic.stories {
        (story.id.to_string(), &story.label, story.headlines.len()).hash(&mut hash);
        for headline in story.headlines.iter().filter_map(|&at| snapshot.at(at)) {
            headline.id.hash(&mut hash);
        }
    }
    format!("{:x}", hash.finish())
}

impl TopicView {
    fn of(topic: &Topic, snapshot: &Snapshot, latest: &[Arc<Event>], number: usize, may_edit: bool) -> Self {
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
            may_edit,
        }
    }
}
