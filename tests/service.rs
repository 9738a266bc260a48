//! The service as a whole: routes, headers, health, metrics, settings, start and stop.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use rstest::rstest;
use support::{Server, run, slugline};

#[test]
fn the_index_lists_routes() {
    let index = Server::start().get("/").json();
    assert_eq!(index["name"], "slugline");
    assert!(index["routes"].as_array().unwrap().iter().any(|route| route == "POST /v1/headlines"));
}

#[rstest]
#[case("/nope", "not-found")]
#[case("/v1/topics/", "not-found")]
#[case("/v1/topics/t-none", "topic-not-found")]
#[case("/v1/stories/s-none", "story-not-found")]
#[case("/v1/headlines/none", "headline-not-found")]
#[case("/v1/headlines/a%2Fb", "headline-not-found")]
fn what_is_not_there_is_a_problem(#[case] path: &str, #[case] code: &str) {
    Server::start().get(path).assert_problem(404, code);
}

#[test]
fn other_methods_are_told_which_are_allowed() {
    let server = Server::start();
    for path in [
        "/",
        "/v1/status",
        "/v1/sources",
        "/v1/topics",
        "/v1/topics/t-1/events",
        "/v1/events",
        "/v1/headlines/a/why",
        "/metrics",
        "/health/ready",
    ] {
        let answer = server.delete(path);
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
    for path in ["/v1/topics/t-1", "/v1/stories/s-1"] {
        let answer = server.delete(path);
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD, PATCH");
    }
    for path in ["/v1/headlines", "/v1/cluster"] {
        let answer = server.get(path);
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), "POST");
    }
}

#[test]
fn the_status_counts_what_there_is() {
    let server = Server::start();
    let empty = server.get("/v1/status").json();
    let body = r#"[{"id":"a","title":"Canal otters return","time":"2025-12-01"},
        {"id":"b","title":"Otters return to canal","time":"2025-12-01"},{"id":"c","title":"Bakery burns"}]"#;
    server.post_json(body);
    let status = server.get("/v1/status").json();
    for (field, before, after) in
        [("version", 0, 3), ("headlines", 0, 3), ("stories", 0, 1), ("topics", 0, 1), ("last_entry", 0, 3)]
    {
        assert_eq!((&empty[field], &status[field]), (&before.into(), &after.into()), "{field}");
    }
    assert_eq!(status["store"], "memory");
    assert_eq!(status["state_hash"].as_str().unwrap().len(), 64);
    assert_ne!(status["state_hash"], empty["state_hash"]);
    assert_eq!(status["started_at"], empty["started_at"]);
    assert!(status["started_at"].is_string() && status["uptime_seconds"].is_u64());
    server.post_json(r#"{"id":"a","title":"Canal otters return"}"#);
    let unchanged = server.get("/v1/status").json();
    assert_eq!(
        (&unchanged["version"], &unchanged["state_hash"]),
        (&status["version"], &status["state_hash"])
    );
}

#[test]
fn topics_come_in_bounded_pages() {
    let server = Server::start();
    let page = server.get("/v1/topics?limit=7&offset=3").json();
    assert_eq!((page["limit"].as_u64(), page["offset"].as_u64()), (Some(7), Some(3)));
    assert!(page["topics"].is_array() && page["total"].is_u64());
    for query in ["limit=0", "limit=501", "limit=x", "offset=-1", "page=2", "limit=1&limit=2"] {
        server.get(&format!("/v1/topics?{query}")).assert_problem(400, "invalid-query");
    }
}

#[test]
fn a_sane_request_id_is_kept_and_another_replaced() {
    let server = Server::start();
    let answer = server.get_with("/nope", ("x-request-id", "trace-7.a"));
    assert_eq!(answer.assert_problem(404, "not-found")["request_id"], "trace-7.a");
    let long = "x".repeat(65);
    for id in ["no spaces please", "<b>", &long] {
        let answer = server.get_with("/", ("x-request-id", id));
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    assert!(server.log().contains("trace-7.a"));
}

#[test]
fn every_answer_carries_security_headers() {
    let server = Server::start();
    for answer in [server.get("/"), server.get("/nope"), server.get("/metrics"), server.delete("/")] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    }
}

