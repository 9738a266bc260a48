//! The numbered record of everything that happened, and what became of every id.

mod memory;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::digest::digest_after;
use super::event::{Change, Event};
use super::id::{Id, Level};
use super::outlines::Outlines;
use crate::ledger::Ledger;
pub use memory::LineageMemory;

/// Events that are kept in memory at least, once there are as many.
pub const EVENTS_KEPT: usize = 8_192;
/// Events are forgotten a step at a time, of which this many are kept.
const STEPS: usize = 64;

/// The newest events in order, and the state of every id ever issued. Append-only, but for the states and for old events,
/// which are forgotten: which ones follows from their number alone. A clone is cheap: it shares what is there.
#[derive(Debug, Clone)]
pub struct Lineage {
    events: Ledger<Linked>,
    kept: usize,
    /// Of all events, those forgotten included.
    digest: [u8; 32],
    /// What lived after the last event that is forgotten.
    before: Outlines,
    stories: Ledger<Record>,
    topics: Ledger<Record>,
}

/// An event and, for each id it names, the number of the event before that named it; 0 if there is none.
#[derive(Debug, Clone)]
struct Linked {
    event: Arc<Event>,
    /// For its own id.
    previous: u64,
    /// For the others, in their order.
    of_others: Box<[u64]>,
}

/// What is known of one id, for ever.
#[derive(Debug, Clone)]
struct Record {
    state: State,
    /// Its name, or the last it had.
    label: Arc<str>,
    /// Number of the last event that names it; 0 until there is one.
    last: u64,
    /// How many events name it.
    count: u32,
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
    pub label: Arc<str>,
    /// The living it leads to, by id: itself, or what its heirs and their heirs lead to. Empty if all dissolved.
    pub living: Vec<Id>,
}

/// Events that name an id.
#[derive(Debug)]
pub struct Life<'a> {
    /// In order, those that were asked for and are in memory.
    pub events: Vec<&'a Arc<Event>>,
    /// Number of the last one before them; 0 if there is none.
    pub earlier: u64,
}

impl Default for Lineage {
    fn default() -> Self {
        Self {
            events: Ledger::default(),
            kept: EVENTS_KEPT,
            digest: [0; 32],
            before: Outlines::default(),
            stories: Ledger::default(),
            topics: Ledger::default(),
        }
    }
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
            if !is_next || event.ids().any(|id| lineage.record(id).is_none()) {
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

    /// Number of the last event that is not in memory any more; 0 if all are.
    pub fn forgotten(&self) -> u64 {
        self.events.forgotten() as u64
    }

    /// A digest of all events in order, of those too that are forgotten.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Number of ids issued at a level.
    pub fn issued(&self, level: Level) -> u32 {
        self.records(level).len() as u32
    }

    /// The event of this number; none if it is forgotten.
    pub fn event(&self, number: u64) -> Option<&Arc<Event>> {
        self.linked(number).map(|linked| &linked.event)
    }

    /// Events with numbers after `since`, in order, unless they are [forgotten](Self::forgotten).
    pub fn events_since(&self, since: u64) -> impl Iterator<Item = &Arc<Event>> {
        self.events.from(usize::try_from(since).unwrap_or(usize::MAX)).map(|linked| &linked.event)
    }

    /// Events with numbers after `since` that name an id, its own and those of others: the last `most` of them that are in
    /// memory. Takes as long as there are such events.
    pub fn life_of(&self, id: Id, since: u64, most: usize) -> Life<'_> {
        let mut events = Vec::new();
        let mut number = self.record(id).map_or(0, |record| record.last);
        while number > since && events.len() < most {
            let Some(linked) = self.linked(number) else { break };
            events.push(&linked.event);
            number = linked.previous_of(id);
        }
        events.reverse();
        Life { events, earlier: number }
    }

    /// How many events name an id, of those too that are forgotten.
    pub fn events_naming(&self, id: Id) -> usize {
        self.record(id).map_or(0, |record| record.count as usize)
    }

