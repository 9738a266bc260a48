//! What was acknowledged is kept: over restarts, and whatever happens to the files.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use slugline::store::{Body, NewEntry, SqliteStore, Store};
use support::disk::{Mount, fill, mount};
use support::sqlite::{database, sql};
use support::{Server, run, slugline};
use tempfile::TempDir;

const NEWS: [&str; 3] = [
    r#"[{"id":"dp-1","title":"Harbour strike enters second week","source":"Dock Post","lang":"en"},
        {"id":"ie-7","title":"Dockers walk out as harbour strike spreads","url":"https://echo.example/7"},
        {"id":"tn-1","title":"Owl nests in tram depot","time":"2025-12-01T08:00:00Z"}]"#,
    r#"[{"id":"ie-9","title":"Ferries idle as harbour strike drags on"},
        {"id":"tn-2","title":"Tram depot closes for nesting owl"},{"id":"dp-1","title":"Harbour strike again"}]"#,
    r#"{"title":"Harbour strike: talks between dockers and owners fail"}"#,
];

/// All that readers see of a collection: the status without what belongs to the process, the
/// topics, the headlines, the events.
fn seen(server: &Server) -> [Value; 4] {
    let mut status = server.get("/v1/status").json();
    for field in ["started_at", "uptime_seconds"] {
        status.as_object_mut().unwrap().remove(field);
    }
    let topics = server.get("/v1/topics?limit=500").json();
    let of_topic =
        |topic: &Value| server.get(&format!("/v1/topics/{}", topic["id"].as_str().unwrap())).json();
    let details = topics["topics"].as_array().unwrap().iter().map(of_topic).collect();
    let placed = |id| Some(server.get(&format!("/v1/headlines/{id}"))).filter(|answer| answer.status == 200);
    let headlines = ["dp-1", "ie-7", "tn-1", "ie-9", "tn-2"].map(|id| placed(id).map(|answer| answer.json()));
    [status, details, json!(headlines), server.get("/v1/events?since=0").json()]
}

/// A data directory with the news in it, and what a reader saw before the service stopped.
fn kept() -> (TempDir, [Value; 4]) {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    for batch in NEWS {
        assert_eq!(server.post_json(batch).status, 200);
    }
    let before = seen(&server);
    server.stop();
    (directory, before)
}

#[test]
fn a_restart_keeps_everything() {
    let (directory, before) = kept();
    assert_eq!((&before[0]["headlines"], &before[0]["last_entry"]), (&json!(6), &json!(6)));
    assert_eq!((&before[0]["version"], &before[0]["store"]), (&json!(6), &json!("sqlite")));
    for _ in 0..2 {
        let server = Server::start_in(directory.path());
        assert!(server.log().contains("collection restored") && server.log().contains("headlines=6"));
        assert_eq!(seen(&server), before);
        let again = server.post_json(NEWS[1]);
        assert_eq!(again.verdicts(), ["duplicate", "duplicate", "duplicate"]);
        assert_eq!(seen(&server), before);
        server.stop();
    }
}

#[test]
fn a_deletion_outlasts_a_restart_and_the_log_can_be_verified() {
    let (directory, before) = kept();
    let server = Server::start_in(directory.path());
    assert_eq!(server.delete("/v1/headlines/ie-7").status, 204);
    server.delete("/v1/headlines/ie-7").assert_problem(404, "headline-not-found");
    let after = seen(&server);
    assert_eq!((&after[0]["headlines"], &after[0]["last_entry"]), (&json!(5), &json!(7)));
    assert_ne!(after[0]["state_hash"], before[0]["state_hash"]);
    server.stop();
    let server = Server::start_in(directory.path());
    assert_eq!(seen(&server), after);
    assert!(!after[1].to_string().contains("echo.example/7"));
    server.stop();
    let config = directory.path().join("slugline.toml");
    fs::write(&config, "[clustering]\nwindow_days = 0.0\n").unwrap();
    let verify = |directory: &Path| {
        let mut command = slugline();
        command.args(["replay", "--verify"]).arg(directory).arg("--config").arg(&config);
        run(&mut command, b"")
    };
    let output = verify(directory.path());
    let told = String::from_utf8(output.stdout).unwrap();
    let hash = after[0]["state_hash"].as_str().unwrap();
    assert_eq!(told.matches(hash).count(), 2, "{told}");
    assert!(output.status.success());
    sql(directory.path(), "UPDATE entry SET body = replace(body, 'Owl', 'Ox') WHERE id = 'tn-1'");
    let output = verify(directory.path());
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not agree with the log"));
}

