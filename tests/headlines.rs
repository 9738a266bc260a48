//! `POST /v1/headlines`: what is kept, what is refused, and how callers are told.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use rstest::rstest;
use support::Server;

const RSS: &str = "<rss><channel><title>Dock Post</title><item><title>Item one</title></item>\
                   <item><title>Item two</title></item></channel></rss>";
const ATOM: &str = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Entry one</title></entry>\
                    <entry><title>Entry two</title></entry></feed>";
const JSON_FEED: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Dock Post",
    "items":[{"id":"1","title":"Note one"},{"id":"2","title":"Note two"}]}"#;

#[test]
fn a_posted_headline_can_be_read_back_at_once() {
    let server = Server::start();
    let answer = server.post_json(
        r#"{"id":"dp:1","title":"Harbour  strike enters\nsecond week","time":"2025-12-01T08:30:00+01:00",
            "source":"Dock Post","url":"https://dockpost.example/strike","lang":"en-GB"}"#,
    );
    assert_eq!(answer.verdicts(), ["created"]);
    let headline = server.get("/v1/headlines/dp:1").json();
    assert_eq!(headline["text"], "Harbour strike enters second week");
    assert_eq!(headline["time"], "2025-12-01T07:30:00Z");
    assert_eq!(headline["source"], "Dock Post");
    assert_eq!(headline["lang"], "en");
}

#[test]
fn every_content_type_takes_several_headlines() {
    let server = Server::start();
    for (content_type, body) in [
        ("application/json", "[{\"title\":\"Json one\"},{\"title\":\"Json two\"}]"),
        ("application/x-ndjson", "{\"title\":\"Line one\"}\n\n{\"text\":\"Line two\"}\n"),
        ("text/plain; charset=UTF-8", "\u{FEFF}Text one\r\n\r\nText two\r\n"),
        ("text/csv", "title,rank,time\nRow one,1,2025-12-01\n\"Row, two\",2,1764576000\n"),
        ("application/rss+xml", RSS),
        ("application/rss+xml; charset=utf-8", &RSS.replace("Item", "Thing")),
        ("application/atom+xml", ATOM),
        ("application/feed+json", JSON_FEED),
    ] {
        let answer = server.post("/v1/headlines", content_type, body);
        assert_eq!(answer.verdicts(), ["created", "created"], "{content_type}");
        assert_eq!(answer.json()["counts"]["created"], 2);
    }
}

