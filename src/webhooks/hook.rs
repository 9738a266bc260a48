//! One webhook: what is kept of it, and how it is doing.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SigningSecret;
use super::keep::{Keep, KeepError};
use crate::service::News;
use crate::store::DEFAULT;
use crate::track::Id;

/// Failed messages that are kept of one webhook; the oldest go.
const MOST_FAILED: usize = 50;

/// Who wants to be told of what, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// The collection whose news it is.
    #[serde(default = "of_default")]
    pub collection: String,
    /// Where messages go.
    pub url: String,
    /// The news that count.
    pub kinds: Vec<News>,
    /// The topics that count, and what became of them; all if there are none.
    pub topics: Vec<Id>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What is kept without a collection is of the default one.
fn of_default() -> String {
    DEFAULT.to_owned()
}

/// A message that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Id of the message.
    pub delivery: String,
    /// Its body.
    pub body: String,
    /// When it was given up.
    pub at: Timestamp,
    /// Times it was sent.
    pub attempts: u32,
    /// Why the last of them failed.
    pub error: String,
    /// Whether it is to be sent once more.
    pub again: bool,
}

/// How a webhook is doing.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What it is.
    pub subscription: Subscription,
    /// Number of the last event that it was told of, or that did not concern it.
    pub position: u64,
    /// Messages delivered so far.
    pub delivered: u64,
    /// Failed messages that are kept.
    pub failed: usize,
    /// Times that the message on its way was sent in vain.
    pub attempts: u32,
    /// Why the last attempt failed, if the one after has not succeeded.
    pub last_error: Option<String>,
}

/// What is kept of a webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub subscription: Subscription,
    pub secret: SigningSecret,
    pub position: u64,
    pub delivered: u64,
    pub failed: Vec<Failed>,
}

impl Record {
    /// Adds a failed message, and forgets the oldest beyond the limit.
    pub fn give_up(&mut self, failed: Failed) {
        self.failed.push(failed);
        let beyond = self.failed.len().saturating_sub(MOST_FAILED);
        self.failed.drain(..beyond);
    }
}

/// A message on its way.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub delivery: String,
    pub body: String,
    /// Number of the last event that it tells of.
    pub next: u64,
    /// Times it was sent in vain.
    pub attempts: u32,
}

/// How far the work on a webhook is. Not kept: after a restart a message begins anew.
#[derive(Debug, Default)]
struct Progress {
    is_busy: bool,
    due: Option<Instant>,
    pending: Option<Pending>,
    last_error: Option<String>,
}

/// A webhook in use.
#[derive(Debug)]
pub(super) struct Hook {
    /// Its collection.
    pub collection: String,
    /// Nothing once it is deleted.
    record: Mutex<Option<Record>>,
    progress: Mutex<Progress>,
}

impl Hook {
    pub fn new(record: Record) -> Self {
        let collection = record.subscription.collection.clone();
        Self { collection, record: Mutex::new(Some(record)), progress: Mutex::default() }
    }

    /// What is kept of it; nothing once it is deleted.
    pub fn record(&self) -> Option<Record> {
        locked(&self.record).clone()
    }

    /// Changes what is kept of it. The change counts even if it could not be written down.
    pub fn update(&self, keep: &Keep, change: impl FnOnce(&mut Record)) -> Result<(), KeepError> {
        let mut record = locked(&self.record);
        let Some(record) = record.as_mut() else { return Ok(()) };
        change(record);
        // Within the lock, so that what was changed last is written last.
        keep.save(record)
    }

    /// Notes that events up to `position` do not concern it. Not written down: looking at them again does no harm.
    pub fn pass(&self, position: u64) {
        if let Some(record) = locked(&self.record).as_mut() {
            record.position = position;
        }
    }

    /// Deletes what is kept of it.
    pub fn remove(&self, keep: &Keep) -> Result<(), KeepError> {
        let mut record = locked(&self.record);
        if let Some(known) = record.as_ref() {
            keep.remove(&known.subscription.id)?;
        }
        *record = None;
        Ok(())
    }

    pub fn standing(&self) -> Option<Standing> {
        let record = self.record()?;
        let progress = locked(&self.progress);
        Some(Standing {
            subscription: record.subscription,
            position: record.position,
            delivered: record.delivered,
            failed: record.failed.len(),
            attempts: progress.pending.as_ref().map_or(0, |pending| pending.attempts),
            last_error: progress.last_error.clone(),
        })
    }

    /// Whether there may be something to do, which the caller then does alone.
    pub fn claim(&self, now: Instant) -> bool {
        let mut progress = locked(&self.progress);
        let is_free = !progress.is_busy && progress.due.is_none_or(|due| due <= now);
        progress.is_busy |= is_free;
        is_free
    }

    /// Ends what [`claim`](Self::claim) began; the next time comes after a pause.
    pub fn rest(&self, pause: Duration) {
        let mut progress = locked(&self.progress);
        progress.is_busy = false;
        progress.due = Instant::now().checked_add(pause);
    }

    /// Ends the pause.
    pub fn wake(&self) {
        locked(&self.progress).due = None;
    }

    pub fn pending(&self) -> Option<Pending> {
        locked(&self.progress).pending.clone()
    }

    pub fn set_pending(&self, pending: Option<Pending>) {
        locked(&self.progress).pending = pending;
    }

    pub fn set_error(&self, error: Option<String>) {
        locked(&self.progress).last_error = error;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
