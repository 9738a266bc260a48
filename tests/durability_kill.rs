//! What was acknowledged survives the service: it is killed again and again while headlines are posted to it and
//! corrections made.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};
use slugline::Headline;
use slugline::engine::{Engine, Method, Settings, Snapshot, TopicSort};
use slugline::http::dto::{PlacedHeadline, TopicPage};
use slugline::store::{Body, Entry, SqliteStore, Store};
use support::{Server, slugline};

/// Kills under load, and kills of a service that is still starting.
const KILLS: (usize, usize) = (50, 10);
const CLIENTS: usize = 3;
/// Events in memory: so few that most are in the store alone.
const IN_MEMORY: &str = "20";

const SUBJECTS: [&str; 8] = [
    "Harbour strike",
    "Otter census",
    "Lighthouse sale",
    "Tram tunnel",
    "Cheese fair",
    "Glacier museum",
    "Quarry flood",
    "Choir festival",
];
const EVENTS: [&str; 9] = [
    "enters second week",
    "divides the council",
    "draws record crowds",
    "delayed by heavy rain",
    "wins support of mayor",
    "costs more than planned",
    "ends in agreement",
    "to be filmed for television",
    "brings visitors back to old town",
];

/// Somebody who posts small batches, one after the other, each until it is acknowledged.
#[derive(Default)]
struct Client {
    number: usize,
    acknowledged: usize,
}

impl Client {
    /// The headlines of a batch: one to three, some with a time of their own.
    fn batch(&self, batch: usize) -> Vec<Value> {
        let headline = |n: usize| {
            let pick = self.number * 31 + batch * 7 + n * 3;
            let title = format!("{} {}", SUBJECTS[pick % SUBJECTS.len()], EVENTS[pick / 5 % EVENTS.len()]);
            let mut headline = json!({"id": format!("c{}-{batch}-{n}", self.number), "title": title});
            if n == 1 {
                headline["time"] = json!(format!("2025-12-{:02}T08:00:00Z", 1 + batch % 28));
            }
            headline
        };
        (0..1 + batch % 3).map(headline).collect()
    }

    /// All headlines that were acknowledged.
    fn kept(&self) -> impl Iterator<Item = Value> {
        (0..self.acknowledged).flat_map(|batch| self.batch(batch))
    }