#[test]
fn a_repost_is_a_duplicate_whether_its_id_is_given_or_derived() {
    let server = Server::start();
    let body = r#"[{"id":"a","title":"Ferry sinks"},{"title":"Ferry sinks"},{"title":"Ferry, x","url":"https://a.example/1"}]"#;
    let first = server.post_json(body).json();
    let second = server.post_json(body);
    assert_eq!(second.verdicts(), ["duplicate", "duplicate", "duplicate"]);
    let ids = |answer: &serde_json::Value| -> Vec<_> {
        answer["results"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    assert_eq!(ids(&first), ids(&second.json()));
}

#[test]
fn a_headline_without_time_gets_the_time_of_its_receipt() {
    let server = Server::start();
    assert_eq!(server.post_json(r#"{"id":"now","title":"Clocks go back"}"#).verdicts(), ["created"]);
    assert!(server.get("/v1/headlines/now").json()["time"].is_string());
}

#[test]
fn bad_items_are_named_and_their_neighbours_kept() {
    let server = Server::start();
    let long = "x".repeat(5_000);
    let cases = [
        (format!(r#"{{"title":"{long}"}}"#), "title_too_long"),
        (r#"{"title":"Bell \u0007 rings"}"#.to_owned(), "control_character"),
        (r#"{"title":"Storm","rank":3}"#.to_owned(), "unknown_field"),
        (r#"{"title":["Storm"]}"#.to_owned(), "wrong_type"),
        (r#"{"title":" \t "}"#.to_owned(), "empty_title"),
        (r#"{"source":"Dock Post"}"#.to_owned(), "missing_title"),
        (r#"{"title":"Storm","time":"soon"}"#.to_owned(), "invalid_time"),
        (r#"{"title":"Storm","time":1764576000000}"#.to_owned(), "invalid_time"),
        (r#"{"title":"Storm","lang":"klingon"}"#.to_owned(), "invalid_lang"),
        (r#"{"title":"Storm","url":"javascript:alert(1)"}"#.to_owned(), "invalid_url"),
        (r#"{"title":"Storm","id":"a b"}"#.to_owned(), "invalid_id"),
        (format!(r#"{{"title":"Storm","id":"{}"}}"#, "i".repeat(129)), "invalid_id"),
        (format!(r#"{{"title":"Storm","source":"{}"}}"#, "s".repeat(201)), "source_too_long"),
        (r#"{"title":"Storm","title":"Storm"}"#.to_owned(), "repeated_field"),
        (r#""Storm""#.to_owned(), "not_an_object"),
        ("null".to_owned(), "not_an_object"),
    ];
    let mut items = vec![r#"{"title":"First good one"}"#.to_owned()];
    items.extend(cases.iter().map(|(item, _)| item.clone()));
    items.push(r#"{"title":"Last good one"}"#.to_owned());
    let mut wanted = vec!["created"];
    wanted.extend(cases.iter().map(|(_, code)| *code));
    wanted.push("created");

    assert_eq!(server.post_json(&format!("[{}]", items.join(","))).verdicts(), wanted);
    let lines = server.post("/v1/headlines", "application/x-ndjson", items.join("\n"));
    assert_eq!(lines.verdicts().len(), wanted.len());
    assert_eq!(lines.json()["counts"]["rejected"], cases.len());
    assert_eq!(lines.json()["counts"]["duplicate"], 2);
}

#[test]
fn unknown_and_mistyped_fields_are_called_by_name() {
    let server = Server::start();
    let answer = server.post_json(r#"[{"title":"Storm","titel":"Storm"},{"title":"Storm","lang":5}]"#).json();
    assert!(answer["results"][0]["detail"].as_str().unwrap().contains("`titel`"));
    assert!(answer["results"][1]["detail"].as_str().unwrap().contains("`lang` must be a string"));
}

#[test]
fn an_id_given_twice_in_one_request_stays_with_the_first() {
    let server = Server::start();
    let answer = server.post_json(r#"[{"id":"a","title":"Dam holds"},{"id":"a","title":"Dam bursts"}]"#);
    assert_eq!(answer.verdicts(), ["created", "duplicate_id"]);
    assert_eq!(server.get("/v1/headlines/a").json()["text"], "Dam holds");
}

#[test]
fn broken_lines_cost_only_themselves() {
    let server = Server::start();
    let ndjson = b"{\"title\":\"Good\"}\n{\"title\":\n{\"title\":\"\xFF\"}\n{\"title\":\"Fine\"}\n";
    let answer = server.post("/v1/headlines", "application/x-ndjson", ndjson);
    assert_eq!(answer.verdicts(), ["created", "invalid_json", "invalid_utf8", "created"]);
    assert_eq!(answer.json()["results"][1]["line"], 2);

    let text = server.post("/v1/headlines", "text/plain", b"Tide turns\nTide \xFF turns\n");
    assert_eq!(text.verdicts(), ["created", "invalid_utf8"]);

    let csv = server.post("/v1/headlines", "text/csv", "title,id\nRain,r1\nHail,h1,extra\n,e1\n");
    assert_eq!(csv.verdicts(), ["created", "wrong_column_count", "empty_title"]);
}

#[rstest]
#[case("application/json", "", "empty-body")]
#[case("text/plain", " \r\n\n", "empty-body")]
#[case("application/json", "{\"title\":", "invalid-json")]
#[case("application/json", "[1,2", "invalid-json")]
#[case("application/json", "{} {}", "invalid-json")]
#[case("application/json", "\"Storm\"", "not-headlines")]
#[case("application/json", "17", "not-headlines")]
#[case("application/rss+xml", "<rss><channel>", "invalid-xml")]
#[case("application/atom+xml", "<html/>", "not-a-feed")]
#[case("application/feed+json", "[]", "not-a-feed")]
#[case("text/csv", "name,rank\nStorm,1\n", "invalid-csv-header")]
#[case("text/csv", "title,id,id\nStorm,1,2\n", "invalid-csv-header")]
fn bodies_that_cannot_be_taken_apart_are_refused_whole(
    #[case] content_type: &str,
    #[case] body: &str,
    #[case] code: &str,
) {
    let server = Server::start();
    for path in ["/v1/headlines", "/v1/cluster"] {
        server.post(path, content_type, body).assert_problem(400, code);
    }
}

#[test]
fn broken_json_is_located() {
    let server = Server::start();
    let problem = server.post_json("[\n{\"title\":\"Storm\"},\n oops]").assert_problem(400, "invalid-json");
    assert_eq!((problem["line"].as_u64(), problem["column"].as_u64()), (Some(3), Some(2)));
}

#[test]
fn other_encodings_are_refused() {
    let server = Server::start();
    server
        .post("/v1/headlines", "application/json", b"[{\"title\":\"\xFF\"}]")
        .assert_problem(400, "invalid-encoding");
    server.post("/v1/headlines", "text/plain", b"\xFF\xFEa\0").assert_problem(400, "invalid-encoding");
}

#[test]
fn bodies_above_the_limit_are_refused_with_an_answer_that_arrives() {
    let server = Server::start();
    let body = "A storm is coming\n".repeat(10_000_000 / 18);
    server.post("/v1/headlines", "text/plain", &body).assert_problem(413, "body-too-large");
    server.post("/v1/headlines", "image/png", &body).assert_problem(415, "unsupported-media-type");
}

#[test]
fn more_headlines_than_the_limit_are_refused() {
    let server = Server::start_with(|command| {
        command.args(["--items", "2"]);
    });
    for (content_type, body) in [
        ("text/plain", "a\nb\nc\n"),
        ("application/json", "[{},{},{}]"),
        ("application/x-ndjson", "{}\n{}\n{}\n"),
        ("text/csv", "title\na\nb\nc\n"),
    ] {
        server.post("/v1/headlines", content_type, body).assert_problem(413, "too-many-items");
    }
}

#[rstest]
#[case("application/x-www-form-urlencoded")]
#[case("application/xml")]
#[case("text/plain; charset=latin1")]
#[case("")]
fn other_content_types_are_refused(#[case] content_type: &str) {
    let server = Server::start();
    server.post("/v1/headlines", content_type, "Storm").assert_problem(415, "unsupported-media-type");
}

#[test]
fn compressed_bodies_are_read_and_others_refused() {
    // printf 'Ferry sinks\n' | gzip -n
    const GZIPPED: [u8; 32] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0x4b, 0x2d, 0x2a, 0xaa, 0x54, 0x28,
        0xce, 0xcc, 0xcb, 0x2e, 0xe6, 0x02, 0x00, 0x5d, 0xee, 0x6b, 0xb7, 0x0c, 0x00, 0x00, 0x00,
    ];
    let server = Server::start();
    let post = |encoding: &str, body: &[u8]| {
        let headers = [("content-type", "text/plain"), ("content-encoding", encoding)];
        server.post_with("/v1/headlines", &headers, body)
    };
    assert_eq!(post("gzip", &GZIPPED).verdicts(), ["created"]);
    post("gzip", b"not gzip").assert_problem(400, "unreadable-body");
    post("br", b"Ferry").assert_problem(415, "unsupported-encoding");
}

#[test]
fn pages_of_other_sites_may_not_post() {
    let server = Server::start();
    let post = |site: &str| {
        let headers = [("content-type", "text/plain"), ("sec-fetch-site", site)];
        server.post_with("/v1/headlines", &headers, "Storm nears")
    };
    post("cross-site").assert_problem(403, "cross-site");
    assert_eq!(post("same-origin").verdicts(), ["created"]);
}

#[test]
fn clustering_once_keeps_nothing() {
    let server = Server::start();
    let answer = server.post("/v1/cluster", "text/plain", "Ebb\nEbb\n\u{1}\nFlood\n").json();
    let counts = &answer["counts"];
    assert_eq!(counts["assigned"].as_u64().unwrap() + counts["unassigned"].as_u64().unwrap(), 3);
    assert_eq!(answer["rejected"][0]["line"], 3);
    assert_eq!(answer["rejected"][0]["code"], "control_character");
    assert!(server.get("/metrics").text().contains("\nslugline_headlines 0"));
}

#[test]
fn a_headline_says_why_it_is_where_it_is() {
    let server = Server::start();
    server.post_json(
        r#"[{"id":"a","title":"Ferry crews in Malta walk out over night shifts"},
            {"id":"b","title":"Malta ferry crews extend walkout over night shifts"},
            {"id":"c","title":"Owl found nesting in museum clock tower"}]"#,
    );
    let why = server.get("/v1/headlines/a/why").json();
    let story = server.get("/v1/headlines/a").json()["story"].clone();
    assert_eq!(why["story"]["story"], story);
    assert_eq!(why["story"]["closest"]["id"], "b");
    let terms = why["terms"].as_array().unwrap();
    assert!(terms.iter().any(|share| share["term"] == "shifts" && share["weight"].as_f64() > Some(0.0)));
    assert!(why["margin"].as_f64() > Some(0.0));
    assert!(server.get("/v1/headlines/c/why").json()["story"].is_null());
    assert_eq!(server.get("/v1/headlines/nobody/why").json()["code"], "headline-not-found");
}

#[test]
fn a_headline_dated_days_ahead_is_refused_and_costs_the_others_nothing() {
    let server = Server::start();
    let answer = server.post_json(
        r#"[{"title":"Comet returns","time":"2999-01-01T00:00:00Z"},{"title":"Comet leaves","time":"1999-01-01T00:00:00Z"}]"#,
    );
    assert_eq!(answer.verdicts(), ["future_time", "created"]);
    assert!(answer.json()["results"][0]["detail"].as_str().unwrap().contains("2999-01-01"));
}