#[test]
fn answers_are_compressed_for_those_who_accept_it() {
    let server = Server::start();
    for encoding in ["gzip", "br"] {
        let answer = server.get_with("/metrics", ("accept-encoding", encoding));
        assert_eq!(answer.header("content-encoding"), encoding);
    }
    server.get_with("/", ("accept-encoding", "identity;q=0, x-own")).assert_problem(406, "not-acceptable");
    assert_eq!(server.get_with("/", ("accept-encoding", "identity")).header("content-encoding"), "");
}

#[test]
fn metrics_count_requests_and_headlines() {
    let server = Server::start();
    server.post_json(r#"[{"id":"a","title":"Hail"},{}]"#);
    server.post_json(r#"{"id":"a","title":"Hail"}"#);
    server.get("/v1/headlines/a");
    server.get("/wp-login.php");
    let metrics = server.get("/metrics").text().to_owned();
    for line in [
        r#"slugline_http_requests_total{method="POST",route="/v1/headlines",status="200"} 2"#,
        r#"slugline_http_requests_total{method="GET",route="/v1/headlines/{id}",status="200"} 1"#,
        r#"slugline_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"slugline_http_request_duration_seconds_count{method="POST",route="/v1/headlines"} 2"#,
        r#"slugline_headlines_total{status="created"} 1"#,
        r#"slugline_headlines_total{status="duplicate"} 1"#,
        r#"slugline_headlines_total{status="rejected"} 1"#,
        "slugline_batch_apply_seconds_count 2",
        "slugline_batch_store_seconds_count 1",
        "slugline_queue_depth 0",
        "slugline_headlines 1",
        "slugline_topics 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
}

#[test]
fn titles_stay_out_of_the_log() {
    let server = Server::start_with(|command| {
        command.args(["--log-format", "json"]);
    });
    server.post_json(r#"[{"title":"Zeppelin over Zanzibar"},{"title":"Zeppelin\u0000"}]"#);
    server.get("/v1/headlines/Zeppelin?q=Zanzibar");
    let log = server.log();
    assert!(log.contains("/v1/headlines") && !log.contains("Zeppelin") && !log.contains("Zanzibar"), "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[test]
fn a_body_that_never_comes_is_given_up() {
    let server = Server::start_with(|command| {
        command.args(["--request-timeout-seconds", "1"]);
    });
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let head = "POST /v1/headlines HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nab";
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 2_048];
    let mut length = 0;
    while !String::from_utf8_lossy(&answer[..length]).contains("body-timeout") {
        let read = connection.read(&mut answer[length..]).unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&answer[..length]));
        length += read;
    }
    assert!(answer.starts_with(b"HTTP/1.1 408 "));
}

/// What a service with a short patience for heads answers to these bytes before it hangs up.
fn answer_to(head: &[u8]) -> String {
    let server = Server::start_with(|command| {
        command.args(["--header-timeout-seconds", "1"]);
    });
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    // The service may hang up before it has read all of it, and a client that still sends may lose the answer.
    let _ = connection.write_all(head);
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    assert_eq!(server.get("/health/live").status, 200);
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_head_that_does_not_end_is_given_up() {
    let answer = answer_to(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let long = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-long: {}\r\n\r\n", "x".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x: y\r\n".repeat(1_000));
    for head in [long, many] {
        let answer = answer_to(head.as_bytes());
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("settings.toml");
    fs::write(&file, "[limits]\nitems = 1\n").unwrap();
    let most_items = |variable: Option<&str>, flag: Option<&str>| {
        let server = Server::start_with(|command| {
            command.arg("--config").arg(&file);
            command.envs(variable.map(|items| ("SLUGLINE_ITEMS", items)));
            command.args(flag.map(|items| format!("--items={items}")));
        });
        let problem =
            server.post("/v1/headlines", "text/plain", "a\nb\nc\nd\n").assert_problem(413, "too-many-items");
        problem["detail"].as_str().unwrap().to_owned()
    };
    assert!(most_items(None, None).contains("more than 1 "));
    assert!(most_items(Some("2"), None).contains("more than 2 "));
    assert!(most_items(Some("2"), Some("3")).contains("more than 3 "));
}

#[rstest]
#[case(&["--config", "/nonexistent.toml"], "cannot read the configuration file /nonexistent.toml")]
#[case(&["--items", "0"], "limits.items must be between 1 and 1000000, not 0")]
#[case(&["--log", "a=b=c"], "log.filter")]
#[case(&["--bind", "0.0.0.0:0"], "--allow-unauthenticated")]
#[case(&["--bind", "127.0.0.1:0", "--port-file", "/nonexistent/port"], "cannot write /nonexistent/port")]
fn settings_that_make_no_sense_end_the_start_with_one_line(#[case] args: &[&str], #[case] part: &str) {
    let output = run(slugline().args(["serve", "--memory"]).args(args).env("SLUGLINE_LOG", "off"), b"");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(part) && stderr.trim_end().lines().count() == 1, "{stderr}");
}

#[test]
fn a_taken_address_ends_the_start() {
    let server = Server::start();
    let address = format!("127.0.0.1:{}", server.port());
    let output = run(slugline().args(["serve", "--memory", "--log=off", "--bind", &address]), b"");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && stderr.contains(&format!("cannot listen on {address}")), "{stderr}");
}

#[test]
fn exposure_is_possible_with_consent_by_variable() {
    let server = Server::start_with(|command| {
        command.env("SLUGLINE_ALLOW_UNAUTHENTICATED", "true");
    });
    assert_eq!(server.get("/health/live").json()["status"], "live");
    let output = run(slugline().arg("serve").env("SLUGLINE_ALLOW_UNAUTHENTICATED", "perhaps"), b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn misspelt_variables_are_pointed_out() {
    let server = Server::start_with(|command| {
        command.env("SLUGLINE_BNID", "127.0.0.1:1");
    });
    assert!(server.log().contains("SLUGLINE_BNID"));
}

#[test]
fn help_names_every_setting_with_its_variable() {
    let output = run(slugline().args(["serve", "--help"]), b"");
    let help = String::from_utf8(output.stdout).unwrap();
    for name in [
        "--bind",
        "SLUGLINE_BIND",
        "--config",
        "--body-bytes",
        "SLUGLINE_LOG_FORMAT",
        "--data-dir",
        "SLUGLINE_MEMORY",
    ] {
        assert!(help.contains(name), "{name} is not in\n{help}");
    }
}

#[test]
fn the_health_check_answers_by_exit_code() {
    let server = Server::start();
    let address = format!("127.0.0.1:{}", server.port());
    let unspecified = format!("0.0.0.0:{}", server.port());
    for bind in [&address, &unspecified] {
        assert!(run(slugline().args(["healthcheck", "--bind", bind]), b"").status.success());
        assert!(run(slugline().arg("healthcheck").env("SLUGLINE_BIND", bind), b"").status.success());
    }
    let other = server.url("/nope");
    assert_eq!(run(slugline().args(["healthcheck", "--url", &other]), b"").status.code(), Some(1));
    drop(server);
    assert_eq!(run(slugline().args(["healthcheck", "--bind", &address]), b"").status.code(), Some(1));
}

#[cfg(unix)]
#[rstest]
#[case("TERM")]
#[case("INT")]
fn a_signal_stops_the_service_in_order(#[case] signal: &str) {
    let mut server = Server::start();
    server.post_json(r#"{"title":"Last train leaves"}"#);
    server.signal(signal);
    assert_eq!(server.wait().code(), Some(0));
    assert!(server.log().contains("stopped"), "{}", server.log());
}

#[cfg(unix)]
#[test]
fn posts_under_way_are_answered_before_the_service_stops() {
    let mut server = Server::start();
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let body = "Half of this body comes late\n";
    let (early, late) = body.split_at(10);
    let length = body.len();
    let head = format!(
        "POST /v1/headlines HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\nexpect: 100-continue\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    // The service asks for the body once the request is under way.
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    connection.write_all(early.as_bytes()).unwrap();
    server.signal("TERM");
    while !server.log().contains("stopping") {
        std::thread::yield_now();
    }
    connection.write_all(late.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"created\":1"), "{answer}");
    assert_eq!(server.wait().code(), Some(0));
}
