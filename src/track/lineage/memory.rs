//! The lineage as it is written down and read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Lineage, Linked, Record, State};
use crate::ledger::Ledger;
use crate::track::event::Event;
use crate::track::id::{Id, Level};
use crate::track::outlines::Outline;

/// All that a [`Lineage`] holds. Events are written flat and need a format in which fields have names.
#[derive(Debug, Serialize, Deserialize)]
pub struct LineageMemory {
    forgotten: u64,
    digest: [u8; 32],
    before: Vec<OutlineMemory>,
    stories: Vec<RecordMemory>,
    topics: Vec<RecordMemory>,
    events: Vec<LinkedMemory>,
}

/// Id, name, size, and whether it is dormant.
#[derive(Debug, Serialize, Deserialize)]
struct OutlineMemory(Id, Arc<str>, usize, bool);

/// State, numbers of heirs at the same level, name, last event, count of events.
#[derive(Debug, Serialize, Deserialize)]
struct RecordMemory(u8, Vec<u32>, Arc<str>, u64, u32);

/// Event, number of the one before for its own id and for the others.
#[derive(Debug, Serialize, Deserialize)]
struct LinkedMemory(Event, u64, Box<[u64]>);

impl LineageMemory {
    /// What is to be remembered of a lineage.
    pub fn of(lineage: &Lineage) -> Self {
        let records = |records: &Ledger<Record>| records.from(0).map(RecordMemory::of).collect();
        let linked = |linked: &Linked| {
            LinkedMemory((*linked.event).clone(), linked.previous, linked.of_others.clone())
        };
        Self {
            forgotten: lineage.forgotten(),
            digest: lineage.digest,
            before: lineage.before.iter().map(OutlineMemory::of).collect(),
            stories: records(&lineage.stories),
            topics: records(&lineage.topics),
            events: lineage.events.from(0).map(linked).collect(),
        }
    }

    /// The lineage; none if its parts contradict each other.
    pub fn lineage(self) -> Option<Lineage> {
        let records = |level, memory: Vec<RecordMemory>| {
            let issued = memory.len();
            let mut records = Ledger::default();
            for memory in memory {
                records.push(memory.record(level, issued)?);
            }
            Some(records)
        };
        let mut lineage = Lineage {
            events: Ledger::after(usize::try_from(self.forgotten).ok()?),
            digest: self.digest,
            stories: records(Level::Story, self.stories)?,
            topics: records(Level::Topic, self.topics)?,
            ..Lineage::default()
        };
        for outline in self.before {
            lineage.before.add(outline.outline());
        }
        // Events of an id share its name, as they did.
        let mut names: BTreeMap<Id, Arc<str>> =
            lineage.before.iter().map(|outline| (outline.id, Arc::clone(&outline.label))).collect();
        for LinkedMemory(mut event, previous, of_others) in self.events {
            let is_next = event.number == lineage.last() + 1 && event.level == event.id.level();
            let is_linked = of_others.len() == event.change.others().len()
                && of_others.iter().chain([&previous]).all(|number| *number < event.number);
            if !is_next || !is_linked || event.ids().any(|id| lineage.record(id).is_none()) {
                return None;
            }
            let name = names.entry(event.id).or_default();
            if *name == event.label {
                event.label = Arc::clone(name);
            } else {
                *name = Arc::clone(&event.label);
            }
            lineage.events.push(Linked { event: Arc::new(event), previous, of_others });
        }
        let beyond = |record: &Record| record.last > lineage.last();
        if lineage.stories.from(0).chain(lineage.topics.from(0)).any(beyond) {
            return None;
        }
        Some(lineage)
    }
}

impl OutlineMemory {
    fn of(outline: &Outline) -> Self {
        let Outline { id, label, size, state } = outline;
        Self(*id, Arc::clone(label), *size, *state == State::Dormant.name())
    }

    fn outline(self) -> Outline {
        let Self(id, label, size, is_dormant) = self;
        let state = if is_dormant { State::Dormant } else { State::Active };
        Outline { id, label, size, state: state.name() }
    }
}

impl RecordMemory {
    fn of(record: &Record) -> Self {
        let code = match &record.state {
            State::Active => 0,
            State::Dormant => 1,
            State::Merged(_) => 2,
            State::Split(_) => 3,
            State::Dissolved => 4,
            State::Archived => 5,
        };
        let heirs = record.state.heirs().iter().map(|heir| heir.number()).collect();
        Self(code, heirs, Arc::clone(&record.label), record.last, record.count)
    }

    fn record(self, level: Level, issued: usize) -> Option<Record> {
        let Self(code, heirs, label, last, count) = self;
        if heirs.iter().any(|&heir| heir == 0 || heir as usize > issued) {
            return None;
        }
        let heirs: Vec<Id> = heirs.into_iter().map(|heir| Id::new(level, heir)).collect();
        let state = match (code, &heirs[..]) {
            (0, []) => State::Active,
            (1, []) => State::Dormant,
            (2, [into]) => State::Merged(*into),
            (3, _) => State::Split(heirs),
            (4, []) => State::Dissolved,
            (5, []) => State::Archived,
            _ => return None,
        };
        Some(Record { state, label, last, count })
    }
}
