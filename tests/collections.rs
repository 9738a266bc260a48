//! Collections: created, filled, kept apart, exported and deleted, over HTTP and over restarts.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use support::disk::{Mount, fill};
use support::{Answer, Server, run, slugline};

const STRIKE: &str = r#"[
    {"id": "a", "title": "Harbour strike enters second week", "time": "2025-12-01T08:00:00Z"},
    {"id": "b", "title": "Dockers walk out as harbour strike spreads", "time": "2025-12-01T09:00:00Z"},
    {"id": "c", "title": "Harbour strike: talks between dockers and owners fail", "time": "2025-12-01T10:00:00Z"}
]"#;
const OWLS: &str = r#"[
    {"id": "a", "title": "Owl chicks hatch in clock tower", "time": "2025-12-02T08:00:00Z"},
    {"id": "o", "title": "Clock tower owl chicks draw crowds", "time": "2025-12-02T09:00:00Z"}
]"#;

fn create(server: &Server, name: &str, settings: &Value) -> Answer {
    let body = json!({"name": name, "settings": settings}).to_string();
    server.post("/v1/collections", "application/json", body)
}

/// Creates a collection that must be taken.
#[track_caller]
fn created(server: &Server, name: &str, settings: &Value) -> Value {
    let answer = create(server, name, settings);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("location"), format!("/v1/collections/{name}"));
    answer.json()
}

fn post(server: &Server, name: &str, headlines: &str) -> Answer {
    server.post(&format!("/v1/collections/{name}/headlines"), "application/json", headlines)
}

/// Labels of the topics of a collection, largest first.
fn labels(server: &Server, name: &str) -> Vec<String> {
    let page = server.get(&format!("/v1/collections/{name}/topics")).json();
    let topics = page["topics"].as_array().unwrap();
    topics.iter().map(|topic| topic["label"].as_str().unwrap().to_owned()).collect()
}

fn names(server: &Server) -> Vec<String> {
    let list = server.get("/v1/collections").json();
    let collections = list["collections"].as_array().unwrap();
    collections.iter().map(|collection| collection["name"].as_str().unwrap().to_owned()).collect()
}

fn state(server: &Server, name: &str) -> Value {
    server.get(&format!("/v1/collections/{name}/status")).json()["state_hash"].clone()
}

#[test]
fn collections_are_created_listed_and_kept_apart() {
    let server = Server::start();
    let collection = created(&server, "birds", &json!({}));
    assert!(collection["created_at"].is_string());
    let settings = json!({
        "window_days": 0.0, "granularity": {"stories": 1.0, "topics": 1.0}, "language": null,
        "stop_words": [], "clustering_exclusions": [], "label_exclusions": [],
    });
    assert_eq!(collection["settings"], settings);
    assert_eq!(server.post_json(STRIKE).verdicts(), ["created"; 3]);
    assert_eq!(post(&server, "birds", OWLS).verdicts(), ["created"; 2]);
    assert_eq!(names(&server), ["default", "birds"]);
    let list = server.get("/v1/collections").json();
    let counts = |at: usize| {
        let collection = &list["collections"][at];
        (collection["headlines"].clone(), collection["stories"].clone(), collection["topics"].clone())
    };
    assert_eq!((counts(0).0, counts(1)), (json!(3), (json!(2), json!(1), json!(1))));
    assert_eq!(list["collections"][1], server.get("/v1/collections/birds").json());
    // The same id, in each collection another headline.
    let text = |path: &str| server.get(path).json()["text"].clone();
    assert_eq!(text("/v1/headlines/a"), "Harbour strike enters second week");
    assert_eq!(text("/v1/collections/birds/headlines/a"), "Owl chicks hatch in clock tower");
    let (mine, theirs) = (labels(&server, "birds"), labels(&server, "default"));
    assert!(mine.len() == 1 && mine[0].to_lowercase().contains("owl"), "{mine:?}");
    assert!(theirs.iter().all(|label| label.to_lowercase().contains("strike")), "{theirs:?}");
    server.get("/v1/collections/birds/headlines/c").assert_problem(404, "headline-not-found");
    // Where the log begins with settings, entries count from two.
    let status = server.get("/v1/collections/birds/status").json();
    assert_eq!((&status["headlines"], &status["last_entry"]), (&json!(2), &json!(3)));
}

