//! Headlines from the queue to their places: while the engine gives some their places, those that come are stored and
//! handed over, so that it always has something to make ready.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::oneshot;
use tracing::{Span, info_span};

use super::books::Books;
use super::writer::{Job, Request};
use super::{Applied, ServiceError};
use crate::Headline;
use crate::engine::{Batch, Engine, Feed, Known, Outcome, Progress, Snapshot};

/// The queue of a writer, of which it takes no more than it can finish.
pub(super) struct Queue {
    requests: mpsc::Receiver<Request>,
    /// Taken out, but to be answered only when all before it was.
    held: Option<Request>,
    /// Headlines that may be taken out before any of them is placed; the last request may exceed it.
    limit: usize,
    /// To wait for a request and for the engine at once.
    runtime: Runtime,
}

/// What comes next while headlines are placed.
enum Next {
    Progress(Progress),
    /// The engine has placed all it was given.
    Over,
    Request(Request),
}

impl Queue {
    pub fn new(requests: mpsc::Receiver<Request>, limit: usize) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { requests, held: None, limit, runtime })
    }

    /// Waits for the next request; none when the service is closed.
    pub fn wait(&mut self) -> Option<Request> {
        self.held.take().or_else(|| self.requests.blocking_recv())
    }

    /// Whether there are more.
    pub fn is_waited_for(&self) -> bool {
        self.held.is_some() || !self.requests.is_empty()
    }

    /// Waits for what happens first. Requests are taken only if there `is_room`, and none before the one that is held.
    fn next(&mut self, progress: &mut UnboundedReceiver<Progress>, is_room: bool) -> Next {
        let takes = is_room && self.held.is_none();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                progress = progress.recv() => progress.map_or(Next::Over, Next::Progress),
                Some(request) = self.requests.recv(), if takes => Next::Request(request),
            }
        })
    }
}

/// What was new in some requests, if anything, and what to tell whom.
struct Stored {
    batch: Option<Batch>,
    replies: Vec<(Vec<Outcome>, Reply)>,
}

/// Requests whose headlines are stored, and will be answered together.
struct Waiting {
    /// The version in which they are.
    goal: u64,
    replies: Vec<(Vec<Outcome>, Reply)>,
    headlines: usize,
    begun: Instant,
    /// From the store to the place.
    apply: Span,
}

type Reply = oneshot::Sender<Result<Applied, ServiceError>>;

/// Headlines that are being placed.
pub(super) struct Placing<'a> {
    books: &'a mut Books,
    queue: &'a mut Queue,
    /// Ids from before, and those stored since.
    known: Known,
    stored: HashSet<String>,
    /// What was published last.
    latest: Arc<Snapshot>,
    /// The version in which all is that was stored.
    goal: u64,
    /// By how much numbers of entries are ahead of versions.
    lead: u64,
    waiting: VecDeque<Waiting>,
}

impl<'a> Placing<'a> {
    /// Keeps the headlines of a request, and of those that come meanwhile, until none is left or something else is asked
    /// for. What was asked for before comes before.
    pub fn run(engine: &mut Engine, books: &'a mut Books, queue: &'a mut Queue, first: Job) {
        let (latest, known) = (engine.snapshot(), engine.known());
        let (goal, lead) = (latest.version, books.log.last_seq() - latest.version);
        let (stored, waiting) = (HashSet::new(), VecDeque::new());
        let mut placing = Self { books, queue, known, stored, latest, goal, lead, waiting };
        let mut next = placing.take_up(first);
        while let Some(batch) = next {
            let feed = Feed::default();
            // It is new, so that it is not over.
            _ = feed.push(batch);
            next = placing.follow(engine, &feed);
        }
    }

    /// Follows the engine until it has placed all that is in the feed. Returns what was stored too late for it.
    fn follow(&mut self, engine: &mut Engine, feed: &Feed) -> Option<Batch> {
        let (report, mut progress) = mpsc::unbounded_channel();
        let mut late = None;
        rayon::in_place_scope(|scope| {
            // Whoever is told listens until it is over.
            scope.spawn(move |_| engine.follow(feed, |progress| _ = report.send(progress)));
            // The one needs processors, the other the disk.
            self.books.log.catch_up();
            loop {
                match self.queue.next(&mut progress, late.is_none() && self.is_room()) {
                    Next::Progress(progress) => {
                        self.tell(progress);
                        self.books.log.catch_up();
                    }
                    Next::Over => break,
                    Next::Request(Request::Keep(job)) => {
                        late = self.take_up(job).and_then(|batch| feed.push(batch).err());
                    }
                    Next::Request(request) => self.answer_or_hold(request),
                }
            }
        });
        late
    }

