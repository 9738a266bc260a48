//! Old events leave memory, and nobody can tell but by how long it takes to read them.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod invented;
mod support;

use std::path::Path;
use std::sync::Arc;

use invented::titles;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use slugline::Headline;
use slugline::engine::{Engine, Method, Settings};
use slugline::track::{Event, Id, Level};
use support::Server;

const START: i64 = 1_760_000_000;

/// Headlines that come together, and one of all that is deleted afterwards.
type Batch = (Vec<Headline>, usize);

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let part = (0..200usize, titles(), 0i64..6);
    let batch = (prop::collection::vec(part, 0..14), 0..200usize);
    prop::collection::vec(batch, 1..8).prop_map(|batches| {
        let headline = |day: usize, (id, text, hour): (usize, String, i64)| Headline {
            id: format!("h{id}"),
            text,
            time: Timestamp::from_second(START + day as i64 * 86_400 + hour * 3_600).ok(),
            source: None,
            url: None,
            lang: Some("en".to_owned()),
        };
        let batch = |(day, (parts, deleted)): (usize, (Vec<_>, usize))| {
            (parts.into_iter().map(|part| headline(day, part)).collect(), deleted)
        };
        batches.into_iter().enumerate().map(batch).collect()
    })
}

/// Headlines leave after three days.
fn method() -> Method {
    Method::try_from(Settings { window_days: 3.0, ..Settings::default() }).unwrap()
}

fn apply(engine: &mut Engine, number: usize, (headlines, deleted): &Batch) {
    let now = Timestamp::from_second(START + number as i64 * 86_400 + 40_000).unwrap();
    engine.apply(headlines.clone(), now);
    engine.delete(&format!("h{deleted}"), now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_engine_that_forgets_is_as_one_that_does_not(batches in batches(), kept in 1usize..20) {
        let mut whole = Engine::new(method());
        let mut engine = Engine::new(method()).keeping_events(kept);
        let mut forgotten: Vec<Arc<Event>> = Vec::new();
        for (number, batch) in batches.iter().enumerate() {
            apply(&mut whole, number, batch);
            apply(&mut engine, number, batch);
            let departed = engine.take_departed();
            prop_assert_eq!(departed.archived, whole.take_departed().archived);
            forgotten.extend(departed.events);
            prop_assert_eq!(engine.state_hash(), whole.state_hash());
            let (view, wanted) = (engine.snapshot(), whole.snapshot());
            prop_assert_eq!(view.lineage.forgotten(), view.lineage.last().saturating_sub(kept as u64));
            let events: Vec<&Arc<Event>> = forgotten.iter().chain(view.lineage.events_since(0)).collect();
            prop_assert_eq!(events, wanted.lineage.events_since(0).collect::<Vec<_>>());
            for level in [Level::Story, Level::Topic] {
                prop_assert_eq!(view.lineage.issued(level), wanted.lineage.issued(level));
                for id in (1..=view.lineage.issued(level)).map(|number| Id::new(level, number)) {
                    prop_assert_eq!(view.lineage.resolve(id), wanted.lineage.resolve(id));
                    prop_assert_eq!(view.lineage.events_naming(id), wanted.lineage.events_naming(id));
                }
            }

            let checkpoint = engine.checkpoint().unwrap();
            let resumed = Engine::resume(method(), &checkpoint).unwrap().keeping_events(kept);
            prop_assert_eq!(resumed.checkpoint().unwrap(), checkpoint);
            prop_assert_eq!(resumed.state_hash(), whole.state_hash());
            engine = resumed;
        }
    }

    #[test]
    fn what_is_forgotten_does_not_depend_on_what_comes_together(batches in batches(), size in 1usize..7) {
        let mut all: Vec<Headline> = batches.into_iter().flat_map(|(headlines, _)| headlines).collect();
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|headline| seen.insert(headline.id.clone()));
        let now = Timestamp::from_second(START).unwrap();
        let (mut one_by_one, mut together) = (Vec::new(), Vec::new());
        let mut engine = Engine::new(method()).keeping_events(5);
        for headline in &all {
            engine.apply(vec![headline.clone()], now);
            one_by_one.extend(engine.take_departed().events);
        }
        let mut other = Engine::new(method()).keeping_events(5);
        for batch in all.chunks(size) {
            other.apply(batch.to_vec(), now);
            together.extend(other.take_departed().events);
        }
        prop_assert_eq!(together, one_by_one);
        prop_assert_eq!(other.checkpoint().unwrap(), engine.checkpoint().unwrap());
    }
}

/// Three subjects, of which two become one.
const NEWS: [&[&str]; 4] = [
    &[
        "Harbour strike enters second week",
        "Harbour strike: dockers vote to go on",
        "Harbour strike hits coal imports",
        "Orchard blight spreads in the valley",
        "Orchard blight: growers ask for aid",
    ],
    &["Owl nests in tram depot", "Tram depot closes for nesting owl"],
    &[
        "Orchard blight and harbour strike leave markets short of apples",
        "Harbour strike and orchard blight: apples grow dear",
        "Growers hit by orchard blight and harbour strike ask for aid",
        "Harbour strike strands the valley's apples as orchard blight spreads",
        "Dockers spare apples: harbour strike eases for orchard blight growers",
    ],
    &["Owl chicks hatch in tram depot", "Harbour strike ends: dockers back at work"],
];

