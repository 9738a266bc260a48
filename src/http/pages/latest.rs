//! What costs much to make and is the same for all who look at one version of a collection: made once, and kept until there
//! is another version.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Mutex as AsyncMutex;

use crate::http::addressed::Addressed;

/// What was made last, of each collection.
#[derive(Debug)]
pub(in crate::http) struct Latest<T>(Mutex<BTreeMap<String, Arc<Slot<T>>>>);

/// What was made last of one collection.
#[derive(Debug)]
struct Slot<T> {
    /// Tells a collection from an earlier one of the same name.
    created: Option<Timestamp>,
    made: AsyncMutex<Option<(u64, Arc<T>)>>,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Latest<T> {
    /// What was made of this version of a collection or a later one, or else what `make` makes of it.
    ///
    /// # Errors
    /// When nothing is made; whoever asks next has it tried again.
    pub async fn of<E>(
        &self,
        context: &Addressed,
        version: u64,
        make: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let profile = context.service.profile();
        let is_there = |name: &str| context.collections.find(name).is_some();
        self.slot(&profile.name, profile.created, is_there).of(version, make).await
    }

    /// The place of a collection; those of collections that are no more are given up.
    fn slot(&self, name: &str, created: Option<Timestamp>, is_there: impl Fn(&str) -> bool) -> Arc<Slot<T>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(name).filter(|slot| slot.created == created) {
            return Arc::clone(slot);
        }
        slots.retain(|other, _| is_there(other));
        let slot = Arc::new(Slot { created, made: AsyncMutex::new(None) });
        slots.insert(name.to_owned(), Arc::clone(&slot));
        slot
    }
}

impl<T> Slot<T> {
    /// Whoever asks while it is being made waits for it.
    async fn of<E>(&self, version: u64, make: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut made = self.made.lock().await;
        match &*made {
            Some((of, it)) if *of >= version => Ok(Arc::clone(it)),
            _ => {
                let it = Arc::new(make.await?);
                *made = Some((version, Arc::clone(&it)));
                Ok(it)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn make(value: u32) -> Result<u32, ()> {
        Ok(value)
    }

    #[tokio::test]
    async fn one_version_is_made_once() {
        let latest = Latest::default();
        let of = |name: &'static str, version: u64, value: u32| {
            let slot = latest.slot(name, None, |_| true);
            async move { slot.of(version, make(value)).await.map(|it| *it) }
        };
        assert_eq!(of("a", 1, 10).await, Ok(10));
        assert_eq!(of("a", 1, 11).await, Ok(10), "kept");
        assert_eq!(of("b", 1, 20).await, Ok(20), "of another collection");
        assert_eq!(of("a", 2, 12).await, Ok(12), "of another version");
        assert_eq!(of("a", 1, 13).await, Ok(12), "what is newer will do");
    }

    #[tokio::test]
    async fn who_asks_meanwhile_waits_and_what_failed_is_tried_again() {
        let slot = Latest::default().slot("a", None, |_| true);
        assert_eq!(slot.of(1, async { Err::<u32, _>("no") }).await, Err("no"));
        let slow = slot.of(1, async {
            tokio::task::yield_now().await;
            Ok::<_, &str>(1)
        });
        let (first, second) = tokio::join!(slow, slot.of(1, async { Ok::<_, &str>(2) }));
        assert_eq!((first.map(|it| *it), second.map(|it| *it)), (Ok(1), Ok(1)));
    }

    #[tokio::test]
    async fn a_collection_that_was_deleted_leaves_nothing() {
        let latest = Latest::default();
        let at = |second| Timestamp::from_second(second).ok();
        let old = latest.slot("a", at(1), |_| true);
        assert!(old.of(9, make(1)).await.is_ok());
        let new = latest.slot("a", at(2), |_| true);
        assert_eq!(new.of(1, make(2)).await.map(|it| *it), Ok(2), "another of the same name");
        latest.slot("b", at(3), |name| name == "b");
        let names: Vec<String> =
            latest.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        assert_eq!(names, ["b"]);
    }
}
