//! Answers given before are given again: the same bytes, to those who may have them, until something changes.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;

use flate2::read::GzDecoder;
use serde_json::Value;
use support::{Answer, Server, run, slugline};

const STRIKE: &str = r#"[
  {"id": "dp-1", "title": "Harbour strike enters second week", "time": "2025-12-01T08:00:00Z", "source": "Dock Post"},
  {"id": "ie-7", "title": "Dockers walk out as harbour strike spreads", "time": "2025-12-01T09:30:00Z"}
]"#;

const OWLS: &str = r#"[
  {"id": "ow-1", "title": "Owl nests in tram depot", "time": "2025-12-01T10:00:00Z"},
  {"id": "ow-2", "title": "Tram depot closed while owl nests", "time": "2025-12-01T11:00:00Z"}
]"#;

/// Reads of every kind that follow from the view, the last as a browser's address bar or a careless client may write it.
const READS: [&str; 14] = [
    "/v1/topics",
    "/v1/topics?limit=1",
    "/v1/topics?sort=recent&fields=id,label",
    "/v1/topics?as_of=2",
    "/v1/topics/t-000001",
    "/v1/topics/t-000001/timeline",
    "/v1/topics/t-000001/headlines",
    "/v1/stories/s-000001",
    "/v1/headlines/dp-1",
    "/v1/search?q=strike",
    "/v1/events",
    "/v1/changes",
    "/v1/feeds/topics.json",
    "/v1/%74opics",
];

fn stocked() -> Server {
    let server = Server::start();
    assert_eq!(server.post_json(STRIKE).verdicts(), ["created"; 2]);
    server
}

