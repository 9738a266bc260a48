//! The overview: topics in order, a page at a time, as a whole page or as the part of it that changes.

use actix_web::http::StatusCode;
use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;

use super::answer::{Frame, page, part, tag, unchanged};
use super::chart::spark;
use super::filter::{Filter, PHASES, Query, SORTS, SPANS};
use super::places;
use super::survey::Survey;
use super::time::{Moment, length, pace};
use crate::engine::{Headlines, Snapshot, Topic, TopicActivity};
use crate::http::addressed::Addressed;
use crate::http::etag::is_known;
use crate::http::problem::{Kind, Problem};
use crate::http::query::read_query;

/// Topics on a page.
const PAGE_TOPICS: usize = 50;
/// Time that sparklines span unless the filter names another.
const SPARK_SECONDS: i64 = 7 * 86_400;
/// What they span at least, so that headlines that came together are drawn where they belong: at the end.
const SHORTEST_SPARK: i64 = 3_600;

/// The part that changes with the collection.
#[derive(Template)]
#[template(path = "board.html")]
struct Board {
    version: u64,
    headlines: usize,
    loose: usize,
    topics: usize,
    found: usize,
    rows: Vec<Row>,
    /// Rank of the first row.
    first: usize,
    spark_span: String,
    filtered: bool,
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
    /// What addresses of pages and of data of the collection begin with.
    root: String,
    api: String,
    /// Whether whoever looks may correct.
    may_edit: bool,
    /// For the first run.
    origin: String,
    keys: bool,
}

/// A topic of the list.
struct Row {
    id: String,
    label: String,
    phase: &'static str,
    bursts: bool,
    pinned: bool,
    by_hand: bool,
    headlines: usize,
    publishers: usize,
    stories: usize,
    pace: String,
    spark: String,
    newest: Option<Newest>,
}

/// The newest headline of a topic.
struct Newest {
    id: String,
    text: String,
    source: Option<String>,
    time: Option<Moment>,
}

/// The whole page.
#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    board: Board,
    filter: Filter,
    survey: Survey,
    /// Where the part that changes is found, and what is known of it.
    live: String,
    tag: String,
    sorts: Vec<(&'static str, &'static str)>,
    phases: Vec<(&'static str, &'static str)>,
    spans: Vec<(&'static str, &'static str)>,
}

/// The whole page.
pub(super) async fn overview(context: &Addressed, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let filter = Filter::of(read_query::<Query>(request)?)?;
    let live = format!("{}/fragments/topics{}", context.root, filter.query_of(filter.page));
    let (board, survey, filter) = look(context, request, filter).await?;
    let tag = tag(context, &board.version);
    let sorts = SORTS.map(|choice| (choice.0, choice.1)).to_vec();
    let phases = PHASES.map(|choice| (choice.0, choice.1)).to_vec();
    let spans = SPANS.map(|choice| (choice.0, choice.1)).to_vec();
    let frame = Frame::new(context, "topics");
    page(StatusCode::OK, &Overview { frame, board, filter, survey, live, tag, sorts, phases, spans })
}

/// `GET /fragments/topics`: the part that changes, only if it did.
pub(in crate::http) async fn fragment(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::of(read_query::<Query>(&request)?)?;
    let known = tag(&context, &context.service.snapshot().version);
    if is_known(request.headers(), &known) {
        return Ok(unchanged(known));
    }
    let (board, ..) = look(&context, &request, filter).await?;
    part(&board, &tag(&context, &board.version))
}

