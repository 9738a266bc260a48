//! A list that grows at its end and is cheap to share.

use std::sync::Arc;

/// Entries a chunk holds, and so the most that one change copies while older views are about.
const CHUNK: usize = 256;

/// A list in shared chunks: a clone costs one pointer per chunk, a change copies at most one chunk.
#[derive(Debug, Clone)]
pub(crate) struct Ledger<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Clone> Ledger<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(at / CHUNK)?).get_mut(at % CHUNK)
    }

    pub fn push(&mut self, entry: T) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
        }
        if let Some(last) = self.chunks.last_mut() {
            Arc::make_mut(last).push(entry);
            self.len += 1;
        }
    }

    /// The entries from position `at` on.
    pub fn from(&self, at: usize) -> impl Iterator<Item = &T> {
        self.chunks.iter().skip(at / CHUNK).flat_map(|chunk| chunk.iter()).skip(at % CHUNK)
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
}
