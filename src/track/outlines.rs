//! Stories and topics in few words, as events tell of them.

use std::cmp::Reverse;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;
use serde::Serialize;

use super::event::{Change, Event};
use super::id::{Id, Level};
use super::lineage::State;

/// A living story or topic in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: Arc<str>,
    /// Number of its headlines.
    pub size: usize,
    /// `active` or `dormant`.
    pub state: &'static str,
}

/// What lives after events that were told in order, from the first on. A clone is cheap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlines(RedBlackTreeMapSync<Id, Outline>);

impl Outlines {
    /// Goes on to the next event.
    pub fn tell(&mut self, event: &Event) {
        if event.size == 0 {
            self.0.remove_mut(&event.id);
            return;
        }
        let state = match event.change {
            Change::Dormant => State::Dormant.name(),
            Change::Revived => State::Active.name(),
            _ => self.0.get(&event.id).map_or(State::Active.name(), |known| known.state),
        };
        let label = Arc::clone(&event.label);
        self.add(Outline { id: event.id, label, size: event.size, state });
    }

    /// What lives at a level, largest first, ties by id.
    pub fn at(&self, level: Level) -> Vec<Outline> {
        let mut outlines: Vec<Outline> =
            self.0.values().filter(|outline| outline.id.level() == level).cloned().collect();
        outlines.sort_by_key(|outline| Reverse(outline.size));
        outlines
    }

    pub(super) fn add(&mut self, outline: Outline) {
        self.0.insert_mut(outline.id, outline);
    }

    /// All of it, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Outline> {
        self.0.values()
    }
}
