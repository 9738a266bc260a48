//! Use cases, shared by the command line and HTTP: keep headlines, read topics, cluster once.
//!
//! There is a default collection and any number of others, all alike but for their settings. A collection has one writer: a thread that owns the [`Engine`](crate::engine::Engine) and the store, and takes
//! requests from a bounded queue. It stores a batch first, has the engine place it once it is durable, publishes a snapshot and
//! then answers. Readers never wait for it. At the start the state of the last checkpoint is taken up and the batches stored
//! after it are applied again, each as it was, which gives the state in which the service stopped, however it stopped.

mod assess;
mod books;
mod changes;
mod classify;
mod cluster;
mod collection;
mod collections;
mod error;
mod events;
mod intake;
mod log;
mod placing;
mod profile;
mod related;
mod search;
mod standing;
mod verify;
mod view;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore};

pub use assess::{Assessment, assess};
pub use changes::{ChangedTopic, Digest, News, digest};
pub use classify::{Guess, Guesses};
pub use cluster::{Clustered, Rejected, cluster, sort_out};
pub use collection::{Applied, Collection};
pub use collections::{CollectionError, Collections, verify_all};
pub use error::{ServiceError, StartError};
pub use events::{Moment, Past};
pub use intake::{Receipt, Verdict};
pub use profile::{CollectionSettings, Granularity, Profile, ProfileError, check_name};
pub use related::{Related, related};
pub use search::{Found, Position, Search, headlines_at, headlines_of, search, words_of};
pub use standing::{Drift, Seed, Standing, seeds, standing};
pub use verify::Verified;
pub use view::View;
pub use writer::Writer;

use crate::Headline;
use crate::engine::{Corrected, EditRefusal, Explanation, Method, Order, Settings, Snapshot};
use crate::evaluate::EvaluateError;
use crate::ingest::{Document, Labelled};
use crate::store::StoreError;
use crate::track::Id;
use intake::Intake;
use log::Log;
use verify::verify;

/// How much the service takes on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Requests that may wait for the writer.
    pub queued_requests: usize,
    /// Headlines that may wait for the writer.
    pub queued_headlines: usize,
    /// Headlines after which the writer stops adding waiting requests to a batch.
    pub batch_headlines: usize,
    /// Events of each collection that are kept in memory.
    pub events_in_memory: usize,
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

/// What all collections share.
#[derive(Debug, Clone)]
struct Shared {
    capacity: Capacity,
    cluster_slots: Arc<Semaphore>,
    draining: Arc<AtomicBool>,
    /// Told when a writer panics.
    failed: Arc<Notify>,
}

impl Shared {
    fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            cluster_slots: Arc::new(Semaphore::new(capacity.cluster_jobs)),
            draining: Arc::default(),
            failed: Arc::default(),
        }
    }

    fn announce_stop(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    async fn failed(&self) {
        self.failed.notified().await;
    }
}

/// Everything that may be done with one collection.
#[derive(Debug)]
pub struct Service {
    profile: Profile,
    collection: Collection,
    method: Method,
    shared: Shared,
}

impl Service {
    /// Restores a collection from its log and starts its writer. Its method differs from `base` as its settings say.
    fn start(
        profile: Profile,
        base: &Settings,
        log: Log,
        shared: &Shared,
    ) -> Result<(Self, Writer), StartError> {
        let method = profile.method(base).map_err(|error| StartError::UnknownCollectionSettings {
            collection: profile.name.clone(),
            reason: error.to_string(),
        })?;
        let (collection, writer) =
            Collection::start(method.clone(), &shared.capacity, log, Arc::clone(&shared.failed))?;
        Ok((Self { profile, collection, method, shared: shared.clone() }, writer))
    }

    /// What the collection is called and what was set for it.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Keeps the good headlines of a document and tells what became of each. `received` stands in for missing
    /// times and is the time of the events that follow.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long; in the last case the
    /// headlines stay queued.
    pub async fn post(&self, document: Document, received: Timestamp) -> Result<Receipt, ServiceError> {
        let (intake, headlines) = Intake::new(self.in_language(document), received);
        let applied = if headlines.is_empty() {
            Applied { outcomes: Vec::new(), snapshot: self.snapshot() }
        } else {
            self.collection.submit(headlines, received, self.shared.capacity.patience).await?
        };
        let receipt = intake.receipt(applied);
        receipt.count();
        Ok(receipt)
    }