#[test]
fn every_route_serves_any_collection() {
    let server = Server::start();
    created(&server, "strike", &json!({}));
    server.post_json(STRIKE);
    post(&server, "strike", STRIKE);
    let document = server.get("/openapi.json").json();
    let mut compared = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(rest) = path.strip_prefix("/v1/collections/{collection}/") else { continue };
        // Other state, other addresses, another order of the same events in time, no end, or nothing there.
        let differs = [
            "status",
            "why",
            "stream",
            "feed.",
            "feeds/",
            "events",
            "changes",
            "edits/",
            "standing/",
            "webhooks/",
        ];
        if item["get"].is_null() || differs.iter().any(|part| rest.contains(part)) {
            continue;
        }
        let rest = rest.replace("topics/{id}", "topics/t-000001").replace("stories/{id}", "stories/s-000001");
        let rest = rest.replace("{id}", "a");
        let one = server.get(&format!("/v1/{rest}"));
        let other = server.get(&format!("/v1/collections/strike/{rest}"));
        assert_eq!((one.status, one.text()), (200, other.text()), "{rest}");
        compared += 1;
    }
    assert!(compared > 7, "{compared}");
    for path in ["headlines/a/why", "topics/t-000001/events", "stories/s-000001/events", "events", "changes"]
    {
        let answer = server.get(&format!("/v1/collections/strike/{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let feed = server.get("/v1/collections/strike/topics/t-000001/feed.json").json();
    let address = feed["feed_url"].as_str().unwrap();
    assert!(address.ends_with("/v1/collections/strike/topics/t-000001/feed.json"), "{address}");
    let items = feed["items"].to_string();
    assert!(items.contains("/v1/collections/strike/headlines/a"), "{items}");
    assert!(items.contains("urn:slugline:strike:headline:a"), "{items}");
    assert_eq!(server.delete("/v1/collections/strike/headlines/a").status, 204);
    assert_eq!(server.get("/v1/headlines/a").status, 200);
    let clustered = server.post("/v1/collections/strike/cluster", "application/json", STRIKE).json();
    assert_eq!(clustered["counts"]["topics"], 1);
}

#[test]
fn what_is_not_there_or_of_no_use_is_refused_and_nothing_changes() {
    let server = Server::start_with(|command| {
        command.args(["--collections", "3"]);
    });
    for path in ["", "/topics", "/headlines/a", "/nope"] {
        let answer = server.get(&format!("/v1/collections/birds{path}"));
        answer.assert_problem(404, if path == "/nope" { "not-found" } else { "collection-not-found" });
    }
    post(&server, "birds", OWLS).assert_problem(404, "collection-not-found");
    server.delete("/v1/collections/birds").assert_problem(404, "collection-not-found");
    server.delete("/v1/collections/default").assert_problem(409, "default-collection");
    create(&server, "default", &json!({})).assert_problem(409, "collection-exists");
    for name in ["", "Birds", "-birds", "a/b", "a.b", "..", "ä", &"x".repeat(41)] {
        let problem = create(&server, name, &json!({})).assert_problem(400, "invalid-collection");
        assert!(problem["detail"].as_str().unwrap().contains("`name`"), "{problem}");
    }
    for (settings, part) in [
        (json!({"window_days": -1}), "`window_days` must be between 0 and 36500, not -1"),
        (json!({"granularity": {"stories": 0}}), "`granularity.stories` must be between 0.25 and 4, not 0"),
        (json!({"granularity": {"topics": 5}}), "`granularity.topics`"),
        (json!({"granularity": {"headlines": 1}}), "unknown field `headlines`"),
        (json!({"language": "english"}), "`language` must be a two-letter"),
        (json!({"stop_words": ["two words"]}), "`stop_words[0]` must be one word"),
        (json!({"clustering_exclusions": ["a", ""]}), "`clustering_exclusions[1]` must be one word"),
        (json!({"label_exclusions": ["!"]}), "`label_exclusions[0]` has no word in it"),
        (json!({"windowdays": 3}), "unknown field `windowdays`"),
        (json!({"stop_words": "live"}), "invalid type"),
    ] {
        let problem = create(&server, "birds", &settings).assert_problem(400, "invalid-collection");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    let send = |media: &str, body: &str| server.post("/v1/collections", media, body);
    send("application/json", "{").assert_problem(400, "invalid-json");
    send("application/json", " ").assert_problem(400, "empty-body");
    send("application/json", "{}").assert_problem(400, "invalid-collection");
    send("text/plain", "{}").assert_problem(415, "unsupported-media-type");
    assert_eq!(names(&server), ["default"]);
    created(&server, "birds", &json!({}));
    create(&server, "birds", &json!({})).assert_problem(409, "collection-exists");
    created(&server, "boats", &json!({}));
    let problem = create(&server, "bread", &json!({})).assert_problem(409, "too-many-collections");
    assert!(problem["detail"].as_str().unwrap().contains("limits.collections"), "{problem}");
    assert_eq!(server.delete("/v1/collections/birds").status, 204);
    created(&server, "bread", &json!({}));
    assert_eq!(names(&server), ["default", "boats", "bread"]);
}

#[test]
fn a_collection_of_a_deleted_name_is_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    created(&server, "birds", &json!({"stop_words": ["live"]}));
    post(&server, "birds", OWLS);
    assert!(directory.path().join("collections/birds/slugline.db").is_file());
    assert_eq!(server.delete("/v1/collections/birds").status, 204);
    assert_eq!(fs::read_dir(directory.path().join("collections")).unwrap().count(), 0);
    server.get("/v1/collections/birds/topics").assert_problem(404, "collection-not-found");
    let again = created(&server, "birds", &json!({}));
    assert_eq!((&again["headlines"], &again["settings"]["stop_words"]), (&json!(0), &json!([])));
    assert_eq!(post(&server, "birds", OWLS).verdicts(), ["created"; 2]);
}

#[test]
fn an_export_is_what_can_be_posted_again() {
    let server = Server::start();
    for name in ["birds", "copy"] {
        created(&server, name, &json!({}));
    }
    let mut headlines: Vec<Value> = serde_json::from_str(STRIKE).unwrap();
    headlines[1]["source"] = json!("Dock “Post”");
    headlines[1]["url"] = json!("https://dock.example/1?a=b");
    headlines[1]["lang"] = json!("en");
    headlines.push(json!({"title": "Line\u{2028}break and \"quotes\", commas; 東京"}));
    // More than is written at once.
    headlines.extend((0..1_200).map(|n| json!({"id": format!("n{n}"), "title": format!("Tide table {n}")})));
    assert_eq!(post(&server, "birds", &json!(headlines).to_string()).status, 200);
    server.delete("/v1/collections/birds/headlines/a");
    let export = server.get("/v1/collections/birds/export");
    assert_eq!((export.status, export.header("content-type")), (200, "application/x-ndjson"));
    assert_eq!(export.text().lines().count(), 1_203);
    let media = "application/x-ndjson";
    let taken = server.post("/v1/collections/copy/headlines", media, export.text());
    assert_eq!(taken.json()["counts"], json!({"created": 1_203, "duplicate": 0, "rejected": 0}));
    assert_eq!(server.get("/v1/collections/copy/export").text(), export.text());
    assert_eq!(server.get("/v1/export").text(), "");
    created(&server, "third", &json!({}));
    let ingest = |name: &str| {
        let mut command = slugline();
        command.args([
            "ingest",
            "-",
            "--to",
            &server.url(""),
            "--collection",
            name,
            "--input-format",
            "jsonl",
        ]);
        run(&mut command, &export.body)
    };
    assert!(ingest("third").status.success());
    assert_eq!(server.get("/v1/collections/third/export").text(), export.text());
    for (name, part) in [("fourth", "404"), ("no name", "is no name of a collection")] {
        let output = ingest(name);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(part), "{output:?}");
    }
}

/// A long run of headlines is deleted: the export goes on after it.
#[test]
fn an_export_goes_on_after_what_is_gone() {
    let server = Server::start();
    let headlines: Vec<Value> =
        (0..1_300).map(|n| json!({"id": format!("n{n}"), "title": format!("Tide table {n}")})).collect();
    server.post_json(&json!(headlines).to_string());
    for n in 0..1_100 {
        assert_eq!(server.delete(&format!("/v1/headlines/n{n}")).status, 204);
    }
    assert_eq!(server.get("/v1/export").text().lines().count(), 200);
}

#[test]
fn words_of_a_collection_count_for_less() {
    let server = Server::start();
    let shared = r#"[
        {"id": "a", "title": "Zorbex Update: ferries sail late"}, {"id": "b", "title": "Zorbex Update: mayor wins vote"},
        {"id": "c", "title": "Zorbex Update: owl chicks hatch"}, {"id": "d", "title": "Zorbex Update: bread prices rise"}
    ]"#;
    let words = json!(["zorbex", "Update"]);
    created(&server, "plain", &json!({}));
    created(&server, "stopped", &json!({"stop_words": words}));
    created(&server, "unread", &json!({"clustering_exclusions": words}));
    for name in ["plain", "stopped", "unread"] {
        post(&server, name, shared);
    }
    assert_eq!(labels(&server, "plain").len(), 1);
    assert_eq!(labels(&server, "stopped"), [""; 0]);
    assert_eq!(labels(&server, "unread"), [""; 0]);
    let rests_on = |name: &str| {
        let why = server.get(&format!("/v1/collections/{name}/headlines/a/why")).json();
        why["terms"].as_array().unwrap().iter().any(|share| share["term"] == "Zorbex")
    };
    assert!(rests_on("plain") && !rests_on("unread") && !rests_on("stopped"));
    // The same words when nothing is kept.
    let clustered = |name: &str| {
        server.post(&format!("/v1/collections/{name}/cluster"), "application/json", shared).json()["counts"]
            ["topics"]
            .clone()
    };
    assert_eq!((clustered("plain"), clustered("unread")), (json!(1), json!(0)));
}

