//! One number that says whether two collections are in the same state.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{EditRecord, Nearest, Placement, Snapshot};
use crate::Headline;
use crate::track::{Change, Event, Id, Level, Moved};

/// SHA-256 over a canonical form of all that later batches or readers depend on: headlines in order, where each is,
/// how many ids were issued, and the events. Texts are preceded by their length and numbers of fixed width, so that no
/// two states are written alike.
pub(super) fn state_hash(snapshot: &Snapshot) -> [u8; 32] {
    let mut form = Form(Sha256::new());
    form.number(snapshot.version);
    form.count(snapshot.len());
    for (headline, placement) in snapshot.headlines() {
        form.headline(headline);
        form.placement(placement);
    }
    form.number(snapshot.lineage.issued(Level::Topic).into());
    form.number(snapshot.lineage.issued(Level::Story).into());
    form.number(snapshot.lineage.last());
    for event in snapshot.lineage.events_since(0) {
        form.event(event);
    }
    for edit in snapshot.edits_since(0) {
        form.edit(edit);
    }
    form.0.finalize().into()
}

/// The canonical form, written into a hash.
struct Form(Sha256);

impl Form {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text);
    }

    fn time(&mut self, time: Timestamp) {
        self.0.update(time.as_nanosecond().to_le_bytes());
    }

    fn id(&mut self, id: Id) {
        self.text(&id.to_string());
    }

    fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.0.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }

    // Every field is named below, so that a new one cannot be forgotten here.

    fn headline(&mut self, Headline { id, text, time, source, url, lang }: &Headline) {
        self.text(id);
        self.text(text);
        self.option(*time, Self::time);
        for field in [source, url, lang] {
            self.option(field.as_deref(), Self::text);
        }
    }

    fn placement(&mut self, Placement { story, topic, nearest }: &Placement) {
        self.option(*story, Self::id);
        self.option(*topic, Self::id);
        self.option(nearest.as_ref(), |form, Nearest { topic, similarity }| {
            form.id(*topic);
            form.0.update(similarity.to_le_bytes());
        });
    }

    fn event(&mut self, Event { number, version, at, level: _, id, label, size, edit, change }: &Event) {
        self.number(*number);
        self.number(*version);
        self.time(*at);
        self.id(*id);
        self.text(label);
        self.count(*size);
        self.option(*edit, Self::number);
        self.text(change.kind());
        match change {
            Change::Born | Change::Dormant | Change::Revived | Change::Archived => {}
            Change::Shrunk { by } => self.count(*by),
            Change::Grown { by } => self.count(*by),
            Change::Renamed { from } => self.text(from),
            Change::Dissolved { moved } => self.moved(moved),
            Change::Moved { to, moved } => {
                self.option(*to, Self::id);
                self.moved(moved);
            }
            Change::Merged { into, moved } => {
                self.id(*into);
                self.moved(moved);
            }
            Change::Split { into, moved } => {
                self.count(into.len());
                into.iter().for_each(|&id| self.id(id));
                self.moved(moved);
            }
        }
    }

    fn edit(&mut self, record: &EditRecord) {
        let EditRecord { number, at, author, reason, edit, made, undone_by, superseded_by, is_void } = record;
        self.number(*number);
        self.time(*at);
        self.option(author.as_deref(), Self::text);
        self.option(reason.as_deref(), Self::text);
        // Names and values of fields in their order: text in, text out.
        self.text(&serde_json::to_string(edit).unwrap_or_default());
        self.option(*made, Self::id);
        self.option(*undone_by, Self::number);
        self.option(*superseded_by, Self::number);
        self.0.update([u8::from(*is_void)]);
    }

    fn moved(&mut self, Moved { count, headlines }: &Moved) {
        self.count(*count);
        self.count(headlines.len());
        headlines.iter().for_each(|id| self.text(id));
    }
}
