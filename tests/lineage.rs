//! Permanent ids over HTTP: events, what became of an id, stories, and topics as they were.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use serde_json::{Value, json};
use support::Server;

fn post(server: &Server, titles: &[&str]) {
    let headline = |title: &&str| json!({"title": title, "time": "2025-12-01T08:00:00Z", "lang": "en"});
    let body: Vec<Value> = titles.iter().map(headline).collect();
    server.post_json(&serde_json::to_string(&body).unwrap()).verdicts();
}

/// Two topics that later headlines bring together.
fn merged() -> Server {
    let server = Server::start();
    post(
        &server,
        &[
            "Harbour strike enters second week",
            "Harbour strike: dockers vote to go on",
            "Harbour strike hits coal imports",
            "Orchard blight spreads in the valley",
            "Orchard blight: growers ask for aid",
        ],
    );
    post(
        &server,
        &[
            "Orchard blight and harbour strike leave markets short of apples",
            "Harbour strike and orchard blight: apples grow dear",
            "Growers hit by orchard blight and harbour strike ask for aid",
            "Harbour strike strands the valley's apples as orchard blight spreads",
            "Dockers spare apples: harbour strike eases for orchard blight growers",
        ],
    );
    server
}

fn events(server: &Server, path: &str) -> Vec<Value> {
    server.get(path).json()["events"].as_array().unwrap().clone()
}

/// The first event of a kind at the level of topics.
fn first_of(server: &Server, kind: &str) -> Value {
    let found = events(server, "/v1/events?limit=500");
    let found = found.iter().find(|event| event["kind"] == kind && event["level"] == "topic");
    found.unwrap_or_else(|| panic!("nothing was {kind}: {:#?}", events(server, "/v1/events"))).clone()
}

#[test]
fn a_merged_topic_answers_with_where_it_went() {
    let server = merged();
    let merger = first_of(&server, "merged");
    let (id, into) = (merger["id"].as_str().unwrap(), merger["into"].as_str().unwrap());
    assert_eq!((merger["size"].as_u64(), merger["moved"]["count"].as_u64()), (Some(0), Some(3)));
    let ended = server.get(&format!("/v1/topics/{id}"));
    assert_eq!(ended.status, 200);
    let wanted = json!({
        "id": id, "label": merger["label"], "state": "merged", "merged_into": into, "living": [into],
    });
    assert_eq!(ended.json(), wanted);
    let living = server.get(&format!("/v1/topics/{into}")).json();
    assert_eq!((living["id"].as_str(), living["state"].as_str()), (Some(into), Some("active")));
    assert_eq!(living["size"], 10);
    let life = events(&server, &format!("/v1/topics/{id}/events"));
    assert_eq!(life.iter().map(|event| &event["kind"]).collect::<Vec<_>>(), ["born", "grown", "merged"]);
    assert!(events(&server, &format!("/v1/topics/{into}/events")).contains(&merger));
}

#[test]
fn events_come_in_order_a_page_at_a_time() {
    let server = merged();
    let all = events(&server, "/v1/events");
    let numbers: Vec<u64> = all.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
    let mut paged = Vec::new();
    let mut since = 0;
    loop {
        let page = server.get(&format!("/v1/events?since={since}&limit=2")).json();
        assert_eq!((page["last"].as_u64(), page["limit"].as_u64()), (Some(all.len() as u64), Some(2)));
        let found = page["events"].as_array().unwrap();
        since = page["next"].as_u64().unwrap();
        if found.is_empty() {
            break;
        }
        paged.extend(found.iter().cloned());
    }
    assert_eq!((since as usize, paged), (all.len(), all));
    assert!(events(&server, "/v1/events?since=18446744073709551615").is_empty());
    for query in ["since=-1", "since=x", "limit=0", "limit=501", "after=1"] {
        server.get(&format!("/v1/events?{query}")).assert_problem(400, "invalid-query");
        server.get(&format!("/v1/topics/t-000001/events?{query}")).assert_problem(400, "invalid-query");
    }
}

