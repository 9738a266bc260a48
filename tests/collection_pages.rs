//! The pages of collections other than the default one.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::{BTreeSet, VecDeque};

use serde_json::json;
use support::news::NEWS;
use support::{Server, run, slugline};
use tempfile::TempDir;

const HTML: (&str, &str) = ("accept", "text/html");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OWLS: &str = r#"[
    {"id": "a", "title": "Owl chicks hatch in clock tower", "lang": "en", "time": "2025-12-02T08:00:00Z"},
    {"id": "o", "title": "Clock tower owl chicks draw crowds", "lang": "en", "time": "2025-12-02T09:00:00Z"}
]"#;

/// A service with owls in the default collection, and a strike and owls in `sport`.
fn start() -> Server {
    let server = Server::start();
    assert_eq!(server.post_json(OWLS).status, 200);
    let created = server.post("/v1/collections", "application/json", json!({"name": "sport"}).to_string());
    assert_eq!(created.status, 201, "{}", created.text());
    let posted = server.post("/v1/collections/sport/headlines", "application/json", NEWS);
    assert_eq!(posted.status, 200, "{}", posted.text());
    server
}

/// Addresses that a page leads to: what is linked, where forms go, and what the script asks for.
fn addresses(html: &str) -> Vec<String> {
    let named = ["href=\"", "action=\"", "data-live=\""];
    let found = named.iter().flat_map(|name| html.split(name).skip(1));
    found.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[test]
fn pages_of_a_collection_lead_to_its_own_pages_and_data() {
    let server = start();
    let edit = server.patch("/v1/collections/sport/topics/t-000001", &json!({"label": "Dock dispute"}));
    assert_eq!(edit.status, 200, "{}", edit.text());
    let mut ahead = VecDeque::from(["/collections/sport/".to_owned()]);
    let mut seen = BTreeSet::new();
    let outside = ["/", "/v1", "/docs", "/collections", "#content"];
    while let Some(path) = ahead.pop_front() {
        let path = path.split('#').next().unwrap().to_owned();
        if !seen.insert(path.clone()) || path.contains("/undo") {
            continue;
        }
        let answer = server.get_with(&path, HTML);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        if path.starts_with("/v1") {
            continue;
        }
        for address in addresses(answer.text()) {
            let inside = ["/collections/sport/", "/v1/collections/sport/"];
            match address {
                it if inside.iter().any(|start| it.starts_with(start)) => ahead.push_back(it),
                it if it.starts_with('?') => {
                    ahead.push_back(format!("{}{it}", path.split('?').next().unwrap()))
                }
                it => assert!(outside.contains(&&*it) || it.starts_with("/assets/"), "{path} leads to {it}"),
            }
        }
    }
    for page in
        ["topics/t-", "stories/s-", "headlines/h1", "map", "edits", "paste", "quality", "fragments/topics"]
    {
        let start = format!("/collections/sport/{page}");
        assert!(seen.iter().any(|path| path.starts_with(&start)), "{page} is not among {seen:?}");
    }
    for form in ["/topics/t-000001/edit", "/stories/s-000001/edit", "/headlines/h1/edit", "/edits/1/undo"] {
        assert!(seen.contains(&format!("/collections/sport{form}")), "{form} is not among {seen:?}");
    }
}

#[test]
fn a_page_shows_what_is_in_its_collection() {
    let server = start();
    let page = |path: &str| server.get_with(path, HTML).text().to_owned();
    assert!(page("/collections/sport/").contains("Harbour strike") && !page("/").contains("Harbour strike"));
    assert!(page("/collections/sport/headlines/h1").contains("Harbour strike enters second week"));
    assert_eq!(server.get_with("/headlines/h1", HTML).status, 404);
    for (path, headlines) in
        [("/collections/sport/quality", 7), ("/quality", 2), ("/collections/sport/map", 7), ("/map", 2)]
    {
        let text = page(path);
        let (share, all) = (format!("of {headlines} headlines"), format!("in {headlines} headlines"));
        assert!(text.contains(&share) || text.contains(&all), "{path}: {text}");
    }
    let list = page("/collections");
    for part in [
        "href=\"/collections/sport/\"",
        "/v1/collections/sport/feeds/topics.atom",
        "in 7 headlines",
        "in 2 headlines",
    ] {
        assert!(list.contains(part), "{part} is not in {list}");
    }
    for path in
        ["/collections/none/", "/collections/none", "/collections/none/map", "/collections/sport/sign-in"]
    {
        assert_eq!(server.get_with(path, HTML).status, 404, "{path}");
    }
    let answer =
        server.raw("GET /collections/sport HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 303") && answer.contains("location: /collections/sport/\r\n"),
        "{answer}"
    );
}

