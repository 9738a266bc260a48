//! A digest of all events, which outlasts the events themselves.

use super::event::{Change, Event, Moved};
use crate::canonical::Canonical;

/// The digest after an event, given the one before it.
pub(super) fn digest_after(before: [u8; 32], event: &Event) -> [u8; 32] {
    // Every field is named, so that a new one cannot be forgotten here.
    let Event { number, version, at, level: _, id, label, size, edit, change } = event;
    let mut form = Canonical::default();
    form.fixed(before);
    form.number(*number);
    form.number(*version);
    form.time(*at);
    form.text(&id.to_string());
    form.text(label);
    form.count(*size);
    form.option(*edit, Canonical::number);
    form.text(change.kind());
    match change {
        Change::Born | Change::Dormant | Change::Revived | Change::Archived => {}
        Change::Shrunk { by } | Change::Grown { by } => form.count(*by),
        Change::Renamed { from } => form.text(from),
        Change::Dissolved { moved } => write_moved(&mut form, moved),
        Change::Moved { to, moved } => {
            form.option(*to, |form, id| form.text(&id.to_string()));
            write_moved(&mut form, moved);
        }
        Change::Merged { into, moved } => {
            form.text(&into.to_string());
            write_moved(&mut form, moved);
        }
        Change::Split { into, moved } => {
            form.count(into.len());
            into.iter().for_each(|id| form.text(&id.to_string()));
            write_moved(&mut form, moved);
        }
    }
    form.finish()
}

fn write_moved(form: &mut Canonical, Moved { count, headlines }: &Moved) {
    form.count(*count);
    form.count(headlines.len());
    headlines.iter().for_each(|id| form.text(id));
}
