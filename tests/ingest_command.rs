//! `slugline ingest`: what is posted, what is told, how it ends.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::feed_server::{Asked, FeedServer, Reply};
use support::{Server, run, slugline};
use tempfile::TempDir;

const RSS: &str = "<rss><channel><title>Dock Post</title>\n<item><title>Harbour strike enters second week</title>\
                   <link>http://dockpost.example/1</link></item>\n<item><link>http://dockpost.example/2</link></item>\
                   </channel></rss>";

fn ingest(to: &str, arguments: &[&str], stdin: &str) -> Output {
    run(slugline().args(["ingest", "--to", to]).args(arguments), stdin.as_bytes())
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// What a service answers to a batch in which all is new.
fn created(asked: &Asked) -> Reply {
    let count = asked.body.lines().count();
    Reply::new(
        200,
        format!(
            "{{\"version\":1,\"counts\":{{\"created\":{count},\"duplicate\":0,\"rejected\":0}},\"results\":[]}}"
        ),
    )
}

#[test]
fn files_of_all_kinds_in_a_directory_are_posted_once_however_often() {
    let directory = TempDir::new().unwrap();
    let nested = directory.path().join("more");
    fs::create_dir(&nested).unwrap();
    let json_feed =
        r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"Dam holds"}]}"#;
    for (name, text) in [
        ("a.txt", "Owl nests in tram depot\nTide turns\n"),
        ("b.csv", "title,rank\nFerries idle,1\n"),
        ("c.jsonl", "{\"title\":\"Bakery burns\",\"id\":\"b-1\",\"time\":\"2025-12-01\"}\n"),
        ("d.json", "[{\"title\":\"Canal otters return\"}]"),
        ("e.json", json_feed),
        ("f.rss", "<rss><channel><item><title>Harbour strike</title></item></channel></rss>"),
        ("more/g.ndjson", "{\"title\":\"Storm nears coast\"}\n"),
        ("picture.png", "not read"),
    ] {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let server = Server::start();
    let path = directory.path().to_str().unwrap();
    let first = ingest(&server.url(""), &[path], "");
    assert!(first.status.success(), "{}", err(&first));
    assert!(out(&first).ends_with("total: 8 created, 0 duplicate, 0 rejected\n"), "{}", out(&first));
    assert!(out(&first).contains("a.txt: 2 created, 0 duplicate, 0 rejected\n"));
    assert!(err(&first).contains("b.csv: ignored fields: rank") && err(&first).contains("1 files skipped"));
    let second = ingest(&server.url(""), &[path], "");
    assert!(out(&second).ends_with("total: 0 created, 8 duplicate, 0 rejected\n"), "{}", out(&second));
    assert_eq!(server.get("/v1/headlines/b-1").json()["time"], "2025-12-01T00:00:00Z");
}

#[test]
fn rejections_are_located_wherever_they_are_found_and_end_in_failure() {
    let server = Server::start_with(|command| {
        command.args(["--title-chars", "20"]);
    });
    let lines = "title,time\nTide turns,\n,2025-12-01\nA title that is far too long for this service,\nRain,2999-01-01\n";
    let output = ingest(&server.url(""), &["-", "--batch", "1"], lines);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(out(&output), "stdin: 1 created, 0 duplicate, 3 rejected\n");
    for part in ["stdin:3: `title` is empty", "stdin:4: `title` has 45 characters", "stdin:5: `time` is 2999"]
    {
        assert!(err(&output).contains(part), "{part}: {}", err(&output));
    }
    assert!(err(&output).contains("slugline: headlines rejected: 3\n"));
}

#[test]
fn one_bad_source_does_not_keep_others_from_being_posted() {
    let server = Server::start();
    let output = ingest(&server.url(""), &["no-such-file.txt", "-", "no-such-directory/"], "Tide turns\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("stdin: 1 created"));
    assert!(
        err(&output).contains("no-such-file.txt") && err(&output).contains("slugline: sources failed: 2\n")
    );
}

#[test]
fn feeds_are_fetched_and_posted() {
    let web = FeedServer::start(|asked: &Asked| match asked.path.as_str() {
        "/rss?key=hush" => Reply::new(200, RSS),
        _ => Reply::new(404, ""),
    });
    let server = Server::start();
    let feed = web.url("/rss?key=hush");
    let refused = ingest(&server.url(""), &[&feed], "");
    assert!(err(&refused).contains("private network"), "{}", err(&refused));
    let output = ingest(&server.url(""), &["--allow-private-sources", &feed, &web.url("/gone")], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("/rss: 1 created, 0 duplicate, 1 rejected\n"), "{}", out(&output));
    assert!(err(&output).contains("/rss:3: `title` is missing") && err(&output).contains("status 404"));
    assert!(!err(&output).contains("hush") && !out(&output).contains("hush"));
}

#[test]
fn a_service_without_room_is_asked_again_when_it_said() {
    let refusals = AtomicUsize::new(2);
    let service = FeedServer::start(move |asked: &Asked| {
        let left = refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(2) => {
                Reply::new(503, "{\"detail\":\"too many requests are waiting\"}").header("retry-after", "0")
            }
            Ok(_) => Reply::new(429, "").header("retry-after", "0"),
            Err(_) => created(asked),
        }
    });
    let output = ingest(&service.url("/base/"), &["-"], "Tide turns\n");
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(out(&output), "stdin: 1 created, 0 duplicate, 0 rejected\n");
    assert!(err(&output).contains("too many requests are waiting; trying again in 0 s"));
    assert_eq!(service.asked_for("/base/v1/headlines").len(), 3);
}

