//! Corrections by hand over HTTP: what they answer, who made them, what is refused.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use rstest::rstest;
use serde_json::{Value, json};
use support::news::{at, start};
use support::{Answer, Server};

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    server.post(path, "application/json", body.to_string())
}

#[track_caller]
fn made(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_topic_is_named_and_pinned_and_its_edits_are_listed() {
    let server = start();
    let id = at(&server, "h1", "topic");
    let path = format!("/v1/topics/{id}");
    let before = server.get(&path).json();
    assert_eq!(before["pinned"], false);
    let body =
        json!({"label": "Dock dispute", "pinned": true, "author": "Ada", "reason": "As the papers say"});
    let foretold = made(&server.patch(&format!("{path}?dry_run=true"), &body));
    assert_eq!((&foretold["dry_run"], &foretold["edit"]["number"]), (&json!(true), &json!(1)));
    assert_eq!(server.get(&path).json(), before, "a dry run changes nothing");
    assert_eq!(server.get("/v1/edits").json()["edits"], json!([]));

    let done = made(&server.patch(&path, &body));
    assert_eq!((&done["dry_run"], &done["events"][0]["edit"]), (&json!(false), &json!(1)));
    let after = server.get(&path).json();
    assert_eq!((&after["label"], &after["pinned"]), (&json!("Dock dispute"), &json!(true)));
    let edits = server.get(&format!("/v1/edits?id={id}")).json();
    let edit = &edits["edits"][0];
    assert_eq!((&edits["last"], &edits["next"]), (&json!(1), &json!(1)));
    for (field, value) in [
        ("number", json!(1)),
        ("author", json!("Ada")),
        ("reason", json!("As the papers say")),
        ("state", json!("in_force")),
        ("kind", json!("amend")),
        ("label", json!("Dock dispute")),
        ("pinned", json!(true)),
    ] {
        assert_eq!(edit[field], value, "{field}");
    }
    assert_eq!(server.get("/v1/edits?id=t-00zzzz").json()["edits"], json!([]));
    let renamed = server.get(&format!("{path}/events")).json();
    let renamed = renamed["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["kind"] == "renamed")
        .unwrap()
        .clone();
    assert_eq!((&renamed["edit"], &renamed["from"]), (&json!(1), &before["label"]));

    made(&server.patch(&path, &json!({"label": null})));
    assert_eq!(server.get(&path).json()["label"], before["label"]);
    let undone = made(&post(&server, "/v1/edits/2/undo", &json!({"author": "Bo"})));
    assert_eq!(undone["edit"]["edit"], 2);
    assert_eq!(server.get(&path).json()["label"], "Dock dispute");
    let second = server.get("/v1/edits/2").json();
    assert_eq!((&second["state"], &second["undone_by"]), (&json!("undone"), &json!(3)));
    let page = server.get("/v1/edits?since=1&limit=1").json();
    assert_eq!((&page["next"], &page["edits"][0]["number"]), (&json!(2), &json!(2)));
    post(&server, "/v1/edits/2/undo", &json!({})).assert_problem(409, "already-undone");
    server.post("/v1/edits/3/undo", "text/plain", "").assert_problem(409, "not-undoable");
}

#[test]
fn topics_are_merged_and_split() {
    let server = start();
    let (into, from) = (at(&server, "h1", "topic"), at(&server, "w1", "topic"));
    let merge = format!("/v1/topics/{into}/merge");
    let body = json!({"from": [from]});
    let foretold = made(&post(&server, &format!("{merge}?dry_run=true"), &body));
    let done = made(&post(&server, &merge, &body));
    for field in ["headlines_moved", "born", "ended", "event_count"] {
        assert_eq!(done[field], foretold[field], "{field}");
    }
    assert_eq!((&done["headlines_moved"], &done["ended"]), (&json!(3), &json!([from])));
    let ended = server.get(&format!("/v1/topics/{from}")).json();
    assert_eq!((&ended["state"], &ended["merged_into"]), (&json!("merged"), &json!(into)));
    server.patch(&format!("/v1/topics/{from}"), &json!({"label": "Owls"})).assert_problem(409, "ended");

    let body = json!({"headlines": ["w1", "w2", "w3"], "label": "Owls"});
    let done = made(&post(&server, &format!("/v1/topics/{into}/split"), &body));
    let part = done["edit"]["made"].as_str().unwrap();
    assert!(done["born"].as_array().unwrap().contains(&json!(part)));
    assert_eq!(done["supersedes"], json!([1]));
    assert_eq!(server.get(&format!("/v1/topics/{part}")).json()["label"], "Owls");
    assert_eq!(at(&server, "w3", "topic"), part);
    assert_eq!(server.get("/v1/edits/1").json()["superseded_by"], 2);
}

#[test]
fn headlines_are_moved_and_judged() {
    let server = start();
    let story = at(&server, "w1", "story");
    made(&post(&server, "/v1/headlines/h2/move", &json!({"to": story})));
    assert_eq!(at(&server, "h2", "story"), story);
    made(&post(&server, "/v1/headlines/h2/move", &json!({"to": null})));
    assert_eq!(at(&server, "h2", "topic"), "");
    let judgement = json!({"a": "h1", "b": "w2", "verdict": "same", "level": "topic"});
    made(&post(&server, "/v1/judgements", &judgement));
    assert_eq!(at(&server, "h1", "topic"), at(&server, "w2", "topic"));
    let judgement = json!({"a": "h1", "b": "w2", "verdict": "not_same", "level": "topic"});
    let done = made(&post(&server, "/v1/judgements", &judgement));
    assert_eq!(done["supersedes"], json!([3]));
    assert_ne!(at(&server, "h1", "topic"), at(&server, "w2", "topic"));
}

#[rstest]
#[case("/v1/topics/TOPIC/merge", json!({"from": []}), 400, "empty-edit")]
#[case("/v1/topics/TOPIC/merge", json!({"from": ["TOPIC"]}), 400, "merge-with-itself")]
#[case("/v1/topics/TOPIC/merge", json!({"from": ["t-00zzzz"]}), 404, "topic-not-found")]
#[case("/v1/topics/TOPIC/merge", json!({"from": ["STORY"]}), 400, "invalid-edit")]
#[case("/v1/topics/TOPIC/merge", json!({"from": ["Owls"]}), 400, "invalid-edit")]
#[case("/v1/topics/TOPIC/merge", json!({"of": []}), 400, "invalid-edit")]
#[case("/v1/topics/t-00zzzz/merge", json!({"from": ["TOPIC"]}), 404, "topic-not-found")]
#[case("/v1/topics/STORY/merge", json!({"from": ["TOPIC"]}), 404, "topic-not-found")]
#[case("/v1/stories/s-00zzzz/split", json!({"headlines": ["h1"]}), 404, "story-not-found")]
#[case("/v1/topics/TOPIC/split", json!({}), 400, "empty-edit")]
#[case("/v1/topics/TOPIC/split", json!({"headlines": ["w1", "w2"]}), 409, "not-a-member")]
#[case("/v1/topics/TOPIC/split", json!({"headlines": ["h1"]}), 409, "too-small")]
#[case("/v1/topics/TOPIC/split", json!({"headlines": ["h1", "h2", "h3", "h4"]}), 409, "nothing-left")]
#[case("/v1/topics/TOPIC/split", json!({"headlines": ["h1", "h2"], "label": " "}), 400, "invalid-edit")]
#[case("/v1/headlines/h1/move", json!({}), 400, "invalid-edit")]
#[case("/v1/headlines/nobody/move", json!({"to": null}), 404, "headline-not-found")]
#[case("/v1/judgements", json!({"a": "h1", "b": "nobody", "verdict": "same", "level": "story"}), 404, "headline-not-found")]
#[case("/v1/judgements", json!({"a": "h1", "b": "h1", "verdict": "not_same", "level": "story"}), 409, "same-title")]
#[case("/v1/judgements", json!({"a": "h1", "b": "h2", "verdict": "perhaps", "level": "story"}), 400, "invalid-edit")]
#[case("/v1/edits/1/undo", json!({}), 404, "edit-not-found")]
#[case("/v1/edits/one/undo", json!({}), 404, "edit-not-found")]
#[case("/v1/edits/1/undo?dry=true", json!({}), 400, "invalid-query")]
fn what_cannot_be_meant_is_a_problem_of_its_own(
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = start();
    let ids = [("TOPIC", at(&server, "h1", "topic")), ("STORY", at(&server, "h1", "story"))];
    let filled = |text: String| ids.iter().fold(text, |text, (name, id)| text.replace(name, id));
    let before = server.get("/v1/status").json()["state_hash"].clone();
    server
        .post(&filled(path.to_owned()), "application/json", filled(body.to_string()))
        .assert_problem(status, code);
    assert_eq!(server.get("/v1/status").json()["state_hash"], before);
}

#[test]
fn a_pinned_topic_is_not_merged_away() {
    let server = start();
    let (id, other) = (at(&server, "h1", "topic"), at(&server, "w1", "topic"));
    made(&server.patch(&format!("/v1/topics/{id}"), &json!({"pinned": true})));
    let merge = format!("/v1/topics/{other}/merge");
    post(&server, &merge, &json!({"from": [id]})).assert_problem(409, "pinned");
    made(&server.patch(&format!("/v1/topics/{id}"), &json!({"pinned": false})));
    made(&post(&server, &merge, &json!({"from": [id]})));
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let server = start();
    let path = format!("/v1/topics/{}/merge", at(&server, "h1", "topic"));
    server.post(&path, "application/json", "{").assert_problem(400, "invalid-json");
    server.post(&path, "text/plain", "from=t-000001").assert_problem(415, "unsupported-media-type");
    server
        .patch(&format!("/v1/topics/{}", at(&server, "h1", "topic")), &json!({}))
        .assert_problem(400, "empty-edit");
    server.delete("/v1/topics/t-000001").assert_problem(405, "method-not-allowed");
}