    /// Posts until the service is gone.
    fn post_to(&mut self, server: &Server, acknowledged: &AtomicUsize) {
        while let Some(answer) = server.try_post_json(&json!(self.batch(self.acknowledged)).to_string()) {
            // Duplicates are those of a batch that was kept but not acknowledged.
            let kept = |verdict: &String| verdict == "created" || verdict == "duplicate";
            assert!(answer.verdicts().iter().all(kept), "{}", answer.text());
            self.acknowledged += 1;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Somebody who makes edits, one after the other, each until it is answered.
#[derive(Default)]
struct Editor {
    tried: usize,
    /// Numbers of the edits that were acknowledged, with their reasons.
    acknowledged: Vec<(u64, String)>,
}

impl Editor {
    fn next(&self) -> (String, Value) {
        let batch = self.tried / 5 % 40;
        let reason = format!("try {}", self.tried);
        let judgement = |verdict: &str, level: &str| {
            let (a, b) = (format!("c0-{batch}-0"), format!("c1-{batch}-0"));
            json!({"a": a, "b": b, "verdict": verdict, "level": level, "reason": reason})
        };
        match self.tried % 5 {
            0 => ("/v1/judgements".to_owned(), judgement("same", "topic")),
            1 => ("/v1/judgements".to_owned(), judgement("not_same", "story")),
            2 => (format!("/v1/headlines/c2-{batch}-0/move"), json!({"to": null, "reason": reason})),
            3 => (
                "/v1/stories/s-000001/split".to_owned(),
                json!({"headlines": [format!("c0-{batch}-0")], "reason": reason}),
            ),
            _ => {
                let last = self.acknowledged.last().map_or(1, |edit| edit.0);
                (format!("/v1/edits/{last}/undo"), json!({"reason": reason}))
            }
        }
    }

    /// Makes edits until the service is gone. Many are refused, because what they name is not there.
    fn edit(&mut self, server: &Server) {
        loop {
            let (path, body) = self.next();
            let Some(answer) = server.try_post(&path, &body.to_string()) else { return };
            self.tried += 1;
            match answer.status {
                200 => {
                    let number = answer.json()["edit"]["number"].as_u64().unwrap();
                    self.acknowledged.push((number, body["reason"].as_str().unwrap().to_owned()));
                }
                404 | 409 => sleep(Duration::from_millis(1)),
                _ => panic!("{}", answer.text()),
            }
        }
    }
}

/// Has all clients post and kills the service after some acknowledgements and a moment more.
fn post_and_kill(
    mut server: Server,
    clients: &mut [Client],
    editor: &mut Editor,
    chance: &mut Xoshiro256PlusPlus,
) {
    let acknowledged = AtomicUsize::new(0);
    let wanted = chance.gen_range(0..3);
    let moment = Duration::from_micros(chance.gen_range(0..12_000));
    scope(|scope| {
        let posting: Vec<_> =
            clients.iter_mut().map(|client| scope.spawn(|| client.post_to(&server, &acknowledged))).collect();
        scope.spawn(|| editor.edit(&server));
        while acknowledged.load(Ordering::Relaxed) < wanted
            && posting.iter().any(|client| !client.is_finished())
        {
            sleep(Duration::from_millis(1));
        }
        sleep(moment);
        server.signal("KILL");
    });
    assert_eq!(server.wait().code(), None);
}

fn start(directory: &Path) -> Server {
    Server::launch(|command| {
        command.args(["--events-in-memory", IN_MEMORY, "--data-dir"]).arg(directory);
    })
}

/// Kills a service while it opens the store, restores the collection or begins to listen.
fn start_and_kill(directory: &Path, chance: &mut Xoshiro256PlusPlus) {
    let mut command = slugline();
    command
        .args(["serve", "--bind=127.0.0.1:0", "--log=off", "--window-days=0"])
        .args(["--events-in-memory", IN_MEMORY, "--data-dir"])
        .arg(directory);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    sleep(Duration::from_millis(chance.gen_range(0..150)));
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
}

/// Every acknowledged headline is there, and none twice, and so is every edit.
fn verify(server: &Server, clients: &[Client], editor: &Editor) {
    let status = server.get("/v1/status").json();
    let edits = server.get("/v1/edits?limit=1").json()["last"].as_u64().unwrap();
    assert_eq!(status["headlines"].as_u64().unwrap() + edits, status["last_entry"].as_u64().unwrap());
    for (number, reason) in &editor.acknowledged {
        assert_eq!(server.get(&format!("/v1/edits/{number}")).json()["reason"], *reason);
    }
    let mut kept = 0;
    for posted in clients.iter().flat_map(Client::kept) {
        let headline = server.get(&format!("/v1/headlines/{}", posted["id"].as_str().unwrap())).json();
        assert_eq!(headline["text"], posted["title"]);
        assert!(posted["time"].is_null() || headline["time"] == posted["time"]);
        kept += 1;
    }
    // More than these may be there by one batch of each client: kept, but killed before the answer.
    let all = status["headlines"].as_u64().unwrap();
    assert!((kept..=kept + 3 * CLIENTS as u64).contains(&all), "{kept} acknowledged, {all} there");
}

/// All events from the first on.
fn events(server: &Server) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        let page = server.get(&format!("/v1/events?since={}&limit=500", events.len())).json();
        match &page["events"].as_array().unwrap()[..] {
            [] => return events,
            more => events.extend_from_slice(more),
        }
    }
}

fn headline_of(entry: &Entry) -> Option<&Headline> {
    match &entry.body {
        Body::Headline(headline) => Some(headline),
        _ => None,
    }
}

/// What a process that never stopped would have made of the log.
fn undisturbed(log: &[Entry]) -> Arc<Snapshot> {
    let settings = Settings { window_days: 0.0, ..Settings::default() };
    let mut engine = Engine::new(Method::try_from(settings).unwrap());
    for batch in log.chunk_by(|a, b| a.at == b.at) {
        match &batch[0].body {
            Body::Edit(order) => {
                let order = serde_json::from_value(order.clone()).unwrap();
                engine.edit(order, batch[0].at).unwrap();
            }
            _ => _ = engine.apply(batch.iter().filter_map(headline_of).cloned().collect(), batch[0].at),
        }
    }
    engine.snapshot()
}

/// What a client reads, by way of text as over HTTP, which writes numbers no longer than their precision.
fn as_answered(answer: &impl serde::Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(answer).unwrap()).unwrap()
}

#[test]
fn acknowledged_headlines_survive_a_kill_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(50);
    let mut editor = Editor::default();
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client { number, acknowledged: 0 }).collect();
    for round in 0..KILLS.0 {
        if round % (KILLS.0 / KILLS.1) == 0 {
            start_and_kill(directory.path(), &mut chance);
        }
        let server = start(directory.path());
        verify(&server, &clients, &editor);
        post_and_kill(server, &mut clients, &mut editor, &mut chance);
    }
    assert!(clients.iter().all(|client| client.acknowledged > KILLS.0 / 10), "hardly anything was posted");
    assert!(editor.acknowledged.len() > KILLS.0 / 10, "hardly anything was edited");

    let server = start(directory.path());
    verify(&server, &clients, &editor);
    let topics = server.get("/v1/topics?limit=500").json();
    let get = |posted: Value| server.get(&format!("/v1/headlines/{}", posted["id"].as_str().unwrap())).json();
    let placed: Vec<Value> = clients.iter().flat_map(Client::kept).map(get).collect();
    let state_hash = server.get("/v1/status").json()["state_hash"].clone();
    let events = events(&server);
    server.stop();

    let log = SqliteStore::open(directory.path()).unwrap().read("default", 0, usize::MAX).unwrap();
    let snapshot = undisturbed(&log);
    assert!(topics["total"].as_u64() > Some(1));
    assert_eq!(as_answered(&TopicPage::of(&snapshot, TopicSort::default(), 500, 0)), topics);
    for found in placed {
        let id = found["id"].as_str().unwrap();
        let (headline, placement) = snapshot.headline(id).unwrap();
        assert_eq!(as_answered(&PlacedHeadline::new(headline, placement)), found);
    }
    assert!(events.len() > 100, "hardly anything happened: {}", events.len());
    assert!(events == snapshot.lineage.events_since(0).map(as_answered).collect::<Vec<_>>(), "events differ");
    let hash: String = snapshot.state_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, state_hash);
    let ids: Vec<_> = log.iter().filter_map(headline_of).map(|headline| &headline.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a headline is in the log twice");
}
