//! One collection as a state machine: headlines in, outcomes and a snapshot out.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use super::live::{Gone, Live};
use super::{
    Archived, Batch, Classification, EditRecord, EditRefusal, Explanation, Fed, Feed, Method, Order, Snapshot,
};
use crate::track::{Change, Event, Id};
use crate::{Headline, digest};

/// What became of one posted headline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Stored and placed.
    Created,
    /// A headline with this id was already there; nothing changed.
    Duplicate,
}

/// The state could not be written down.
#[derive(Debug, Error)]
#[error("the state could not be written down: {0}")]
pub struct CheckpointError(#[from] rmp_serde::encode::Error);

/// What a batch brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// One outcome per headline, in order.
    pub outcomes: Vec<Outcome>,
    /// Numbers of the events that are new with it.
    pub events: Range<u64>,
}

/// What left memory: it follows from the log and is not computed again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Departed {
    /// Stories and topics that left the window.
    pub archived: Vec<Archived>,
    /// Events that newer ones pushed out, in order of their numbers.
    pub events: Vec<Arc<Event>>,
}

/// How far an engine is that [follows](Engine::follow) a feed.
#[derive(Debug)]
pub struct Progress {
    /// The view of now.
    pub snapshot: Arc<Snapshot>,
    /// What left memory since the last one.
    pub departed: Departed,
}

/// Versions of an engine that somebody waits for.
struct Goals {
    /// The one in which all is that was fed.
    all: u64,
    waited_for: VecDeque<u64>,
}

impl Goals {
    /// Notes when what was fed is in.
    fn expect(&mut self, Fed { batch, ends }: Fed) -> Batch {
        self.waited_for.extend(ends.into_iter().map(|end| self.all + end as u64));
        self.all += batch.headlines.len() as u64;
        batch
    }

    /// Whether somebody need not wait any longer.
    fn are_reached(&mut self, version: u64) -> bool {
        let reached = self.waited_for.iter().take_while(|&&goal| goal <= version).count();
        self.waited_for.drain(..reached).count() > 0
    }
}

/// Ids an engine knew at some time, which can be asked for while more arrive. What becomes known later may be in it or not.
#[derive(Debug)]
pub struct Known {
    snapshot: Arc<Snapshot>,
    gone: Gone,
}

impl Known {
    /// Whether a headline with this id was taken before.
    pub fn contains(&self, id: &str) -> bool {
        self.snapshot.headline(id).is_some() || self.gone.contains(id)
    }
}

/// What an edit brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The edit.
    pub record: EditRecord,
    /// What happened to topics and stories, in order.
    pub events: Vec<Arc<Event>>,
    /// Number of headlines that are in another story, in another topic, or in none.
    pub moved: usize,
    /// Topics and stories that it made, by id.
    pub born: Vec<Id>,
    /// Topics and stories that it ended, by id.
    pub ended: Vec<Id>,
    /// Earlier edits that give way to it from now on.
    pub supersedes: Vec<u64>,
}

impl Corrected {
    /// The difference that an edit makes.
    fn between(record: EditRecord, before: &Snapshot, after: &Engine) -> Self {
        let events = after.live.tracker.events_since(before.lineage.last());
        let events: Vec<Arc<Event>> = events.map(Arc::clone).collect();
        let after = &after.snapshot;
        let place = |snapshot: &Snapshot, id: &str| {
            snapshot.headline(id).map(|(_, placement)| (placement.story, placement.topic))
        };
        let moved = after.headlines().filter(|(headline, placement)| {
            place(before, &headline.id) != Some((placement.story, placement.topic))
        });
        let ids = |is_it: &dyn Fn(&Event) -> bool| {
            let mut ids: Vec<Id> = events.iter().filter(|event| is_it(event)).map(|event| event.id).collect();
            ids.sort_unstable();
            ids
        };
        let gave_way = |edit: &&EditRecord| {
            edit.superseded_by == Some(record.number)
                && before.edit(edit.number).is_some_and(|before| before.superseded_by != edit.superseded_by)
        };
        Self {
            moved: moved.count(),
            born: ids(&|event| event.change == Change::Born),
            ended: ids(&|event| event.size == 0),
            supersedes: after.edits_since(0).filter(gave_way).map(|edit| edit.number).collect(),
            events,
            record,
        }
    }
}

