//! The handle to a collection: a queue towards its writer and the snapshot it last published.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tracing::Span;

use super::classify::Classified;
use super::events::Earlier;
use super::log::{Log, Step};
use super::writer::{Correction, Deletion, Job, LookUp, Published, Question, Request, Trial, Writer};
use super::{Capacity, ServiceError, StartError, View};
use crate::Headline;
use crate::engine::{Corrected, EditRefusal, Engine, Explanation, Method, Order, Outcome, Snapshot};
use crate::track::{Event, Id};

/// How often a long restoration says that it goes on.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);

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
    queue: ArcSwapOption<mpsc::Sender<Request>>,
    /// One permit per headline that may wait, so that large requests cannot fill the memory.
    room: Arc<Semaphore>,
    published: Arc<Published>,
    store_kind: &'static str,
}

impl Collection {
    /// Restores what the log holds and starts the writer, which lets `failed` know should it panic.
    pub(super) fn start(
        method: Method,
        capacity: &Capacity,
        log: Log,
        failed: Arc<Notify>,
    ) -> Result<(Self, Writer), StartError> {
        let (engine, log) = restore(method, log, capacity.events_in_memory)?;
        let store_kind = log.store_kind();
        let (sender, receiver) = mpsc::channel(capacity.queued_requests);
        let published = Arc::new(Published {
            view: ArcSwap::from_pointee(View::new(engine.snapshot(), log.last_seq())),
            writable: AtomicBool::new(true),
        });
        let writer =
            Writer::start(engine, log, receiver, Arc::clone(&published), capacity.batch_headlines, failed)
                .map_err(StartError::Thread)?;
        let room = Arc::new(Semaphore::new(capacity.queued_headlines));
        Ok((Self { queue: ArcSwapOption::from_pointee(sender), room, published, store_kind }, writer))
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
        let job = Job { headlines, received, reply, span: Span::current(), room };
        self.ask(Request::Keep(job))?;
        answered(answer, patience).await?
    }

    /// Deletes a headline; false if there is none with this id.
    pub(super) async fn delete(
        &self,
        id: String,
        received: Timestamp,
        patience: Duration,
    ) -> Result<bool, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Delete(Deletion { id, received, reply }))?;
        answered(answer, patience).await?
    }

    /// Asks the writer where headlines would go.
    pub(super) async fn classify(
        &self,
        headlines: Vec<Headline>,
        received: Timestamp,
        patience: Duration,
    ) -> Result<Classified, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Classify(Trial { headlines, received, reply }))?;
        answered(answer, patience).await
    }

    /// Makes an edit, or tells what it would do where `is_rehearsal`.
    pub(super) async fn edit(
        &self,
        order: Order,
        received: Timestamp,
        is_rehearsal: bool,
        patience: Duration,
    ) -> Result<Result<Corrected, EditRefusal>, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Edit(Correction { order, received, is_rehearsal, reply }))?;
        answered(answer, patience).await?
    }

    fn ask(&self, request: Request) -> Result<(), ServiceError> {
        let queue = self.queue.load_full().ok_or(ServiceError::Stopped)?;
        queue.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ServiceError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => ServiceError::Stopped,
        })
        // The sender is not held while waiting: the writer ends when the last one is gone.
    }

    /// A headline that left the window; none if it was never there or deleted.
    pub(super) async fn stored_headline(
        &self,
        id: String,
        patience: Duration,
    ) -> Result<Option<Headline>, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::LookUp(LookUp::Headline { id, reply }))?;
        answered(answer, patience).await?
    }

    /// What is kept of a story or topic that left the window, as JSON.
    pub(super) async fn archived(&self, id: Id, patience: Duration) -> Result<Option<Value>, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::LookUp(LookUp::Group { id, reply }))?;
        answered(answer, patience).await?
    }

    /// Events that left memory.
    pub(super) async fn earlier(
        &self,
        earlier: Earlier,
        patience: Duration,
    ) -> Result<Vec<Arc<Event>>, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::LookUp(LookUp::Events { earlier, reply }))?;
        answered(answer, patience).await?
    }

    /// Asks the writer why a headline is where it is.
    pub(super) async fn explain(
        &self,
        id: String,
        patience: Duration,
    ) -> Result<Option<(Explanation, Arc<Snapshot>)>, ServiceError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::Explain(Question { id, reply }))?;
        answered(answer, patience).await
    }

    /// What was published last.
    pub(super) fn view(&self) -> Arc<View> {
        self.published.view.load_full()
    }

    /// What keeps the log.
    pub(super) fn store_kind(&self) -> &'static str {
        self.store_kind
    }

    /// Whether the store took the last batch. If not, asks the writer to find out whether that has changed, so that
    /// a collection to which nobody posts because it is not ready becomes ready again.
    pub(super) fn is_writable(&self) -> bool {
        let writable = self.published.writable.load(Ordering::Relaxed);
        if !writable && let Some(queue) = self.queue.load().as_ref() {
            // A full queue has posts in it, which will show as well.
            let _ = queue.try_send(Request::Probe);
        }
        writable
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

/// An engine that has applied all that the store holds: as it was at the last checkpoint, if there is one, and from
/// there batch by batch as it came.
fn restore(method: Method, mut log: Log, events: usize) -> Result<(Engine, Log), StartError> {
    let started = Instant::now();
    let resumed = log.resume(|checkpoint| Engine::resume(method.clone(), checkpoint))?;
    let mut engine = resumed.unwrap_or_else(|| Engine::new(method)).keeping_events(events);
    // By other settings than then, a checkpoint may have made events.
    log.keep(engine.take_departed());
    let mut last_told = started;
    log.replay(|step| {
        take(&mut engine, step);
        if last_told.elapsed() >= PROGRESS_INTERVAL {
            last_told = Instant::now();
            let snapshot = engine.snapshot();
            tracing::info!(
                headlines = snapshot.len(),
                entries = snapshot.version,
                "restoring the collection"
            );
        }
        engine.take_departed()
    })?;
    log.save_checkpoint(&engine);
    let snapshot = engine.snapshot();
    let (headlines, topics) = (snapshot.len(), snapshot.topics().len());
    let seconds = started.elapsed().as_secs_f64();
    tracing::info!(
        store = log.store_kind(),
        headlines,
        topics,
        last_entry = log.last_seq(),
        seconds,
        "collection restored"
    );
    Ok((engine, log))
}

/// What the writer answers, if it does so in time.
async fn answered<T>(answer: oneshot::Receiver<T>, patience: Duration) -> Result<T, ServiceError> {
    let answer = tokio::time::timeout(patience, answer).await;
    answer.map_err(|_| ServiceError::ApplyTimeout)?.map_err(|_| ServiceError::Failed)
}

/// Does what the log says.
pub(super) fn take(engine: &mut Engine, step: Step) {
    match step {
        Step::Add(batch) => _ = engine.apply(batch.headlines, batch.at),
        Step::Delete { at, id } => _ = engine.delete(&id, at),
        // What cannot be made with these settings is remembered as such.
        Step::Edit { at, order } => _ = engine.edit(order, at),
    }
}

#[cfg(test)]
impl Collection {
    /// A collection whose queue nobody reads.
    pub(super) fn over(queue: mpsc::Sender<Request>, room: usize) -> Self {
        let published = Arc::new(Published {
            view: ArcSwap::from_pointee(View::new(Arc::default(), 0)),
            writable: AtomicBool::new(true),
        });
        let room = Arc::new(Semaphore::new(room));
        Self { queue: ArcSwapOption::from_pointee(queue), room, published, store_kind: "none" }
    }
}
