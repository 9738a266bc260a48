//! The collection's log in the store: written before anything is applied, read back at the start.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::StartError;
use super::events::{Earlier, Wanted};
use crate::Headline;
use crate::engine::{Archived, Batch, Departed, Engine, Order, Snapshot};
use crate::store::{Body, CardKind, CardRow, DEFAULT, Entry, NewEntry, Saving, Store, StoreError};
use crate::track::{Event, Id, Level, State};

/// Name of a collection in a store of its own.
const COLLECTION: &str = DEFAULT;

/// Version of the form in which checkpoints are written.
const CHECKPOINT_FORMAT: u32 = 8;

/// Entries after which a checkpoint is due, and more of them the more it holds.
/// A restart applies again what came after the last one, so that these are what a crash costs at the most.
const CHECKPOINT_ENTRIES: usize = 2048;
/// One part in this many of the headlines comes on top.
const CHECKPOINT_SHARE: usize = 8;
/// And one part in this many of the events in memory and of the ids ever issued.
const CHECKPOINT_EVENTS: u64 = 64;
/// While others wait for the writer, a checkpoint waits for them, until it is due so many times over.
const CHECKPOINT_PATIENCE: usize = 4;

/// What left memory is stored when there is so much of it, and so many at a time: a commit of its own for each batch
/// would take as long as that of the batch.
const STORED_AT_ONCE: usize = 4_096;
/// When so much of it is not stored yet, nothing may be added to the log before it is.
const MOST_UNSTORED: usize = 4 * STORED_AT_ONCE;

/// Entries read at a time when a collection is restored.
const ENTRIES_AT_ONCE: usize = 10_000;

/// What the log says to do next.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// To add headlines.
    Add(Batch),
    /// To delete the headline with this id.
    Delete { at: Timestamp, id: String },
    /// To make an edit.
    Edit { at: Timestamp, order: Order },
}

/// The log and how far it goes.
pub(super) struct Log {
    store: Box<dyn Store>,
    last_seq: u64,
    last_at: Option<Timestamp>,
    /// Entries after the last checkpoint.
    since_checkpoint: usize,
    /// What left memory and is not stored yet.
    cards: Vec<CardRow>,
    events: Vec<Arc<Event>>,
    /// A checkpoint of which not all is stored yet.
    unsaved: Option<Unsaved>,
}

/// A checkpoint that was written down, and of which some may be stored.
struct Unsaved {
    saving: Saving<'static>,
    /// How long that took.
    took: Duration,
}

impl Log {
    /// Opens the log, which is started if there is none. To go on with it, it must first be read to its end: by
    /// [`replay`](Self::replay), or from a checkpoint on by [`resume`](Self::resume) before that.
    pub fn open(mut store: Box<dyn Store>) -> Result<Self, StartError> {
        if !store.collections()?.iter().any(|name| name == COLLECTION) {
            store.create_collection(COLLECTION)?;
        }
        let (cards, events) = (Vec::new(), Vec::new());
        Ok(Self { store, last_seq: 0, last_at: None, since_checkpoint: 0, cards, events, unsaved: None })
    }

    /// What a log begins with if it has settings of its own, and since when it has.
    pub fn settings(&mut self) -> Result<Option<(Timestamp, Value)>, StoreError> {
        let first = self.store.read(COLLECTION, 0, 1)?.pop();
        Ok(first.and_then(|entry| match entry.body {
            Body::Configure(settings) => Some((entry.at, settings)),
            _ => None,
        }))
    }

    /// Offers the checkpoints, newest first, until `take` makes something of one.
    pub fn resume<T>(&mut self, mut take: impl FnMut(&[u8]) -> Option<T>) -> Result<Option<T>, StartError> {
        let mut before = u64::MAX;
        while let Some(kept) = self.store.checkpoint_before(COLLECTION, before)? {
            before = kept.seq;
            let last = self.store.read(COLLECTION, kept.seq.saturating_sub(1), 1)?.pop();
            let is_known = kept.format_version == CHECKPOINT_FORMAT;
            if let Some(last) = last.filter(|last| is_known && last.seq == kept.seq)
                && let Some(taken) = take(&kept.bytes)
            {
                (self.last_seq, self.last_at) = (last.seq, Some(last.at));
                return Ok(Some(taken));
            }
            tracing::warn!(entry = kept.seq, "a checkpoint cannot be used; starting from further back");
        }
        Ok(None)
    }

