//! One number that says whether two collections are in the same state.

use super::{EditRecord, Nearest, Placement, Snapshot};
use crate::Headline;
use crate::canonical::Canonical;
use crate::track::{Id, Level};

/// SHA-256 over a canonical form of all that later batches or readers depend on: headlines in order, where each is,
/// how many ids were issued, the digest of all events, and the edits.
pub(super) fn state_hash(snapshot: &Snapshot) -> [u8; 32] {
    let mut form = Canonical::default();
    form.number(snapshot.version);
    form.count(snapshot.len());
    for (headline, placement) in snapshot.headlines() {
        write_headline(&mut form, headline);
        write_placement(&mut form, placement);
    }
    form.number(snapshot.lineage.issued(Level::Topic).into());
    form.number(snapshot.lineage.issued(Level::Story).into());
    form.number(snapshot.lineage.last());
    form.fixed(snapshot.lineage.digest());
    for edit in snapshot.edits_since(0) {
        write_edit(&mut form, edit);
    }
    form.finish()
}

fn write_id(form: &mut Canonical, id: Id) {
    form.text(&id.to_string());
}

// Every field is named below, so that a new one cannot be forgotten here.

fn write_headline(form: &mut Canonical, Headline { id, text, time, source, url, lang }: &Headline) {
    form.text(id);
    form.text(text);
    form.option(*time, Canonical::time);
    for field in [source, url, lang] {
        form.option(field.as_deref(), Canonical::text);
    }
}

fn write_placement(form: &mut Canonical, Placement { story, topic, nearest }: &Placement) {
    form.option(*story, write_id);
    form.option(*topic, write_id);
    form.option(nearest.as_ref(), |form, Nearest { topic, similarity }| {
        write_id(form, *topic);
        form.fixed(similarity.to_le_bytes());
    });
}

fn write_edit(form: &mut Canonical, record: &EditRecord) {
    let EditRecord { number, at, author, reason, edit, made, undone_by, superseded_by, is_void } = record;
    form.number(*number);
    form.time(*at);
    form.option(author.as_deref(), Canonical::text);
    form.option(reason.as_deref(), Canonical::text);
    // Names and values of fields in their order: text in, text out.
    form.text(&serde_json::to_string(edit).unwrap_or_default());
    form.option(*made, write_id);
    form.option(*undone_by, Canonical::number);
    form.option(*superseded_by, Canonical::number);
    form.flag(*is_void);
}
