//! The one thread that changes a collection.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};
use tracing::Span;

use super::books::Books;
use super::classify::Classified;
use super::events::Earlier;
use super::log::Log;
use super::placing::{Placing, Queue};
use super::{Applied, ServiceError, View};
use crate::Headline;
use crate::engine::{Corrected, EditRefusal, Engine, Explanation, Order, Snapshot};
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
        let queue = Queue::new(queue, batch_headlines)?;
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _alarm = Alarm(failed);
            Keeper { engine, books: Books { log, published } }.run(queue);
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
    books: Books,
}

impl Keeper {
    /// Answers what is queued, in order, until the queue closes.
    fn run(mut self, mut queue: Queue) {
        let mut next = queue.wait();
        while let Some(request) = next {
            match request {
                Request::Keep(job) => Placing::run(&mut self.engine, &mut self.books, &mut queue, job),
                Request::Delete(deletion) => self.delete(deletion),
                Request::Classify(trial) => self.classify(trial),
                Request::Edit(correction) => self.edit(correction),
                Request::Explain(question) => self.explain(question),
                Request::LookUp(look_up) => self.books.look_up(look_up),
                Request::Probe => self.books.probe(),
            }
            self.books.log.write_checkpoint_if_due(&self.engine, true);
            next = queue.wait_briefly().or_else(|| {
                self.books.log.write_checkpoint_if_due(&self.engine, false);
                // Whoever comes meanwhile need not wait for all of it.
                while self.books.log.catch_up() {
                    if let Some(request) = queue.waiting() {
                        return Some(request);
                    }
                }
                queue.wait()
            });
        }
        self.books.log.save_checkpoint(&self.engine);
    }

    fn publish(&mut self) {
        let seq = self.books.log.last_seq();
        self.books.publish(self.engine.snapshot(), self.engine.take_departed(), seq);
    }

    fn delete(&mut self, Deletion { id, received, reply }: Deletion) {
        let deleted = if self.engine.snapshot().headline(&id).is_some() {
            let stored =
                self.books.log.append_delete(received, id.clone()).map_err(|error| self.books.refuse(&error));
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
        self.books.log.applied(usize::from(is_done));
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
        let stored = self.books.log.append_edit(received, &order).map_err(|error| self.books.refuse(&error));
        let made = stored.map(|at| {
            let made = self.engine.edit(order, at);
            self.publish();
            metrics::counter!("slugline_edits_total", "kind" => kind).increment(1);
            made
        });
        let is_done = made.is_ok();
        let _ = reply.send(made);
        self.books.log.applied(usize::from(is_done));
    }

    fn classify(&mut self, Trial { headlines, received, reply }: Trial) {
        let is_new: Vec<bool> = headlines.iter().map(|headline| !self.engine.knows(&headline.id)).collect();
        let (new, at) = self.books.log.dated(received, headlines);
        let new = new.into_iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(headline, _)| headline);
        let mut classified = self.engine.classify(new.collect(), at).into_iter();
        let found = is_new.into_iter().map(|is_new| if is_new { classified.next() } else { None }).collect();
        let _ = reply.send(Classified { found, snapshot: self.engine.snapshot() });
    }

    fn explain(&self, Question { id, reply }: Question) {
        let explanation = self.engine.explain(&id);
        let _ = reply.send(explanation.map(|explanation| (explanation, self.engine.snapshot())));
    }
}