    /// Where an id is in its life; none if it was never issued.
    pub fn state(&self, id: Id) -> Option<&State> {
        self.record(id).map(|record| &record.state)
    }

    /// What became of an id; none if it was never issued.
    pub fn resolve(&self, id: Id) -> Option<Resolution> {
        let record = self.record(id)?;
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
        Some(Resolution {
            state: record.state.clone(),
            label: Arc::clone(&record.label),
            living: living.into_iter().collect(),
        })
    }

    /// The last version of the collection with events at or before a time, as far as events are in memory: that of the last
    /// one forgotten or an earlier one is 0.
    pub fn version_at(&self, time: Timestamp) -> u64 {
        // Times of events never fall.
        let (mut low, mut high) = (self.forgotten(), self.last());
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match self.event(middle) {
                Some(event) if event.at <= time => low = middle,
                _ => high = middle - 1,
            }
        }
        self.event(low).map_or(0, |event| event.version)
    }

    /// What lived after a version of the collection; none if events of later ones are forgotten. Reads every event in memory
    /// up to it.
    pub fn as_of(&self, version: u64) -> Option<Outlines> {
        let mut outlines = self.before.clone();
        if self.forgotten() > 0 && self.events_since(0).next().is_none_or(|first| first.version > version) {
            return None;
        }
        let events = self.events_since(0).take_while(|event| event.version <= version);
        events.for_each(|event| outlines.tell(event));
        Some(outlines)
    }

    /// The name of an id, or the last it had.
    pub(super) fn label(&self, id: Id) -> Option<&Arc<str>> {
        self.record(id).map(|record| &record.label)
    }

    /// Keeps so many events in memory from now on, once there are as many.
    pub(super) fn keep(&mut self, events: usize) {
        self.kept = events.max(1);
    }

    /// Issues an id. Its first event must follow.
    pub(super) fn issue(&mut self, level: Level) -> Id {
        let id = Id::new(level, self.issued(level) + 1);
        self.records_mut(level).push(Record {
            state: State::Active,
            label: Arc::default(),
            last: 0,
            count: 0,
        });
        id
    }

    /// Adds an event under the next number, whatever number it has. Returns events that are forgotten from now on.
    pub(super) fn append(&mut self, mut event: Event) -> Vec<Arc<Event>> {
        event.number = self.last() + 1;
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
            record.label = Arc::clone(&event.label);
            record.state = state.unwrap_or_else(|| record.state.clone());
        }
        let mut name = |id: &Id| self.record_mut(*id).map_or(0, |record| record.name_in(event.number));
        let previous = name(&event.id);
        let of_others = event.change.others().iter().map(name).collect();
        self.digest = digest_after(self.digest, &event);
        self.events.push(Linked { event: Arc::new(event), previous, of_others });
        self.forget()
    }

    /// Forgets events when there is a step of them more than are to be kept.
    fn forget(&mut self) -> Vec<Arc<Event>> {
        let step = (self.kept / STEPS).max(1);
        let mut forgotten = Vec::new();
        while self.events.len() - self.events.forgotten() >= self.kept + step {
            let first = forgotten.len();
            forgotten.extend(self.events_since(0).take(step).map(Arc::clone));
            forgotten[first..].iter().for_each(|event| self.before.tell(event));
            self.events.forget(step);
        }
        forgotten
    }

    fn linked(&self, number: u64) -> Option<&Linked> {
        self.events.get(usize::try_from(number.checked_sub(1)?).ok()?)
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
        if self.event.id == id {
            return self.previous;
        }
        let at = self.event.change.others().iter().position(|other| *other == id);
        at.and_then(|at| self.of_others.get(at)).copied().unwrap_or(0)
    }
}

impl Record {
    /// Notes that an event names it. Returns the number of the one before.
    fn name_in(&mut self, number: u64) -> u64 {
        self.count += 1;
        std::mem::replace(&mut self.last, number)
    }
}
