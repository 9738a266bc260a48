//! Going through lists while headlines come in: nothing is shown twice and nothing is left out.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::Server;

/// Pairs of titles, each pair a topic of its own.
const PAIRS: [[&str; 2]; 6] = [
    ["Harbour pilots strike over pensions", "Pensions: harbour pilots strike again"],
    ["Owl nests in tram depot", "Tram depot owl nests anew"],
    ["Volcano ash closes Ombra airport", "Ombra airport closed by volcano ash"],
    ["Bakery wins rye bread prize", "Prize for rye bread goes to bakery"],
    ["Glacier lake bursts above Sorn", "Sorn evacuated as glacier lake bursts"],
    ["Chess final ends in eleventh draw", "Eleventh draw ends chess final"],
];

fn post(server: &Server, pair: usize, copies: usize) {
    let headlines: Vec<Value> = (0..copies)
        .map(|at| {
            json!({"id": format!("{pair}-{at}"), "title": PAIRS[pair][at % 2],
            "time": format!("2025-12-01T{:02}:{:02}:00Z", at / 60, at % 60)})
        })
        .collect();
    assert_eq!(server.post_json(&json!(headlines).to_string()).status, 200);
}

/// Ids on a page, and where the next one begins.
fn page(server: &Server, path: &str, member: &str) -> (Vec<String>, Option<String>) {
    let page = server.get(path).json();
    let ids = page[member].as_array().unwrap_or_else(|| panic!("{path}: {page}")).iter();
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    (ids.map(|entry| text(&entry["id"]).unwrap()).collect(), text(&page["next"]))
}

#[test]
fn topics_that_grow_and_come_do_not_disturb_a_walk() {
    let server = Server::start();
    (0..5).for_each(|pair| post(&server, pair, 2));
    let (all, next) = page(&server, "/v1/topics?sort=born", "topics");
    assert_eq!((all.len(), next), (5, None));
    assert!(all.is_sorted());
    let (mut seen, mut next) = page(&server, "/v1/topics?sort=born&limit=2", "topics");
    assert_eq!(seen, all[..2]);
    // The last topic becomes the largest, and a new one comes.
    post(&server, 4, 9);
    post(&server, 5, 2);
    let mut pages = 1;
    while let Some(cursor) = next {
        let more;
        (more, next) = page(&server, &format!("/v1/topics?cursor={cursor}&limit=2"), "topics");
        assert!(!more.is_empty() && more.len() <= 2);
        seen.extend(more);
        pages += 1;
    }
    assert_eq!((seen.len(), pages), (6, 3));
    assert_eq!(seen[..5], all);
    assert!(server.get("/v1/topics?sort=born").json().get("offset").is_none());
    assert_eq!(server.get("/v1/topics").json()["offset"], 0);
}

#[test]
fn in_every_order_what_stays_put_is_shown_once() {
    for sort in ["size", "recent", "new", "trending"] {
        let server = Server::start();
        (0..5).for_each(|pair| post(&server, pair, 2 + pair));
        let (all, next) = page(&server, &format!("/v1/topics?sort={sort}"), "topics");
        assert_eq!((all.len(), next), (5, None), "{sort}");
        let (mut seen, mut next) = page(&server, &format!("/v1/topics?sort={sort}&limit=2"), "topics");
        assert_eq!(seen, all[..2]);
        // What was shown first goes on growing, and a topic comes that is first by then in most orders.
        let first = server.get(&format!("/v1/topics/{}/headlines", seen[0])).json();
        let first = first["headlines"][0]["id"].as_str().unwrap();
        post(&server, first.split('-').next().unwrap().parse().unwrap(), 12);
        post(&server, 5, 14);
        while let Some(cursor) = next {
            let more;
            (more, next) =
                page(&server, &format!("/v1/topics?sort={sort}&cursor={cursor}&limit=2"), "topics");
            assert!(!more.is_empty() && more.len() <= 2);
            seen.extend(more);
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort}: {seen:?}");
        assert!(all.iter().all(|id| distinct.contains(id)), "{sort}: {seen:?}");
    }
}

#[test]
fn a_page_by_offset_leads_on_by_its_cursor() {
    let server = Server::start();
    (0..5).for_each(|pair| post(&server, pair, 2 + pair));
    let all = page(&server, "/v1/topics", "topics").0;
    let (ids, next) = page(&server, "/v1/topics?offset=1&limit=2", "topics");
    assert_eq!(ids, all[1..3]);
    // The cursor knows its order.
    let cursor = next.unwrap();
    assert_eq!(page(&server, &format!("/v1/topics?cursor={cursor}"), "topics").0, all[3..]);
    let other = format!("/v1/topics?sort=recent&cursor={cursor}");
    let answer = server.get(&other);
    answer.assert_problem(400, "invalid-query");
    assert!(answer.text().contains("sort=size"), "{}", answer.text());
}

#[test]
fn headlines_of_a_topic_come_a_page_at_a_time() {
    let server = Server::start();
    post(&server, 0, 7);
    post(&server, 1, 2);
    let topic = server.get("/v1/headlines/0-0").json();
    let paths = ["topics", "stories"].map(|level| {
        let id = topic[if level == "topics" { "topic" } else { "story" }].as_str().unwrap();
        format!("/v1/{level}/{id}/headlines")
    });
    for (path, copies) in paths.into_iter().zip([7, 9]) {
        let wanted: BTreeSet<String> = page(&server, &path, "headlines").0.into_iter().collect();
        assert!(wanted.len() > 3, "{path} {wanted:?}");
        let (mut seen, mut next) = page(&server, &format!("{path}?limit=3"), "headlines");
        assert_eq!(seen[0], format!("0-{}", copies - 1));
        // Later than all: before the pages that are still to come.
        post(&server, 0, copies + 2);
        while let Some(cursor) = next {
            let more;
            (more, next) = page(&server, &format!("{path}?limit=3&cursor={cursor}"), "headlines");
            seen.extend(more);
        }
        assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>().len(), seen.len());
        assert!(wanted.iter().all(|id| seen.contains(id)), "{seen:?}");
    }
}

#[test]
fn what_makes_no_walk_is_refused() {
    let server = Server::start();
    post(&server, 0, 2);
    for query in [
        "cursor=x",
        "cursor=s-000001",
        "sort=size&cursor=t-000001",
        "cursor=size.0.0.2.s-000001",
        "cursor=size.0.0.2.t-000001&offset=1",
        "cursor=size.0.0.2.t-000001&as_of=1",
        "sort=born&offset=1",
        "cursor=t-000001&as_of=1",
        "sort=born&as_of=1",
    ] {
        server.get(&format!("/v1/topics?{query}")).assert_problem(400, "invalid-query");
    }
    for path in ["/v1/topics/t-000001/headlines", "/v1/stories/s-000001/headlines"] {
        for query in ["cursor=x", "limit=0", "offset=1"] {
            server.get(&format!("{path}?{query}")).assert_problem(400, "invalid-query");
        }
    }
    server.get("/v1/topics/t-none/headlines").assert_problem(404, "topic-not-found");
    server.get("/v1/stories/s-none/headlines").assert_problem(404, "story-not-found");
    assert!(page(&server, "/v1/topics?cursor=t-zzzzzz", "topics").0.is_empty());
}
