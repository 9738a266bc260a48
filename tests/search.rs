//! Searching headlines.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use rstest::rstest;
use support::Server;

const HEADLINES: &str = r#"[
    {"id":"dp-1","title":"Harbour strike enters second week","source":"Dock Post","lang":"en","time":"2025-12-01T08:00:00Z"},
    {"id":"ie-7","title":"Dockers walk out as harbour strike spreads","source":"Île Écho","time":"2025-12-01T09:30:00Z"},
    {"id":"o-1","title":"Owl nests in tram depot","source":"Dock Post","time":"2025-12-03T10:00:00Z"},
    {"id":"c-1","title":"CAFÉ fermé après l'incendie","lang":"fr","time":"2025-12-02T10:00:00Z"}]"#;

/// A service that holds them.
fn server() -> Server {
    let server = Server::start();
    server.post_json(HEADLINES);
    server
}

fn found(server: &Server, query: &str) -> Vec<String> {
    let answer = server.get(&format!("/v1/search?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let headlines = answer.json()["headlines"].as_array().unwrap().clone();
    headlines.iter().map(|headline| headline["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::everything("", &["o-1", "c-1", "ie-7", "dp-1"])]
#[case::beginnings_of_words("q=harb", &["ie-7", "dp-1"])]
#[case::not_their_middles("q=arbour", &[])]
#[case::all_words("q=harb+seco", &["dp-1"])]
#[case::words_in_any_order("q=strike+dockers", &["ie-7"])]
#[case::whatever_case_and_accents("q=CAFE+apr%C3%A8s", &["c-1"])]
#[case::accents_that_are_not_there("q=h%C3%A1rbour", &["ie-7", "dp-1"])]
#[case::source("source=ile+echo", &["ie-7"])]
#[case::language("lang=fr", &["c-1"])]
#[case::times("from=2025-12-01T09:30:00Z&to=2025-12-03T10:00:00Z", &["c-1", "ie-7"])]
#[case::size_of_the_topic("min_size=2", &["ie-7", "dp-1"])]
#[case::size_beyond("min_size=3", &[])]
#[case::phase("phase=dormant", &[])]
#[case::entity("entity=France", &[])]
fn headlines_are_found_by(#[case] query: &str, #[case] ids: &[&str]) {
    assert_eq!(found(&server(), query), ids);
}

#[test]
fn pages_stay_as_they_are_while_headlines_come_in() {
    let server = server();
    let first = server.get("/v1/search?limit=2").json();
    assert_eq!(first["headlines"][1]["id"], "c-1");
    server.post_json(
        r#"[{"id":"new","title":"Ferries idle","time":"2025-12-04"},{"id":"old","title":"Ebb","time":"2025-11-30"}]"#,
    );
    let next = first["next"].as_str().unwrap();
    assert_eq!(found(&server, &format!("limit=2&cursor={next}")), ["ie-7", "dp-1"]);
    let second = server.get(&format!("/v1/search?limit=2&cursor={next}")).json();
    assert_eq!(found(&server, &format!("cursor={}", second["next"].as_str().unwrap())), ["old"]);
    assert!(server.get("/v1/search").json().get("next").is_none());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let server = server();
    let long = format!("q={}", "x".repeat(201));
    for query in ["q=%3F", "cursor=x", "phase=wild", "from=yesterday", "page=2", "limit=0", &long] {
        server.get(&format!("/v1/search?{query}")).assert_problem(400, "invalid-query");
    }
}
