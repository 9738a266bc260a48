//! The numbered record of everything that happened, and what became of every id.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::event::{Change, Event};
use super::id::{Id, Level};
use crate::ledger::Ledger;

/// Events in order and the state of every id ever issued. Append-only, but for the states. A clone is cheap: it shares
/// what is there.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    events: Ledger<Arc<Linked>>,
    stories: Ledger<Record>,
    topics: Ledger<Record>,
}

/// An event and, for each id it names, the number of the event before that named it; 0 if there is none.
#[derive(Debug)]
struct Linked {
    event: Event,
    previous: Vec<u64>,
}

/// What is known of one id.
#[derive(Debug, Clone)]
struct Record {
    state: State,
    /// Number of the last event that names it; 0 until there is one.
    last: u64,
    /// Number of the last event that is its own.
    own: u64,
}

/// Where a story or topic is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has headlines.
    Active,
    /// It has headlines, none of them new.
    Dormant,
    /// It went into another.
    Merged(Id),
    /// It became several others, in order of their ids.
    Split(Vec<Id>),
    /// Its headlines scattered, stand alone or were deleted.
    Dissolved,
    /// Its headlines are older than the window.
    Archived,
}

impl State {
    /// The state in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Dormant => "dormant",
            Self::Merged(_) => "merged",
            Self::Split(_) => "split",
            Self::Dissolved => "dissolved",
            Self::Archived => "archived",
        }
    }

    /// Whether there are headlines under the id.
    pub fn is_living(&self) -> bool {
        matches!(self, Self::Active | Self::Dormant)
    }

    /// Where it went when it ended.
    fn heirs(&self) -> &[Id] {
        match self {
            Self::Merged(into) => std::slice::from_ref(into),
            Self::Split(into) => into,
            Self::Active | Self::Dormant | Self::Dissolved | Self::Archived => &[],
        }
    }
}

/// What became of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Where it is in its life.
    pub state: State,
    /// Its name, or the last it had.
    pub label: String,
    /// The living it leads to, by id: itself, or what its heirs and their heirs lead to. Empty if all dissolved.
    pub living: Vec<Id>,
}

/// A living story or topic in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: String,
    /// Number of its headlines.
    pub size: usize,
    /// `active` or `dormant`.
    pub state: &'static str,
}

impl Lineage {
    /// The lineage that these events make up; none unless they are numbered without gaps and every id is born in turn
    /// before anything else is told of it.
    pub fn from_events(events: impl IntoIterator<Item = Event>) -> Option<Self> {
        let mut lineage = Self::default();
        for event in events {
            let is_next = event.number == lineage.last() + 1 && event.level == event.id.level();
            if event.change == Change::Born && lineage.issue(event.level) != event.id {
                return None;
            }
            if !is_next || named(&event).any(|id| lineage.record(id).is_none()) {
                return None;
            }
            lineage.append(event);
        }
        Some(lineage)
    }

    /// Number of the last event; 0 before the first.
    pub fn last(&self) -> u64 {
        self.events.len() as u64
    }

    /// Number of ids issued at a level.
    pub fn issued(&self, level: Level) -> u32 {
        self.records(level).len() as u32
    }

    /// The event of this number.
    pub fn event(&self, number: u64) -> Option<&Event> {
        self.linked(number).map(|linked| &linked.event)
    }

    /// Events with numbers after `since`, in order.
    pub fn events_since(&self, since: u64) -> impl Iterator<Item = &Event> {
        self.events.from(usize::try_from(since).unwrap_or(usize::MAX)).map(|linked| &linked.event)
    }

    /// Events with numbers after `since` that name an id, its own and those of others, in order. Takes as long as there
    /// are such events.
    pub fn events_of(&self, id: Id, since: u64) -> Vec<&Event> {
        let mut events = Vec::new();
        let mut number = self.record(id).map_or(0, |record| record.last);
        while number > since {
            let Some(linked) = self.linked(number) else { break };
            events.push(&linked.event);
            number = linked.previous_of(id);
        }
        events.reverse();
        events
    }

    /// Where an id is in its life; none if it was never issued.
    pub fn state(&self, id: Id) -> Option<&State> {
        self.record(id).map(|record| &record.state)
    }

