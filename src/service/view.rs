//! What readers see of a collection.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::engine::Snapshot;

/// A snapshot and the entry of the log after which it was taken.
#[derive(Debug)]
pub struct View {
    /// The collection.
    pub snapshot: Arc<Snapshot>,
    /// Number of the last entry it contains.
    pub last_seq: u64,
    state_hash: OnceLock<[u8; 32]>,
    attached: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl View {
    /// A view of the state after an entry.
    pub fn new(snapshot: Arc<Snapshot>, last_seq: u64) -> Self {
        Self { snapshot, last_seq, state_hash: OnceLock::new(), attached: OnceLock::new() }
    }

    /// The [hash](Snapshot::state_hash) of the state. Computed once, on demand.
    pub fn state_hash(&self) -> [u8; 32] {
        *self.state_hash.get_or_init(|| self.snapshot.state_hash())
    }

    /// What those who show the view keep with it: shared by all readers, and gone when the view is. There is room for one
    /// kind of thing, which is that of who asks first; nothing for others.
    pub fn attached<T: Any + Default + Send + Sync>(&self) -> Option<&T> {
        self.attached.get_or_init(|| Box::<T>::default()).downcast_ref()
    }
}
