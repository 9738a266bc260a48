//! Use cases, shared by the command line and HTTP: keep headlines, read topics, cluster once.
//!
//! A collection has one writer: a thread that owns the [`Engine`](crate::engine::Engine) and the store, and takes
//! requests from a bounded queue. It stores a batch first, applies it once it is durable, publishes a snapshot and then
//! answers. Readers never wait for it. At the start the state of the last checkpoint is taken up and the batches stored
//! after it are applied again, each as it was, which gives the state in which the service stopped, however it stopped.

mod changes;
mod cluster;
mod collection;
mod error;
mod intake;
mod log;
mod search;
mod verify;
mod view;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Semaphore;

pub use changes::{ChangedTopic, Digest, News, changes};
pub use cluster::{Clustered, Rejected, cluster, sort_out};
pub use collection::{Applied, Collection};
pub use error::{ServiceError, StartError};
pub use intake::{Receipt, Verdict};
pub use search::{Found, Position, Search, search, words_of};
pub use verify::{Verified, verify};
pub use view::View;
pub use writer::Writer;

use crate::Headline;
use crate::engine::{Corrected, EditRefusal, Explanation, Method, Order, Snapshot};
use crate::ingest::Document;
use crate::store::Store;
use crate::track::Id;
use intake::Intake;

/// How much the service takes on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Requests that may wait for the writer.
    pub queued_requests: usize,
    /// Headlines that may wait for the writer.
    pub queued_headlines: usize,
    /// Headlines after which the writer stops adding waiting requests to a batch.
    pub batch_headlines: usize,
    /// Stateless clusterings that may run at the same time.
    pub cluster_jobs: usize,
    /// How long a request waits for its answer.
    pub patience: Duration,
}

/// Whether new headlines are welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// They are.
    Ready,
    /// The store did not take the last ones; what is there can be read.
    ReadOnly,
    /// The service is about to stop.
    Stopping,
}

/// Everything HTTP handlers may do.
#[derive(Debug)]
pub struct Service {
    collection: Collection,
    method: Method,
    patience: Duration,
    cluster_slots: Arc<Semaphore>,
    draining: AtomicBool,
}

impl Service {
    /// Restores the collection in the store and starts its writer.
    ///
    /// # Errors
    /// When the store cannot be read or the thread cannot be started.
    pub fn start(
        method: Method,
        capacity: &Capacity,
        store: Box<dyn Store>,
    ) -> Result<(Self, Writer), StartError> {
        let (collection, writer) = Collection::start(method.clone(), capacity, store)?;
        let service = Self {
            collection,
            method,
            patience: capacity.patience,
            cluster_slots: Arc::new(Semaphore::new(capacity.cluster_jobs)),
            draining: AtomicBool::new(false),
        };
        Ok((service, writer))
    }

    /// Keeps the good headlines of a document and tells what became of each. `received` stands in for missing
    /// times and is the time of the events that follow.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long; in the last case the
    /// headlines stay queued.
    pub async fn post(&self, document: Document, received: Timestamp) -> Result<Receipt, ServiceError> {
        let (intake, headlines) = Intake::new(document, received);
        let applied = if headlines.is_empty() {
            Applied { outcomes: Vec::new(), snapshot: self.snapshot() }
        } else {
            self.collection.submit(headlines, received, self.patience).await?
        };
        let receipt = intake.receipt(applied);
        receipt.count();
        Ok(receipt)
    }

    /// Clusters a document by itself, away from the threads that serve requests.
    ///
    /// # Errors
    /// When as many clusterings as allowed are running, or this one fails or takes too long.
    pub async fn cluster(&self, document: Document) -> Result<Clustered, ServiceError> {
        let slot = Arc::clone(&self.cluster_slots).try_acquire_owned().map_err(|_| ServiceError::Busy)?;
        let method = self.method.clone();
        let job = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even if nobody waits for it any more.
            let _slot = slot;
            cluster(document, &method)
        });
        let finished =
            tokio::time::timeout(self.patience, job).await.map_err(|_| ServiceError::ClusterTimeout)?;
        finished.map_err(|_| ServiceError::Failed)
    }

    /// Deletes a headline at the time `received`; false if there is none with this id in the window.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn delete(&self, id: String, received: Timestamp) -> Result<bool, ServiceError> {
        self.collection.delete(id, received, self.patience).await
    }

    /// Makes an edit at the time `received`, or tells what it would do where `is_rehearsal`.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long. Whether the edit can be
    /// made is part of the answer.
    pub async fn edit(
        &self,
        order: Order,
        received: Timestamp,
        is_rehearsal: bool,
    ) -> Result<Result<Corrected, EditRefusal>, ServiceError> {
        self.collection.edit(order, received, is_rehearsal, self.patience).await
    }

    /// A headline that is in the store but not in the window any more.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn stored_headline(&self, id: String) -> Result<Option<Headline>, ServiceError> {
        self.collection.stored_headline(id, self.patience).await
    }

    /// What is kept of a story or topic that left the window, as [`Archived`](crate::engine::Archived) in JSON.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn archived(&self, id: Id) -> Result<Option<Value>, ServiceError> {
        self.collection.archived(id, self.patience).await
    }

    /// Why a headline is where it is, with the view whose positions the explanation names; none if there is none
    /// with this id in the window.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone or the answer takes too long.
    pub async fn explain(&self, id: String) -> Result<Option<(Explanation, Arc<Snapshot>)>, ServiceError> {
        self.collection.explain(id, self.patience).await
    }

    /// The current view of the collection.
    pub fn view(&self) -> Arc<View> {
        self.collection.view()
    }

    /// The collection in the current view.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.collection.view().snapshot)
    }

    /// What keeps the log.
    pub fn store_kind(&self) -> &'static str {
        self.collection.store_kind()
    }

    /// Requests that wait for the writer.
    pub fn queue_depth(&self) -> usize {
        self.collection.queue_depth()
    }

    /// Whether new headlines are welcome.
    pub fn readiness(&self) -> Readiness {
        if self.draining.load(Ordering::Relaxed) || !self.collection.is_open() {
            Readiness::Stopping
        } else if !self.collection.is_writable() {
            Readiness::ReadOnly
        } else {
            Readiness::Ready
        }
    }

    /// Whether this instance is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Says through readiness that this instance is about to stop.
    pub fn announce_stop(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Takes no more headlines; the writer finishes what is queued and ends.
    pub fn close(&self) {
        self.collection.close();
    }
}

#[cfg(test)]
mod tests;
