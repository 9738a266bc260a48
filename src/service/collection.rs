//! The handle to a collection: a queue towards its writer and the snapshot it last published.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::writer::{Job, Writer};
use super::{Capacity, ServiceError};
use crate::Headline;
use crate::engine::{Engine, Method, Outcome, Snapshot};

/// What the writer answers to one request.
#[derive(Debug)]
pub struct Applied {
    /// One outcome per headline, in order.
    pub outcomes: Vec<Outcome>,
    /// The first view that contains them.
    pub snapshot: Arc<Snapshot>,
}

/// Access to one collection from any thread.
#[derive(Debug)]
pub struct Collection {
    queue: ArcSwapOption<mpsc::Sender<Job>>,
    /// One permit per headline that may wait, so that large requests cannot fill the memory.
    room: Arc<Semaphore>,
    published: Arc<ArcSwap<Snapshot>>,
}

impl Collection {
    /// Starts the writer of an empty collection.
    pub(super) fn start(method: Method, capacity: &Capacity) -> std::io::Result<(Self, Writer)> {
        let (sender, receiver) = mpsc::channel(capacity.queued_requests);
        let engine = Engine::new(method);
        let published = Arc::new(ArcSwap::new(engine.snapshot()));
        let writer = Writer::start(engine, receiver, Arc::clone(&published), capacity.batch_headlines)?;
        let room = Arc::new(Semaphore::new(capacity.queued_headlines));
        Ok((Self { queue: ArcSwapOption::from_pointee(sender), room, published }, writer))
    }

    /// Queues headlines, with the time they came, and waits until a published snapshot contains them.
    pub(super) async fn submit(
        &self,
        headlines: Vec<Headline>,
        received: Timestamp,
        patience: Duration,
    ) -> Result<Applied, ServiceError> {
        let count = u32::try_from(headlines.len()).map_err(|_| ServiceError::QueueFull)?;
        let room =
            Arc::clone(&self.room).try_acquire_many_owned(count).map_err(|_| ServiceError::QueueFull)?;
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.load_full().ok_or(ServiceError::Stopped)?;
        queue.try_send(Job { headlines, received, reply, room }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ServiceError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => ServiceError::Stopped,
        })?;
        // Not held while waiting: the writer ends when the last sender is gone.
        drop(queue);
        let answer = tokio::time::timeout(patience, answer).await;
        answer.map_err(|_| ServiceError::ApplyTimeout)?.map_err(|_| ServiceError::Failed)
    }

    /// The snapshot published last.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// Requests that wait for the writer.
    pub(super) fn queue_depth(&self) -> usize {
        self.queue.load().as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Whether the writer is there to take headlines.
    pub(super) fn is_open(&self) -> bool {
        self.queue.load().as_ref().is_some_and(|queue| !queue.is_closed())
    }

    /// Takes no more headlines.
    pub(super) fn close(&self) {
        self.queue.store(None);
    }
}

#[cfg(test)]
impl Collection {
    /// A collection whose queue nobody reads.
    pub(super) fn over(queue: mpsc::Sender<Job>, room: usize) -> Self {
        let room = Arc::new(Semaphore::new(room));
        Self { queue: ArcSwapOption::from_pointee(queue), room, published: Arc::default() }
    }
}
