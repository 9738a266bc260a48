//! Reading less: some fields alone, and nothing that is known already.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{Answer, Server};

const STRIKE: &str = r#"[
  {"id": "dp-1", "title": "Harbour strike enters second week", "time": "2025-12-01T08:00:00Z", "source": "Dock Post"},
  {"id": "ie-7", "title": "Dockers walk out as harbour strike spreads", "time": "2025-12-01T09:30:00Z"}
]"#;

fn stocked() -> Server {
    let server = Server::start();
    server.post_json(STRIKE);
    server
}

/// Addresses with fields, the member that is a list of what has them, and two such fields.
const WITH_FIELDS: [(&str, &str, [&str; 2]); 12] = [
    ("/v1/topics?sort=recent", "topics", ["label", "id"]),
    ("/v1/topics/t-000001", "", ["size", "stories"]),
    ("/v1/topics/t-000001/related", "related", ["id", "score"]),
    ("/v1/topics/t-000001/events", "events", ["kind", "number"]),
    ("/v1/topics/t-000001/headlines", "headlines", ["text", "topic_label"]),
    ("/v1/stories/s-000001", "", ["label", "topic"]),
    ("/v1/stories/s-000001/events", "events", ["kind", "at"]),
    ("/v1/stories/s-000001/headlines?limit=1", "headlines", ["id", "time"]),
    ("/v1/headlines/dp-1", "", ["topic", "source"]),
    ("/v1/events", "events", ["id", "level"]),
    ("/v1/search?q=strike", "headlines", ["id", "story"]),
    ("/v1/changes", "topics", ["id", "changes"]),
];

fn with_query(path: &str, more: &str) -> String {
    format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' })
}

#[test]
fn only_the_fields_that_are_named_are_there() {
    let server = stocked();
    for (path, member, fields) in WITH_FIELDS {
        let whole = server.get(path).json();
        let answer = server.get(&with_query(path, &format!("fields={}", fields.join(","))));
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}");
        let few = answer.json();
        let pick = |object: &Value| {
            let there = fields.iter().filter(|field| object.get(field).is_some());
            there.map(|field| ((*field).to_owned(), object[*field].clone())).collect::<Value>()
        };
        let wanted = match member {
            "" => pick(&whole),
            _ => {
                let mut page = whole.clone();
                page[member] = whole[member].as_array().unwrap().iter().map(pick).collect();
                page
            }
        };
        assert_eq!(few, wanted, "{path}");
        assert_ne!(few, json!({}), "{path}");
    }
    let ended = server.get("/v1/topics?as_of=1&fields=label,size").json();
    assert_eq!(ended["topics"], json!([{"label": "Harbour strike", "size": 2}]));
}

#[test]
fn fields_that_are_none_are_answered_with_those_there_are() {
    let server = stocked();
    for (path, ..) in WITH_FIELDS {
        for wrong in ["nope", "", "id,", "id&fields=label"] {
            let problem = server
                .get(&with_query(path, &format!("fields={wrong}")))
                .assert_problem(400, "invalid-query");
            assert!(problem["detail"].as_str().unwrap().starts_with("`fields` may"), "{problem}");
        }
    }
    let problem = server.get("/v1/topics?fields=nope").json();
    assert!(problem["detail"].as_str().unwrap().contains("id, label, "), "{problem}");
    server.get("/v1/topics/t-none?fields=id").assert_problem(404, "topic-not-found");
    server.get("/v1/topics?fields=id&limit=0").assert_problem(400, "invalid-query");
    server.get("/v1/search?fields=id&nope=1").assert_problem(400, "invalid-query");
}

/// Every member that an answer has can be named, so the lists are those of the program.
#[test]
fn every_member_can_be_named() {
    let server = stocked();
    for (path, member, _) in WITH_FIELDS {
        let whole = server.get(path).json();
        let objects = if member.is_empty() { vec![whole] } else { whole[member].as_array().unwrap().clone() };
        let names: BTreeSet<String> =
            objects.iter().flat_map(|object| object.as_object().unwrap().keys().cloned()).collect();
        if names.is_empty() {
            continue;
        }
        let names = names.into_iter().collect::<Vec<_>>().join(",");
        assert_eq!(server.get(&with_query(path, &format!("fields={names}"))).status, 200, "{path} {names}");
    }
}

fn again(server: &Server, path: &str, tag: &str) -> Answer {
    server.get_with(path, ("if-none-match", tag))
}

#[test]
fn what_is_known_is_not_sent_again_until_something_changes() {
    let server = stocked();
    let paths = [
        "/v1/topics",
        "/v1/topics?fields=id",
        "/v1/topics/t-000001",
        "/v1/headlines/dp-1/why",
        "/v1/headlines.csv",
        "/v1/feeds/topics.atom",
        "/v1/changes?since=0",
    ];
    let mut tags = BTreeSet::new();
    for path in paths {
        let first = server.get(path);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\"") && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        for known in [tag.clone(), tag[2..].to_owned(), format!("\"x\", {tag}"), "*".to_owned()] {
            let second = again(&server, path, &known);
            assert_eq!((second.status, second.body.len()), (304, 0), "{path} {known}");
            assert_eq!((second.header("etag"), second.header("cache-control")), (tag.as_str(), "no-cache"));
        }
        assert_eq!(again(&server, path, "\"x\"").body, first.body);
        assert!(tags.insert(tag), "{path}");
    }
    server.post_json(r#"{"id": "ow-1", "title": "Owl nests in tram depot"}"#);
    for path in paths {
        assert!(!tags.contains(server.get(path).header("etag")), "{path}");
        assert!(tags.iter().all(|tag| again(&server, path, tag).status == 200), "{path}");
    }
}

#[test]
fn compressed_answers_have_the_tag_of_the_plain_ones() {
    let server = stocked();
    let plain = server.get("/v1/topics");
    let head = "GET /v1/topics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept-encoding: gzip\r\n";
    let tag = plain.header("etag");
    let host = format!("host: 127.0.0.1:{}", server.port());
    let head = head.replace("host: localhost", &host);
    let gzip = server.raw(&format!("{head}\r\n"));
    assert!(gzip.contains("content-encoding: gzip"), "{gzip}");
    assert!(gzip.contains(&format!("etag: {tag}\r\n")), "{gzip}");
    assert!(gzip.to_ascii_lowercase().contains("vary: accept-encoding"), "{gzip}");
    let known = server.raw(&format!("{head}if-none-match: {tag}\r\n\r\n"));
    assert!(known.starts_with("HTTP/1.1 304") && !known.contains("content-encoding"), "{known}");
}

#[test]
fn what_depends_on_more_than_the_collection_has_no_tag() {
    let server = stocked();
    for path in
        ["/v1/status", "/v1/sources", "/metrics", "/health/ready", "/v1/topics/t-none", "/v1/topics?limit=0"]
    {
        let answer = server.get(path);
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("", "no-store"), "{path}");
        assert_ne!(again(&server, path, "*").status, 304, "{path}");
    }
}