#[test]
fn labels_leave_out_what_they_are_told_to() {
    let server = Server::start();
    for (name, excluded) in
        [("plain", json!([])), ("other", json!(["strike"])), ("third", json!(["harbour strike"]))]
    {
        created(&server, name, &json!({"label_exclusions": excluded}));
        post(&server, name, STRIKE);
    }
    let label = |name: &str| labels(&server, name).remove(0).to_lowercase();
    assert_eq!(label("plain"), "harbour strike");
    assert!(!label("other").contains("strike"), "{}", label("other"));
    assert!(!label("third").contains("harbour strike"), "{}", label("third"));
    for name in ["other", "third"] {
        let topic = server.get(&format!("/v1/collections/{name}/topics")).json()["topics"][0].clone();
        assert_eq!(topic["size"], 3, "what is said differs, not what is grouped");
        assert!(!topic["keywords"].to_string().to_lowercase().contains("harbour strike"), "{topic}");
    }
}

#[test]
fn headlines_have_the_language_of_their_collection_unless_they_have_one() {
    let server = Server::start();
    created(&server, "puerto", &json!({"language": "ES"}));
    let headlines = r#"[{"id": "a", "title": "Puerto"}, {"id": "b", "title": "Port", "lang": "fr"}]"#;
    post(&server, "puerto", headlines);
    server.post_json(headlines);
    let lang = |path: &str| server.get(path).json()["lang"].clone();
    assert_eq!(lang("/v1/collections/puerto/headlines/a"), "es");
    assert_eq!(lang("/v1/collections/puerto/headlines/b"), "fr");
    assert_eq!(lang("/v1/headlines/a"), Value::Null);
}

