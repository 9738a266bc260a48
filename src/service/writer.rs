//! The one thread that changes a collection.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::Applied;
use crate::Headline;
use crate::engine::{Engine, Snapshot};

/// One request's headlines and where to send what became of them.
#[derive(Debug)]
pub(super) struct Job {
    pub headlines: Vec<Headline>,
    /// When they came.
    pub received: Timestamp,
    pub reply: oneshot::Sender<Applied>,
    /// The place these headlines take up in the queue, given back when they are taken out.
    pub room: OwnedSemaphorePermit,
}

/// The writer thread, to be joined when the service stops.
#[derive(Debug)]
pub struct Writer {
    thread: JoinHandle<()>,
    ended: oneshot::Receiver<()>,
}

impl Writer {
    pub(super) fn start(
        engine: Engine,
        queue: mpsc::Receiver<Job>,
        published: Arc<ArcSwap<Snapshot>>,
        batch_headlines: usize,
    ) -> std::io::Result<Self> {
        let (alive, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _alive = alive;
            run(engine, queue, &published, batch_headlines);
        })?;
        Ok(Self { thread, ended })
    }

    /// Waits until the thread ends: after [`Service::close`](super::Service::close), or by a panic.
    pub async fn ended(&mut self) {
        // Nothing is ever sent: the sender is dropped when the thread unwinds or returns.
        let _ = (&mut self.ended).await;
    }

    /// Waits for the thread; false if it panicked.
    pub fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}

/// Applies what is queued, several requests at a time so that they share one clustering, until the queue closes.
fn run(mut engine: Engine, mut queue: mpsc::Receiver<Job>, published: &ArcSwap<Snapshot>, limit: usize) {
    while let Some(first) = queue.blocking_recv() {
        let mut waiting = first.headlines.len();
        let mut jobs = vec![first];
        while waiting < limit {
            let Ok(next) = queue.try_recv() else { break };
            waiting += next.headlines.len();
            jobs.push(next);
        }
        apply(&mut engine, jobs, published);
    }
}

fn apply(engine: &mut Engine, jobs: Vec<Job>, published: &ArcSwap<Snapshot>) {
    let started = Instant::now();
    let requests = jobs.len();
    let mut batch = Vec::new();
    let mut now = Timestamp::MIN;
    let mut replies = Vec::with_capacity(requests);
    for Job { headlines, received, reply, room } in jobs {
        now = now.max(received);
        replies.push((headlines.len(), reply));
        batch.extend(headlines);
        drop(room);
    }
    let headlines = batch.len();
    let applied = engine.apply(batch, now);
    let events = applied.events.end - applied.events.start;
    let mut outcomes = applied.outcomes.into_iter();
    let snapshot = engine.snapshot();
    published.store(Arc::clone(&snapshot));
    let elapsed = started.elapsed();
    metrics::histogram!("slugline_batch_apply_seconds").record(elapsed.as_secs_f64());
    tracing::debug!(requests, headlines, events, version = snapshot.version, ?elapsed, "batch applied");
    for (count, reply) in replies {
        let outcomes = outcomes.by_ref().take(count).collect();
        // Whoever asked may have stopped waiting; the headlines are in all the same.
        let _ = reply.send(Applied { outcomes, snapshot: Arc::clone(&snapshot) });
    }
}
