//! Trend and coverage over HTTP: sorted lists, summaries, timelines.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use serde_json::{Value, json};
use support::Server;

const STRIKE: [&str; 4] = [
    "Harbour strike enters second week",
    "Dockers walk out as harbour strike spreads",
    "Harbour strike: talks between dockers and owners fail",
    "Ferries idle as harbour strike drags on",
];
const VOLCANO: [&str; 3] = [
    "Volcano erupts on Lake Ombra, villages evacuated",
    "Lake Ombra volcano eruption sends ash over villages",
    "Ash from Ombra volcano closes airport",
];

fn item(id: String, title: &str, time: String, source: &str) -> Value {
    json!({ "id": id, "title": title, "time": time, "source": source })
}

/// A strike with one headline a day from the 1st to the 8th, and a volcano that erupts on the 9th.
fn server() -> Server {
    let server = Server::start();
    let strike = (0..8).map(|day| {
        let title = STRIKE[day % STRIKE.len()];
        item(format!("s-{day}"), title, format!("2025-12-0{}T12:00:00Z", day + 1), "Dock Post")
    });
    let volcano = VOLCANO.iter().enumerate().map(|(at, title)| {
        item(
            format!("v-{at}"),
            title,
            format!("2025-12-09T0{at}:10:00Z"),
            ["Island Echo", "Cape Times"][at % 2],
        )
    });
    let touched_up = item(
        "v-copy".into(),
        "Volcano erupts on Lake Ombra, villages evacuated - Dock Post",
        "2025-12-09T02:40:00Z".into(),
        "Dock Post",
    );
    let body: Vec<Value> = strike.chain(volcano).chain([touched_up]).collect();
    assert_eq!(server.post_json(&json!(body).to_string()).verdicts(), ["created"; 12]);
    server
}

fn ids(page: &Value) -> Vec<&str> {
    page["topics"].as_array().unwrap().iter().map(|topic| topic["id"].as_str().unwrap()).collect()
}

#[test]
fn topics_are_listed_in_the_order_asked_for() {
    let server = server();
    let by_size = server.get("/v1/topics").json();
    let [strike, volcano] = ids(&by_size)[..] else { panic!("{by_size}") };
    assert_eq!(by_size["topics"][0]["size"], 8);
    for (sort, wanted) in [
        ("size", [strike, volcano]),
        ("trending", [volcano, strike]),
        ("recent", [volcano, strike]),
        ("new", [volcano, strike]),
    ] {
        let page = server.get(&format!("/v1/topics?sort={sort}")).json();
        assert_eq!(ids(&page), wanted, "{sort}");
    }
    let second = server.get("/v1/topics?sort=trending&limit=1&offset=1").json();
    assert_eq!((ids(&second), second["total"].as_u64()), (vec![strike], Some(2)));
}

#[test]
fn an_unknown_order_is_told_which_there_are() {
    let server = Server::start();
    for query in ["sort=hot", "sort=", "sort=Size", "sort=size&sort=new"] {
        let problem = server.get(&format!("/v1/topics?{query}")).assert_problem(400, "invalid-query");
        let detail = problem["detail"].as_str().unwrap();
        let names = ["trending", "size", "recent", "new"].iter().all(|name| detail.contains(name));
        assert!(names || query.contains('&'), "{detail}");
    }
}

#[test]
fn topics_and_stories_carry_trend_and_coverage() {
    let server = server();
    let page = server.get("/v1/topics?sort=trending").json();
    let volcano = &page["topics"][0];
    assert_eq!(volcano["first_seen"], "2025-12-09T00:10:00Z");
    assert_eq!(volcano["last_seen"], "2025-12-09T02:40:00Z");
    assert_eq!(volcano["phase"], "emerging");
    assert_eq!(volcano["velocity"], 4.0);
    // Four of four in a quarter of the time looked at.
    assert_eq!(volcano["burst"], 2.408);
    assert_eq!(
        volcano["coverage"],
        json!({"headlines": 4, "distinct_texts": 4, "reprints": 0, "syndicated": 1, "publishers": 3,
               "first_publisher": "Island Echo"})
    );
    let strike = &page["topics"][1];
    assert_eq!((&strike["phase"], &strike["coverage"]["reprints"]), (&json!("steady"), &json!(4)));
    let detail = server.get(&format!("/v1/topics/{}", strike["id"].as_str().unwrap())).json();
    assert_eq!(detail["coverage"], strike["coverage"]);
    for story in detail["stories"].as_array().unwrap() {
        assert_eq!(story["coverage"]["headlines"], story["size"]);
        assert_eq!(story["first_seen"], story["headlines"][0]["time"]);
        assert!(story["phase"].is_string() && story["velocity"].is_f64() && story["burst"].is_f64());
    }
}

#[test]
fn a_timeline_counts_every_headline_once() {
    let server = server();
    let page = server.get("/v1/topics").json();
    let timeline = |at: usize| {
        let id = page["topics"][at]["id"].as_str().unwrap();
        server.get(&format!("/v1/topics/{id}/timeline")).json()
    };
    let strike = timeline(0);
    assert_eq!((&strike["topic"], &strike["version"]), (&page["topics"][0]["id"], &page["version"]));
    assert_eq!((&strike["width_seconds"], &strike["window_seconds"]), (&json!(21_600), &json!(86_400)));
    let buckets = strike["buckets"].as_array().unwrap();
    assert_eq!(buckets.len(), 7 * 4 + 1);
    assert_eq!(buckets[0], json!({"start": "2025-12-01T12:00:00Z", "count": 1, "publishers": 1}));
    assert_eq!(buckets[1]["count"], 0);
    assert_eq!(buckets.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>(), 8);
    let volcano = timeline(1);
    assert_eq!(volcano["width_seconds"], 3_600);
    let last = &volcano["buckets"][2];
    assert_eq!(*last, json!({"start": "2025-12-09T02:00:00Z", "count": 2, "publishers": 2}));
    assert_eq!(volcano["expected"], 0.0);
}

#[test]
fn what_has_no_timeline_is_a_problem() {
    let server = Server::start();
    server.get("/v1/topics/t-none/timeline").assert_problem(404, "topic-not-found");
    assert_eq!(server.delete("/v1/topics/t-none/timeline").header("allow"), "GET, HEAD");
}