#[test]
fn edits_outlast_restarts_and_the_log_can_be_verified() {
    let (directory, _) = kept();
    let server = Server::start_in(directory.path());
    let topic = server.get("/v1/headlines/dp-1").json()["topic"].as_str().unwrap().to_owned();
    let amended = server.patch(&format!("/v1/topics/{topic}"), &json!({"label": "Docks", "pinned": true}));
    assert_eq!(amended.status, 200, "{}", amended.text());
    let judgement = json!({"a": "dp-1", "b": "tn-1", "verdict": "same", "level": "topic", "author": "Ada"});
    assert_eq!(server.post("/v1/judgements", "application/json", judgement.to_string()).status, 200);
    assert_eq!(server.post("/v1/edits/1/undo", "application/json", "").status, 200);
    server.patch(&format!("/v1/topics/{topic}"), &json!({"label": "Quays"}));
    server.post_json(r#"{"id":"ie-11","title":"Harbour strike talks resume"}"#);
    let after = (seen(&server), server.get("/v1/edits").json());
    assert_eq!((&after.1["last"], &after.1["edits"][1]["author"]), (&json!(4), &json!("Ada")));
    server.signal("KILL");
    drop(server);
    for _ in 0..2 {
        let server = Server::start_in(directory.path());
        assert_eq!((seen(&server), server.get("/v1/edits").json()), after);
        server.stop();
    }
    let config = directory.path().join("slugline.toml");
    fs::write(&config, "[clustering]\nwindow_days = 0.0\n").unwrap();
    let mut command = slugline();
    command.args(["replay", "--verify"]).arg(directory.path()).arg("--config").arg(&config);
    let output = run(&mut command, b"");
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told.matches(after.0[0]["state_hash"].as_str().unwrap()).count(), 2, "{told}");
}

#[test]
fn a_stop_in_order_leaves_a_closed_database() {
    let (directory, _) = kept();
    let mut names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["slugline.db", "slugline.lock"]);
}

/// Headlines enough to be clustered by several threads: every pairing of these, as one batch.
fn many() -> String {
    let subjects =
        ["Harbour", "Otter", "Lighthouse", "Tram", "Cheese", "Glacier", "Quarry", "Choir", "Orchard"];
    let objects = ["strike", "census", "sale", "tunnel", "fair", "museum", "flood", "festival", "harvest"];
    let ends = ["divides council", "draws crowds", "delayed by rain", "costs more than planned"];
    let pairs = subjects.iter().flat_map(|subject| objects.iter().map(move |object| (subject, object)));
    let titles = pairs.flat_map(|(subject, object)| ends.map(|end| format!("{subject} {object} {end}")));
    json!(titles.map(|title| json!({"title": title})).collect::<Vec<_>>()).to_string()
}

#[test]
fn the_state_is_the_same_at_any_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    assert_eq!(server.post_json(&many()).json()["counts"]["created"], 324);
    NEWS.iter().for_each(|batch| assert_eq!(server.post_json(batch).status, 200));
    let before = seen(&server);
    server.stop();
    for threads in ["1", "2", "8"] {
        let server = Server::launch(|command| {
            command.arg("--data-dir").arg(directory.path()).env("RAYON_NUM_THREADS", threads);
        });
        assert_eq!(seen(&server), before, "{threads} threads");
        server.stop();
    }
}

#[test]
fn a_collection_in_memory_leaves_no_trace_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server = Server::launch(|command| {
        command.arg("--memory").env("SLUGLINE_DATA_DIR", &data);
    });
    server.post_json(NEWS[0]);
    assert!(server.log().contains("lost when the service stops"));
    server.stop();
    assert!(!data.exists());
}

/// Starts the service where it cannot start; returns its one line.
fn refused(directory: &Path) -> String {
    let mut command = slugline();
    command.args(["serve", "--log=off", "--bind=127.0.0.1:0", "--data-dir"]).arg(directory);
    let output = run(&mut command, b"");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("slugline: ") && message.trim_end().lines().count() == 1, "{message}");
    assert!(message.trim_end().ends_with("nothing was changed"), "{message}");
    message
}

#[test]
fn a_second_process_is_turned_away_and_the_first_not_disturbed() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    server.post_json(NEWS[0]);
    assert!(refused(directory.path()).contains("in use by another process"));
    assert_eq!(server.post_json(NEWS[1]).verdicts(), ["created", "created", "duplicate"]);
}

#[rstest]
#[case::truncated(|bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec())]
#[case::emptied(|_| Vec::new())]
#[case::overwritten(|bytes: Vec<u8>| (0..bytes.len()).map(|n| (n * 167 % 251) as u8).collect())]
#[case::overwritten_in_part(|mut bytes: Vec<u8>| { bytes[4_096..].fill(0xA5); bytes })]
fn a_damaged_database_is_refused_and_left_alone(#[case] damage: fn(Vec<u8>) -> Vec<u8>) {
    let (directory, before) = kept();
    let sound = fs::read(database(directory.path())).unwrap();
    let damaged = damage(sound.clone());
    fs::write(database(directory.path()), &damaged).unwrap();
    assert!(refused(directory.path()).contains("is damaged or no database"));
    assert_eq!(fs::read(database(directory.path())).unwrap(), damaged);
    fs::write(database(directory.path()), sound).unwrap();
    assert_eq!(seen(&Server::start_in(directory.path())), before);
}