#[test]
fn patience_ends() {
    let service = FeedServer::start(|_: &Asked| {
        Reply::new(503, "{\"detail\":\"the service is stopping\"}").header("retry-after", "0")
    });
    let output = ingest(&service.url(""), &["-"], "Tide turns\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(service.asked().len(), 10);
    assert!(err(&output).contains("status 503: the service is stopping"), "{}", err(&output));
}

#[test]
fn batches_are_as_large_as_told_and_halved_where_that_is_too_much() {
    let service = FeedServer::start(|asked: &Asked| match asked.body.lines().count() {
        0..=2 => created(asked),
        _ => Reply::new(413, "{\"detail\":\"too large\"}"),
    });
    let output = ingest(&service.url(""), &["-", "--batch", "4"], "One\nTwo\nThree\nFour\nFive\n");
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(out(&output), "stdin: 5 created, 0 duplicate, 0 rejected\n");
    let sizes: Vec<_> = service.asked().iter().map(|asked| asked.body.lines().count()).collect();
    assert_eq!(sizes, [4, 2, 2, 1]);
}

#[test]
fn the_key_is_sent_and_never_shown() {
    let service = FeedServer::start(|asked: &Asked| match asked.headers.get("authorization") {
        Some(key) if key == "Bearer sk-1234" => created(asked),
        _ => Reply::new(401, "{\"detail\":\"a key is needed\"}"),
    });
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("key");
    fs::write(&file, "sk-1234\n").unwrap();
    let with_key = ingest(&service.url(""), &["-", "--key-file", file.to_str().unwrap()], "Tide turns\n");
    assert!(with_key.status.success(), "{}", err(&with_key));
    let without = ingest(&service.url(""), &["-"], "Tide turns\n");
    assert!(err(&without).contains("status 401: a key is needed"), "{}", err(&without));
    fs::write(&file, "sk-1234 sk-5678").unwrap();
    let two_keys = ingest(&service.url(""), &["-", "--key-file", file.to_str().unwrap()], "Tide turns\n");
    assert_eq!(two_keys.status.code(), Some(1));
    assert!(err(&two_keys).contains("does not hold one key") && !err(&two_keys).contains("sk-"));
}

#[test]
fn a_service_that_is_not_there_or_another_one_ends_the_run() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let output = ingest(&address, &["-"], "Tide turns\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("cannot reach the service at http://127.0.0.1"), "{}", err(&output));
    let other = FeedServer::start(|_: &Asked| Reply::new(200, "Welcome"));
    let output = ingest(&other.url(""), &["-"], "Tide turns\n");
    assert!(err(&output).contains("not one of a slugline service"), "{}", err(&output));
    let elsewhere =
        FeedServer::start(|_: &Asked| Reply::new(302, "").header("location", "http://127.0.0.1:9/"));
    let output = ingest(&elsewhere.url(""), &["-"], "Tide turns\n");
    assert!(err(&output).contains("status 302"), "{}", err(&output));
    let output = ingest("localhost:8080", &["-"], "Tide turns\n");
    assert!(err(&output).contains("--to must be an http address"), "{}", err(&output));
}

#[test]
fn a_key_of_the_service_opens_it() {
    let directory = TempDir::new().unwrap();
    let (keys, key) = (directory.path().join("keys.jsonl"), directory.path().join("key"));
    let made = run(
        slugline().args(["key", "new", "--name", "desk", "--scope", "write", "--append"]).arg(&keys),
        b"",
    );
    fs::write(&key, out(&made).lines().next().unwrap()).unwrap();
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&keys);
    });
    let refused = ingest(&server.url(""), &["-"], "Tide turns\n");
    assert!(err(&refused).contains("status 401"), "{}", err(&refused));
    let taken = ingest(&server.url(""), &["-", "--key-file", key.to_str().unwrap()], "Tide turns\n");
    assert!(taken.status.success(), "{}", err(&taken));
    assert_eq!(out(&taken), "stdin: 1 created, 0 duplicate, 0 rejected\n");
}