/// Status, body and headers but for those that are of one request.
fn told(answer: &Answer) -> (u16, Vec<u8>, Vec<(String, String)>) {
    let own = ["date", "x-request-id"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (answer.status, answer.body.clone(), headers)
}

#[test]
fn the_same_is_told_again_to_the_byte_and_each_request_keeps_its_own_id() {
    let server = stocked();
    for path in READS {
        let (first, second) = (server.get(path), server.get(path));
        assert_eq!(first.status, 200, "{path}");
        assert_eq!(told(&first), told(&second), "{path}");
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"), "{path}");
        assert_eq!(server.get_with(path, ("x-request-id", "desk-7")).header("x-request-id"), "desk-7");
        // An address that is spelt otherwise than the routes has no tag.
        let status = if path.contains('%') { 200 } else { 304 };
        assert_eq!(server.get_with(path, ("if-none-match", first.header("etag"))).status, status, "{path}");
        assert_eq!(server.get_with(path, ("if-none-match", "*")).status, status, "{path}");
        assert_eq!(told(&server.get_with(path, ("if-none-match", "\"x\""))), told(&first), "{path}");
    }
    // What is wrong stays so beside what is right.
    server.get("/v1/topics?limit=0").assert_problem(400, "invalid-query");
    server.get("/v1/topics?fields=nope").assert_problem(400, "invalid-query");
    assert_eq!(server.post("/v1/topics", "text/plain", "x").status, 405);
    let head = server.raw(&format!(
        "HEAD /v1/topics HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n",
        server.port()
    ));
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn a_change_is_told_at_once() {
    let server = stocked();
    for (number, path) in READS.iter().enumerate() {
        let before = server.get(path);
        server.get(path);
        let owl = format!(r#"{{"id": "owl-{number}", "title": "Owl number {number} nests in tram depot"}}"#);
        assert_eq!(server.post_json(&owl).verdicts(), ["created"]);
        let after = server.get(path);
        assert!(before.header("etag") != after.header("etag") || path.contains('%'), "{path}");
        if let Some(version) =
            after.json().get("version").filter(|version| version.is_number() && !path.contains("as_of"))
        {
            assert_eq!(version, &Value::from(3 + number), "{path}");
        }
    }
    let known = server.get("/v1/topics/t-000001").json();
    server.get("/v1/topics/t-000001");
    assert_eq!(server.patch("/v1/topics/t-000001", &serde_json::json!({"label": "Docks"})).status, 200);
    assert_ne!(known["label"], "Docks");
    assert_eq!(server.get("/v1/topics/t-000001").json()["label"], "Docks");
    assert_eq!(server.delete("/v1/headlines/dp-1").status, 204);
    assert_eq!(server.get("/v1/headlines/dp-1").status, 404);
}

#[test]
fn collections_are_told_apart() {
    let server = stocked();
    let create = || server.post("/v1/collections", "application/json", r#"{"name": "birds"}"#);
    assert_eq!(create().status, 201);
    let labels = |path: &str| -> Vec<String> {
        let page = server.get(path).json();
        let topics = page["topics"].as_array().unwrap().iter();
        topics.map(|topic| topic["label"].as_str().unwrap().to_owned()).collect()
    };
    let birds = ["/v1/collections/birds/topics", "/v1/%63ollections/b%69rds/topics"];
    for path in birds {
        assert_eq!((labels("/v1/topics").len(), labels(path).len()), (1, 0), "{path}");
    }
    let posted = server.post("/v1/collections/birds/headlines", "application/json", OWLS);
    assert_eq!(posted.verdicts(), ["created"; 2]);
    for _ in 0..2 {
        for path in birds {
            assert_eq!(labels(path).len(), 1, "{path}");
            assert_ne!(labels(path), labels("/v1/topics"), "{path}");
        }
        assert_eq!(labels("/v1/collections/default/topics"), labels("/v1/topics"));
    }
    // The next of the name begins with nothing, at a version that was there before.
    assert_eq!(server.delete("/v1/collections/birds").status, 204);
    birds.iter().for_each(|path| assert_eq!(server.get(path).status, 404, "{path}"));
    assert_eq!(create().status, 201);
    birds.iter().for_each(|path| assert_eq!(labels(path).len(), 0, "{path}"));
    let posted = server.post("/v1/collections/birds/headlines", "application/json", STRIKE);
    assert_eq!(posted.verdicts(), ["created"; 2]);
    birds.iter().for_each(|path| assert_eq!(labels(path), labels("/v1/topics"), "{path}"));
}

/// Head and body of an answer, the body as it was sent.
fn sent(server: &Server, headers: &str) -> (String, Vec<u8>) {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let host = format!("host: 127.0.0.1:{}\r\nconnection: close\r\n", server.port());
    connection.write_all(format!("GET /v1/topics HTTP/1.1\r\n{host}{headers}\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let body = answer.split_off(end);
    (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
}

#[test]
fn each_is_sent_the_form_that_it_accepts() {
    let server = stocked();
    let (_, plain) = sent(&server, "");
    for _ in 0..2 {
        let (head, body) = sent(&server, "accept-encoding: gzip\r\n");
        assert!(
            head.contains("content-encoding: gzip\r\n") && head.contains("vary: accept-encoding"),
            "{head}"
        );
        let mut unpacked = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
        for refusal in ["", "accept-encoding: identity\r\n"] {
            let (head, body) = sent(&server, refusal);
            assert!(!head.contains("content-encoding"), "{head}");
            assert_eq!(body, plain);
        }
        let (head, body) = sent(&server, "accept-encoding: br\r\n");
        assert!(head.contains("content-encoding: br\r\n") && body != plain, "{head}");
        let (head, _) = sent(&server, "accept-encoding: gzip;q=0, *;q=0\r\n");
        assert!(head.starts_with("http/1.1 406"), "{head}");
    }
}

#[test]
fn what_is_kept_is_for_those_who_may_read_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.jsonl");
    let key = |name: &str, scope: &str| {
        let mut command = slugline();
        command.args(["key", "new", "--name", name, "--scope", scope, "--append"]).arg(&file);
        format!("Bearer {}", String::from_utf8(run(&mut command, b"").stdout).unwrap().trim_end())
    };
    let (reader, writer) = (key("desk", "read"), key("feed", "write"));
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&file).args(["--requests-per-second=1", "--burst=40"]);
    });
    let headers = [("content-type", "application/json"), ("authorization", writer.as_str())];
    assert_eq!(server.post_with("/v1/headlines", &headers, STRIKE).status, 200);
    let ask = |key: &str| server.get_with("/v1/topics", ("authorization", key));
    assert_eq!(told(&ask(&reader)), told(&ask(&reader)));
    ask(&writer).assert_problem(403, "missing-scope");
    ask("Bearer guess").assert_problem(401, "unauthorized");
    server.get("/v1/topics").assert_problem(401, "unauthorized");
    // Answers cost an allowance whatever it cost to make them.
    let answers: Vec<Answer> =
        (0..10_000).map(|_| ask(&reader)).take_while(|answer| answer.status == 200).collect();
    assert!((38..10_000).contains(&answers.len()), "{}", answers.len());
}

#[test]
fn every_answer_is_counted_and_logged_by_its_route() {
    let server = stocked();
    server.post("/v1/collections", "application/json", r#"{"name": "birds"}"#);
    for _ in 0..3 {
        server.get("/v1/topics/t-000001");
        server.get("/v1/collections/birds/topics");
    }
    let metrics = server.get("/metrics").text().to_owned();
    for route in ["/v1/topics/{id}", "/v1/collections/{collection}/topics"] {
        let wanted =
            format!(r#"slugline_http_requests_total{{method="GET",route="{route}",status="200"}} 3"#);
        assert!(metrics.lines().any(|line| line == wanted), "{wanted} is not in\n{metrics}");
        let wanted =
            format!(r#"slugline_http_request_duration_seconds_count{{method="GET",route="{route}"}} 3"#);
        assert!(metrics.lines().any(|line| line == wanted), "{wanted} is not in\n{metrics}");
        let logged = format!("answered route=\"{route}\" status=200");
        assert_eq!(server.log().lines().filter(|line| line.contains(&logged)).count(), 3, "{}", server.log());
    }
}