#[rstest]
#[case("PRAGMA user_version = 99", "PRAGMA user_version = 3", "use a newer slugline")]
#[case(
    "UPDATE entry SET kind = 'merge' WHERE seq = 6",
    "UPDATE entry SET kind = 'headline' WHERE seq = 6",
    "`merge`"
)]
fn what_a_newer_version_wrote_is_refused_and_left_alone(
    #[case] change: &'static str,
    #[case] undo: &'static str,
    #[case] part: &str,
) {
    let (directory, before) = kept();
    sql(directory.path(), change);
    let message = refused(directory.path());
    assert!(message.contains("newer slugline") && message.contains(part), "{message}");
    sql(directory.path(), undo);
    assert_eq!(seen(&Server::start_in(directory.path())), before);
}

#[test]
fn an_entry_that_this_version_does_not_apply_is_refused() {
    let (directory, _) = kept();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let collection = store.collections().unwrap().remove(0);
    let edit = NewEntry { at: Timestamp::now(), body: Body::Edit(json!({"rename": "Strike"})) };
    store.append(&collection, &[edit]).unwrap();
    drop(store);
    assert!(
        refused(directory.path())
            .contains("entry 7 of the log is no headline, deletion or edit that this program knows")
    );
    assert_eq!(SqliteStore::open(directory.path()).unwrap().last_seq(&collection).unwrap(), 7);
}

#[test]
fn a_file_in_place_of_the_directory_is_refused_and_left_alone() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "minutes of the council").unwrap();
    assert!(refused(file.path()).contains(file.path().to_str().unwrap()));
    assert_eq!(fs::read(file.path()).unwrap(), b"minutes of the council");
}

#[test]
fn a_read_only_directory_is_refused() {
    let Some(disk) = Mount::new("4m") else { return };
    Server::start_in(disk.path()).stop();
    assert!(mount(disk.path(), &["-o", "remount,ro"]));
    assert!(refused(disk.path()).contains("cannot be written"));
}

/// Asks until the service is ready again, for as long as that may take.
fn wait_until_ready(server: &Server) {
    while server.get("/health/ready").status != 200 {
        std::thread::yield_now();
    }
}

#[test]
fn a_full_disk_turns_headlines_away_and_serves_what_is_there() {
    let Some(disk) = Mount::new("4m") else { return };
    let server = Server::start_in(disk.path());
    server.post_json(NEWS[0]);
    let before = seen(&server);
    let ballast = fill(&disk);
    let items: Vec<Value> = (0..200)
        .map(|n| json!({"id": format!("n-{n}"), "title": format!("Ward {n} counts its votes once more")}))
        .collect();
    let many = json!(items).to_string();
    for _ in 0..2 {
        let answer = server.post_json(&many);
        answer.assert_problem(507, "storage-full");
        assert_eq!(answer.header("retry-after"), "30");
        // Asking twice gives the writer time to find that nothing has changed.
        for _ in 0..2 {
            let health = server.get("/health/ready");
            assert_eq!((health.status, &health.json()["status"]), (503, &json!("read-only")));
        }
        assert_eq!(seen(&server), before);
    }
    assert_eq!(server.post_json(r#"{"id":"dp-1","title":"Known already"}"#).verdicts(), ["duplicate"]);
    fs::remove_file(ballast).unwrap();
    wait_until_ready(&server);
    assert_eq!(server.post_json(&many).json()["counts"]["created"], 200);
    let after = seen(&server);
    server.stop();
    assert_eq!(seen(&Server::start_in(disk.path())), after);
}

#[test]
fn a_batch_that_the_store_refuses_is_not_applied() {
    let (directory, before) = kept();
    sql(
        directory.path(),
        "CREATE TRIGGER refuse BEFORE INSERT ON entry WHEN NEW.id LIKE 'bad%' \
         BEGIN SELECT RAISE(ABORT, 'refused'); END",
    );
    let server = Server::start_in(directory.path());
    let half_bad = r#"[{"id":"good","title":"Bridge reopens"},{"id":"bad","title":"Bridge closes"}]"#;
    for _ in 0..2 {
        let answer = server.post_json(half_bad);
        answer.assert_problem(503, "storage-failed");
        assert_eq!(answer.header("retry-after"), "30");
        assert_eq!(server.get("/health/ready").json()["status"], "read-only");
        server.get("/v1/headlines/good").assert_problem(404, "headline-not-found");
        assert_eq!(seen(&server), before);
        wait_until_ready(&server);
    }
    assert!(server.log().contains("refused"));
    assert_eq!(server.post_json(r#"{"id":"good","title":"Bridge reopens"}"#).verdicts(), ["created"]);
    let after = seen(&server);
    server.stop();
    assert_eq!(seen(&Server::start_in(directory.path())), after);
}
