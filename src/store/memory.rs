//! A store that lasts as long as the process: for trials, and as the reference for the others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeInclusive};
use std::sync::Arc;

use super::{Body, CardRow, Checkpoint, Entry, NewEntry, Saving, Store, StoreError};
use crate::Headline;
use crate::track::{Event, Id};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    collections: BTreeMap<String, Collection>,
}

#[derive(Debug, Default)]
struct Collection {
    log: Vec<Entry>,
    /// Position in the log of what was last said about an id.
    by_id: BTreeMap<String, usize>,
    /// At most two, newest first.
    checkpoints: Vec<Checkpoint>,
    events: BTreeMap<u64, Arc<Event>>,
    /// For each story or topic and each event that names it, the number of that.
    naming: BTreeSet<(Id, u64)>,
    cards: BTreeMap<String, CardRow>,
    derived_upto: u64,
}

impl Collection {
    fn last_seq(&self) -> u64 {
        self.log.len() as u64
    }

    fn push(&mut self, entry: &NewEntry) {
        if let Body::Headline(Headline { id, .. }) | Body::Delete { id } = &entry.body {
            self.by_id.insert(id.clone(), self.log.len());
        }
        let NewEntry { at, body } = entry.clone();
        self.log.push(Entry { seq: self.last_seq() + 1, at, body });
    }

    fn must_reach(&self, name: &str, seq: u64) -> Result<(), StoreError> {
        let last = self.last_seq();
        if seq > last {
            return Err(StoreError::BeyondLog { collection: name.to_owned(), seq, last });
        }
        Ok(())
    }

    fn put(&mut self, event: &Arc<Event>) {
        if let Some(old) = self.events.insert(event.number, Arc::clone(event)) {
            old.ids().for_each(|id| _ = self.naming.remove(&(id, old.number)));
        }
        self.naming.extend(event.ids().map(|id| (id, event.number)));
    }

    /// Numbers of the events between these that name an id, in order.
    fn naming(&self, id: Id, after: u64, before: u64) -> impl DoubleEndedIterator<Item = &Arc<Event>> {
        let range = (Bound::Excluded((id, after)), Bound::Included((id, before.max(after))));
        let numbers = self.naming.range(range).map(|(_, number)| number);
        numbers.filter(move |number| **number < before).filter_map(|number| self.events.get(number))
    }
}

impl MemoryStore {
    fn collection(&mut self, name: &str) -> Result<&mut Collection, StoreError> {
        self.collections.get_mut(name).ok_or_else(|| StoreError::UnknownCollection(name.to_owned()))
    }
}

impl Store for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn create_collection(&mut self, collection: &str) -> Result<(), StoreError> {
        if self.collections.contains_key(collection) {
            return Err(StoreError::CollectionExists(collection.to_owned()));
        }
        self.collections.insert(collection.to_owned(), Collection::default());
        Ok(())
    }

    fn delete_collection(&mut self, collection: &str) -> Result<(), StoreError> {
        self.collection(collection)?;
        self.collections.remove(collection);
        Ok(())
    }

    fn collections(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.collections.keys().cloned().collect())
    }

    fn append(&mut self, collection: &str, entries: &[NewEntry]) -> Result<RangeInclusive<u64>, StoreError> {
        let collection = self.collection(collection)?;
        let first = collection.last_seq() + 1;
        entries.iter().for_each(|entry| collection.push(entry));
        Ok(first..=collection.last_seq())
    }

    fn read(&mut self, collection: &str, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let log = &self.collection(collection)?.log;
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(log.iter().skip(after).take(limit).cloned().collect())
    }

    fn last_seq(&mut self, collection: &str) -> Result<u64, StoreError> {
        Ok(self.collection(collection)?.last_seq())
    }

    fn headline(&mut self, collection: &str, id: &str) -> Result<Option<Headline>, StoreError> {
        let collection = self.collection(collection)?;
        let last = collection.by_id.get(id).map(|&position| &collection.log[position].body);
        Ok(last.and_then(|body| match body {
            Body::Headline(headline) => Some(headline.clone()),
            _ => None,
        }))
    }

    fn save_some(&mut self, name: &str, saving: &mut Saving<'_>) -> Result<bool, StoreError> {
        let collection = self.collection(name)?;
        let Saving { seq, format_version, ref bytes, .. } = *saving;
        collection.must_reach(name, seq)?;
        let checkpoints = &mut collection.checkpoints;
        checkpoints.retain(|kept| kept.seq != seq);
        checkpoints.push(Checkpoint { seq, format_version, bytes: bytes.to_vec() });
        checkpoints.sort_by_key(|kept| Reverse(kept.seq));
        checkpoints.truncate(2);
        saving.stored = saving.bytes.len();
        Ok(true)
    }

    fn checkpoint_before(&mut self, collection: &str, seq: u64) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.collection(collection)?.checkpoints.iter().find(|kept| kept.seq < seq).cloned())
    }

    fn put_derived(
        &mut self,
        name: &str,
        upto: u64,
        events: &[Arc<Event>],
        cards: &[CardRow],
    ) -> Result<(), StoreError> {
        let collection = self.collection(name)?;
        collection.must_reach(name, upto)?;
        for event in events {
            collection.put(event);
        }
        for card in cards {
            collection.cards.insert(card.id.clone(), card.clone());
        }
        collection.derived_upto = collection.derived_upto.max(upto);
        Ok(())
    }

    fn derived_upto(&mut self, collection: &str) -> Result<u64, StoreError> {
        Ok(self.collection(collection)?.derived_upto)
    }

    fn events(&mut self, collection: &str, since: u64, limit: usize) -> Result<Vec<Arc<Event>>, StoreError> {
        let later = (Bound::Excluded(since), Bound::Unbounded);
        Ok(self
            .collection(collection)?
            .events
            .range(later)
            .take(limit)
            .map(|(_, event)| Arc::clone(event))
            .collect())
    }

    fn events_of(
        &mut self,
        collection: &str,
        id: Id,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        Ok(self.collection(collection)?.naming(id, since, u64::MAX).take(limit).map(Arc::clone).collect())
    }

    fn last_events_of(
        &mut self,
        collection: &str,
        id: Id,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let events = self.collection(collection)?.naming(id, 0, before);
        let mut events: Vec<Arc<Event>> = events.rev().take(limit).map(Arc::clone).collect();
        events.reverse();
        Ok(events)
    }

    fn card(&mut self, collection: &str, id: &str) -> Result<Option<CardRow>, StoreError> {
        Ok(self.collection(collection)?.cards.get(id).cloned())
    }
}