#[test]
fn topics_are_listed_as_they_were() {
    let server = merged();
    let listed = |query: &str| -> Vec<Value> {
        let page = server.get(&format!("/v1/topics{query}")).json();
        let topics = page["topics"].as_array().unwrap();
        assert_eq!(page["total"], topics.len());
        topics
            .iter()
            .map(|topic| json!([topic["id"], topic["label"], topic["size"], topic["state"]]))
            .collect()
    };
    let last = events(&server, "/v1/events?limit=500").last().unwrap().clone();
    assert_eq!(listed(&format!("?as_of={}", last["number"])), listed(""));
    assert_eq!(listed("?as_of=9999-01-01T00:00:00Z"), listed(""));
    let mut of_first = events(&server, "/v1/events?limit=500");
    of_first.retain(|event| event["version"].as_u64() <= Some(5));
    let [.., end] = &of_first[..] else { panic!("no events") };
    let then = listed(&format!("?as_of={}", end["number"]));
    assert_eq!(then.iter().map(|topic| &topic[2]).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(listed(&format!("?as_of={}", end["at"].as_str().unwrap())), then);
    assert!(listed("?as_of=0").is_empty() && listed("?as_of=1999-12-31T00:00:00Z").is_empty());
    let beyond = last["number"].as_u64().unwrap() + 1;
    for as_of in [beyond.to_string().as_str(), "yesterday", "-1", ""] {
        server.get(&format!("/v1/topics?as_of={as_of}")).assert_problem(400, "invalid-query");
    }
}

#[test]
fn what_left_the_window_is_read_from_the_store() {
    let server = Server::start_with(|command| {
        command.arg("--window-days=30");
    });
    let post = |titles: &[&str], time: &str| {
        let item = |title: &&str| json!({"id": title.replace([' ', ':'], "-"), "title": title, "time": time, "lang": "en"});
        let body: Vec<Value> = titles.iter().map(item).collect();
        server.post_json(&serde_json::to_string(&body).unwrap()).verdicts();
    };
    let old = ["Harbour strike enters second week", "Harbour strike: dockers vote to go on"];
    post(&old, "2025-10-01T08:00:00Z");
    let topic = server.get("/v1/topics").json()["topics"][0]["id"].as_str().unwrap().to_owned();
    post(
        &["Owl nests in tram depot", "Tram depot closed for owl", "Owl chicks hatch"],
        "2025-12-01T08:00:00Z",
    );
    assert_eq!(server.get("/v1/status").json()["headlines"], 3);
    let ended = server.get(&format!("/v1/topics/{topic}")).json();
    assert_eq!((&ended["state"], &ended["archived"]["size"]), (&json!("archived"), &json!(2)), "{ended}");
    assert_eq!(ended["archived"]["first_seen"], "2025-10-01T08:00:00Z");
    let story = ended["archived"]["stories"][0].as_str().unwrap();
    let story = server.get(&format!("/v1/stories/{story}")).json();
    assert_eq!(
        (&story["archived"]["topic"], &story["archived"]["headlines"][0]["text"]),
        (&json!(topic), &json!(old[0]))
    );
    let headline = server.get("/v1/headlines/Harbour-strike-enters-second-week").json();
    assert_eq!((&headline["text"], &headline["topic"]), (&json!(old[0]), &Value::Null));
}

#[test]
fn a_story_is_told_with_its_topic_and_its_life() {
    let server = merged();
    let born = events(&server, "/v1/events?limit=500");
    let born = born.iter().find(|event| event["level"] == "story").unwrap();
    let id = born["id"].as_str().unwrap();
    let story = server.get(&format!("/v1/stories/{id}")).json();
    assert_eq!((story["id"].as_str(), story["state"].as_str()), (Some(id), Some("active")));
    let topic = server.get(&format!("/v1/topics/{}", story["topic"].as_str().unwrap())).json();
    assert!(topic["stories"].as_array().unwrap().iter().any(|listed| listed["id"] == id));
    assert_eq!(&events(&server, &format!("/v1/stories/{id}/events"))[0], born);
}

#[test]
fn an_id_never_issued_is_not_found_at_either_level() {
    let server = merged();
    for id in ["t-zzzzzz", "t-000000", "t-1", "s-000001"] {
        server.get(&format!("/v1/topics/{id}")).assert_problem(404, "topic-not-found");
        server.get(&format!("/v1/topics/{id}/events")).assert_problem(404, "topic-not-found");
    }
    for id in ["s-zzzzzz", "t-000001"] {
        server.get(&format!("/v1/stories/{id}")).assert_problem(404, "story-not-found");
        server.get(&format!("/v1/stories/{id}/events")).assert_problem(404, "story-not-found");
    }
}

#[test]
fn a_topic_without_news_is_dormant() {
    let server = Server::start();
    let post = |day: u32, titles: &[&str]| {
        let headline =
            |title: &&str| json!({"title": title, "time": format!("2025-12-{day:02}"), "lang": "en"});
        let body: Vec<Value> = titles.iter().map(headline).collect();
        server.post_json(&serde_json::to_string(&body).unwrap()).verdicts();
    };
    post(1, &["Harbour strike enters second week", "Harbour strike: dockers vote to go on"]);
    post(9, &["Orchard blight spreads in the valley"]);
    let dormant = first_of(&server, "dormant");
    let id = dormant["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/topics/{id}")).json()["state"], "dormant");
    assert_eq!(server.get("/v1/topics?as_of=1").json()["topics"][0]["state"], "active");
    post(9, &["Harbour strike: dockers go back to work"]);
    assert_eq!(first_of(&server, "revived")["id"], id);
}
