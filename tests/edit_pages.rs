//! Corrections from the forms of the pages.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::path::Path;

use serde_json::json;
use support::news::{NEWS, at, start};
use support::{Answer, Server, run, slugline};
use tempfile::TempDir;

const HTML: (&str, &str) = ("accept", "text/html");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
fn send(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    server.post_with(path, &[FORM, HTML], body(fields))
}

fn body(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Sends a form, checks that it is only a preview, and then has it done as a browser would. Gives the preview and where
/// the browser is sent to.
#[track_caller]
fn done(server: &Server, path: &str, fields: &[(&str, &str)]) -> (String, String) {
    let edits = server.get("/v1/edits").json()["last"].as_u64().unwrap();
    let preview = send(server, path, fields);
    assert_eq!(preview.status, 200, "{}", preview.text());
    for part in ["What would change", "name=\"confirmed\"", &format!("action=\"{path}\"")] {
        assert!(preview.text().contains(part), "{part} is not in {}", preview.text());
    }
    for (name, value) in fields {
        let hidden = format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
        assert!(preview.text().contains(&hidden), "{hidden} is not in {}", preview.text());
    }
    assert_eq!(server.get("/v1/edits").json()["last"], edits, "a preview changes nothing");
    let confirmed =
        [fields, &[("confirmed", "1"), ("author", "Ada"), ("reason", "As the papers say")]].concat();
    let place = location(server, path, &body(&confirmed));
    let made = server.get(&format!("/v1/edits/{}", edits + 1)).json();
    assert_eq!((&made["author"], &made["reason"]), (&json!("Ada"), &json!("As the papers say")));
    assert!(place.ends_with(&format!("?edited={}", edits + 1)), "{place}");
    (preview.text().to_owned(), place)
}

/// Where a form leads, without going there.
#[track_caller]
fn location(server: &Server, path: &str, body: &str) -> String {
    let answer = server.raw(&format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html\r\n\
         content-type: {}\r\ncontent-length: {}\r\n\r\n{body}",
        FORM.1,
        body.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("location: ")).unwrap();
    line[10..].to_owned()
}

fn page(server: &Server, path: &str) -> String {
    let answer = server.get_with(path, HTML);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_topic_is_renamed_pinned_and_both_are_undone() {
    let server = start();
    let id = at(&server, "h1", "topic");
    let before = server.get(&format!("/v1/topics/{id}")).json()["label"].as_str().unwrap().to_owned();
    let form = format!("/topics/{id}/edit");
    let (preview, place) = done(&server, &form, &[("do", "rename"), ("label", "Dock dispute")]);
    has(&preview, &["is called “<bdi>Dock dispute</bdi>”", "No headline changes place"]);
    assert_eq!(place, format!("/topics/{id}?edited=1"));
    let topic = page(&server, &place);
    has(
        &topic,
        &[
            "<h1><bdi>Dock dispute</bdi>",
            ">by hand</span>",
            "Correction 1 is made",
            "action=\"/edits/1/undo\"",
        ],
    );
    has(&topic, &["value=\"unname\"", "/edits?id="]);
    assert!(!page(&server, &format!("/topics/{id}")).contains("Correction 1 is made"));
    done(&server, &form, &[("do", "pin")]);
    has(&page(&server, "/"), &[">pinned</span>", ">by hand</span>"]);
    has(&page(&server, &format!("/topics/{id}")), &["value=\"unpin\""]);
    let (preview, place) = done(&server, "/edits/1/undo", &[]);
    has(&preview, &["Correction 1 is taken back", &format!("is called “<bdi>{before}</bdi>”")]);
    assert_eq!(place, format!("/topics/{id}?edited=3"));
    assert_eq!(server.get(&format!("/v1/topics/{id}")).json()["label"], *before);

    let history = page(&server, "/edits");
    has(&history, &["Ada", "As the papers say", "undone by correction 3", "action=\"/edits/2/undo\""]);
    assert!(history.find("id=\"edit-3\"") < history.find("id=\"edit-1\""), "latest first");
    assert!(!history.contains("/edits/1/undo") && !history.contains("/edits/3/undo"));
    assert!(page(&server, "/edits?id=t-00zzzz").contains("None yet"));
    let rest = page(&server, "/edits?before=2");
    assert!(rest.contains("id=\"edit-1\"") && !rest.contains("id=\"edit-2\""));
    let again = send(&server, "/edits/1/undo", &[]);
    assert_eq!(again.status, 409);
    has(again.text(), &["role=\"alert\"", "edit 1 was undone by edit 3"]);
}

#[test]
fn topics_are_taken_in_by_name_and_split_off_again() {
    let server = start();
    let (into, from) = (at(&server, "h1", "topic"), at(&server, "w1", "topic"));
    let name = server.get(&format!("/v1/topics/{from}")).json()["label"].as_str().unwrap().to_uppercase();
    let form = format!("/topics/{into}/edit");
    let (preview, place) = done(&server, &form, &[("do", "merge"), ("other", &name)]);
    has(
        &preview,
        &["3 headlines change place", "Owl chicks hatch", "ends; ", "has 7 headlines in place of 4"],
    );
    assert_eq!(place, format!("/topics/{into}?edited=1"));
    assert_eq!(server.get(&format!("/v1/topics/{from}")).json()["merged_into"], *into);
    has(&page(&server, &format!("/topics/{from}")), &["This topic is no more", &format!("/edits?id={from}")]);

    let stories = server.get(&format!("/v1/topics/{into}")).json();
    let owl = at(&server, "w1", "story");
    assert!(stories["stories"].as_array().unwrap().iter().any(|story| story["id"] == *owl));
    let forms = page(&server, &format!("/topics/{into}"));
    has(&forms, &[&format!("name=\"story\" value=\"{owl}\"")]);
    let owls: Vec<String> = ["w1", "w2", "w3"].map(|id| at(&server, id, "story")).to_vec();
    let mut fields = vec![("do", "split"), ("label", "Owls")];
    let mut ticked: Vec<&str> = owls.iter().map(String::as_str).collect();
    ticked.dedup();
    fields.extend(ticked.iter().map(|&id| ("story", id)));
    let (preview, _) = done(&server, &form, &fields);
    has(&preview, &["A new topic begins: “<bdi>Owls</bdi>” (3 headlines)", "give way to it: 1"]);
    let made = server.get("/v1/edits/2").json()["made"].as_str().unwrap().to_owned();
    has(&page(&server, &format!("/topics/{into}?edited=2")), &[&format!("href=\"/topics/{made}\"")]);
    assert_eq!(at(&server, "w2", "topic"), made);
}

#[test]
fn a_headline_is_moved_and_a_story_is_named() {
    let server = start();
    let (story, topic) = (at(&server, "h1", "story"), at(&server, "h1", "topic"));
    let (preview, place) = done(&server, "/headlines/w1/edit", &[("do", "move"), ("other", &topic)]);
    has(&preview, &["1 headline changes place", "Owl nests in tram depot", "goes into the topic"]);
    assert_eq!(place, "/headlines/w1?edited=1");
    assert_eq!(at(&server, "w1", "topic"), topic);
    has(&page(&server, &place), &["Correction 1 is made"]);
    done(&server, "/headlines/w1/edit", &[("do", "alone")]);
    assert_eq!(at(&server, "w1", "topic"), "");
    let (_, place) =
        done(&server, &format!("/stories/{story}/edit"), &[("do", "rename"), ("label", "Strike")]);
    assert_eq!(place, format!("/stories/{story}?edited=3"));
    has(&page(&server, &place), &["<h1><bdi>Strike</bdi>"]);
    let (_, place) = done(&server, "/edits/2/undo", &[]);
    assert_eq!(place, "/headlines/w1?edited=4");
    assert_eq!(at(&server, "w1", "topic"), topic);
}

#[test]
fn a_whole_story_is_moved_to_another_topic() {
    let server = start();
    let (story, from) = (at(&server, "w1", "story"), at(&server, "w1", "topic"));
    let to = at(&server, "h1", "topic");
    assert_ne!(from, to);
    let form = format!("/stories/{story}/edit");
    has(&page(&server, &form), &["Into a topic", "value=\"move\"", &format!("<option value=\"{to}\"")]);
    let (preview, place) = done(&server, &form, &[("do", "move"), ("other", &to)]);
    has(&preview, &["The story", "goes into the topic", "headlines change place"]);
    assert_eq!(place, format!("/stories/{story}?edited=1"));
    assert_eq!((at(&server, "w1", "story"), at(&server, "w1", "topic")), (story.clone(), to));

    for (fields, status, told) in [
        (&[("do", "move")][..], 400, "Choose the topic"),
        (&[("do", "move"), ("other", "Cheese fair")], 404, "value=\"Cheese fair\""),
        (&[("do", "move"), ("into", &story)], 400, "role=\"alert\""),
    ] {
        let answer = send(&server, &form, fields);
        assert_eq!(answer.status, status, "{}", answer.text());
        has(answer.text(), &[told, "id=\"refused-move\""]);
    }
}

#[test]
fn refusals_and_going_back_lose_nothing() {
    let server = start();
    let id = at(&server, "h1", "topic");
    let form = format!("/topics/{id}/edit");
    let refused = |fields: &[(&str, &str)], status: u16, parts: &[&str]| {
        let answer = send(&server, &form, fields);
        assert_eq!(answer.status, status, "{}", answer.text());
        has(answer.text(), parts);
        has(answer.text(), &["role=\"alert\"", "id=\"refused-"]);
    };
    refused(
        &[("do", "merge"), ("other", "Cheese fair")],
        404,
        &["No topic has the name or id “Cheese fair”", "value=\"Cheese fair\""],
    );
    refused(&[("do", "merge"), ("from", &id)], 400, &["cannot be merged with itself"]);
    refused(&[("do", "merge")], 400, &["Choose the topic"]);
    refused(&[("do", "rename"), ("label", "  ")], 400, &["Type the name"]);
    let long = "x".repeat(201);
    refused(&[("do", "rename"), ("label", &long)], 400, &["1 to 200 characters", &long]);
    refused(&[("do", "split"), ("label", "Rest")], 400, &["Tick what", "value=\"Rest\""]);
    assert_eq!(send(&server, &form, &[("do", "burn")]).status, 400);
    let back = send(&server, &form, &[("do", "rename"), ("label", "Quay"), ("back", "1")]);
    assert_eq!(back.status, 200);
    has(back.text(), &["value=\"Quay\""]);
    // As if it had been dragged here: it is not among those that are suggested.
    let owls = at(&server, "w1", "topic");
    let back = send(&server, &form, &[("do", "merge"), ("from", &owls), ("back", "1")]);
    has(back.text(), &[&format!("value=\"{owls}\" checked")]);
    let author = "a".repeat(101);
    let fields =
        [("do", "rename"), ("label", "Quay"), ("confirmed", "1"), ("author", &author), ("reason", "So")];
    let answer = send(&server, &form, &fields);
    assert_eq!(answer.status, 400);
    has(
        answer.text(),
        &["What would change", "id=\"refused-author\"", "value=\"Quay\"", "value=\"So\"", &author],
    );
    assert_eq!(server.get("/v1/edits").json()["last"], 0);
    for path in ["/topics/t-00zzzz/edit", "/stories/t-000001/edit", "/headlines/none/edit", "/edits/9/undo"] {
        assert_eq!(send(&server, path, &[("do", "alone")]).status, 404, "{path}");
    }
    has(&page(&server, &form), &["value=\"rename\""]);
    server.delete(&form).assert_problem(405, "method-not-allowed");
}

#[test]
fn hostile_names_are_text_everywhere() {
    let server = start();
    let id = at(&server, "h1", "topic");
    let form = format!("/topics/{id}/edit");
    let hostile = "<script>alert(1)</script>\"'&";
    let preview = send(&server, &form, &[("do", "rename"), ("label", hostile), ("<u>\"", "<i>\"")]);
    let fields =
        [("do", "rename"), ("label", hostile), ("confirmed", "1"), ("author", hostile), ("reason", hostile)];
    let place = location(&server, &form, &body(&fields));
    let refused = send(&server, &form, &[("do", "merge"), ("other", hostile), ("from", hostile)]);
    let undo = send(&server, "/edits/1/undo", &[("author", hostile), ("reason", hostile)]);
    let pages = [&place[..], "/edits", "/", "/headlines/w1"].map(|path| page(&server, path));
    for text in pages.iter().map(String::as_str).chain([preview.text(), refused.text(), undo.text()]) {
        for tag in ["<script>", "<u>", "<i>", "\"'&\""] {
            assert!(!text.contains(tag), "{tag} is in {text}");
        }
    }
    has(&pages[1], &["&#60;script&#62;"]);
}

/// A service with keys: to read, to read and write, to write only.
fn locked(dir: &Path) -> (Server, [String; 3]) {
    let file = dir.join("keys.jsonl");
    let keys = ["read", "read,write", "write"].map(|scopes| {
        let name = scopes.replace(',', "-");
        let mut command = slugline();
        command.args(["key", "new", "--name", &name]);
        for scope in scopes.split(',') {
            command.args(["--scope", scope]);
        }
        let output = run(command.arg("--append").arg(&file), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    });
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&file);
    });
    (server, keys)
}