    /// Hands what follows over step by step, in order, and keeps what left memory with each. Headlines of one time of
    /// receipt come together.
    pub fn replay(&mut self, mut apply: impl FnMut(Step) -> Departed) -> Result<(), StartError> {
        // The last batch may go on in the next entries.
        let mut open: Option<Batch> = None;
        loop {
            let entries = self.store.read(COLLECTION, self.last_seq, ENTRIES_AT_ONCE)?;
            if entries.is_empty() {
                break;
            }
            self.since_checkpoint += entries.len();
            for Entry { seq, at, body } in entries {
                let is_other = |batch: &mut Batch| batch.at != at || !matches!(body, Body::Headline(_));
                if let Some(whole) = open.take_if(is_other) {
                    self.note(apply(Step::Add(whole)));
                }
                match body {
                    Body::Headline(headline) => {
                        open.get_or_insert(Batch { at, headlines: Vec::new() }).headlines.push(headline);
                    }
                    Body::Delete { id } => self.note(apply(Step::Delete { at, id })),
                    Body::Edit(order) => {
                        let order = serde_json::from_value(order);
                        let order = order.map_err(|_| StartError::UnknownEntry { seq })?;
                        self.note(apply(Step::Edit { at, order }));
                    }
                    // Known to whoever made the engine.
                    Body::Configure(_) if seq == 1 => {}
                    Body::Configure(_) => return Err(StartError::UnknownEntry { seq }),
                }
                (self.last_seq, self.last_at) = (seq, Some(at));
            }
            self.keep(Departed::default());
        }
        open.into_iter().for_each(|batch| self.note(apply(Step::Add(batch))));
        self.keep(Departed::default());
        Ok(())
    }

    /// Keeps what left memory for those who ask later. It is stored by and by: a restart derives again what left after the
    /// last checkpoint.
    pub fn keep(&mut self, departed: Departed) {
        self.note(departed);
        self.settle_if_much();
    }

    /// Keeps what left memory, to be stored when there is time for it.
    pub fn note(&mut self, departed: Departed) {
        let card = |archived: &Archived| CardRow {
            id: archived.id.to_string(),
            kind: match archived.id.level() {
                Level::Story => CardKind::Story,
                Level::Topic => CardKind::Topic,
            },
            state: State::Archived.name().to_owned(),
            json: serde_json::to_value(archived).unwrap_or_default(),
        };
        self.cards.extend(departed.archived.iter().map(card));
        self.events.extend(departed.events);
    }

    /// Stores some of what was put off: of a checkpoint, and what left memory if it is much. Returns whether more is left.
    pub fn catch_up(&mut self) -> bool {
        self.settle_if_much();
        self.save_some();
        self.unsaved.is_some()
    }

    /// Stores what left memory if it is much.
    fn settle_if_much(&mut self) {
        if self.unstored() >= STORED_AT_ONCE
            && let Err(error) = self.settle()
        {
            let (cards, events) = (self.cards.len(), self.events.len());
            tracing::warn!(%error, cards, events, "what left memory is not stored yet");
        }
    }

    /// Makes sure that what left memory does not become ever more, should the store take the log alone.
    fn require_settled(&mut self) -> Result<(), StoreError> {
        match self.unstored() < MOST_UNSTORED {
            true => Ok(()),
            false => self.settle(),
        }
    }

    fn unstored(&self) -> usize {
        self.cards.len() + self.events.len()
    }

    /// Stores what left memory, as far as that can be done. No checkpoint may be written before it is: a restart would not
    /// derive it again.
    fn settle(&mut self) -> Result<(), StoreError> {
        while !self.cards.is_empty() || !self.events.is_empty() {
            let cards = self.cards.len().min(STORED_AT_ONCE);
            let events = self.events.len().min(STORED_AT_ONCE);
            self.store.put_derived(COLLECTION, 0, &self.events[..events], &self.cards[..cards])?;
            self.cards.drain(..cards);
            self.events.drain(..events);
        }
        Ok(())
    }

