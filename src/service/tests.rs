use super::*;
use crate::engine::Outcome;
use crate::ingest::{Format, Rules, parse};
use crate::store::MemoryStore;

fn document(lines: &str) -> Document {
    parse(Format::Jsonl, lines.as_bytes(), &Rules::default()).unwrap()
}

fn capacity() -> Capacity {
    Capacity {
        queued_requests: 2,
        queued_headlines: 100,
        batch_headlines: 100,
        events_in_memory: 1_000,
        cluster_jobs: 1,
        patience: Duration::from_secs(60),
    }
}

fn start() -> Result<(Service, Writer), StartError> {
    let (base, log) = (Settings::default(), Log::open(Box::new(MemoryStore::default()))?);
    Service::start(Profile::of_default(&base), &base, log, &Shared::new(capacity()))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn codes(receipt: &Receipt) -> Vec<&'static str> {
    let code = |verdict: &Verdict| match verdict {
        Verdict::Kept { outcome: Outcome::Created, .. } => "created",
        Verdict::Kept { outcome: Outcome::Duplicate, .. } => "duplicate",
        Verdict::Rejected { reason, .. } => reason.code(),
    };
    receipt.verdicts.iter().map(code).collect()
}

#[test]
fn a_post_answers_per_item_and_is_visible_at_once() {
    let (service, writer) = start().unwrap();
    let received = Timestamp::UNIX_EPOCH;
    let body = concat!(
        "{\"id\":\"a\",\"title\":\"Reef closes\"}\n{\"id\":\"a\",\"title\":\"Reef reopens\"}\n",
        "{\"title\":\"Reef closes\"}\n{\"title\":\"REEF closes!\"}\n{}\n",
    );
    let receipt = block_on(service.post(document(body), received)).unwrap();
    assert_eq!(codes(&receipt), ["created", "duplicate_id", "created", "duplicate", "missing_title"]);
    assert_eq!(receipt.counts(), (2, 1, 2));
    let snapshot = service.snapshot();
    assert_eq!(snapshot.version, receipt.version);
    assert_eq!(snapshot.headline("a").unwrap().0.time, Some(received));
    service.close();
    assert!(writer.join());
}

#[test]
fn an_id_is_taken_once_whoever_posts_it_while_others_are_placed() {
    let (base, log) = (Settings::default(), Log::open(Box::new(MemoryStore::default())).unwrap());
    let roomy = Capacity { queued_requests: 64, queued_headlines: 10_000, ..capacity() };
    let (service, writer) =
        Service::start(Profile::of_default(&base), &base, log, &Shared::new(roomy)).unwrap();
    // Of each pair of neighbours one half is the same.
    let body = |post: usize| -> String {
        (post * 20..post * 20 + 40)
            .map(|n| format!("{{\"id\":\"f{n}\",\"title\":\"Ferry {n} to isle {} leaves late\"}}\n", n % 17))
            .collect()
    };
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..30)
            .map(|post| {
                let (service, body) = (&service, body(post));
                scope.spawn(move || block_on(service.post(document(&body), Timestamp::UNIX_EPOCH)).unwrap())
            })
            .collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    let created: usize = receipts.iter().map(|receipt| receipt.counts().0).sum();
    let snapshot = service.snapshot();
    assert_eq!((created, snapshot.len(), snapshot.version), (620, 620, 620));
    for receipt in &receipts {
        assert_eq!(receipt.verdicts.len(), 40);
        assert!(receipt.verdicts.iter().all(|verdict| matches!(verdict, Verdict::Kept { .. })));
    }
    assert!(block_on(service.delete("f7".into(), Timestamp::UNIX_EPOCH)).unwrap());
    assert_eq!(service.snapshot().version, 621);
    service.close();
    assert!(writer.join());
}

#[test]
fn nothing_good_means_nothing_queued() {
    let (service, _writer) = start().unwrap();
    let receipt = block_on(service.post(document("{}\n"), Timestamp::UNIX_EPOCH)).unwrap();
    assert_eq!((codes(&receipt), receipt.version), (vec!["missing_title"], 0));
}

#[test]
fn a_closed_service_is_not_ready_and_refuses_posts() {
    let (service, writer) = start().unwrap();
    assert_eq!(service.readiness(), Readiness::Ready);
    service.close();
    assert_eq!(service.readiness(), Readiness::Stopping);
    let refused = block_on(service.post(document("{\"title\":\"Ebb\"}"), Timestamp::UNIX_EPOCH));
    assert_eq!(refused, Err(ServiceError::Stopped));
    assert!(writer.join());
}

