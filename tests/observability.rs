//! What the service tells of itself: metrics, the documents about them, and spans in the log.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::Server;

/// A service that has done all there is to count, among it a restart that writes a checkpoint.
fn busy_service() -> (tempfile::TempDir, Server) {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    server.post_json(
        r#"[{"id":"a","title":"Canal otters return"},{"id":"b","title":"Otters return to canal"}]"#,
    );
    // Killed, so that there is something left to write down.
    drop(server);
    let server = Server::launch(|command| {
        command.arg("--requests-per-second=200").arg("--data-dir").arg(directory.path());
    });
    server.post_json(r#"[{"id":"c","title":"Bakery burns"},{"id":"d","title":"Tram derails"},{}]"#);
    server.get("/nope");
    (directory, server)
}

/// Names of the metrics in an exposition.
fn exported(metrics: &str) -> BTreeSet<String> {
    let names = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    names.map(str::to_owned).collect()
}

/// Names of metrics in a text; the series of a histogram count as its name.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names = words.filter(|word| word.starts_with("slugline_"));
    let series = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let base = parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        base.to_owned()
    };
    names.map(series).collect()
}

fn document(name: &str) -> String {
    fs::read_to_string(format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn gauges_tell_of_the_collection() {
    let (_directory, server) = busy_service();
    let metrics = server.get("/metrics").text().to_owned();
    for line in [
        "slugline_ready 1",
        "slugline_headlines 4",
        "slugline_stories 1",
        "slugline_topics 1",
        "slugline_largest_topic_share 0.5",
        "slugline_singleton_share 0.5",
        "slugline_version 4",
        "slugline_last_entry 4",
        "slugline_api_keys 0",
        "slugline_clients 1",
        "slugline_checkpoint_seconds_count 1",
        "slugline_checkpoint_errors_total 0",
        r#"slugline_store_errors_total{kind="full"} 0"#,
        r#"slugline_store_errors_total{kind="failed"} 0"#,
        r#"slugline_problems_total{code="not-found"} 1"#,
        concat!(r#"slugline_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
}

#[test]
fn the_documents_name_the_metrics_that_there_are() {
    let (_directory, server) = busy_service();
    let exported = exported(server.get("/metrics").text());
    assert!(exported.len() > 20, "{exported:?}");
    assert_eq!(named(&document("operations.md")), exported);

    let dashboard: Value = serde_json::from_str(&document("grafana/slugline.json")).unwrap();
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let names = named(target["expr"].as_str().unwrap());
            assert!(!names.is_empty(), "{target}");
            shown.extend(names);
        }
    }
    let unknown: Vec<_> = shown.difference(&exported).collect();
    assert!(unknown.is_empty() && shown.len() > 15, "{unknown:?}");
}

#[test]
fn the_log_of_a_batch_names_the_request_that_brought_it() {
    let server = Server::start_with(|command| {
        command.args(["--log", "debug", "--log-format", "json"]);
    });
    let headers = [("content-type", "text/plain"), ("x-request-id", "wire-42")];
    server.post_with("/v1/headlines", &headers, "Kites over the pier\n");
    let log = server.log();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let batch = lines.into_iter().find(|line| line["message"] == "headlines placed").unwrap();
    let spans = batch["spans"].as_array().unwrap();
    let names: Vec<_> = spans.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["request", "batch", "apply"]);
    assert_eq!((&spans[0]["request_id"], &spans[1]["requests"]), (&"wire-42".into(), &1.into()));
}
