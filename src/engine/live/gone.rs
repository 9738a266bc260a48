//! Ids of headlines that left the window: whoever posts one again is told so.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

/// Digests of ids. They can be asked for by others while more are added.
#[derive(Debug, Default)]
pub(in crate::engine) struct Gone(Arc<RwLock<FxHashSet<u128>>>);

impl Gone {
    /// Adds an id.
    pub fn add(&self, id: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(digest(id));
    }

    /// Whether an id was added.
    pub fn contains(&self, id: &str) -> bool {
        self.read().contains(&digest(id))
    }

    /// The same set, to be asked from elsewhere.
    pub fn shared(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// All digests, in order.
    pub fn digests(&self) -> Vec<[u8; 16]> {
        let mut digests: Vec<[u8; 16]> = self.read().iter().map(|digest| digest.to_be_bytes()).collect();
        digests.sort_unstable();
        digests
    }

    fn read(&self) -> RwLockReadGuard<'_, FxHashSet<u128>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A set of its own.
impl Clone for Gone {
    fn clone(&self) -> Self {
        Self(Arc::new(RwLock::new(self.read().clone())))
    }
}

impl FromIterator<[u8; 16]> for Gone {
    fn from_iter<I: IntoIterator<Item = [u8; 16]>>(digests: I) -> Self {
        Self(Arc::new(RwLock::new(digests.into_iter().map(u128::from_be_bytes).collect())))
    }
}

/// The first half of an id's SHA-256.
fn digest(id: &str) -> u128 {
    let hash = Sha256::digest(id);
    hash[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_grows_and_a_copy_does_not() {
        let gone = Gone::default();
        gone.add("ferry-1");
        let (shared, copy) = (gone.shared(), gone.clone());
        gone.add("ferry-2");
        assert!(shared.contains("ferry-1") && shared.contains("ferry-2"));
        assert!(copy.contains("ferry-1") && !copy.contains("ferry-2"));
        let back: Gone = gone.digests().into_iter().collect();
        assert!(back.contains("ferry-2") && !back.contains("ferry-3"));
    }
}