#[test]
fn a_full_queue_refuses_instead_of_waiting() {
    let (sender, _receiver) = tokio::sync::mpsc::channel(1);
    let collection = Collection::over(sender, 100);
    let headlines =
        || vec![document("{\"title\":\"Ebb\"}").items[0].result.clone().unwrap().into_headline("a".into())];
    let at_once = Duration::ZERO;
    assert_eq!(
        block_on(collection.submit(headlines(), Timestamp::UNIX_EPOCH, at_once)).unwrap_err(),
        ServiceError::ApplyTimeout
    );
    assert_eq!(collection.queue_depth(), 1);
    assert_eq!(
        block_on(collection.submit(headlines(), Timestamp::UNIX_EPOCH, at_once)).unwrap_err(),
        ServiceError::QueueFull
    );
}

#[test]
fn waiting_headlines_are_bounded_however_few_requests_they_came_in() {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(9);
    let collection = Collection::over(sender, 3);
    let two = || {
        let headlines = document("{\"title\":\"Ebb\"}\n{\"title\":\"Flood\"}");
        Intake::new(headlines, Timestamp::UNIX_EPOCH).1
    };
    let at_once = Duration::ZERO;
    assert_eq!(
        block_on(collection.submit(two(), Timestamp::UNIX_EPOCH, at_once)).unwrap_err(),
        ServiceError::ApplyTimeout
    );
    assert_eq!(
        block_on(collection.submit(two(), Timestamp::UNIX_EPOCH, at_once)).unwrap_err(),
        ServiceError::QueueFull
    );
    drop(receiver.try_recv().unwrap());
    assert_eq!(
        block_on(collection.submit(two(), Timestamp::UNIX_EPOCH, at_once)).unwrap_err(),
        ServiceError::ApplyTimeout
    );
}

#[test]
fn requests_queued_together_share_one_batch_and_get_their_own_answers() {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let collection = Collection::over(sender.clone(), 100);
    let mut answers = Vec::new();
    for (ids, second) in [(["a", "b"], 9), (["b", "c"], 7)] {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let lines: String =
            ids.iter().map(|id| format!("{{\"id\":\"{id}\",\"title\":\"Tide\"}}\n")).collect();
        let received = Timestamp::from_second(second).unwrap();
        let (_, headlines) = Intake::new(document(&lines), received);
        let room = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        let job = writer::Job { headlines, received, reply, span: tracing::Span::none(), room };
        sender.try_send(writer::Request::Keep(job)).unwrap();
        answers.push(answer);
    }
    drop(sender);
    let log = Log::open(Box::new(MemoryStore::default())).unwrap();
    let published = Arc::new(writer::Published {
        view: arc_swap::ArcSwap::from_pointee(View::new(Arc::default(), 0)),
        writable: AtomicBool::new(true),
    });
    let engine = crate::engine::Engine::new(Method::default());
    let writer = Writer::start(engine, log, receiver, Arc::clone(&published), 100, Arc::default()).unwrap();
    collection.close();
    assert!(writer.join());
    let applied: Vec<Applied> =
        answers.into_iter().map(|answer| block_on(answer).unwrap().unwrap()).collect();
    assert_eq!(applied[0].outcomes, [Outcome::Created, Outcome::Created]);
    assert_eq!(applied[1].outcomes, [Outcome::Duplicate, Outcome::Created]);
    // Each from the first view that holds what it sent, both with the time of the later one.
    assert_eq!((applied[0].snapshot.version, applied[1].snapshot.version), (2, 3));
    let times = applied[1].snapshot.headlines().map(|placed| placed.0.time.unwrap().as_second());
    assert_eq!((times.collect::<Vec<_>>(), published.view.load().last_seq), (vec![9, 9, 9], 3));
}

#[test]
fn clustering_once_keeps_equal_headlines_apart() {
    let clustered = cluster(document("{\"title\":\"Ebb\"}\n{\"title\":\"Ebb\"}\nx\n"), &Method::default());
    let ids: Vec<_> = clustered.headlines.iter().map(|headline| headline.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!((clustered.rejected[0].index, clustered.rejected[0].line), (2, 3));
}

#[test]
fn more_clusterings_than_allowed_are_refused() {
    let (service, _writer) = start().unwrap();
    let ebb = || document("{\"title\":\"Ebb\"}");
    let slot = service.shared.cluster_slots.try_acquire().unwrap();
    assert_eq!(block_on(service.cluster(ebb())), Err(ServiceError::Busy));
    drop(slot);
    assert_eq!(block_on(service.cluster(ebb())).unwrap().headlines.len(), 1);
}