    /// What is kept of a story or topic that left the window.
    pub fn archived(&mut self, id: Id) -> Result<Option<Value>, StoreError> {
        let id = id.to_string();
        if let Some(card) = self.cards.iter().rev().find(|card| card.id == id) {
            return Ok(Some(card.json.clone()));
        }
        Ok(self.store.card(COLLECTION, &id)?.map(|card| card.json))
    }

    /// Events that left memory, in order.
    pub fn earlier(
        &mut self,
        Earlier { wanted, before, limit }: Earlier,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        // What is not stored yet follows on what is.
        let stored = self.events.first().map_or(before, |event| event.number.min(before));
        let mut events = match wanted {
            Wanted::Since(since) => self.store.events(COLLECTION, since, limit)?,
            Wanted::Naming(id, since) => self.store.events_of(COLLECTION, id, since, limit)?,
            Wanted::LastNaming(id) => self.store.last_events_of(COLLECTION, id, stored, limit)?,
        };
        events.retain(|event| event.number < stored);
        let noted = self.events.iter().filter(|event| event.number < before && wanted.includes(event));
        events.extend(noted.map(Arc::clone));
        match wanted {
            Wanted::LastNaming(_) => _ = events.drain(..events.len().saturating_sub(limit)),
            Wanted::Since(_) | Wanted::Naming(..) => events.truncate(limit),
        }
        Ok(events)
    }

    /// The headline with this id, whether or not it is in the window, unless it was deleted.
    pub fn headline(&mut self, id: &str) -> Result<Option<Headline>, StoreError> {
        self.store.headline(COLLECTION, id)
    }

    /// Notes how many entries were applied.
    pub fn applied(&mut self, entries: usize) {
        self.since_checkpoint += entries;
    }

    /// Writes a checkpoint down when one is due, unless it can wait for others who do. It is stored by
    /// [`catch_up`](Self::catch_up). All that is in the log must be in the engine.
    pub fn write_checkpoint_if_due(&mut self, engine: &Engine, others_wait: bool) {
        if self.is_checkpoint_due(&engine.snapshot(), others_wait) {
            self.write_checkpoint(engine);
        }
    }

    /// Whether a checkpoint is due, and cannot wait for others who do.
    pub fn is_checkpoint_due(&self, snapshot: &Snapshot, others_wait: bool) -> bool {
        let lineage = &snapshot.lineage;
        let issued = [Level::Story, Level::Topic].map(|level| u64::from(lineage.issued(level)));
        let held = lineage.last() - lineage.forgotten() + issued[0] + issued[1];
        let events = (held / CHECKPOINT_EVENTS) as usize;
        let due = CHECKPOINT_ENTRIES + snapshot.len() / CHECKPOINT_SHARE + events;
        let patience = if others_wait { CHECKPOINT_PATIENCE } else { 1 };
        self.since_checkpoint >= patience * due
    }

    /// Writes and stores a checkpoint unless there is one already. Nothing depends on it but the time a restart takes.
    pub fn save_checkpoint(&mut self, engine: &Engine) {
        if self.since_checkpoint > 0 {
            self.write_checkpoint(engine);
        }
        self.save_what_is_unsaved();
    }

    fn write_checkpoint(&mut self, engine: &Engine) {
        self.save_what_is_unsaved();
        self.since_checkpoint = 0;
        let started = Instant::now();
        match engine.checkpoint() {
            Ok(bytes) => {
                let saving = Saving::new(self.last_seq, CHECKPOINT_FORMAT, bytes);
                self.unsaved = Some(Unsaved { saving, took: started.elapsed() });
            }
            Err(error) => not_written(self.last_seq, &error.to_string()),
        }
    }

    fn save_what_is_unsaved(&mut self) {
        while self.unsaved.is_some() {
            self.save_some();
        }
    }