/// Makes the list, away from the threads that serve requests: the first look at a version takes in every topic.
async fn look(
    context: &Addressed,
    request: &HttpRequest,
    filter: Filter,
) -> Result<(Board, Survey, Filter), Problem> {
    let snapshot = context.service.snapshot();
    let origin = places::origin(request, context.config.server.bind);
    let keys = context.access.needs_keys();
    let may_edit = context.access.may_write(request);
    let (root, api) = (context.root.clone(), context.base.clone());
    let now = Timestamp::now();
    let looked = web::block(move || {
        let survey = Survey::of(&snapshot);
        let board =
            Board { origin, keys, may_edit, api, ..Board::of(&snapshot, root, &filter, &survey, now) };
        (board, survey, filter)
    });
    looked.await.map_err(|_| Problem::new(Kind::Internal, "Looking over the topics stopped."))
}

impl Board {
    fn of(snapshot: &Snapshot, root: String, filter: &Filter, survey: &Survey, now: Timestamp) -> Self {
        let (topics, activities) = (snapshot.topics(), snapshot.activities());
        let newest = survey.newest.as_second();
        let from = filter.span.map(|span| newest.saturating_sub(span));
        let wanted: Vec<usize> = filter
            .sort
            .order(activities)
            .into_iter()
            .filter(|&at| filter.admits(&topics[at], activities[at].topic.trend.as_ref(), from, snapshot))
            .collect();
        let pages = wanted.len().div_ceil(PAGE_TOPICS).max(1);
        let page = filter.page.min(pages);
        let oldest = survey.oldest.as_second().min(newest.saturating_sub(SHORTEST_SPARK));
        let spark_from = from.unwrap_or(newest.saturating_sub(SPARK_SECONDS)).max(oldest);
        let spark_from = Timestamp::from_second(spark_from).unwrap_or(survey.oldest);
        let shown = wanted.iter().skip((page - 1) * PAGE_TOPICS).take(PAGE_TOPICS);
        let row =
            |&at: &usize| Row::of(&topics[at], &activities[at], snapshot, (spark_from, survey.newest), now);
        let link = |page: usize| format!("{root}/{}", filter.query_of(page));
        Self {
            version: snapshot.version,
            headlines: snapshot.len(),
            loose: survey.loose,
            topics: topics.len(),
            found: wanted.len(),
            rows: shown.map(row).collect(),
            first: (page - 1) * PAGE_TOPICS + 1,
            spark_span: length(newest - spark_from.as_second()),
            filtered: filter.is_active(),
            page,
            pages,
            previous: (page > 1).then(|| link(page - 1)),
            next: (page < pages).then(|| link(page + 1)),
            root,
            api: String::new(),
            may_edit: false,
            origin: String::new(),
            keys: false,
        }
    }
}

impl Row {
    fn of(
        topic: &Topic,
        activity: &TopicActivity,
        snapshot: &Snapshot,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Self {
        let headlines = || {
            let positions = topic.stories.iter().flat_map(|story| &story.headlines);
            positions.filter_map(|&at| snapshot.at(at))
        };
        let newest = headlines().max_by_key(|headline| (headline.time, &headline.id));
        let (trend, coverage) = (activity.topic.trend.as_ref(), &activity.topic.coverage);
        Self {
            id: topic.id.to_string(),
            label: topic.label.clone(),
            phase: trend.map_or("", |trend| phase_name(trend.phase)),
            bursts: trend.is_some_and(|trend| trend.is_burst()),
            pinned: snapshot.is_pinned(topic.id),
            by_hand: snapshot.is_named(topic.id),
            headlines: topic.size,
            publishers: coverage.publishers,
            stories: topic.stories.len(),
            pace: trend.map_or(String::new(), |trend| pace(trend.velocity)),
            spark: spark(headlines().filter_map(|headline| headline.time), from, to),
            newest: newest.map(|headline| Newest {
                id: headline.id.clone(),
                text: headline.text.clone(),
                source: headline.source.clone(),
                time: headline.time.map(|time| Moment::new(time, now)),
            }),
        }
    }
}

/// What the query and the style call a phase.
pub(super) fn phase_name(phase: crate::track::Phase) -> &'static str {
    PHASES.iter().find(|known| known.2 == phase).map_or("", |known| known.0)
}