    /// A document whose headlines have the language of the collection unless they have one.
    fn in_language(&self, mut document: Document) -> Document {
        if let Some(language) = &self.profile.settings.language {
            for entry in document.items.iter_mut().filter_map(|item| item.result.as_mut().ok()) {
                entry.lang.get_or_insert_with(|| language.clone());
            }
        }
        document
    }

    /// Where the good headlines of a document would go if each were posted next, by itself, at the time `received`.
    /// Nothing is kept.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone or the answer takes too long.
    pub async fn classify(&self, document: Document, received: Timestamp) -> Result<Guesses, ServiceError> {
        let (intake, headlines) = Intake::new(self.in_language(document), received);
        let patience = self.shared.capacity.patience;
        let classified = self.collection.classify(headlines, received, patience).await?;
        Ok(Guesses::of(intake, classified))
    }

    /// Clusters a document by itself, away from the threads that serve requests.
    ///
    /// # Errors
    /// When as many clusterings as allowed are running, or this one fails or takes too long.
    pub async fn cluster(&self, document: Document) -> Result<Clustered, ServiceError> {
        let (document, method) = (self.in_language(document), self.method.clone());
        self.in_a_slot(move || cluster(document, &method)).await
    }

    /// Scores how labelled headlines are grouped by themselves, away from the threads that serve requests.
    ///
    /// # Errors
    /// When as many clusterings as allowed are running, or this one fails or takes too long.
    pub async fn assess(
        &self,
        labelled: Labelled,
    ) -> Result<Result<Vec<Assessment>, EvaluateError>, ServiceError> {
        let method = self.method.clone();
        self.in_a_slot(move || assess(&labelled, &method)).await
    }

    /// Does heavy work if a slot is free, and waits for it as long as for any answer.
    async fn in_a_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let slot =
            Arc::clone(&self.shared.cluster_slots).try_acquire_owned().map_err(|_| ServiceError::Busy)?;
        let job = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even if nobody waits for it any more.
            let _slot = slot;
            work()
        });
        let finished = tokio::time::timeout(self.shared.capacity.patience, job)
            .await
            .map_err(|_| ServiceError::ClusterTimeout)?;
        finished.map_err(|_| ServiceError::Failed)
    }

    /// Deletes a headline at the time `received`; false if there is none with this id in the window.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn delete(&self, id: String, received: Timestamp) -> Result<bool, ServiceError> {
        self.collection.delete(id, received, self.shared.capacity.patience).await
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
        self.collection.edit(order, received, is_rehearsal, self.shared.capacity.patience).await
    }

    /// A headline that is in the store but not in the window any more.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn stored_headline(&self, id: String) -> Result<Option<Headline>, ServiceError> {
        self.collection.stored_headline(id, self.shared.capacity.patience).await
    }

    /// What is kept of a story or topic that left the window, as [`Archived`](crate::engine::Archived) in JSON.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone, the store fails or the answer takes too long.
    pub async fn archived(&self, id: Id) -> Result<Option<Value>, ServiceError> {
        self.collection.archived(id, self.shared.capacity.patience).await
    }

    /// Why a headline is where it is, with the view whose positions the explanation names; none if there is none
    /// with this id in the window.
    ///
    /// # Errors
    /// When the queue is full, the writer is gone or the answer takes too long.
    pub async fn explain(&self, id: String) -> Result<Option<(Explanation, Arc<Snapshot>)>, ServiceError> {
        self.collection.explain(id, self.shared.capacity.patience).await
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
        if self.is_stopping() {
            Readiness::Stopping
        } else if !self.collection.is_writable() {
            Readiness::ReadOnly
        } else {
            Readiness::Ready
        }
    }

    /// Whether this instance is about to stop, or the collection about to be deleted.
    pub fn is_stopping(&self) -> bool {
        self.shared.is_stopping() || !self.collection.is_open()
    }

    /// Takes no more headlines; the writer finishes what is queued and ends.
    fn close(&self) {
        self.collection.close();
    }
}

/// What a failure of the store is to whoever asked for something to be kept.
fn storage_refusal(error: &StoreError) -> ServiceError {
    match error {
        StoreError::DiskFull { .. } => ServiceError::StorageFull,
        _ => ServiceError::StorageFailed,
    }
}

#[cfg(test)]
mod tests;