    fn save_some(&mut self) {
        let Some(Unsaved { mut saving, took }) = self.unsaved.take() else { return };
        let started = Instant::now();
        let settled = if saving.is_new() { self.settle() } else { Ok(()) };
        let saved = settled.and_then(|()| self.store.save_some(COLLECTION, &mut saving));
        let took = took + started.elapsed();
        match saved {
            Ok(true) => {
                metrics::histogram!("slugline_checkpoint_seconds").record(took.as_secs_f64());
                metrics::gauge!("slugline_checkpoint_bytes").set(saving.bytes.len() as f64);
            }
            Ok(false) => self.unsaved = Some(Unsaved { saving, took }),
            Err(error) => not_written(saving.seq, &error.to_string()),
        }
    }

    /// Makes headlines durable as one batch. No batch has the same time as the one before it, which is how the log tells them
    /// apart. Those without a time get that of their receipt, so that the log holds
    /// all that follows from it.
    pub fn append(&mut self, received: Timestamp, headlines: Vec<Headline>) -> Result<Batch, StoreError> {
        self.require_settled()?;
        let (headlines, at) = self.dated(received, headlines);
        let entry = |headline: Headline| NewEntry { at, body: Body::Headline(headline) };
        let entries: Vec<NewEntry> = headlines.into_iter().map(entry).collect();
        self.last_seq = *self.store.append(COLLECTION, &entries)?.end();
        self.last_at = Some(at);
        let headlines = entries.into_iter().filter_map(|entry| match entry.body {
            Body::Headline(headline) => Some(headline),
            _ => None,
        });
        Ok(Batch { at, headlines: headlines.collect() })
    }

    /// Makes it durable that a headline is deleted; returns the time of that.
    pub fn append_delete(&mut self, received: Timestamp, id: String) -> Result<Timestamp, StoreError> {
        self.append_one(received, Body::Delete { id })
    }

    /// Makes an edit durable; returns the time of it.
    pub fn append_edit(&mut self, received: Timestamp, order: &Order) -> Result<Timestamp, StoreError> {
        // Text, numbers and lists of them: this cannot fail.
        self.append_one(received, Body::Edit(serde_json::to_value(order).unwrap_or_default()))
    }

    fn append_one(&mut self, received: Timestamp, body: Body) -> Result<Timestamp, StoreError> {
        self.require_settled()?;
        let at = self.after_last(received);
        self.last_seq = *self.store.append(COLLECTION, &[NewEntry { at, body }])?.end();
        self.last_at = Some(at);
        Ok(at)
    }

    /// Headlines received now as they would be kept, those without a time with that of their receipt, and the time of
    /// their batch.
    pub fn dated(&self, received: Timestamp, mut headlines: Vec<Headline>) -> (Vec<Headline>, Timestamp) {
        for headline in &mut headlines {
            headline.time.get_or_insert(received);
        }
        (headlines, self.after_last(received))
    }

    /// The time of a batch: when it was received, or just after the one before should the clock have gone back.
    fn after_last(&self, received: Timestamp) -> Timestamp {
        match self.last_at {
            Some(last) if received <= last => {
                // Nothing is later than the end of time; there an earlier time tells batches apart as well.
                last.checked_add(SignedDuration::from_nanos(1)).unwrap_or(received)
            }
            _ => received,
        }
    }

    /// Whether there is room for more.
    pub fn probe(&mut self) -> Result<(), StoreError> {
        self.store.probe()
    }

    /// Number of the last entry.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The log from its beginning.
    pub fn reopened(self) -> Result<Self, StartError> {
        Self::open(self.store)
    }

    /// What keeps the log.
    pub fn store_kind(&self) -> &'static str {
        self.store.kind()
    }
}

