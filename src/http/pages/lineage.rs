//! What happened to topics and stories, in words, and the page of those that are no more.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use jiff::Timestamp;

use super::answer::{Frame, page};
use super::time::Moment;
use crate::engine::Snapshot;
use crate::http::addressed::Addressed;
use crate::http::problem::Problem;
use crate::track::{Change, Event, Id, Level, State};

/// Events told on a page, latest first.
const MOST_EVENTS: usize = 30;

/// One event.
pub(super) struct Told {
    pub number: u64,
    pub at: Moment,
    pub kind: &'static str,
    pub text: String,
    pub others: Vec<Link>,
}

/// A topic or story to go to.
pub(super) struct Link {
    /// Its page, as an address within the pages of its collection.
    pub path: String,
    pub id: String,
    pub label: String,
}

impl Link {
    pub fn to(id: Id, snapshot: &Snapshot) -> Self {
        let resolved = snapshot.lineage.resolve(id);
        let label = resolved.map(|resolution| resolution.label.to_string()).unwrap_or_default();
        Self { path: Self::address(id), id: id.to_string(), label }
    }

    /// The address of the page of a topic or story, within its collection.
    pub fn address(id: Id) -> String {
        match id.level() {
            Level::Topic => format!("/topics/{id}"),
            Level::Story => format!("/stories/{id}"),
        }
    }
}

/// The latest events that name `id`, in order.
pub(super) async fn latest(
    context: &Addressed,
    snapshot: &Snapshot,
    id: Id,
) -> Result<Vec<Arc<Event>>, Problem> {
    Ok(context.service.last_events_of(snapshot, id, MOST_EVENTS).await?)
}

/// The latest events that name `id`, latest first, and how many more there are.
pub(super) fn told(latest: &[Arc<Event>], id: Id, snapshot: &Snapshot, now: Timestamp) -> (Vec<Told>, usize) {
    let more = snapshot.lineage.events_naming(id).saturating_sub(latest.len());
    (latest.iter().rev().map(|event| tell(event, id, snapshot, now)).collect(), more)
}

/// One event from the side of `id`, which may be the other in it.
fn tell(event: &Event, id: Id, snapshot: &Snapshot, now: Timestamp) -> Told {
    let own = event.id == id;
    let text = match &event.change {
        Change::Born => format!("Began with {}", counted(event.size)),
        Change::Grown { by } => format!("Grew by {by} to {}", counted(event.size)),
        Change::Shrunk { by } => format!("Lost {} by deletion", counted(*by)),
        Change::Merged { moved, .. } if own => format!("Went with {} into", counted(moved.count)),
        Change::Merged { moved, .. } => format!("Took in {} of", counted(moved.count)),
        Change::Split { moved, .. } if own => format!("Split: {} went to", counted(moved.count)),
        Change::Split { .. } => "Came out of the split of".to_owned(),
        Change::Moved { to: None, moved } => format!("Let go of {}", counted(moved.count)),
        Change::Moved { moved, .. } if own => format!("{} went to", counted(moved.count)),
        Change::Moved { moved, .. } => format!("{} came from", counted(moved.count)),
        Change::Renamed { from } => format!("Renamed from “{from}” to “{}”", event.label),
        Change::Dormant => "Nothing new for a while".to_owned(),
        Change::Revived => "Something new again".to_owned(),
        Change::Archived => "All of it grew older than the window".to_owned(),
        Change::Dissolved { .. } => {
            "Dissolved: its headlines stand alone, are elsewhere or were deleted".to_owned()
        }
    };
    let others = if own { event.change.others() } else { std::slice::from_ref(&event.id) };
    Told {
        number: event.number,
        at: Moment::new(event.at, now),
        kind: event.change.kind(),
        text,
        others: others.iter().map(|&other| Link::to(other, snapshot)).collect(),
    }
}

pub(super) fn counted(headlines: usize) -> String {
    format!("{headlines} {}", if headlines == 1 { "headline" } else { "headlines" })
}

#[derive(Template)]
#[template(path = "ended.html")]
struct Ended {
    frame: Frame,
    id: String,
    level: &'static str,
    label: String,
    state: &'static str,
    text: &'static str,
    heirs: Vec<Link>,
    living: Vec<Link>,
    events: Vec<Told>,
    more_events: usize,
    json: String,
}

/// What became of a topic or story that is no more: its address is as permanent as its id.
pub(super) async fn ended(
    context: &Addressed,
    snapshot: &Snapshot,
    level: Level,
    id: &str,
) -> Result<HttpResponse, Problem> {
    let (id, resolution) = snapshot.resolve_at(level, id).ok_or_else(|| Problem::no_such(level))?;
    let (text, heirs): (_, &[Id]) = match &resolution.state {
        State::Merged(into) => ("Its headlines went into another:", std::slice::from_ref(into)),
        State::Split(into) => ("It became several others:", into.as_slice()),
        State::Dissolved => ("Its headlines stand alone now, went elsewhere or were deleted.", &[]),
        State::Archived => (
            "All of its headlines grew older than the window. Nothing joins it any more; the JSON has what is kept of it.",
            &[],
        ),
        State::Active | State::Dormant => ("It has headlines.", &[]),
    };
    let links = |ids: &[Id]| ids.iter().map(|&id| Link::to(id, snapshot)).collect();
    let further: Vec<Id> = resolution.living.iter().copied().filter(|id| !heirs.contains(id)).collect();
    let latest = latest(context, snapshot, id).await?;
    let (events, more_events) = told(&latest, id, snapshot, Timestamp::now());
    let (level, folder) = match level {
        Level::Topic => ("topic", "topics"),
        Level::Story => ("story", "stories"),
    };
    let view = Ended {
        frame: Frame::new(context, ""),
        id: id.to_string(),
        level,
        label: resolution.label.to_string(),
        state: resolution.state.name(),
        text,
        heirs: links(heirs),
        living: links(&further),
        events,
        more_events,
        json: format!("{}/{folder}/{id}", context.base),
    };
    page(StatusCode::OK, &view)
}