#[test]
fn granularity_and_window_are_those_of_the_collection() {
    let server = Server::start();
    let headlines = include_str!("../data/headlines.txt");
    let mut counts = Vec::new();
    for (name, factor) in [("fine", 0.25), ("usual", 1.0), ("coarse", 4.0)] {
        created(&server, name, &json!({"granularity": {"stories": factor, "topics": factor}}));
        let path = format!("/v1/collections/{name}/headlines");
        server.post(&path, "text/plain", headlines);
        counts.push(server.get(&format!("/v1/collections/{name}")).json()["topics"].as_u64().unwrap());
    }
    let distinct: BTreeSet<u64> = counts.iter().copied().collect();
    assert!(distinct.len() > 1, "{counts:?}");
    created(&server, "day", &json!({"window_days": 1.0}));
    let old: Vec<Value> = (1..9)
        .map(|day| json!({"id": format!("d{day}"), "title": format!("Tide table of day {day}"), "time": format!("2025-12-0{day}T08:00:00Z")}))
        .collect();
    let body = json!(old).to_string();
    post(&server, "day", &body);
    server.post_json(&body);
    let inside = |path: &str| server.get(path).text().lines().count();
    assert_eq!(inside("/v1/export"), 8);
    assert!(inside("/v1/collections/day/export") < 4);
}