fn not_written(entry: u64, reason: &str) {
    metrics::counter!("slugline_checkpoint_errors_total").increment(1);
    tracing::warn!(entry, reason, "no checkpoint was written; a restart will take longer");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn headline(id: &str, time: Option<Timestamp>) -> Headline {
        Headline { id: id.into(), text: "Ebb".into(), time, source: None, url: None, lang: None }
    }

    fn restored(store: Box<dyn Store>) -> (Log, Vec<Batch>) {
        let mut batches = Vec::new();
        let mut log = Log::open(store).unwrap();
        log.replay(|step| {
            batches.push(added(step));
            Departed::default()
        })
        .unwrap();
        (log, batches)
    }

    fn added(step: Step) -> Batch {
        match step {
            Step::Add(batch) => batch,
            other => panic!("no headlines: {other:?}"),
        }
    }

    #[test]
    fn a_deletion_parts_what_comes_before_from_what_comes_after() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(1), vec![headline("a", None)]).unwrap();
        let at = log.append_delete(second(1), "a".into()).unwrap();
        log.append(second(2), vec![headline("b", None)]).unwrap();
        let mut steps = Vec::new();
        let mut log = Log::open(log.store).unwrap();
        log.replay(|step| {
            steps.push(step);
            Departed::default()
        })
        .unwrap();
        assert!(matches!(&steps[..], [Step::Add(_), Step::Delete { id, .. }, Step::Add(_)] if id == "a"));
        assert!(at > second(1));
    }

    #[test]
    fn batches_come_back_as_they_were_whatever_the_clock_said() {
        let (mut log, none) = restored(Box::new(MemoryStore::default()));
        assert_eq!(none, []);
        let mut appended = Vec::new();
        for (ids, received) in [(&["a", "b"][..], 5), (&["c"], 5), (&["d", "e"], 3), (&["f"], 9)] {
            let headlines = ids.iter().map(|id| headline(id, None)).collect();
            appended.push(log.append(second(received), headlines).unwrap());
        }
        let nanoseconds: Vec<i128> =
            appended.iter().map(|batch| batch.at.as_nanosecond() - second(5).as_nanosecond()).collect();
        assert_eq!(nanoseconds, [0, 1, 2, 4_000_000_000]);
        let (again, batches) = restored(log.store);
        assert_eq!(batches, appended);
        assert_eq!((again.last_seq(), again.last_at), (6, Some(second(9))));
    }

    #[test]
    fn a_batch_longer_than_what_is_read_at_once_stays_one() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(1), vec![headline("first", None)]).unwrap();
        let many = (0..2 * ENTRIES_AT_ONCE).map(|n| headline(&n.to_string(), None)).collect();
        log.append(second(2), many).unwrap();
        let sizes: Vec<usize> = restored(log.store).1.iter().map(|batch| batch.headlines.len()).collect();
        assert_eq!(sizes, [1, 2 * ENTRIES_AT_ONCE]);
    }

    #[test]
    fn a_time_is_written_down_before_it_is_needed() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(7), vec![headline("a", None), headline("b", Some(second(2)))]).unwrap();
        let batches = restored(log.store).1;
        let times: Vec<_> = batches[0].headlines.iter().map(|headline| headline.time).collect();
        assert_eq!(times, [Some(second(7)), Some(second(2))]);
    }

    #[test]
    fn an_entry_of_another_kind_is_refused() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(1), vec![headline("a", None)]).unwrap();
        let edit = NewEntry { at: second(2), body: Body::Edit(serde_json::json!({})) };
        log.store.append(COLLECTION, &[edit]).unwrap();
        let refused = Log::open(log.store).unwrap().replay(|_| Departed::default()).unwrap_err();
        assert!(matches!(refused, StartError::UnknownEntry { seq: 2 }), "{refused}");
    }

    #[test]
    fn the_newest_checkpoint_that_can_be_used_is_and_the_log_after_it_replayed() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        let mut engine = Engine::new(crate::engine::Method::default());
        for (number, id) in (1..).zip(["a", "b", "c"]) {
            let batch = log.append(second(number), vec![headline(id, None)]).unwrap();
            engine.apply(batch.headlines, batch.at);
            if id != "c" {
                log.since_checkpoint = 1;
                log.save_checkpoint(&engine);
            }
        }
        let mut log = Log::open(log.store).unwrap();
        let mut offered = Vec::new();
        let taken = log.resume(|bytes| {
            let engine = Engine::resume(crate::engine::Method::default(), bytes).unwrap();
            offered.push(engine.snapshot().len());
            (engine.snapshot().len() == 1).then_some("taken")
        });
        assert_eq!((taken.unwrap(), offered), (Some("taken"), vec![2, 1]));
        let mut batches = Vec::new();
        log.replay(|step| {
            batches.push(added(step).headlines[0].id.clone());
            Departed::default()
        })
        .unwrap();
        assert_eq!(batches, ["b", "c"]);
    }

    /// A log, an engine that keeps one event in memory, and what left it.
    fn forgetful() -> (Log, Engine, Departed) {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        let mut engine = Engine::new(crate::engine::Method::default()).keeping_events(1);
        for (at, id) in (1..).zip(["a", "b", "c"]) {
            let batch = log.append(second(at), vec![headline(id, None)]).unwrap();
            engine.apply(batch.headlines, batch.at);
            log.since_checkpoint += 1;
        }
        let departed = engine.take_departed();
        assert!(departed.events.len() > 1);
        (log, engine, departed)
    }

    #[test]
    fn what_left_memory_is_told_all_the_same_and_stored_before_a_checkpoint() {
        let (mut log, engine, departed) = forgetful();
        let events = departed.events.clone();
        let topic = events[0].id;
        let wants = [Wanted::Since(0), Wanted::Since(1), Wanted::Naming(topic, 0), Wanted::LastNaming(topic)];
        let ask = |log: &mut Log| {
            wants.map(|wanted| {
                log.earlier(Earlier { wanted, before: events.len() as u64 + 1, limit: 2 }).unwrap()
            })
        };
        log.keep(departed);
        let told = ask(&mut log);
        assert_eq!(told[0], events[..2]);
        assert!(wants.iter().zip(&told).all(|(wanted, told)| wanted.is_answered_by(told)));
        assert!(!Wanted::Since(1).is_answered_by(&events), "a gap is found out");

        log.append(second(9), vec![headline("d", None)]).unwrap();
        assert_eq!(log.store.events(COLLECTION, 0, 9).unwrap(), []);
        log.save_checkpoint(&engine);
        assert!(log.store.checkpoint_before(COLLECTION, u64::MAX).unwrap().is_some());
        assert_eq!(log.store.events(COLLECTION, 0, usize::MAX).unwrap(), events);
        assert_eq!(ask(&mut log), told);
    }

    #[test]
    fn much_that_left_memory_is_stored_before_anything_else() {
        let (mut log, engine, departed) = forgetful();
        let numbers = 1..=MOST_UNSTORED as u64;
        let event = |number| Arc::new(Event { number, ..Event::clone(&departed.events[0]) });
        let events: Vec<Arc<Event>> = numbers.map(event).collect();

        // A store that takes nothing for a while.
        log.store.delete_collection(COLLECTION).unwrap();
        log.keep(Departed { events: events.clone(), archived: Vec::new() });
        let unknown = StoreError::UnknownCollection(COLLECTION.to_owned());
        assert_eq!(log.append(second(9), vec![headline("d", None)]), Err(unknown.clone()));
        assert_eq!(log.append_delete(second(9), "a".into()), Err(unknown));
        log.save_checkpoint(&engine);
        log.store.create_collection(COLLECTION).unwrap();
        assert_eq!(log.store.events(COLLECTION, 0, usize::MAX).unwrap(), []);

        log.append(second(9), vec![headline("d", None)]).unwrap();
        assert_eq!(log.store.events(COLLECTION, 0, usize::MAX).unwrap(), events);
    }

    #[test]
    fn a_checkpoint_of_an_unknown_form_is_passed_over() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(1), vec![headline("a", None)]).unwrap();
        log.store.save_checkpoint(COLLECTION, 1, CHECKPOINT_FORMAT + 1, b"{}").unwrap();
        let mut log = Log::open(log.store).unwrap();
        assert_eq!(log.resume(|_| Some(())).unwrap(), None);
        let mut batches = 0;
        log.replay(|_| {
            batches += 1;
            Departed::default()
        })
        .unwrap();
        assert_eq!((batches, log.last_seq()), (1, 1));
    }
}
