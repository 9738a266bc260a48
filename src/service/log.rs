//! The collection's log in the store: written before anything is applied, read back at the start.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::StartError;
use crate::Headline;
use crate::engine::{Checkpoint, Engine};
use crate::store::{Body, Checkpoint as Kept, Entry, NewEntry, Store, StoreError};

/// Name of the one collection there is.
const COLLECTION: &str = "default";

/// Version of the form in which checkpoints are written.
const CHECKPOINT_FORMAT: u32 = 1;

/// Batches, and time spent on applying them, after which a checkpoint is due. A restart applies again what came after
/// the last one, so that these are what a crash costs at the most.
const CHECKPOINT_BATCHES: usize = 64;
const CHECKPOINT_WORK: Duration = Duration::from_secs(5);

/// Entries read at a time when a collection is restored.
const ENTRIES_AT_ONCE: usize = 10_000;

/// Headlines that are applied together, which is to say as they were when they arrived: what the engine makes of them
/// may depend on what they came with.
#[derive(Debug, PartialEq)]
pub(super) struct Batch {
    /// When it was received. No batch has the same time as the one before it, which is how the log tells them apart.
    pub at: Timestamp,
    pub headlines: Vec<Headline>,
}

/// The log and how far it goes.
pub(super) struct Log {
    store: Box<dyn Store>,
    last_seq: u64,
    last_at: Option<Timestamp>,
    since_checkpoint: SinceCheckpoint,
}

/// What came after the last checkpoint.
#[derive(Default)]
struct SinceCheckpoint {
    batches: usize,
    work: Duration,
}

impl Log {
    /// Opens the log, which is started if there is none. To go on with it, it must first be read to its end: by
    /// [`replay`](Self::replay), or from a checkpoint on by [`resume`](Self::resume) before that.
    pub fn open(mut store: Box<dyn Store>) -> Result<Self, StartError> {
        if !store.collections()?.iter().any(|name| name == COLLECTION) {
            store.create_collection(COLLECTION)?;
        }
        Ok(Self { store, last_seq: 0, last_at: None, since_checkpoint: SinceCheckpoint::default() })
    }

    /// Offers the checkpoints, newest first, with the headlines up to there, until `take` makes something of one.
    pub fn resume<T>(
        &mut self,
        mut take: impl FnMut(Checkpoint, Vec<Headline>) -> Option<T>,
    ) -> Result<Option<T>, StartError> {
        for kept in self.store.checkpoints(COLLECTION)? {
            let mut headlines = Vec::new();
            self.read(kept.seq, |_, headline| headlines.push(headline))?;
            let checkpoint = checkpoint_of(&kept).filter(|_| self.last_seq == kept.seq);
            if let Some(taken) = checkpoint.and_then(|checkpoint| take(checkpoint, headlines)) {
                return Ok(Some(taken));
            }
            tracing::warn!(entry = kept.seq, "a checkpoint cannot be used; starting from further back");
            (self.last_seq, self.last_at) = (0, None);
        }
        Ok(None)
    }

    /// Hands the batches that follow over one by one, in order.
    pub fn replay(&mut self, mut apply: impl FnMut(Batch)) -> Result<(), StartError> {
        let mut batches = 0;
        let mut apply = |batch| {
            apply(batch);
            batches += 1;
        };
        // The last batch may go on in the next entries.
        let mut open: Option<Batch> = None;
        self.read(u64::MAX, |at, headline| {
            if let Some(whole) = open.take_if(|batch| batch.at != at) {
                apply(whole);
            }
            open.get_or_insert(Batch { at, headlines: Vec::new() }).headlines.push(headline);
        })?;
        open.into_iter().for_each(apply);
        self.since_checkpoint.batches += batches;
        Ok(())
    }

    /// Reads on up to entry `end`.
    fn read(&mut self, end: u64, mut visit: impl FnMut(Timestamp, Headline)) -> Result<(), StartError> {
        while self.last_seq < end {
            let limit = usize::try_from(end - self.last_seq).unwrap_or(ENTRIES_AT_ONCE).min(ENTRIES_AT_ONCE);
            let entries = self.store.read(COLLECTION, self.last_seq, limit)?;
            if entries.is_empty() {
                break;
            }
            for Entry { seq, at, body } in entries {
                let Body::Headline(headline) = body else { return Err(StartError::UnknownEntry { seq }) };
                self.last_seq = seq;
                self.last_at = Some(at);
                visit(at, headline);
            }
        }
        Ok(())
    }

