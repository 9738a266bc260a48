//! A list that grows at its end, may forget its beginning, and is cheap to share.

use std::sync::Arc;

/// Entries a chunk holds, and so the most that one change copies while older views are about.
const CHUNK: usize = 256;

/// A list in shared chunks: a clone costs one pointer per chunk, a change copies at most one chunk. Entries keep their
/// positions when those before them are forgotten; memory is given back a chunk at a time.
#[derive(Debug, Clone)]
pub(crate) struct Ledger<T> {
    chunks: Vec<Arc<Vec<T>>>,
    /// Position of the first entry of the first chunk.
    base: usize,
    len: usize,
    forgotten: usize,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), base: 0, len: 0, forgotten: 0 }
    }
}

impl<T: Clone> Ledger<T> {
    /// A list whose first entries, this many, are forgotten, and that has no others yet.
    pub fn after(forgotten: usize) -> Self {
        Self { chunks: Vec::new(), base: forgotten, len: forgotten, forgotten }
    }

    /// Entries there ever were.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many of them are forgotten.
    pub fn forgotten(&self) -> usize {
        self.forgotten
    }

    pub fn get(&self, at: usize) -> Option<&T> {
        let (chunk, place) = self.place(at)?;
        self.chunks.get(chunk)?.get(place)
    }

    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let (chunk, place) = self.place(at)?;
        Arc::make_mut(self.chunks.get_mut(chunk)?).get_mut(place)
    }

    pub fn push(&mut self, entry: T) {
        if (self.len - self.base).is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
        }
        if let Some(last) = self.chunks.last_mut() {
            Arc::make_mut(last).push(entry);
            self.len += 1;
        }
    }

    /// Forgets the first `count` of the entries that are left.
    pub fn forget(&mut self, count: usize) {
        self.forgotten = (self.forgotten + count).min(self.len);
        let whole = (self.forgotten - self.base) / CHUNK;
        self.chunks.drain(..whole);
        self.base += whole * CHUNK;
    }

    /// The entries from position `at` on that are not forgotten.
    pub fn from(&self, at: usize) -> impl Iterator<Item = &T> {
        let skipped = at.max(self.forgotten) - self.base;
        self.chunks.iter().skip(skipped / CHUNK).flat_map(|chunk| chunk.iter()).skip(skipped % CHUNK)
    }

    /// The chunk of an entry and its place there, unless it is forgotten.
    fn place(&self, at: usize) -> Option<(usize, usize)> {
        let from_base = at.checked_sub(self.base).filter(|_| at >= self.forgotten)?;
        Some((from_base / CHUNK, from_base % CHUNK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_stays_as_it_was() {
        let mut ledger = Ledger::default();
        (0..CHUNK + 3).for_each(|entry| ledger.push(entry));
        let view = ledger.clone();
        ledger.push(7);
        *ledger.get_mut(0).unwrap() = 9;
        assert_eq!((view.len(), view.get(0), view.get(CHUNK + 3)), (CHUNK + 3, Some(&0), None));
        assert_eq!((ledger.get(0), ledger.get(CHUNK + 3)), (Some(&9), Some(&7)));
        assert!(view.from(CHUNK - 1).copied().eq(CHUNK - 1..CHUNK + 3));
        assert_eq!(view.from(10 * CHUNK).count(), 0);
    }

    #[test]
    fn what_is_forgotten_is_gone_and_the_rest_stays_where_it_was() {
        for start in [0, 1, CHUNK - 1, 10 * CHUNK + 7] {
            let mut ledger = Ledger::after(start);
            let mut forgotten = start;
            for round in 0..5 {
                (0..CHUNK + round).for_each(|_| ledger.push(ledger.len()));
                let view = ledger.clone();
                ledger.forget(CHUNK - 3 + round);
                forgotten += CHUNK - 3 + round;
                assert_eq!((ledger.forgotten(), ledger.len()), (forgotten, view.len()));
                assert!(ledger.from(0).copied().eq(forgotten..ledger.len()));
                assert!(ledger.from(forgotten + 2).copied().eq(forgotten + 2..ledger.len()));
                assert_eq!(ledger.get(forgotten - 1), None);
                assert_eq!(ledger.get_mut(forgotten - 1), None);
                assert_eq!(ledger.get(forgotten), Some(&forgotten));
                assert!(
                    ledger.chunks.len() <= (ledger.len() - forgotten) / CHUNK + 2,
                    "memory is given back"
                );
                assert_eq!(view.get(forgotten - 1), Some(&(forgotten - 1)), "a view keeps it");
            }
            ledger.forget(usize::MAX / 2);
            assert_eq!((ledger.from(0).count(), ledger.forgotten()), (0, ledger.len()));
            ledger.push(1);
            assert_eq!(ledger.from(0).copied().collect::<Vec<_>>(), [1]);
        }
    }
}
