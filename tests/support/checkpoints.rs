//! All checkpoints of a store.

use slugline::store::{Checkpoint, Store};

/// The undamaged checkpoints of a collection, newest first.
pub fn checkpoints<S: Store + ?Sized>(store: &mut S, collection: &str) -> Vec<Checkpoint> {
    let mut next = store.checkpoint_before(collection, u64::MAX).unwrap();
    let mut found = Vec::new();
    while let Some(checkpoint) = next {
        next = store.checkpoint_before(collection, checkpoint.seq).unwrap();
        found.push(checkpoint);
    }
    found
}