#[test]
fn the_cookie_of_a_key_that_writes_opens_the_forms_of_own_pages_only() {
    let dir = TempDir::new().unwrap();
    let (server, [reader, editor, writer]) = locked(dir.path());
    let bearer = format!("Bearer {writer}");
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    assert_eq!(server.post_with("/v1/headlines", &json, NEWS).status, 200);
    let (reads, edits) = (format!("slugline_key={reader}"), format!("slugline_key={editor}"));
    let shown = |cookie: &str, path: &str| {
        let answer = server.get_with(path, ("cookie", cookie));
        (answer.status, answer.text().contains("<form method=\"post\" action=\"/topics/t-000001/edit\">"))
    };
    assert_eq!(shown(&edits, "/topics/t-000001"), (200, true));
    assert_eq!(shown(&reads, "/topics/t-000001"), (200, false));
    assert_eq!(shown(&reads, "/topics/t-000001/edit"), (403, false));
    assert_eq!(shown(&reads, "/edits").0, 200);
    for (cookie, may) in [(&edits, true), (&reads, false)] {
        let has = |path: &str, mark: &str| server.get_with(path, ("cookie", cookie)).text().contains(mark);
        assert_eq!(has("/fragments/topics", "data-merge"), may);
        assert_eq!(has("/fragments/topics", "class=\"grip\""), may);
        assert_eq!(has("/topics/t-000001", "/merge.js\""), may);
    }
    let fields =
        body(&[("do", "rename"), ("label", "Dock dispute"), ("confirmed", "1"), ("author", "Mallory")]);
    let post = |path: &str, cookie: &str, from: &[(&str, &str)]| {
        let headers = [&[FORM, ("cookie", cookie)], from].concat();
        server.post_with(path, &headers, &fields)
    };
    let form = "/topics/t-000001/edit";
    let here = [("sec-fetch-site", "same-origin")];
    post(form, &reads, &here).assert_problem(403, "missing-scope");
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:1")],
        &[("sec-fetch-site", "none")],
    ];
    for from in foreign {
        post(form, &edits, from).assert_problem(403, "cross-site");
    }
    for path in ["/v1/topics/t-000001/merge", "/v1/edits/1/undo", "/paste", "/quality", "/v1/headlines"] {
        post(path, &edits, &here).assert_problem(401, "unauthorized");
    }
    assert_eq!(server.get_with("/edits", ("cookie", &edits)).text().matches("id=\"edit-").count(), 0);

    let own = format!("http://127.0.0.1:{}", server.port());
    let preview = body(&[("do", "pin")]);
    let answer = server.post_with(form, &[FORM, ("cookie", &edits), ("origin", &own)], &preview);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("<bdi>read-write</bdi>") && !answer.text().contains("name=\"author\""));
    post(form, &edits, &here);
    let history = server.get_with("/edits", ("cookie", &edits)).text().to_owned();
    has(&history, &["Dock dispute", "<bdi>read-write</bdi>", "action=\"/edits/1/undo\""]);
    assert!(!history.contains("Mallory"), "nobody signs as somebody else");
    assert!(!server.get_with("/edits", ("cookie", &reads)).text().contains("/edits/1/undo"));
}

#[test]
fn without_keys_pages_of_other_sites_are_refused_as_well() {
    let server = start();
    let preview = body(&[("do", "pin")]);
    for from in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        server.post_with("/topics/t-000001/edit", &[FORM, from], &preview).assert_problem(403, "cross-site");
    }
    let referrer = server.get_with("/topics/t-000001", HTML);
    assert_eq!(
        referrer.header("referrer-policy"),
        "same-origin",
        "or browsers send no origin with our own forms"
    );
}
