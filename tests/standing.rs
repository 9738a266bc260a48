//! Standing topics: what is in them, how they drift, and that they last.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use serde_json::{Value, json};
use support::Server;

const POSTED: [(&str, &str); 9] = [
    ("tw-1", "Taiwan scrambles jets as drills begin"),
    ("tw-2", "Drills near Taiwan enter second day"),
    ("tw-3", "Taipei says drills near island must stop"),
    ("hs-1", "Harbour strike enters second week"),
    ("hs-2", "Dockers walk out as harbour strike spreads"),
    ("hs-3", "Harbour strike: talks between dockers and owners fail"),
    ("ow-1", "Owl nests in tram depot"),
    ("ru-1", "Russia and Ukraine swap prisoners"),
    ("ru-2", "Russia raises interest rates"),
];

fn with_headlines() -> Server {
    let server = Server::start();
    let items: Vec<Value> = POSTED
        .iter()
        .enumerate()
        .map(|(hour, (id, title))| {
            json!({"id": id, "title": title, "lang": "en", "time": format!("2025-12-01T{:02}:00:00Z", hour + 1)})
        })
        .collect();
    assert_eq!(server.post_json(&Value::from(items).to_string()).status, 200);
    server
}

fn follow(server: &Server, seed: Value) -> u64 {
    let answer = server.post("/v1/standing", "application/json", seed.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["edit"]["number"].as_u64().unwrap()
}

fn ids(page: &Value) -> Vec<String> {
    let headlines = page["headlines"].as_array().unwrap().iter();
    headlines.map(|headline| headline["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn entities_and_keywords_find_headlines_in_whatever_form() {
    let server = with_headlines();
    let taiwan = follow(&server, json!({"name": "Taiwan", "entities": ["Taiwan"]}));
    let page = server.get(&format!("/v1/standing/{taiwan}")).json();
    assert_eq!(ids(&page), ["tw-3", "tw-2", "tw-1"], "the capital stands for the place: {page}");
    let strikes = follow(&server, json!({"name": "Strikes", "keywords": ["striking harbours"]}));
    let page = server.get(&format!("/v1/standing/{strikes}")).json();
    assert_eq!((page["size"].as_u64(), &page["seeded"]), (Some(3), &json!(3)));
    assert_eq!(page["topics"][0]["shared"], 3, "{page}");
    let list = server.get("/v1/standing").json();
    let names: Vec<&str> =
        list["standing"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Taiwan", "Strikes"]);
}

#[test]
fn entities_may_have_to_come_together() {
    let server = with_headlines();
    let seed = json!({"name": "Russia-Ukraine", "entities": ["RU", "Ukraine"], "together": true});
    let both = follow(&server, seed);
    assert_eq!(ids(&server.get(&format!("/v1/standing/{both}")).json()), ["ru-1"]);
    let either = follow(&server, json!({"name": "Russia or Ukraine", "entities": ["Russia", "Ukraine"]}));
    assert_eq!(ids(&server.get(&format!("/v1/standing/{either}")).json()), ["ru-2", "ru-1"]);
}

#[test]
fn pages_follow_one_another() {
    let server = with_headlines();
    let number = follow(&server, json!({"name": "Harbour", "keywords": ["harbour"]}));
    let first = server.get(&format!("/v1/standing/{number}?limit=2")).json();
    assert_eq!(ids(&first), ["hs-3", "hs-2"]);
    let cursor = first["next"].as_str().unwrap();
    let second = server.get(&format!("/v1/standing/{number}?limit=2&cursor={cursor}")).json();
    assert_eq!((ids(&second), second.get("next")), (vec!["hs-1".to_owned()], None));
}

#[test]
fn a_subject_that_moves_away_from_its_seed_says_so() {
    let server = Server::start();
    let mut items = Vec::new();
    for hour in 0..9 {
        let title = match hour {
            0..5 => format!("Lake Ombra volcano: eruption day {hour} sends ash over villages"),
            _ => format!("Ash over villages of Lake Ombra: relief convoy {hour} arrives"),
        };
        let time = format!("2025-12-01T{hour:02}:00:00Z");
        items.push(json!({"id": format!("v-{hour}"), "title": title, "lang": "en", "time": time}));
    }
    server.post_json(&Value::from(items).to_string());
    let number = follow(&server, json!({"name": "Eruptions", "keywords": ["eruption"]}));
    let before = server.get(&format!("/v1/standing/{number}")).json();
    assert!(before.get("drift").is_none(), "{before}");
    assert_eq!(before["size"], 9, "all are one topic: {before}");
    // Newcomers that hold no seed, in a company most of which still might.
    let more: Vec<Value> = (0..2)
        .map(|minute| {
            let title = format!("Relief convoy {minute} reaches villages of Lake Ombra under ash");
            json!({"title": title, "lang": "en", "time": format!("2025-12-01T20:0{minute}:00Z")})
        })
        .collect();
    server.post_json(&Value::from(more).to_string());
    let after = server.get(&format!("/v1/standing/{number}")).json();
    assert_eq!(after["seeded"], 5);
    if after["size"].as_u64() > Some(10) {
        assert_eq!(
            after["drift"]["unseeded"].as_u64(),
            after["size"].as_u64().map(|size| size - 5),
            "{after}"
        );
    }
}

#[test]
fn following_ends_and_can_be_rehearsed() {
    let server = with_headlines();
    let seed = json!({"name": "Owls", "keywords": ["owl"]}).to_string();
    let rehearsed = server.post("/v1/standing?dry_run=true", "application/json", seed.clone());
    assert_eq!((rehearsed.status, rehearsed.json()["dry_run"].clone()), (200, json!(true)));
    assert_eq!(server.get("/v1/standing").json()["standing"], json!([]));
    let number = follow(&server, json!({"name": "Owls", "keywords": ["owl"]}));
    assert_eq!(server.delete(&format!("/v1/standing/{number}")).status, 200);
    let gone = server.get(&format!("/v1/standing/{number}"));
    assert_eq!((gone.status, gone.json()["code"].clone()), (404, json!("standing-not-found")));
    assert_eq!(server.delete(&format!("/v1/standing/{number}")).status, 404);
    assert_eq!(server.get("/v1/edits/1").json()["state"], "undone");
}

#[test]
fn seeds_that_find_nothing_are_refused() {
    let server = with_headlines();
    for (seed, code, part) in [
        (json!({"name": "X"}), "empty-edit", "names nothing"),
        (
            json!({"name": "X", "entities": ["Ruritania"]}),
            "invalid-edit",
            "no entity is known as `Ruritania`",
        ),
        (json!({"name": "X", "keywords": ["of the"]}), "invalid-edit", "no word"),
        (json!({"name": " ", "keywords": ["owl"]}), "invalid-edit", "`name`"),
        (json!({"name": "X", "keywords": vec!["owl"; 101]}), "invalid-edit", "100"),
    ] {
        let refused = server.post("/v1/standing", "application/json", seed.to_string());
        let problem = refused.json();
        assert_eq!((refused.status, problem["code"].as_str()), (400, Some(code)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    assert_eq!(server.get("/v1/edits").json()["last"], 0);
}

#[test]
fn standing_topics_outlast_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_in(directory.path());
    server.post_json(r#"{"id": "ow-1", "title": "Owl nests in tram depot", "lang": "en"}"#);
    let number = follow(&server, json!({"name": "Owls", "keywords": ["owl"], "author": "Ada"}));
    drop(server);
    let server = Server::start_in(directory.path());
    let page = server.get(&format!("/v1/standing/{number}")).json();
    assert_eq!((ids(&page), &page["author"]), (vec!["ow-1".to_owned()], &json!("Ada")));
}