#[test]
fn a_collection_of_the_name_of_a_deleted_one_shows_nothing_of_it() {
    let server = start();
    let page = |path: &str| server.get_with(path, HTML).text().to_owned();
    for path in ["/collections/sport/map", "/collections/sport/quality"] {
        assert!(page(path).contains("7 headlines"), "{path}");
    }
    let known = server.get("/collections/sport/fragments/topics").header("etag").to_owned();
    assert_eq!(server.delete("/v1/collections/sport").status, 204);
    assert_eq!(server.get_with("/collections/sport/", HTML).status, 404);
    assert!(!page("/").contains("href=\"/collections\""), "there is one collection left");
    server.post("/v1/collections", "application/json", json!({"name": "sport"}).to_string());
    for path in ["/collections/sport/map", "/collections/sport/quality"] {
        assert!(!page(path).contains("7 headlines"), "{path}");
    }
    assert_ne!(server.get("/collections/sport/fragments/topics").header("etag"), known);
}

#[test]
fn a_correction_stays_in_its_collection() {
    let server = start();
    let send = |path: &str, fields: &[(&str, &str)]| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        server.raw(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html\r\n\
             content-type: {}\r\ncontent-length: {}\r\n\r\n{body}",
            FORM.1,
            body.len()
        ))
    };
    let form = "/collections/sport/topics/t-000001/edit";
    let preview = send(form, &[("do", "rename"), ("label", "Dock dispute")]);
    assert!(
        preview.starts_with("HTTP/1.1 200") && preview.contains(&format!("action=\"{form}\"")),
        "{preview}"
    );
    let made = send(form, &[("do", "rename"), ("label", "Dock dispute"), ("confirmed", "1")]);
    assert!(made.contains("location: /collections/sport/topics/t-000001?edited="), "{made}");
    let label = |path: &str| server.get(path).json()["label"].clone();
    assert_eq!(label("/v1/collections/sport/topics/t-000001"), "Dock dispute");
    assert_ne!(label("/v1/topics/t-000001"), "Dock dispute");
    let story = send("/collections/sport/stories/s-000001/edit", &[("do", "pin"), ("confirmed", "1")]);
    assert!(story.contains("location: /collections/sport/stories/s-000001?edited="), "{story}");
    let refused = send("/collections/sport/topics/t-000001/edit", &[("do", "merge")]);
    assert!(
        refused.contains("Choose the topic") && refused.contains("/collections/sport/topics/t-000001"),
        "{refused}"
    );
}

#[test]
fn a_cookie_opens_the_pages_of_every_collection_for_what_its_key_may() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("keys.jsonl");
    let key = |scopes: &[&str]| {
        let mut command = slugline();
        command.args(["key", "new", "--name", &scopes.join("-"), "--append"]).arg(&file);
        for scope in scopes {
            command.args(["--scope", scope]);
        }
        let output = run(&mut command, b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let (reader, editor, admin) = (key(&["read"]), key(&["read", "write"]), key(&["read", "write", "admin"]));
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&file);
    });
    let bearer = format!("Bearer {admin}");
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    assert_eq!(server.post_with("/v1/collections", &json, r#"{"name": "sport"}"#).status, 201);
    assert_eq!(server.post_with("/v1/collections/sport/headlines", &json, NEWS).status, 200);
    let (reads, edits) = (format!("slugline_key={reader}"), format!("slugline_key={editor}"));
    for path in [
        "/collections",
        "/collections/sport/",
        "/collections/sport/topics/t-000001",
        "/collections/sport/map",
    ] {
        assert_eq!(server.get(path).status, 401, "{path}");
        assert_eq!(server.get_with(path, ("cookie", &reads)).status, 200, "{path}");
    }
    server.get_with("/v1/collections/sport/topics", ("cookie", &edits)).assert_problem(401, "unauthorized");
    let form = "/collections/sport/topics/t-000001/edit";
    let post = |path: &str, cookie: &str, site: &str| {
        server.post_with(path, &[FORM, ("cookie", cookie), ("sec-fetch-site", site)], "do=pin")
    };
    post(form, &reads, "same-origin").assert_problem(403, "missing-scope");
    post(form, &edits, "cross-site").assert_problem(403, "cross-site");
    assert_eq!(post(form, &edits, "same-origin").status, 200);
    for path in
        ["/collections/sport/paste", "/collections/sport/quality", "/v1/collections/sport/edits/1/undo"]
    {
        post(path, &edits, "same-origin").assert_problem(401, "unauthorized");
    }
}