#[test]
fn reading_writing_and_managing_need_their_scopes() {
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("keys.jsonl");
    let key = |scope: &str| {
        let mut command = slugline();
        let output =
            run(command.args(["key", "new", "--name", scope, "--scope", scope, "--append"]).arg(&keys), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let [read, write, admin] = ["read", "write", "admin"].map(key);
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&keys);
    });
    let send = |key: &str, path: &str, body: &str| {
        let authorization = format!("Bearer {key}");
        server.post_with(
            path,
            &[("content-type", "application/json"), ("authorization", &authorization)],
            body,
        )
    };
    let body = r#"{"name": "birds"}"#;
    send(&write, "/v1/collections", body).assert_problem(403, "missing-scope");
    assert_eq!(send(&admin, "/v1/collections", body).status, 201);
    send(&read, "/v1/collections/birds/headlines", OWLS).assert_problem(403, "missing-scope");
    assert_eq!(send(&write, "/v1/collections/birds/headlines", OWLS).status, 200);
    let authorization = format!("Bearer {read}");
    assert_eq!(
        server.get_with("/v1/collections/birds/topics", ("authorization", &authorization)).status,
        200
    );
    server.get("/v1/collections").assert_problem(401, "unauthorized");
    server.delete("/v1/collections/birds").assert_problem(401, "unauthorized");
}

#[test]
fn collections_are_there_after_a_restart_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_in(directory.path());
    let settings =
        json!({"stop_words": ["clock"], "granularity": {"topics": 1.5}, "label_exclusions": ["owl"]});
    created(&server, "birds", &settings);
    created(&server, "gone", &json!({}));
    post(&server, "birds", OWLS);
    post(&server, "gone", OWLS);
    server.post_json(STRIKE);
    assert_eq!(server.delete("/v1/collections/gone").status, 204);
    let before =
        (state(&server, "birds"), state(&server, "default"), server.get("/v1/collections/birds").json());
    let after = |server: &Server| {
        (state(server, "birds"), state(server, "default"), server.get("/v1/collections/birds").json())
    };
    #[cfg(unix)]
    server.signal("KILL");
    server.wait();
    leave_half_done(directory.path());
    let server = Server::start_in(directory.path());
    assert_eq!(names(&server), ["default", "birds"]);
    assert_eq!(after(&server), before);
    assert_eq!(fs::read_dir(directory.path().join("collections")).unwrap().count(), 1);
    // In order, with checkpoints.
    server.stop();
    let server = Server::start_in(directory.path());
    assert_eq!(after(&server), before);
    assert_eq!(labels(&server, "birds").len(), 1);
    assert!(!labels(&server, "birds")[0].to_lowercase().contains("owl"));
    server.stop();
    let config = directory.path().join("slugline.toml");
    fs::write(&config, "[clustering]\nwindow_days = 0.0\n").unwrap();
    let mut command = slugline();
    command.args(["replay", "--verify"]).arg(directory.path()).arg("--config").arg(&config);
    let output = run(&mut command, b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        text.contains("\ncollection         birds\nentries            3\nheadlines          2\n"),
        "{text}"
    );
    assert_eq!(text.matches(before.0.as_str().unwrap()).count(), 2, "{text}");
    let output =
        run(slugline().args(["serve", "--memory", "--data-dir"]).arg("x").arg("--collections=0"), b"");
    assert!(String::from_utf8_lossy(&output.stderr).contains("limits.collections must be between 1 and"));
}

/// What a kill leaves in the middle of a creation, and of a deletion that was not acknowledged.
fn leave_half_done(directory: &Path) {
    let folder = directory.join("collections");
    fs::create_dir(folder.join(".new-half")).unwrap();
    fs::write(folder.join(".new-half/slugline.db.new"), "half").unwrap();
    fs::create_dir(folder.join(".removed-old")).unwrap();
    fs::copy(folder.join("birds/slugline.db"), folder.join(".removed-old/slugline.db")).unwrap();
}

