//! `GET /edits`: who corrected what, when and why, latest first; and the note of an edit just made.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::super::answer::{Frame, page};
use super::super::lineage::Link;
use super::super::time::Moment;
use super::words::{Piece, told};
use crate::engine::{Edit, EditRecord, EditState, Snapshot};
use crate::http::addressed::Addressed;
use crate::http::problem::Problem;
use crate::http::query::{invalid, read_query};
use crate::track::Id;

/// Edits on a page.
const PAGE_EDITS: usize = 50;

#[derive(Deserialize)]
struct Query {
    /// Edits with lower numbers.
    before: Option<u64>,
    /// Those of one topic or story.
    id: Option<String>,
    edited: Option<u64>,
}

#[derive(Template)]
#[template(path = "edits.html")]
struct History {
    frame: Frame,
    done: Option<Done>,
    of: Option<Link>,
    entries: Vec<Entry>,
    /// Where the next page begins.
    next: Option<u64>,
    is_editor: bool,
}

/// An edit that was made.
struct Entry {
    number: u64,
    kind: &'static str,
    sentence: Vec<Piece>,
    at: Moment,
    author: Option<String>,
    reason: Option<String>,
    /// Why it does not hold, if it does not.
    fate: Option<String>,
    can_undo: bool,
}

impl Entry {
    fn of(record: &EditRecord, snapshot: &Snapshot, now: Timestamp) -> Self {
        let by = |what: &str, number: Option<u64>| match number {
            Some(number) => format!("{what} by correction {number}"),
            None => what.to_owned(),
        };
        Self {
            number: record.number,
            kind: record.edit.kind(),
            sentence: told(&record.edit, record.made, snapshot),
            at: Moment::new(record.at, now),
            author: record.author.clone(),
            reason: record.reason.clone(),
            fate: match record.state() {
                EditState::InForce => None,
                EditState::Superseded => Some(by("superseded", record.superseded_by)),
                EditState::Undone => Some(by("undone", record.undone_by)),
                EditState::Void => Some("not made again with the present settings".to_owned()),
            },
            can_undo: can_undo(record),
        }
    }
}

fn can_undo(record: &EditRecord) -> bool {
    record.undone_by.is_none() && !record.is_void && !matches!(record.edit, Edit::Undo { .. })
}

pub(in crate::http) async fn edits(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Query { before, id, edited } = read_query(&request)?;
    let id = match id.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            Id::parse(text).ok_or_else(|| invalid("`id` must be that of a topic or story.".to_owned()))?,
        ),
    };
    let snapshot = context.service.snapshot();
    let now = Timestamp::now();
    let before = before.unwrap_or(u64::MAX).min(snapshot.last_edit() + 1);
    let latest_first = (1..before).rev().filter_map(|number| snapshot.edit(number));
    let mut found = latest_first.filter(|record| id.is_none_or(|id| record.concerns(id)));
    let entries: Vec<Entry> =
        found.by_ref().take(PAGE_EDITS).map(|record| Entry::of(record, &snapshot, now)).collect();
    let view = History {
        frame: Frame::new(&context, "edits"),
        done: Done::of(edited, &context, &request, &snapshot),
        of: id.map(|id| Link::to(id, &snapshot)),
        next: found.next().and_then(|_| entries.last()).map(|entry| entry.number),
        entries,
        is_editor: context.access.may_write(&request),
    };
    page(StatusCode::OK, &view)
}

/// The note on a page that an edit led to.
#[derive(Template)]
#[template(path = "done.html")]
pub(in crate::http::pages) struct Done {
    root: String,
    number: u64,
    sentence: Vec<Piece>,
    can_undo: bool,
}

impl Done {
    /// The note of the edit of this number, if there is one.
    pub fn of(
        number: Option<u64>,
        context: &Addressed,
        request: &HttpRequest,
        snapshot: &Snapshot,
    ) -> Option<Self> {
        let record = snapshot.edit(number?)?;
        Some(Self {
            root: context.root.clone(),
            number: record.number,
            sentence: told(&record.edit, record.made, snapshot),
            can_undo: can_undo(record) && context.access.may_write(request),
        })
    }
}