    /// Whether more headlines may be taken out of the queue: not before a checkpoint that is due.
    fn is_room(&self) -> bool {
        let limit = self.queue.limit as u64;
        self.goal - self.latest.version < limit && !self.books.log.is_checkpoint_due(&self.latest, true)
    }

    /// Stores the headlines of a request and of those that are queued, so that they share one commit. Returns those that are
    /// to be placed.
    fn take_up(&mut self, first: Job) -> Option<Batch> {
        let begun = Instant::now();
        let mut taken = first.headlines.len();
        let mut jobs = vec![first];
        while taken < self.queue.limit
            && self.queue.held.is_none()
            && let Ok(request) = self.queue.requests.try_recv()
        {
            match request {
                Request::Keep(job) => {
                    taken += job.headlines.len();
                    jobs.push(job);
                }
                other => self.answer_or_hold(other),
            }
        }
        let span = batch_span(&jobs);
        let Stored { batch, replies } = span.in_scope(|| self.store(jobs))?;
        let apply = span.in_scope(|| info_span!("apply"));
        self.goal += batch.as_ref().map_or(0, |batch| batch.headlines.len() as u64);
        self.waiting.push_back(Waiting { goal: self.goal, replies, headlines: taken, begun, apply });
        // Who sent nothing new need not wait, unless what was known is still to be placed.
        self.answer_who_is_in();
        batch
    }

    /// Log first: what is not durable is not applied, and what is applied is durable. None when it could not be stored, of
    /// which all are told.
    fn store(&mut self, jobs: Vec<Job>) -> Option<Stored> {
        let mut received = Timestamp::MIN;
        let (mut new, mut ids) = (Vec::new(), HashSet::new());
        let mut replies = Vec::with_capacity(jobs.len());
        for job in jobs {
            received = received.max(job.received);
            replies.push((self.sift(job.headlines, &mut ids, &mut new), job.reply));
            drop(job.room);
        }
        if new.is_empty() {
            return Some(Stored { batch: None, replies });
        }
        let started = Instant::now();
        match info_span!("store").in_scope(|| self.books.log.append(received, new)) {
            Ok(batch) => {
                metrics::histogram!("slugline_batch_store_seconds").record(started.elapsed().as_secs_f64());
                self.books.accept();
                self.stored.extend(ids);
                Some(Stored { batch: Some(batch), replies })
            }
            Err(error) => {
                let refusal = self.books.refuse(&error);
                replies.into_iter().for_each(|(_, reply)| _ = reply.send(Err(refusal)));
                None
            }
        }
    }

    /// One outcome per headline, in order. Those that are new go to `new`: they are not in the collection, not on their way
    /// to it, and not among `ids`, where theirs go.
    fn sift(
        &self,
        headlines: Vec<Headline>,
        ids: &mut HashSet<String>,
        new: &mut Vec<Headline>,
    ) -> Vec<Outcome> {
        let is_known = |id: &str| self.stored.contains(id) || self.known.contains(id);
        let mut outcomes = Vec::with_capacity(headlines.len());
        for headline in headlines {
            if is_known(&headline.id) || !ids.insert(headline.id.clone()) {
                outcomes.push(Outcome::Duplicate);
            } else {
                outcomes.push(Outcome::Created);
                new.push(headline);
            }
        }
        outcomes
    }

    /// Shows how far the engine is, and answers those whose headlines are in.
    fn tell(&mut self, Progress { snapshot, departed }: Progress) {
        self.books.log.applied((snapshot.version - self.latest.version) as usize);
        self.books.publish(Arc::clone(&snapshot), departed, snapshot.version + self.lead);
        self.latest = snapshot;
        self.answer_who_is_in();
    }

    fn answer_who_is_in(&mut self) {
        let version = self.latest.version;
        while let Some(Waiting { replies, headlines, begun, apply, .. }) =
            self.waiting.pop_front_if(|waiting| waiting.goal <= version)
        {
            drop(apply);
            let (requests, elapsed) = (replies.len(), begun.elapsed());
            metrics::histogram!("slugline_batch_apply_seconds").record(elapsed.as_secs_f64());
            tracing::debug!(requests, headlines, version, ?elapsed, "batch applied");
            for (outcomes, reply) in replies {
                // Whoever asked may have stopped waiting; the headlines are in all the same.
                let _ = reply.send(Ok(Applied { outcomes, snapshot: Arc::clone(&self.latest) }));
            }
        }
    }

    /// Answers what needs no engine; for anything else the engine must be done first.
    fn answer_or_hold(&mut self, request: Request) {
        match request {
            Request::LookUp(look_up) => self.books.look_up(look_up),
            Request::Probe => self.books.probe(),
            other => self.queue.held = Some(other),
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
