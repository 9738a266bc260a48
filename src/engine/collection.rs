//! One collection as a state machine: headlines in, outcomes and a snapshot out.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::live::Live;
use super::{Archived, Explanation, Method, Snapshot};
use crate::Headline;

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
        let mut ids = HashSet::new();
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut new = Vec::with_capacity(batch.len());
        for headline in batch {
            if self.knows(&headline.id) || !ids.insert(headline.id.clone()) {
                outcomes.push(Outcome::Duplicate);
            } else {
                outcomes.push(Outcome::Created);
                new.push(headline);
            }
        }
        self.live.insert(new, now);
        self.publish();
        Applied { outcomes, events: first..self.live.tracker.lineage().last() + 1 }
    }

    /// Deletes a headline, at the time `now`; false if there is none with this id in the window.
    pub fn delete(&mut self, id: &str, now: Timestamp) -> bool {
        let is_there = self.live.delete(id, now);
        if is_there {
            self.publish();
        }
        is_there
    }

    /// Stories and topics that left the window since the last call. Whoever keeps them can show them still.
    pub fn take_archived(&mut self) -> Vec<Archived> {
        std::mem::take(&mut self.live.archived)
    }

    /// Whether a headline with this id was ever taken and not deleted.
    pub fn knows(&self, id: &str) -> bool {
        self.live.shelf.positions.contains_key(id) || self.live.is_gone(id)
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
        self.live.describe();
        self.snapshot = Arc::new(Snapshot::of(&self.live));
    }
}

/// Bytes and a digest of them, because a state whose parts contradict each other may be read and not be worked with.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

/// The bytes before their digest, if it is theirs.
fn unsealed(sealed: &[u8]) -> Option<&[u8]> {
    let (bytes, digest) = sealed.split_last_chunk::<32>()?;
    (Sha256::digest(bytes)[..] == digest[..]).then_some(bytes)
}