fn post(server: &Server, titles: &[&str]) {
    let headline = |title: &&str| json!({"title": title, "time": "2025-12-01T08:00:00Z", "lang": "en"});
    let body: Vec<Value> = titles.iter().map(headline).collect();
    server.post_json(&serde_json::to_string(&body).unwrap()).verdicts();
}

/// All that can be read of the past, but for the times at which the services were posted to.
fn past_of(server: &Server) -> Vec<String> {
    let mut told = Vec::new();
    let last = server.get("/v1/events?limit=1").json()["last"].as_u64().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    let mut times = std::collections::BTreeSet::new();
    for limit in [1, 4, 500] {
        for (events, next) in pages(server, "/v1/events", last, limit) {
            told.push(format!("{next} {events}"));
            ids.extend(
                events.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()),
            );
        }
    }
    for id in ids {
        let folder = if id.starts_with('t') { "topics" } else { "stories" };
        for limit in [1, 3, 500] {
            for (events, next) in pages(server, &format!("/v1/{folder}/{id}/events"), last, limit) {
                told.push(format!("{id} {next} {events}"));
            }
        }
        told.push(server.get(&format!("/v1/{folder}/{id}")).text().to_owned());
        told.push(without_times(server.get(&format!("/{folder}/{id}")).text()));
    }
    for since in 0..=last {
        for limit in [1, 100] {
            told.push(server.get(&format!("/v1/changes?since={since}&limit={limit}")).text().to_owned());
        }
        told.push(server.get(&format!("/v1/topics?as_of={since}")).text().to_owned());
        let event = &server.get(&format!("/v1/events?since={since}&limit=1")).json()["events"][0];
        times.extend(event["at"].as_str().map(str::to_owned));
    }
    assert_eq!(times.len(), NEWS.len());
    for time in times {
        told.push(server.get(&format!("/v1/topics?as_of={time}")).text().to_owned());
    }
    told.push(server.get("/v1/topics?as_of=2000-01-01T00:00:00Z").text().to_owned());
    told
}

/// Pages up to event `last`, each with what is to be asked for next, without times.
fn pages(server: &Server, path: &str, last: u64, limit: usize) -> Vec<(Value, u64)> {
    let (mut pages, mut since) = (Vec::new(), 0);
    loop {
        let mut page = server.get(&format!("{path}?since={since}&limit={limit}")).json();
        assert_eq!(page["last"], last, "{page}");
        let events = page["events"].as_array_mut().unwrap();
        events.iter_mut().for_each(|event| _ = event.as_object_mut().unwrap().remove("at").unwrap());
        let is_end = events.is_empty();
        since = page["next"].as_u64().unwrap();
        pages.push((page["events"].take(), since));
        if is_end {
            return pages;
        }
    }
}

/// A page without times, and without the tag by which it asks for what is new, in which the start of the service is.
fn without_times(html: &str) -> String {
    let html = without(html, "<time", "</time>");
    without(&html, "data-tag=\"", "\"")
}

fn without(html: &str, from: &str, to: &str) -> String {
    let mut parts = html.split(from);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once(to).map_or("", |(_, rest)| rest))
}

fn forgetful(directory: &Path, events: usize) -> Server {
    Server::launch(|command| {
        command.arg("--data-dir").arg(directory).args(["--events-in-memory", &events.to_string()]);
    })
}

#[test]
fn readers_get_the_same_whatever_is_in_memory() {
    let whole = Server::start();
    NEWS.iter().for_each(|titles| post(&whole, titles));
    let wanted = past_of(&whole);
    assert!(wanted.iter().any(|told| told.contains("merged")), "too little happens");
    for kept in [1, 5] {
        let directory = tempfile::tempdir().unwrap();
        let mut server = forgetful(directory.path(), kept);
        for (number, titles) in NEWS.iter().enumerate() {
            post(&server, titles);
            if number == 1 {
                // With a checkpoint, and without one for what follows.
                server.stop();
                server = forgetful(directory.path(), kept);
            }
        }
        assert_eq!(past_of(&server), wanted, "{kept} kept");
        let hash = server.get("/v1/status").json()["state_hash"].clone();
        drop(server);
        let server = forgetful(directory.path(), kept);
        assert_eq!(past_of(&server), wanted, "{kept} kept, killed and restarted");
        assert_eq!(server.get("/v1/status").json()["state_hash"], hash);
        server.stop();
        // More may be kept another time than is left in memory.
        let server = forgetful(directory.path(), 1_000);
        assert_eq!(past_of(&server), wanted, "1,000 kept after {kept}");
    }
}
