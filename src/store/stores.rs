//! One store for each of several collections.

use std::collections::BTreeSet;

use super::{MemoryStore, NewEntry, Store, StoreError};

/// Name of the collection that is always there. It is also what a collection is called within a store of its own, so
/// that such a store means the same wherever it is put.
pub const DEFAULT: &str = "default";

/// Where the stores of collections are kept. A method that fails leaves everything as it was. All methods block.
///
/// Names are a few letters, digits and hyphens, which is for the caller to see to.
pub trait Stores: Send {
    /// Names of the collections that were created here, sorted. What an interrupted creation or deletion has left is
    /// cleared away: the former was not acknowledged, the latter is then complete.
    ///
    /// # Errors
    /// If they cannot be read.
    fn named(&mut self) -> Result<Vec<String>, StoreError>;

    /// Opens the store of a collection; [`DEFAULT`] is always there.
    ///
    /// # Errors
    /// If it is unknown, damaged or in use.
    fn open(&mut self, name: &str) -> Result<Box<dyn Store>, StoreError>;

    /// Creates a collection whose log begins with an entry. It is there for good when this returns, and not at all
    /// before.
    ///
    /// # Errors
    /// If there is one of this name or it cannot be stored.
    fn create(&mut self, name: &str, first: &NewEntry) -> Result<Box<dyn Store>, StoreError>;

    /// Removes a collection, whose store must be closed, and all that belongs to it. It is gone for good when this
    /// returns.
    ///
    /// # Errors
    /// If it is unknown or the change cannot be stored.
    fn delete(&mut self, name: &str) -> Result<(), StoreError>;
}

/// Collections that last as long as the process.
#[derive(Debug, Default)]
pub struct MemoryStores {
    named: BTreeSet<String>,
}

impl Stores for MemoryStores {
    fn named(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.named.iter().cloned().collect())
    }

    fn open(&mut self, name: &str) -> Result<Box<dyn Store>, StoreError> {
        match name {
            DEFAULT => Ok(Box::new(MemoryStore::default())),
            _ => Err(StoreError::UnknownCollection(name.to_owned())),
        }
    }

    fn create(&mut self, name: &str, first: &NewEntry) -> Result<Box<dyn Store>, StoreError> {
        if name == DEFAULT || !self.named.insert(name.to_owned()) {
            return Err(StoreError::CollectionExists(name.to_owned()));
        }
        let mut store = MemoryStore::default();
        store.create_collection(DEFAULT)?;
        store.append(DEFAULT, std::slice::from_ref(first))?;
        Ok(Box::new(store))
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        match self.named.remove(name) {
            true => Ok(()),
            false => Err(StoreError::UnknownCollection(name.to_owned())),
        }
    }
}