/// Holds a collection: each headline gets its place when it comes, and what changed is refined now and then. The state
/// follows from the headlines in order and their times of receipt, however many come together.
#[derive(Debug)]
pub struct Engine {
    live: Live,
    snapshot: Arc<Snapshot>,
}

impl Engine {
    /// An empty collection.
    pub fn new(method: Method) -> Self {
        Self { live: Live::new(method), snapshot: Arc::default() }
    }

    /// The state written down.
    ///
    /// # Errors
    /// When it cannot be written, which would be a fault in this program.
    pub fn checkpoint(&self) -> Result<Vec<u8>, CheckpointError> {
        Ok(sealed(self.live.write()?))
    }

    /// An engine as it was at a checkpoint; none if the bytes are not those of one, whole and unchanged, or cannot be
    /// understood. By the method of then, the state is the same to the byte; by another one, groups that differ inherit
    /// ids as ever, and the difference becomes events.
    pub fn resume(method: Method, checkpoint: &[u8]) -> Option<Self> {
        let live = Live::read_back(method, unsealed(checkpoint)?)?;
        let mut engine = Self { live, snapshot: Arc::default() };
        engine.publish();
        Some(engine)
    }

    /// Adds headlines received at the time `now`. Should that be earlier than the last time, the last is taken, so that
    /// times of events never fall. Known headlines change nothing.
    pub fn apply(&mut self, batch: Vec<Headline>, now: Timestamp) -> Applied {
        let first = self.live.tracker.lineage().last() + 1;
        let mut new = Vec::with_capacity(batch.len());
        let outcomes = sift(batch, |id| self.knows(id), &mut HashSet::new(), &mut new);
        // Within the pool, where its many short parallel steps need not wake a thread each.
        rayon::scope(|_| self.live.insert(Batch { at: now, headlines: new }, |_| Vec::new()));
        self.publish();
        Applied { outcomes, events: first..self.live.tracker.lineage().last() + 1 }
    }

    /// Adds headlines with ids that are not [known](Self::known), batch after batch as they are fed, until none is left.
    /// When those are in that somebody waits for, the view with them is reported, which may hold some that follow: while
    /// headlines are given their places, those that wait are made ready. The state is the same as if each batch was
    /// [applied](Self::apply).
    pub fn follow(&mut self, feed: &Feed, mut report: impl FnMut(Progress) + Send) {
        let Self { live, snapshot } = self;
        let mut goals = Goals { all: live.version, waited_for: VecDeque::new() };
        while let Some(fed) = feed.next() {
            let first = goals.expect(fed);
            let meanwhile = |live: &mut Live| {
                if goals.are_reached(live.version) {
                    *snapshot = published(live, snapshot);
                    report(Progress { snapshot: Arc::clone(snapshot), departed: departed(live) });
                }
                feed.waiting().into_iter().map(|fed| goals.expect(fed)).collect()
            };
            rayon::scope(|_| live.insert(first, meanwhile));
        }
    }

    /// Where each of these headlines would go if it were the next one, applied by itself at the time `now`; nothing
    /// changes. Known ids are for the caller to sort out.
    ///
    /// The answer is that of [`apply`](Self::apply), but for what is put in order right after a headline in a collection
    /// of more than 1,024 titles, as happens whenever it has grown by a tenth or, if large, a sixth: that may move the
    /// headline on.
    pub fn classify(&mut self, headlines: Vec<Headline>, now: Timestamp) -> Vec<Classification> {
        self.live.classify(headlines, now)
    }

