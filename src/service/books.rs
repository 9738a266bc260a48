//! What the writer can do without the engine: the log, and what everybody else is shown.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::log::Log;
use super::writer::{LookUp, Published};
use super::{ServiceError, View, storage_refusal};
use crate::engine::{Departed, Snapshot};
use crate::store::StoreError;

/// The log and what is published of it.
pub(super) struct Books {
    pub log: Log,
    pub published: Arc<Published>,
}

impl Books {
    /// Shows a view that holds the log up to the entry `seq`, and keeps what left memory with it.
    pub fn publish(&mut self, snapshot: Arc<Snapshot>, departed: Departed, seq: u64) {
        self.log.note(departed);
        self.published.view.store(Arc::new(View::new(snapshot, seq)));
    }

    /// Notes that the store took a batch.
    pub fn accept(&self) {
        self.published.writable.store(true, Ordering::Relaxed);
    }

    /// Notes that it did not, and says what to tell who sent it.
    pub fn refuse(&self, error: &StoreError) -> ServiceError {
        self.published.writable.store(false, Ordering::Relaxed);
        tracing::error!(%error, "batch refused");
        let refusal = storage_refusal(error);
        let kind = if refusal == ServiceError::StorageFull { "full" } else { "failed" };
        metrics::counter!("slugline_store_errors_total", "kind" => kind).increment(1);
        refusal
    }

    /// Answers what is in the store alone.
    pub fn look_up(&mut self, look_up: LookUp) {
        let failed = |error: StoreError| {
            tracing::error!(%error, "the store cannot be read");
            ServiceError::Failed
        };
        match look_up {
            LookUp::Headline { id, reply } => _ = reply.send(self.log.headline(&id).map_err(failed)),
            LookUp::Group { id, reply } => _ = reply.send(self.log.archived(id).map_err(failed)),
            LookUp::Events { earlier, reply } => {
                let events = self.log.earlier(earlier).map_err(failed);
                let events = events.and_then(|events| match earlier.wanted.is_answered_by(&events) {
                    true => Ok(events),
                    false => {
                        tracing::error!(wanted = ?earlier.wanted, "events are missing in the store");
                        Err(ServiceError::Failed)
                    }
                });
                let _ = reply.send(events);
            }
        }
    }

    /// Finds out whether the store can be written again.
    pub fn probe(&mut self) {
        // Several may have been asked for while one was on its way.
        if self.published.writable.load(Ordering::Relaxed) {
            return;
        }
        match self.log.probe() {
            Ok(()) => {
                self.accept();
                tracing::info!("the store can be written again");
            }
            Err(error) => tracing::debug!(%error, "the store still cannot be written"),
        }
    }
}