    /// What became of an id; none if it was never issued.
    pub fn resolve(&self, id: Id) -> Option<Resolution> {
        let record = self.record(id)?;
        let label = self.event(record.own).map(|event| event.label.clone()).unwrap_or_default();
        let mut living = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(state) = self.state(id) else { continue };
            if state.is_living() {
                living.insert(id);
            }
            open.extend(state.heirs().iter().filter(|heir| seen.insert(**heir)));
        }
        Some(Resolution { state: record.state.clone(), label, living: living.into_iter().collect() })
    }

    /// The last version of the collection with events at or before a time; 0 before the first.
    pub fn version_at(&self, time: Timestamp) -> u64 {
        // Times of events never fall.
        let (mut low, mut high) = (0, self.last());
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match self.event(middle) {
                Some(event) if event.at <= time => low = middle,
                _ => high = middle - 1,
            }
        }
        self.event(low).map_or(0, |event| event.version)
    }

    /// What lived at a level after a version of the collection, largest first, ties by id. Reads every event up to it.
    pub fn as_of(&self, level: Level, version: u64) -> Vec<Outline> {
        let mut living: BTreeMap<Id, Outline> = BTreeMap::new();
        let events = self.events_since(0).take_while(|event| event.version <= version);
        for event in events.filter(|event| event.level == level) {
            if event.size == 0 {
                living.remove(&event.id);
                continue;
            }
            let outline = living.entry(event.id).or_insert_with(|| Outline {
                id: event.id,
                label: String::new(),
                size: 0,
                state: State::Active.name(),
            });
            outline.label.clone_from(&event.label);
            outline.size = event.size;
            match event.change {
                Change::Dormant => outline.state = State::Dormant.name(),
                Change::Revived => outline.state = State::Active.name(),
                _ => {}
            }
        }
        let mut outlines: Vec<Outline> = living.into_values().collect();
        outlines.sort_by_key(|outline| Reverse(outline.size));
        outlines
    }

    /// The last event of an id's own, which tells its present name and size.
    pub(super) fn latest(&self, id: Id) -> Option<&Event> {
        self.event(self.record(id)?.own)
    }

    /// Issues an id. Its first event must follow.
    pub(super) fn issue(&mut self, level: Level) -> Id {
        let id = Id::new(level, self.issued(level) + 1);
        self.records_mut(level).push(Record { state: State::Active, last: 0, own: 0 });
        id
    }

    /// Adds an event under the next number, whatever number it has.
    pub(super) fn append(&mut self, mut event: Event) {
        event.number = self.last() + 1;
        let number = event.number;
        let state = match &event.change {
            Change::Dormant => Some(State::Dormant),
            Change::Revived => Some(State::Active),
            Change::Merged { into, .. } => Some(State::Merged(*into)),
            Change::Split { into, .. } if event.size == 0 => Some(State::Split(into.clone())),
            Change::Dissolved { .. } => Some(State::Dissolved),
            Change::Archived => Some(State::Archived),
            _ => None,
        };
        if let Some(record) = self.record_mut(event.id) {
            record.own = number;
            record.state = state.unwrap_or_else(|| record.state.clone());
        }
        let mut previous = Vec::new();
        for id in named(&event) {
            let last = self.record_mut(id).map(|record| std::mem::replace(&mut record.last, number));
            previous.push(last.unwrap_or(0));
        }
        self.events.push(Arc::new(Linked { event, previous }));
    }

    fn linked(&self, number: u64) -> Option<&Linked> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        self.events.get(at).map(Arc::as_ref)
    }

    fn record(&self, id: Id) -> Option<&Record> {
        self.records(id.level()).get(id.number().checked_sub(1)? as usize)
    }

    fn record_mut(&mut self, id: Id) -> Option<&mut Record> {
        self.records_mut(id.level()).get_mut(id.number().checked_sub(1)? as usize)
    }

    fn records(&self, level: Level) -> &Ledger<Record> {
        match level {
            Level::Story => &self.stories,
            Level::Topic => &self.topics,
        }
    }

    fn records_mut(&mut self, level: Level) -> &mut Ledger<Record> {
        match level {
            Level::Story => &mut self.stories,
            Level::Topic => &mut self.topics,
        }
    }
}

impl Linked {
    fn previous_of(&self, id: Id) -> u64 {
        let at = named(&self.event).position(|named| named == id);
        at.and_then(|at| self.previous.get(at)).copied().unwrap_or(0)
    }
}

/// The ids an event names, its own first.
fn named(event: &Event) -> impl Iterator<Item = Id> {
    let others: Vec<Id> = event.change.others().to_vec();
    std::iter::once(event.id).chain(others)
}
