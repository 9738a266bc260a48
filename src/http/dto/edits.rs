//! Shapes of edits.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::{Corrected, Edit, EditRecord, EditState, Snapshot};
use crate::track::{Event, Id};

/// An edit: an item of `GET /v1/edits`, and the answer to `GET /v1/edits/{n}`.
#[derive(Debug, Serialize)]
pub struct EditView<'a> {
    /// Its number.
    pub number: u64,
    /// When it was received.
    pub at: Timestamp,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Whether it holds.
    pub state: EditState,
    /// Its kind and what it says.
    #[serde(flatten)]
    pub edit: &'a Edit,
    /// The topic or story that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<Id>,
    /// The edit that undid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<u64>,
    /// The edit that it gave way to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<u64>,
}

impl<'a> From<&'a EditRecord> for EditView<'a> {
    fn from(record: &'a EditRecord) -> Self {
        Self {
            number: record.number,
            at: record.at,
            author: record.author.as_deref(),
            reason: record.reason.as_deref(),
            state: record.state(),
            edit: &record.edit,
            made: record.made,
            undone_by: record.undone_by,
            superseded_by: record.superseded_by,
        }
    }
}

/// What an edit did, or would do: answer to every request for one.
#[derive(Debug, Serialize)]
pub struct EditAnswer<'a> {
    /// Whether nothing changed, because only the difference was asked for.
    pub dry_run: bool,
    /// The edit; in a dry run with the number and ids that it would get.
    pub edit: EditView<'a>,
    /// Headlines that are in another story or topic, or in none.
    pub headlines_moved: usize,
    /// Topics and stories that it made.
    pub born: &'a [Id],
    /// Topics and stories that it ended.
    pub ended: &'a [Id],
    /// Earlier edits that give way to it.
    pub supersedes: &'a [u64],
    /// Number of events that tell what happened.
    pub event_count: usize,
    /// The first of them.
    pub events: &'a [Arc<Event>],
}

impl<'a> EditAnswer<'a> {
    /// Renders what came of an edit, with at most `most` events.
    pub fn of(corrected: &'a Corrected, dry_run: bool, most: usize) -> Self {
        let events = &corrected.events;
        Self {
            dry_run,
            edit: EditView::from(&corrected.record),
            headlines_moved: corrected.moved,
            born: &corrected.born,
            ended: &corrected.ended,
            supersedes: &corrected.supersedes,
            event_count: events.len(),
            events: &events[..events.len().min(most)],
        }
    }
}

/// One page of edits: answer to `GET /v1/edits`.
#[derive(Debug, Serialize)]
pub struct EditPage<'a> {
    /// Version of the collection.
    pub version: u64,
    /// Number of the last edit there is.
    pub last: u64,
    /// What to give as `since` for the next page: the last edit on this one.
    pub next: u64,
    /// Most edits on this page.
    pub limit: usize,
    /// The edits, in order.
    pub edits: Vec<EditView<'a>>,
}

impl<'a> EditPage<'a> {
    /// The first `limit` edits with numbers after `since`, of one topic or story if `id` is given.
    pub fn of(snapshot: &'a Snapshot, since: u64, limit: usize, id: Option<Id>) -> Self {
        let edits = snapshot.edits_since(since).filter(|edit| id.is_none_or(|id| edit.concerns(id)));
        let edits: Vec<EditView> = edits.take(limit).map(EditView::from).collect();
        let next = edits.last().map_or(since, |edit| edit.number);
        Self { version: snapshot.version, last: snapshot.last_edit(), next, limit, edits }
    }
}
