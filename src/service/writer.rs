//! The one thread that changes a collection.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};
use tracing::{Span, info_span};

use super::classify::Classified;
use super::events::Earlier;
use super::log::{Batch, Log};
use super::{Applied, ServiceError, View, storage_refusal};
use crate::Headline;
use crate::engine::{Corrected, EditRefusal, Engine, Explanation, Order, Outcome, Snapshot};
use crate::store::StoreError;
use crate::track::{Event, Id};

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Request {
    /// To keep headlines.
    Keep(Job),
    /// To delete a headline.
    Delete(Deletion),
    /// To tell where headlines would go.
    Classify(Trial),
    /// To make an edit.
    Edit(Correction),
    /// To explain where a headline is.
    Explain(Question),
    /// To look up what is in the store alone.
    LookUp(LookUp),
    /// To find out whether the store can be written again.
    Probe,
}

/// A headline to delete and where to say whether it was there.
#[derive(Debug)]
pub(super) struct Deletion {
    pub id: String,
    pub received: Timestamp,
    pub reply: oneshot::Sender<Result<bool, ServiceError>>,
}

/// Headlines to classify and where to send the answer.
#[derive(Debug)]
pub(super) struct Trial {
    pub headlines: Vec<Headline>,
    pub received: Timestamp,
    pub reply: oneshot::Sender<Classified>,
}

/// An edit and where to say what it did, or would do where it is a rehearsal.
#[derive(Debug)]
pub(super) struct Correction {
    pub order: Order,
    pub received: Timestamp,
    pub is_rehearsal: bool,
    pub reply: oneshot::Sender<Result<Result<Corrected, EditRefusal>, ServiceError>>,
}

/// Something that left memory.
#[derive(Debug)]
pub(super) enum LookUp {
    /// A headline.
    Headline { id: String, reply: oneshot::Sender<Result<Option<Headline>, ServiceError>> },
    /// A story or topic, as JSON.
    Group { id: Id, reply: oneshot::Sender<Result<Option<Value>, ServiceError>> },
    /// Events.
    Events { earlier: Earlier, reply: oneshot::Sender<Result<Vec<Arc<Event>>, ServiceError>> },
}

/// A headline to explain and where to send the answer, with the view whose positions it names.
#[derive(Debug)]
pub(super) struct Question {
    pub id: String,
    pub reply: oneshot::Sender<Option<(Explanation, Arc<Snapshot>)>>,
}

/// One request's headlines and where to send what became of them.
#[derive(Debug)]
pub(super) struct Job {
    pub headlines: Vec<Headline>,
    /// When they came.
    pub received: Timestamp,
    pub reply: oneshot::Sender<Result<Applied, ServiceError>>,
    /// Where it came from, for the log and traces.
    pub span: Span,
    /// The place these headlines take up in the queue, given back when they are taken out.
    pub room: OwnedSemaphorePermit,
}

/// What the writer shows to everybody else.
#[derive(Debug)]
pub(super) struct Published {
    pub view: ArcSwap<View>,
    /// Whether the store took the last batch, or would take one.
    pub writable: AtomicBool,
}

/// The writer thread, to be joined when the service stops.
#[derive(Debug)]
pub struct Writer {
    thread: JoinHandle<()>,
}

/// Goes off when the thread that holds it panics.
struct Alarm(Arc<Notify>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.notify_one();
        }
    }
}

impl Writer {
    pub(super) fn start(
        engine: Engine,
        log: Log,
        queue: mpsc::Receiver<Request>,
        published: Arc<Published>,
        batch_headlines: usize,
        failed: Arc<Notify>,
    ) -> std::io::Result<Self> {
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _alarm = Alarm(failed);
            Keeper { engine, log, published }.run(queue, batch_headlines);
        })?;
        Ok(Self { thread })
    }

    /// Waits for the thread, which ends after the service is closed; false if it panicked.
    pub fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}

/// What the thread owns. The store is closed when it ends.
struct Keeper {
    engine: Engine,
    log: Log,
    published: Arc<Published>,
}

