//! The durable log: what was accepted, kept before anything else is done with it.
//!
//! A collection is a log of [`Entry`]s, numbered from 1 without gaps. Whoever owns the store appends first, applies
//! the entries to the engine once [`Store::append`] has returned, and only then answers. After a restart the newest
//! usable checkpoint and the log after it give the same state again, so that a checkpoint saves time but nothing
//! depends on it. Events and cards are derived from the log, kept for those who ask later, and can be written again.
//!
//! ```
//! use slugline::store::{Body, MemoryStore, NewEntry, Store};
//! use slugline::Headline;
//!
//! let mut store = MemoryStore::default();
//! store.create_collection("news")?;
//! let headline = Headline {
//!     id: "a".into(), text: "Ferry strike ends".into(), time: None, source: None, url: None, lang: None,
//! };
//! let entry = NewEntry { at: jiff::Timestamp::UNIX_EPOCH, body: Body::Headline(headline) };
//! assert_eq!(store.append("news", &[entry])?, 1..=1);
//! assert_eq!(store.read("news", 0, 10)?[0].seq, 1);
//! # Ok::<(), slugline::store::StoreError>(())
//! ```

mod checkpoint;
mod derived;
mod entry;
mod error;
mod memory;
mod replace;
mod sqlite;
mod stores;

use std::ops::RangeInclusive;
use std::sync::Arc;

pub use checkpoint::{Checkpoint, Saving};
pub use derived::{CardKind, CardRow};
pub use entry::{Body, Entry, NewEntry};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use replace::{replace_file, sync_directory};
pub use sqlite::{SqliteStore, SqliteStores};
pub use stores::{DEFAULT, MemoryStores, Stores};

use crate::Headline;
use crate::track::{Event, Id};

/// Logs of collections, with their checkpoints and what was derived from them.
///
/// A method that fails leaves everything as it was, and the store stays usable. All methods block; all take
/// `&mut self`, because a store is one connection. Those that name a collection fail with
/// [`StoreError::UnknownCollection`] if it is not there.
pub trait Store: Send {
    /// What kind of store it is: one word for logs and status.
    fn kind(&self) -> &'static str;

    /// Whether there is room to write and leave to do so, tried without a trace. A store that failed may have recovered.
    ///
    /// # Errors
    /// As [`append`](Self::append) would fail.
    fn probe(&mut self) -> Result<(), StoreError>;

    /// Starts an empty log.
    ///
    /// # Errors
    /// [`StoreError::CollectionExists`] if there is one of this name.
    fn create_collection(&mut self, collection: &str) -> Result<(), StoreError>;

    /// Removes a collection and all that belongs to it.
    ///
    /// # Errors
    /// If it is unknown or the change cannot be stored.
    fn delete_collection(&mut self, collection: &str) -> Result<(), StoreError>;

    /// Names of all collections, sorted.
    ///
    /// # Errors
    /// If they cannot be read.
    fn collections(&mut self) -> Result<Vec<String>, StoreError>;

    /// Adds entries at the end of the log, all or none, and returns their numbers once they are durable. No
    /// entries give an empty range.
    ///
    /// # Errors
    /// If they could not be stored. Should storage have failed in the very act of making them durable and the machine
    /// stop before the next write, they may be found in the log all the same.
    fn append(&mut self, collection: &str, entries: &[NewEntry]) -> Result<RangeInclusive<u64>, StoreError>;

    /// At most `limit` entries after number `after`, in order.
    ///
    /// # Errors
    /// [`StoreError::UnreadableEntry`] for one that this program does not understand in full.
    fn read(&mut self, collection: &str, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Number of the last entry, 0 in an empty log.
    ///
    /// # Errors
    /// If it cannot be read.
    fn last_seq(&mut self, collection: &str) -> Result<u64, StoreError>;

    /// The headline with this id as the log has it last, unless it was deleted since.
    ///
    /// # Errors
    /// If it cannot be read.
    fn headline(&mut self, collection: &str, id: &str) -> Result<Option<Headline>, StoreError>;

    /// Keeps the state after entry `seq`, whose bytes mean something to the caller alone. Then all but the newest two
    /// undamaged checkpoints go; a damaged one stays at least until there is an undamaged one that is newer.
    ///
    /// # Errors
    /// [`StoreError::BeyondLog`] if there is no such entry yet.
    fn save_checkpoint(
        &mut self,
        collection: &str,
        seq: u64,
        format_version: u32,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut saving = Saving::new(seq, format_version, bytes);
        while !self.save_some(collection, &mut saving)? {}
        Ok(())
    }

    /// Keeps some more of a checkpoint, no more than takes a moment, so that others have their turn; true once all of it is
    /// kept. Until then it is none to anybody, and one that is never finished goes with the next that is.
    ///
    /// # Errors
    /// As for [`save_checkpoint`](Self::save_checkpoint).
    fn save_some(&mut self, collection: &str, saving: &mut Saving<'_>) -> Result<bool, StoreError>;

    /// The newest undamaged checkpoint after an entry before `seq`. A damaged one is left where it is and warned of.
    ///
    /// # Errors
    /// If it cannot be read at all.
    fn checkpoint_before(&mut self, collection: &str, seq: u64) -> Result<Option<Checkpoint>, StoreError>;

    /// Keeps what follows from the log up to entry `upto`, in one step: events and cards, where a new one replaces the old
    /// of its number or id. [`derived_upto`](Self::derived_upto) only ever moves forward.
    ///
    /// # Errors
    /// [`StoreError::BeyondLog`] if there is no entry `upto` yet.
    fn put_derived(
        &mut self,
        collection: &str,
        upto: u64,
        events: &[Arc<Event>],
        cards: &[CardRow],
    ) -> Result<(), StoreError>;

    /// Keeps events alone; see [`put_derived`](Self::put_derived).
    ///
    /// # Errors
    /// If they cannot be stored.
    fn put_events(&mut self, collection: &str, events: &[Arc<Event>]) -> Result<(), StoreError> {
        self.put_derived(collection, 0, events, &[])
    }

    /// Keeps cards alone; see [`put_derived`](Self::put_derived).
    ///
    /// # Errors
    /// If they cannot be stored.
    fn put_cards(&mut self, collection: &str, cards: &[CardRow]) -> Result<(), StoreError> {
        self.put_derived(collection, 0, &[], cards)
    }

    /// Number of the entry up to which events and cards are kept; what follows from later ones is still to be derived.
    ///
    /// # Errors
    /// If it cannot be read.
    fn derived_upto(&mut self, collection: &str) -> Result<u64, StoreError>;

    /// At most `limit` events with numbers after `since`, in order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn events(&mut self, collection: &str, since: u64, limit: usize) -> Result<Vec<Arc<Event>>, StoreError>;

    /// Like [`events`](Self::events), those that name a story or topic, its own and those of others.
    ///
    /// # Errors
    /// If they cannot be read.
    fn events_of(
        &mut self,
        collection: &str,
        id: Id,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError>;

    /// The last `limit` events before number `before` that name a story or topic, in order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn last_events_of(
        &mut self,
        collection: &str,
        id: Id,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError>;

    /// The card of a story or topic, whatever became of it.
    ///
    /// # Errors
    /// If it cannot be read.
    fn card(&mut self, collection: &str, id: &str) -> Result<Option<CardRow>, StoreError>;
}