    /// Deletes a headline, at the time `now`; false if there is none with this id in the window.
    pub fn delete(&mut self, id: &str, now: Timestamp) -> bool {
        let is_there = self.live.delete(id, now);
        if is_there {
            self.publish();
        }
        is_there
    }

    /// Whether an edit can be made at present.
    ///
    /// # Errors
    /// When it cannot, and why.
    pub fn check(&self, order: &Order) -> Result<(), EditRefusal> {
        self.live.check(order)
    }

    /// Makes an edit at the time `now`. It gets the next number and holds from then on, through refinements, rebuilds and
    /// restarts, until it is undone or a later one contradicts it.
    ///
    /// # Errors
    /// When it cannot be made. It has its number all the same, but changes nothing: [`check`](Self::check) before.
    pub fn edit(&mut self, order: Order, now: Timestamp) -> Result<Corrected, EditRefusal> {
        let before = self.snapshot();
        let made = self.live.edit(order, now);
        self.publish();
        made.map(|record| Corrected::between(record, &before, self))
    }

    /// What an edit would do. Nothing changes.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn rehearse(&mut self, order: Order, now: Timestamp) -> Result<Corrected, EditRefusal> {
        self.live.check(&order)?;
        Self { live: self.live.for_rehearsal(), snapshot: self.snapshot() }.edit(order, now)
    }

    /// Keeps so many events in memory from now on, once there are as many. Nothing else depends on it.
    #[must_use]
    pub fn keeping_events(mut self, events: usize) -> Self {
        self.live.tracker.keep_events(events);
        self
    }

    /// What left memory since the last call. Whoever keeps it can show it still; it grows until it is taken.
    pub fn take_departed(&mut self) -> Departed {
        departed(&mut self.live)
    }

    /// Whether a headline with this id was ever taken and not deleted.
    pub fn knows(&self, id: &str) -> bool {
        self.live.shelf.positions.contains_key(id) || self.live.gone.contains(id)
    }

    /// All ids that were ever taken and not deleted.
    pub fn known(&self) -> Known {
        Known { snapshot: self.snapshot(), gone: self.live.gone.shared() }
    }

    /// Why the headline with this id is where it is; none if it is not in the window.
    pub fn explain(&self, id: &str) -> Option<Explanation> {
        self.live.explain(id)
    }

    /// The current view.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// The state's hash; see [`Snapshot::state_hash`].
    pub fn state_hash(&self) -> [u8; 32] {
        self.snapshot.state_hash()
    }

    fn publish(&mut self) {
        self.snapshot = published(&mut self.live, &self.snapshot);
    }
}

/// One outcome per headline, in order. Those that are new go to `new`: they are not known, and not among `ids`, where theirs
/// go.
pub fn sift(
    headlines: Vec<Headline>,
    is_known: impl Fn(&str) -> bool,
    ids: &mut HashSet<String>,
    new: &mut Vec<Headline>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(headlines.len());
    for headline in headlines {
        if is_known(&headline.id) || !ids.insert(headline.id.clone()) {
            outcomes.push(Outcome::Duplicate);
        } else {
            outcomes.push(Outcome::Created);
            new.push(headline);
        }
    }
    outcomes
}

/// The view of a state, after the one before.
fn published(live: &mut Live, before: &Snapshot) -> Arc<Snapshot> {
    live.describe();
    Arc::new(Snapshot::of(live, before))
}

fn departed(live: &mut Live) -> Departed {
    Departed { archived: std::mem::take(&mut live.archived), events: live.tracker.take_forgotten() }
}

/// Bytes and a digest of them, because a state whose parts contradict each other may be read and not be worked with.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = digest::of_pieces(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

/// The bytes before their digest, if it is theirs.
fn unsealed(sealed: &[u8]) -> Option<&[u8]> {
    let (bytes, digest) = sealed.split_last_chunk()?;
    (digest::of_pieces(bytes) == *digest).then_some(bytes)
}
