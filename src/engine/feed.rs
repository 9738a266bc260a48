//! Headlines on their way to an engine that is still busy with those before them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::Headline;

/// Headlines that were received together.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// When they were received.
    pub at: Timestamp,
    /// The headlines, in order.
    pub headlines: Vec<Headline>,
}

/// Batches for an engine that [follows](super::Engine::follow) them, in order. It is over once the engine has placed all of
/// them and asks in vain for more.
#[derive(Debug, Default)]
pub struct Feed(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<Fed>,
    is_over: bool,
}

/// A batch, and after how many of its headlines somebody waits to be told.
#[derive(Debug, PartialEq)]
pub struct Fed {
    /// The headlines.
    pub batch: Batch,
    /// Numbers that ascend, the last of which is that of all.
    pub ends: Vec<usize>,
}

/// A feed with a first batch.
impl From<Fed> for Feed {
    fn from(first: Fed) -> Self {
        Self(Mutex::new(State { batches: VecDeque::from([first]), is_over: false }))
    }
}

impl Feed {
    /// Adds a batch.
    ///
    /// # Errors
    /// The batch, when the feed is over.
    pub fn push(&self, fed: Fed) -> Result<(), Fed> {
        let mut state = self.state();
        if state.is_over {
            return Err(fed);
        }
        state.batches.push_back(fed);
        Ok(())
    }

    /// The next batch; without one, the feed is over.
    pub(super) fn next(&self) -> Option<Fed> {
        let mut state = self.state();
        let next = state.batches.pop_front();
        state.is_over = next.is_none();
        next
    }

    /// What is there by now, which may be nothing.
    pub(super) fn waiting(&self) -> Vec<Fed> {
        self.state().batches.drain(..).collect()
    }

    /// Batches are whole whatever happened to another thread.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_over_when_it_was_asked_in_vain() {
        let batch = |second| {
            let at = Timestamp::from_second(second).unwrap();
            Fed { batch: Batch { at, headlines: Vec::new() }, ends: Vec::new() }
        };
        let feed = Feed::default();
        assert_eq!(feed.push(batch(1)), Ok(()));
        assert_eq!(feed.next(), Some(batch(1)));
        assert_eq!(feed.waiting(), []);
        assert_eq!((feed.push(batch(2)), feed.push(batch(3))), (Ok(()), Ok(())));
        assert_eq!(feed.waiting(), [batch(2), batch(3)]);
        assert_eq!(feed.next(), None);
        assert_eq!(feed.push(batch(4)), Err(batch(4)));
    }
}