impl Keeper {
    /// Keeps what is queued, several requests at a time so that they share one clustering, until the queue closes.
    fn run(mut self, mut queue: mpsc::Receiver<Request>, limit: usize) {
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = Vec::new();
            let mut waiting = 0;
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Keep(job) => {
                        waiting += job.headlines.len();
                        jobs.push(job);
                    }
                    Request::Delete(deletion) => {
                        // What was asked for before comes before.
                        self.keep(std::mem::take(&mut jobs));
                        self.delete(deletion);
                    }
                    Request::Classify(trial) => {
                        // What was asked for before comes before.
                        self.keep(std::mem::take(&mut jobs));
                        self.classify(trial);
                    }
                    Request::Edit(correction) => {
                        self.keep(std::mem::take(&mut jobs));
                        self.edit(correction);
                    }
                    Request::Explain(question) => self.explain(question),
                    Request::LookUp(look_up) => self.look_up(look_up),
                    Request::Probe => self.probe(),
                }
                next = if waiting < limit { queue.try_recv().ok() } else { None };
            }
            self.keep(jobs);
            let others_wait = !queue.is_empty();
            self.log.write_checkpoint_if_due(&self.engine, others_wait);
            if !others_wait {
                self.log.catch_up();
            }
        }
        self.log.save_checkpoint(&self.engine);
    }

    fn keep(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let started = Instant::now();
        let requests = jobs.len();
        let _span = batch_span(&jobs).entered();
        let mut received = Timestamp::MIN;
        let mut batch = Vec::new();
        let mut replies = Vec::with_capacity(requests);
        for job in jobs {
            received = received.max(job.received);
            replies.push((job.headlines.len(), job.reply));
            batch.extend(job.headlines);
            drop(job.room);
        }
        let headlines = batch.len();
        let (outcomes, new) = self.sift(batch);
        let applied = match self.store_and_apply(received, new) {
            Ok(applied) => applied,
            Err(error) => {
                replies.into_iter().for_each(|(_, reply)| {
                    let _ = reply.send(Err(error));
                });
                return;
            }
        };
        let snapshot = self.engine.snapshot();
        let elapsed = started.elapsed();
        metrics::histogram!("slugline_batch_apply_seconds").record(elapsed.as_secs_f64());
        tracing::debug!(requests, headlines, version = snapshot.version, ?elapsed, "batch applied");
        let mut outcomes = outcomes.into_iter();
        for (count, reply) in replies {
            let outcomes = outcomes.by_ref().take(count).collect();
            // Whoever asked may have stopped waiting; the headlines are in all the same.
            let _ = reply.send(Ok(Applied { outcomes, snapshot: Arc::clone(&snapshot) }));
        }
        self.log.applied(applied);
    }

    /// One outcome per headline, in order, and those that are new: neither in the collection nor earlier in the batch.
    fn sift(&self, batch: Vec<Headline>) -> (Vec<Outcome>, Vec<Headline>) {
        let mut ids = HashSet::new();
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut new = Vec::new();
        for headline in batch {
            if self.engine.knows(&headline.id) || !ids.insert(headline.id.clone()) {
                outcomes.push(Outcome::Duplicate);
            } else {
                outcomes.push(Outcome::Created);
                new.push(headline);
            }
        }
        (outcomes, new)
    }

    /// Log first: what is not durable is not applied, and what is applied is durable. Returns how many
    /// headlines were.
    fn store_and_apply(&mut self, received: Timestamp, new: Vec<Headline>) -> Result<usize, ServiceError> {
        if new.is_empty() {
            return Ok(0);
        }
        let count = new.len();
        let started = Instant::now();
        let stored = info_span!("store").in_scope(|| self.log.append(received, new));
        let batch = stored.map_err(|error| self.refuse(&error))?;
        metrics::histogram!("slugline_batch_store_seconds").record(started.elapsed().as_secs_f64());
        self.published.writable.store(true, Ordering::Relaxed);
        self.place(batch);
        self.publish();
        Ok(count)
    }

    /// Gives headlines their places. What was put off is stored meanwhile: the one needs processors, the other the disk.
    fn place(&mut self, batch: Batch) {
        let (engine, log, span) = (&mut self.engine, &mut self.log, info_span!("apply"));
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| span.in_scope(|| _ = engine.apply(batch.headlines, batch.at)));
            log.catch_up();
        });
    }

    fn refuse(&self, error: &StoreError) -> ServiceError {
        self.published.writable.store(false, Ordering::Relaxed);
        tracing::error!(%error, "batch refused");
        let refusal = storage_refusal(error);
        let kind = if refusal == ServiceError::StorageFull { "full" } else { "failed" };
        metrics::counter!("slugline_store_errors_total", "kind" => kind).increment(1);
        refusal
    }

    fn delete(&mut self, Deletion { id, received, reply }: Deletion) {
        let deleted = if self.engine.snapshot().headline(&id).is_some() {
            let stored = self.log.append_delete(received, id.clone()).map_err(|error| self.refuse(&error));
            stored.map(|at| {
                self.engine.delete(&id, at);
                self.publish();
                true
            })
        } else {
            Ok(false)
        };
        let is_done = deleted == Ok(true);
        let _ = reply.send(deleted);
        self.log.applied(usize::from(is_done));
    }

    /// Log first, but only what can be made, so that numbers of edits in the log are those of edits that were made.
    fn edit(&mut self, Correction { order, received, is_rehearsal, reply }: Correction) {
        if is_rehearsal {
            let _ = reply.send(Ok(self.engine.rehearse(order, received)));
            return;
        }
        if let Err(refusal) = self.engine.check(&order) {
            let _ = reply.send(Ok(Err(refusal)));
            return;
        }
        let kind = order.edit.kind();
        let stored = self.log.append_edit(received, &order).map_err(|error| self.refuse(&error));
        let made = stored.map(|at| {
            let made = self.engine.edit(order, at);
            self.publish();
            metrics::counter!("slugline_edits_total", "kind" => kind).increment(1);
            made
        });
        let is_done = made.is_ok();
        let _ = reply.send(made);
        self.log.applied(usize::from(is_done));
    }

    fn publish(&mut self) {
        self.log.note(self.engine.take_departed());
        self.published.view.store(Arc::new(View::new(self.engine.snapshot(), self.log.last_seq())));
    }

    fn look_up(&mut self, look_up: LookUp) {
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

    fn classify(&mut self, Trial { headlines, received, reply }: Trial) {
        let is_new: Vec<bool> = headlines.iter().map(|headline| !self.engine.knows(&headline.id)).collect();
        let (new, at) = self.log.dated(received, headlines);
        let new = new.into_iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(headline, _)| headline);
        let mut classified = self.engine.classify(new.collect(), at).into_iter();
        let found = is_new.into_iter().map(|is_new| if is_new { classified.next() } else { None }).collect();
        let _ = reply.send(Classified { found, snapshot: self.engine.snapshot() });
    }

    fn explain(&self, Question { id, reply }: Question) {
        let explanation = self.engine.explain(&id);
        let _ = reply.send(explanation.map(|explanation| (explanation, self.engine.snapshot())));
    }

    fn probe(&mut self) {
        // Several may have been asked for while one was on its way.
        if self.published.writable.load(Ordering::Relaxed) {
            return;
        }
        match self.log.probe() {
            Ok(()) => {
                self.published.writable.store(true, Ordering::Relaxed);
                tracing::info!("the store can be written again");
            }
            Err(error) => tracing::debug!(%error, "the store still cannot be written"),
        }
    }
}

/// The span of a batch lies in that of the first request it holds, and names those of the others.
fn batch_span(jobs: &[Job]) -> Span {
    let Some((first, others)) = jobs.split_first() else { return Span::none() };
    let span = info_span!(parent: &first.span, "batch", requests = jobs.len());
    others.iter().for_each(|job| _ = span.follows_from(&job.span));
    span
}