/// Creates and deletes collections until the service is gone. What was acknowledged: those that are there by name.
fn create_and_delete(server: &Server, first: usize, there: &mut BTreeSet<String>) -> Option<String> {
    for number in first.. {
        let name = format!("k{number}");
        let body = json!({"name": name}).to_string();
        let Some(answer) = server.try_post("/v1/collections", &body) else { return Some(name) };
        assert_eq!(answer.status, 201, "{}", answer.text());
        there.insert(name.clone());
        if number % 3 != 0 {
            let Some(answer) = server.try_delete(&format!("/v1/collections/{name}")) else {
                return Some(name);
            };
            assert_eq!(answer.status, 204, "{}", answer.text());
            there.remove(&name);
        }
    }
    None
}

#[cfg(unix)]
#[test]
fn creations_and_deletions_that_were_acknowledged_survive_a_kill_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let mut there = BTreeSet::new();
    let start = || {
        Server::launch(|command| {
            command.arg("--data-dir").arg(directory.path()).args(["--collections", "1000"]);
        })
    };
    for round in 0..8_usize {
        let mut server = start();
        let found: BTreeSet<String> = names(&server).into_iter().filter(|name| name != "default").collect();
        assert_eq!(found, there);
        let unsettled = std::thread::scope(|scope| {
            let client = scope.spawn(|| create_and_delete(&server, 100 * round, &mut there));
            std::thread::sleep(Duration::from_millis(40 + 23 * round as u64));
            server.signal("KILL");
            client.join().unwrap().unwrap()
        });
        server.wait();
        // The one that was not acknowledged is there as a whole or not at all.
        let server = start();
        if names(&server).contains(&unsettled) {
            assert_eq!(post(&server, &unsettled, OWLS).verdicts(), ["created"; 2]);
            there.insert(unsettled);
        } else {
            there.remove(&unsettled);
        }
    }
}

#[test]
fn what_cannot_be_stored_is_neither_created_nor_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    created(&server, "birds", &json!({}));
    post(&server, "birds", OWLS);
    let before = state(&server, "birds");
    // In the way of a deletion.
    let obstacle = directory.path().join("collections/.removed-birds");
    fs::write(&obstacle, "mine").unwrap();
    let problem = server.delete("/v1/collections/birds").assert_problem(503, "storage-failed");
    assert!(problem["detail"].as_str().unwrap().contains("they stay as they are"), "{problem}");
    assert_eq!((names(&server), state(&server, "birds")), (vec!["default".into(), "birds".into()], before));
    assert_eq!(post(&server, "birds", STRIKE).verdicts(), ["duplicate", "created", "created"]);
    fs::remove_file(obstacle).unwrap();
    assert_eq!(server.delete("/v1/collections/birds").status, 204);
    // In the way of a creation.
    let obstacle = directory.path().join("collections/.new-boats");
    fs::write(&obstacle, "mine").unwrap();
    create(&server, "boats", &json!({})).assert_problem(503, "storage-failed");
    assert_eq!(names(&server), ["default"]);
    fs::remove_file(obstacle).unwrap();
    created(&server, "boats", &json!({}));
}

#[cfg(unix)]
#[test]
fn a_full_disk_takes_no_collection_and_no_harm() {
    let Some(disk) = Mount::new("4m") else { return };
    let server = Server::start_in(disk.path());
    created(&server, "birds", &json!({}));
    let ballast = fill(&disk);
    create(&server, "boats", &json!({})).assert_problem(507, "storage-full");
    assert_eq!(names(&server), ["default", "birds"]);
    assert_eq!(fs::read_dir(disk.path().join("collections")).unwrap().count(), 1);
    fs::remove_file(ballast).unwrap();
    created(&server, "boats", &json!({}));
}

#[test]
fn a_collection_that_cannot_be_understood_is_named_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    created(&server, "birds", &json!({}));
    server.stop();
    let start = || {
        let mut command = slugline();
        let command = command.args(["serve", "--bind", "127.0.0.1:0", "--data-dir"]).arg(directory.path());
        let output = run(command, b"");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let database = directory.path().join("collections/birds/slugline.db");
    let aside = directory.path().join("aside");
    fs::rename(&database, &aside).unwrap();
    let message = start();
    assert!(message.contains("collections/birds/slugline.db is damaged"), "{message}");
    fs::copy(directory.path().join("slugline.db"), &database).unwrap();
    let message = start();
    assert!(message.contains("the settings of collection `birds` cannot be understood"), "{message}");
    fs::rename(&aside, &database).unwrap();
    assert_eq!(names(&Server::start_in(directory.path())), ["default", "birds"]);
}
