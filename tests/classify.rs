//! Where headlines would go: as a post then does, and without a trace.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod invented;
mod support;

use invented::titles;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use slugline::Headline;
use slugline::engine::{Engine, Method};
use slugline::track::Id;
use support::Server;

const START: i64 = 1_760_000_000;

fn headline(number: usize, text: &str) -> Headline {
    Headline {
        id: format!("h{number:04}"),
        text: text.to_owned(),
        time: Timestamp::from_second(START + number as i64 * 600).ok(),
        source: None,
        url: None,
        lang: Some("en".to_owned()),
    }
}

/// Classifies a headline, then takes it, and compares.
fn agree(engine: &mut Engine, headline: Headline) {
    let now = headline.time.unwrap();
    let (before, id) = (engine.checkpoint().unwrap(), headline.id.clone());
    let issued =
        |id: Option<Id>, engine: &Engine| id.filter(|id| engine.snapshot().lineage.state(*id).is_some());
    let others = vec![headline.clone(), self::headline(9_999, "Owl counts tram depot")];
    let guess = engine.classify(others, now).swap_remove(0);
    assert!(engine.checkpoint().unwrap() == before, "{id} left a trace");
    let known = engine.snapshot();
    let known = |id: Option<Id>| id.filter(|id| known.lineage.state(*id).is_some());
    engine.apply(vec![headline], now);
    let snapshot = engine.snapshot();
    let placement = snapshot.headline(&id).unwrap().1;
    assert_eq!(guess.has_topic, placement.topic.is_some(), "{id}");
    assert_eq!((guess.story, guess.topic), (known(placement.story), known(placement.topic)), "{id}");
    assert_eq!(guess.nearest, placement.nearest, "{id}");
    assert_eq!(issued(guess.story, engine), guess.story);
    let why = engine.explain(&id).unwrap();
    assert_eq!(guess.margin, why.margin, "{id}");
    if let (Some(best), Some(bond), true) = (&guess.best, &why.story, why.same_title.is_empty()) {
        assert_eq!(best.similarity, bond.similarity, "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_guess_is_what_happens_and_leaves_no_trace(titles in prop::collection::vec(titles(), 1..60)) {
        let mut engine = Engine::new(Method::default());
        for (number, title) in titles.iter().enumerate() {
            agree(&mut engine, headline(number, title));
        }
    }
}

const STRIKE: &str = r#"[
  {"id": "dp-1", "title": "Harbour strike enters second week", "time": "2025-12-01T08:00:00Z", "source": "Dock Post"},
  {"id": "ie-7", "title": "Dockers walk out as harbour strike spreads", "time": "2025-12-01T09:30:00Z"},
  {"id": "ow-1", "title": "Owl nests in tram depot", "time": "2025-12-01T10:00:00Z"}
]"#;
const GUESSED: &str = r#"[
  {"id": "ie-9", "title": "Ferries idle as harbour strike drags on", "time": "2025-12-01T11:00:00Z"},
  {"id": "ow-2", "title": "Owl nests in tram depot | Island Echo", "time": "2025-12-01T11:00:00Z"},
  {"id": "ba-1", "title": "Bakery wins prize for rye bread", "time": "2025-12-01T11:00:00Z"},
  {"id": "dp-1", "title": "Harbour strike enters second week"},
  {"title": " "}
]"#;

fn classify(server: &Server, body: &str) -> Value {
    let answer = server.post("/v1/classify", "application/json", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn every_item_is_told_where_it_would_go() {
    let server = Server::start();
    server.post_json(STRIKE);
    let before = server.get("/v1/status").json();
    let answer = classify(&server, GUESSED);
    assert_eq!(answer["counts"], serde_json::json!({"classified": 3, "duplicate": 1, "rejected": 1}));
    let results = answer["results"].as_array().unwrap();
    let member = |name: &str| results.iter().map(|item| item[name].clone()).collect::<Vec<_>>();
    assert_eq!(
        member("place"),
        [Value::from("story"), "new_topic".into(), "none".into(), Value::Null, Value::Null]
    );
    let strike = serde_json::json!({"id": "t-000001", "label": "Harbour strike"});
    assert_eq!((&results[0]["topic"], &results[3]["topic"]), (&strike, &strike));
    assert_eq!(results[0]["story"]["id"], "s-000001");
    assert!(results[0]["similarity"].as_f64().unwrap() > 0.2);
    assert!(results[0]["margin"].as_f64().unwrap() > 0.0);
    assert_eq!(results[1]["closest"], serde_json::json!({"id": "ow-1", "text": "Owl nests in tram depot"}));
    assert_eq!((&results[4]["code"], &results[4]["line"]), (&"empty_title".into(), &6.into()));
    let after = server.get("/v1/status").json();
    for member in ["version", "last_entry", "headlines", "state_hash"] {
        assert_eq!(after[member], before[member]);
    }
    server.get("/v1/headlines/ie-9").assert_problem(404, "headline-not-found");
}

#[test]
fn a_post_then_does_what_was_told() {
    for at in 0..3 {
        let server = Server::start();
        server.post_json(STRIKE);
        let items: Vec<Value> = serde_json::from_str(GUESSED).unwrap();
        let guess = &classify(&server, GUESSED)["results"][at];
        let posted = &server.post_json(&items[at].to_string()).json()["results"][0];
        assert_eq!(posted["id"], guess["id"]);
        if guess["place"] == "story" {
            assert_eq!(posted["story"], guess["story"]["id"]);
        }
        let is_known = guess["topic"].is_object();
        assert!(!is_known || posted["topic"] == guess["topic"]["id"], "{guess} {posted}");
        assert_eq!(posted["topic"].is_string(), guess["place"] != "none", "{guess} {posted}");
    }
}

#[test]
fn no_more_than_a_hundred_are_told_at_once() {
    let server = Server::start();
    let titles = |count: usize| (0..count).map(|n| format!("Owl census {n}\n")).collect::<String>();
    let answer = server.post("/v1/classify", "text/plain", titles(100));
    assert_eq!(answer.json()["counts"]["classified"], 100);
    server.post("/v1/classify", "text/plain", titles(101)).assert_problem(413, "too-many-items");
    assert_eq!(classify(&server, "[]")["results"], serde_json::json!([]));
}