    /// Notes what applying a batch took, and writes a checkpoint when one is due.
    pub fn applied(&mut self, engine: &Engine, work: Duration) {
        self.since_checkpoint.batches += 1;
        self.since_checkpoint.work += work;
        let SinceCheckpoint { batches, work } = self.since_checkpoint;
        if batches >= CHECKPOINT_BATCHES || work >= CHECKPOINT_WORK {
            self.save_checkpoint(engine);
        }
    }

    /// Writes a checkpoint unless there is one already. Nothing depends on it but the time a restart takes.
    pub fn save_checkpoint(&mut self, engine: &Engine) {
        if self.since_checkpoint.batches == 0 {
            return;
        }
        self.since_checkpoint = SinceCheckpoint::default();
        let started = Instant::now();
        let saved =
            serde_json::to_vec(&engine.checkpoint()).map_err(|error| error.to_string()).and_then(|bytes| {
                let store = &mut self.store;
                store
                    .save_checkpoint(COLLECTION, self.last_seq, CHECKPOINT_FORMAT, &bytes)
                    .map_err(|error| error.to_string())
                    .map(|()| bytes.len())
            });
        match saved {
            Ok(bytes) => {
                metrics::histogram!("slugline_checkpoint_seconds").record(started.elapsed().as_secs_f64());
                metrics::gauge!("slugline_checkpoint_bytes").set(bytes as f64);
            }
            Err(reason) => {
                metrics::counter!("slugline_checkpoint_errors_total").increment(1);
                tracing::warn!(
                    entry = self.last_seq,
                    reason,
                    "no checkpoint was written; a restart will take longer"
                );
            }
        }
    }

    /// Makes headlines durable as one batch. Those without a time get that of their receipt, so that the log holds
    /// all that follows from it.
    pub fn append(&mut self, received: Timestamp, headlines: Vec<Headline>) -> Result<Batch, StoreError> {
        let at = self.after_last(received);
        let entry = |mut headline: Headline| {
            headline.time.get_or_insert(received);
            NewEntry { at, body: Body::Headline(headline) }
        };
        let entries: Vec<NewEntry> = headlines.into_iter().map(entry).collect();
        self.last_seq = *self.store.append(COLLECTION, &entries)?.end();
        self.last_at = Some(at);
        let headlines = entries.into_iter().filter_map(|entry| match entry.body {
            Body::Headline(headline) => Some(headline),
            _ => None,
        });
        Ok(Batch { at, headlines: headlines.collect() })
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

    /// What keeps the log.
    pub fn store_kind(&self) -> &'static str {
        self.store.kind()
    }
}

fn checkpoint_of(kept: &Kept) -> Option<Checkpoint> {
    (kept.format_version == CHECKPOINT_FORMAT).then(|| serde_json::from_slice(&kept.bytes).ok()).flatten()
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
        log.replay(|batch| batches.push(batch)).unwrap();
        (log, batches)
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
        let delete = NewEntry { at: second(2), body: Body::Delete { id: "a".into() } };
        log.store.append(COLLECTION, &[delete]).unwrap();
        let refused = Log::open(log.store).unwrap().replay(|_| ()).unwrap_err();
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
                log.since_checkpoint.batches = 1;
                log.save_checkpoint(&engine);
            }
        }
        let mut log = Log::open(log.store).unwrap();
        let mut offered = Vec::new();
        let taken = log.resume(|_, headlines| {
            offered.push(headlines.len());
            (headlines.len() == 1).then_some("taken")
        });
        assert_eq!((taken.unwrap(), offered), (Some("taken"), vec![2, 1]));
        let mut batches = Vec::new();
        log.replay(|batch| batches.push(batch.headlines[0].id.clone())).unwrap();
        assert_eq!(batches, ["b", "c"]);
    }

    #[test]
    fn a_checkpoint_of_an_unknown_form_is_passed_over() {
        let (mut log, _) = restored(Box::new(MemoryStore::default()));
        log.append(second(1), vec![headline("a", None)]).unwrap();
        log.store.save_checkpoint(COLLECTION, 1, CHECKPOINT_FORMAT + 1, b"{}").unwrap();
        let mut log = Log::open(log.store).unwrap();
        assert_eq!(log.resume(|_, _| Some(())).unwrap(), None);
        let mut batches = 0;
        log.replay(|_| batches += 1).unwrap();
        assert_eq!((batches, log.last_seq()), (1, 1));
    }
}
