//! The collection's log in the store: written before anything is applied, read back at the start.

use jiff::{SignedDuration, Timestamp};

use super::StartError;
use crate::Headline;
use crate::store::{Body, Entry, NewEntry, Store, StoreError};

/// Name of the one collection there is.
const COLLECTION: &str = "default";

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
}

impl Log {
    /// Opens the log, which is started if there is none, and hands its batches over one by one, in order.
    pub fn restore(mut store: Box<dyn Store>, mut apply: impl FnMut(Batch)) -> Result<Self, StartError> {
        if !store.collections()?.iter().any(|name| name == COLLECTION) {
            store.create_collection(COLLECTION)?;
        }
        let mut log = Self { store, last_seq: 0, last_at: None };
        // Its last batch may go on in the next entries.
        let mut open: Option<Batch> = None;
        loop {
            let entries = log.store.read(COLLECTION, log.last_seq, ENTRIES_AT_ONCE)?;
            if entries.is_empty() {
                break;
            }
            for Entry { seq, at, body } in entries {
                let Body::Headline(headline) = body else { return Err(StartError::UnknownEntry { seq }) };
                log.last_seq = seq;
                log.last_at = Some(at);
                if let Some(whole) = open.take_if(|batch| batch.at != at) {
                    apply(whole);
                }
                open.get_or_insert(Batch { at, headlines: Vec::new() }).headlines.push(headline);
            }
        }
        if let Some(last) = open {
            apply(last);
        }
        Ok(log)
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
        let log = Log::restore(store, |batch| batches.push(batch)).unwrap();
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
        let refused = Log::restore(log.store, |_| ()).err().unwrap();
        assert!(matches!(refused, StartError::UnknownEntry { seq: 2 }), "{refused}");
    }
}
