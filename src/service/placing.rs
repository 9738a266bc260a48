//! Headlines from the queue to their places: while the engine gives some their places, those that come are stored and
//! handed over, so that it always has something to make ready.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::oneshot;
use tracing::{Span, info_span};

use super::books::Books;
use super::writer::{Job, Request};
use super::{Applied, ServiceError};
use crate::engine::{Engine, Fed, Feed, Known, Outcome, Progress, Snapshot, sift};

/// How long nothing must have come for nobody to be waiting.
const BRIEFLY: Duration = Duration::from_millis(20);

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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        Ok(Self { requests, held: None, limit, runtime })
    }

    /// Waits for the next request; none when the service is closed.
    pub fn wait(&mut self) -> Option<Request> {
        self.held.take().or_else(|| self.requests.blocking_recv())
    }

    /// The next request if it is there.
    pub fn waiting(&mut self) -> Option<Request> {
        self.held.take().or_else(|| self.requests.try_recv().ok())
    }

    /// The next request if it comes at once; whoever was answered just now may have more.
    pub fn wait_briefly(&mut self) -> Option<Request> {
        self.waiting().or_else(|| {
            let soon = async { tokio::time::timeout(BRIEFLY, self.requests.recv()).await };
            self.runtime.block_on(soon).ok().flatten()
        })
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

/// A request that was held against what is known.
struct Sifted {
    outcomes: Vec<Outcome>,
    /// How many headlines are new in it and those taken up with it before.
    end: usize,
    reply: oneshot::Sender<Result<Applied, ServiceError>>,
}

/// A request whose headlines are stored.
struct Waiting {
    /// The version in which they are.
    goal: u64,
    sifted: Sifted,
    begun: Instant,
    /// From the store to the place.
    apply: Span,
}

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
        while let Some(fed) = next {
            next = placing.follow(engine, &Feed::from(fed));
        }
    }

    /// Follows the engine until it has placed all that is in the feed. Returns what was stored too late for it.
    fn follow(&mut self, engine: &mut Engine, feed: &Feed) -> Option<Fed> {
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
                        late = self.take_up(job).and_then(|fed| feed.push(fed).err());
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
    fn take_up(&mut self, first: Job) -> Option<Fed> {
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
        let (fed, requests) = span.in_scope(|| self.store(jobs))?;
        let apply = span.in_scope(|| info_span!("apply"));
        for sifted in requests {
            let (goal, apply) = (self.goal + sifted.end as u64, apply.clone());
            self.waiting.push_back(Waiting { goal, sifted, begun, apply });
        }
        self.goal += fed.as_ref().map_or(0, |fed| fed.batch.headlines.len() as u64);
        // Who sent nothing new need not wait, unless something is still to be placed.
        self.answer_who_is_in();
        fed
    }

    /// Log first: what is not durable is not applied, and what is applied is durable. Returns what is new, if anything; none
    /// when it could not be stored, of which all are told.
    fn store(&mut self, jobs: Vec<Job>) -> Option<(Option<Fed>, Vec<Sifted>)> {
        let mut received = Timestamp::MIN;
        let (mut new, mut ids) = (Vec::new(), HashSet::new());
        let mut requests = Vec::with_capacity(jobs.len());
        for job in jobs {
            received = received.max(job.received);
            // Neither in the collection nor on the way to it.
            let is_known = |id: &str| self.stored.contains(id) || self.known.contains(id);
            let outcomes = sift(job.headlines, is_known, &mut ids, &mut new);
            requests.push(Sifted { outcomes, end: new.len(), reply: job.reply });
            drop(job.room);
        }
        if new.is_empty() {
            return Some((None, requests));
        }
        let started = Instant::now();
        match info_span!("store").in_scope(|| self.books.log.append(received, new)) {
            Ok(batch) => {
                metrics::histogram!("slugline_batch_store_seconds").record(started.elapsed().as_secs_f64());
                self.books.accept();
                self.stored.extend(ids);
                let ends = requests.iter().map(|request| request.end).collect();
                Some((Some(Fed { batch, ends }), requests))
            }
            Err(error) => {
                let refusal = self.books.refuse(&error);
                requests.into_iter().for_each(|request| _ = request.reply.send(Err(refusal)));
                None
            }
        }
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
        while let Some(Waiting { sifted, begun, apply, .. }) =
            self.waiting.pop_front_if(|waiting| waiting.goal <= version)
        {
            let (headlines, elapsed) = (sifted.outcomes.len(), begun.elapsed());
            metrics::histogram!("slugline_batch_apply_seconds").record(elapsed.as_secs_f64());
            apply.in_scope(|| tracing::debug!(headlines, version, ?elapsed, "headlines placed"));
            drop(apply);
            let applied = Applied { outcomes: sifted.outcomes, snapshot: Arc::clone(&self.latest) };
            // Whoever asked may have stopped waiting; the headlines are in all the same.
            let _ = sifted.reply.send(Ok(applied));
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
