//! The pages as a browser gets them.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fmt::Write;
use std::fs;

use rstest::rstest;
use serde_json::json;
use support::{Answer, Server, run, slugline};
use tempfile::TempDir;

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn page(server: &Server, path: &str) -> Answer {
    let answer = server.get_with(path, HTML);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}: {}", answer.text());
    answer
}

/// Two topics: a strike in English, and a volcano that other papers and another language tell of, months later.
fn stocked() -> Server {
    let server = Server::start();
    let headline = |id: &str, text: &str, time: &str, source: &str, lang: &str| {
        json!({"id": id, "text": text, "time": time, "source": source, "lang": lang,
            "url": format!("https://paper.example/{id}")})
    };
    let headlines = json!([
        headline("d1", "Harbour strike enters second week", "2025-09-01T08:00:00Z", "Dock Post", "en"),
        headline(
            "d2",
            "Dockers walk out as harbour strike spreads",
            "2025-09-03T09:00:00Z",
            "Island Echo",
            "en"
        ),
        headline(
            "d3",
            "Harbour strike: dockers and owners fail in talks",
            "2025-09-05T07:00:00Z",
            "Dock Post",
            "en"
        ),
        headline(
            "v1",
            "Volcano erupts on Lake Ombra as villages sleep",
            "2025-12-08T20:10:00Z",
            "Cape Times",
            "en"
        ),
        headline(
            "v2",
            "Lake Ombra volcano sends ash over villages",
            "2025-12-08T22:15:00Z",
            "Cape Times",
            "fr"
        ),
    ]);
    assert_eq!(server.post_json(&headlines.to_string()).status, 200);
    server
}

#[test]
fn browsers_get_the_page_and_others_the_list_of_routes() {
    let server = stocked();
    let html = page(&server, "/");
    for part in ["<!doctype html>", "<html lang=\"en\">", "<main", "<h1", "class=\"skip\"", "role=\"search\""]
    {
        assert!(html.text().contains(part), "{part}");
    }
    assert_eq!(html.text().matches("<li id=\"t-").count(), 2);
    assert!(html.text().contains("<svg class=\"spark\""));
    for answer in [server.get("/"), server.get("/v1"), server.get_with("/v1", HTML)] {
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.json()["routes"].as_array().unwrap().iter().any(|route| route == "GET /v1"));
    }
    assert!(server.get("/").header("vary").contains("accept"));
}

#[test]
fn pages_run_nothing_but_their_own_files() {
    let server = stocked();
    for path in ["/", "/topics/t-000001", "/stories/s-000001", "/headlines/d1", "/paste", "/nope"] {
        let answer = page(&server, path);
        let policy = answer.header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
            assert!(!answer.text().contains(inline), "{path} has {inline}");
        }
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert!(server.get("/v1").header("content-security-policy").starts_with("default-src 'none'; frame"));
}

#[test]
fn what_pages_load_is_there_and_is_kept() {
    let server = Server::start();
    let html = page(&server, "/").text().to_owned();
    let addresses: Vec<&str> = html.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert_eq!(addresses.len(), 4);
    for address in addresses {
        let answer = server.get(address);
        assert_eq!(answer.status, 200);
        assert!(answer.header("cache-control").contains("immutable"));
        let media = answer.header("content-type");
        assert!(["text/css", "text/javascript", "image/svg+xml"].iter().any(|kind| media.starts_with(kind)));
    }
    server.get("/assets/0000000000000000/slugline.css").assert_problem(404, "not-found");
}

#[test]
fn hostile_titles_are_text() {
    let server = Server::start();
    let title =
        |n: usize| format!("<script>alert({n})</script> \"harbour\" 'strike' & <img src=x onerror=alert(1)>");
    let hostile = |n: usize| {
        json!({"id": format!("x{n}"), "text": title(n), "source": "</a><script>s()</script>", "lang": "en",
            "url": "https://paper.example/?a=1&b='2'"})
    };
    let headlines = json!([hostile(1), hostile(2), hostile(3)]);
    assert_eq!(server.post_json(&headlines.to_string()).status, 200);
    let search = "/?q=%22%3E%3Cscript%3E&source=%22%3E%3Cscript%3E&lang=%3Cscript%3E";
    for path in ["/", search, "/topics/t-000001", "/stories/s-000001", "/headlines/x1", "/fragments/topics"] {
        let answer = page(&server, path);
        let text = answer.text();
        assert_eq!(answer.status, 200, "{text}");
        for tag in ["<script>", "<img", "</a><"] {
            assert!(!text.contains(tag) || tag == "</a><" && !text.contains("</a><script"), "{path}: {tag}");
        }
    }
    assert!(page(&server, "/headlines/x1").text().contains("&#60;script&#62;alert(1)"));
    let pasted =
        server.post_with("/paste", &[FORM, HTML], "headlines=%3C%2Ftextarea%3E%3Cscript%3Ex%3C%2Fscript%3E");
    assert_eq!(pasted.status, 200);
    assert!(!pasted.text().contains("<script>"));
}

#[rstest]
#[case("/?phase=emerging", &["v"])]
#[case("/?phase=dormant", &["d"])]
#[case("/?phase=growing", &[])]
#[case("/?since=24h", &["v"])]
#[case("/?source=dock+post", &["d"])]
#[case("/?source=Nobody", &[])]
#[case("/?lang=fr", &["v"])]
#[case("/?lang=fr&source=Dock+Post", &[])]
#[case("/?q=OMBRA+volcano", &["v"])]
#[case("/?q=ombra+strike", &[])]
#[case("/?q=&phase=&since=&lang=&source=&sort=", &["v", "d"])]
#[case("/?sort=size", &["d", "v"])]
#[case("/?sort=new&utm_source=mail", &["v", "d"])]
#[case("/?sort=recent&page=9", &["v", "d"])]
fn filters_choose_topics(#[case] path: &str, #[case] wanted: &[&str]) {
    let server = stocked();
    let fragment = path.replacen('/', "/fragments/topics", 1);
    for path in [path, &fragment] {
        let answer = page(&server, path);
        let text = answer.text();
        let newest = text.split("<p class=\"newest\"><a href=\"/headlines/").skip(1);
        let found: Vec<&str> = newest.map(|rest| &rest[..1]).collect();
        assert_eq!(found, wanted, "{path}");
    }
}

#[rstest]
#[case("/?sort=best")]
#[case("/?since=3")]
#[case("/fragments/topics?page=0")]
#[case("/topics/t-000001?page=0")]
fn choices_that_are_none_are_refused_on_a_page(#[case] path: &str) {
    let answer = page(&stocked(), path);
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("The query is invalid"));
}

#[test]
fn the_part_that_changes_is_sent_when_it_did() {
    let server = stocked();
    let tag = |text: &str| {
        text.split("data-tag=\"").nth(1).unwrap().split("\" ").next().unwrap().replace("&#34;", "\"")
    };
    let known = tag(page(&server, "/").text());
    let answer = server.get_with("/fragments/topics", ("if-none-match", &known));
    assert_eq!((answer.status, answer.body.len()), (304, 0));
    assert_eq!(answer.header("etag"), known);
    assert_eq!(server.post_json(r#"{"title": "Lake Ombra volcano: villages dig out of ash"}"#).status, 200);
    let answer = server.get_with("/fragments/topics", ("if-none-match", &known));
    assert_eq!(answer.status, 200);
    assert_ne!(answer.header("etag"), known);
    assert!(!answer.text().contains("<html"), "only the part");
    let again = server.get_with("/fragments/topics", ("if-none-match", answer.header("etag")));
    assert_eq!(again.status, 304);
}

#[test]
fn the_parts_of_a_topic_are_sent_when_it_changed_and_not_when_others_did() {
    let server = stocked();
    let topic =
        |id: &str| server.get(&format!("/v1/headlines/{id}")).json()["topic"].as_str().unwrap().to_owned();
    let (strike, volcano) = (topic("d1"), topic("v1"));
    let whole = page(&server, &format!("/topics/{strike}")).text().to_owned();
    let part = format!("/fragments/topics/{strike}?page=1");
    assert!(whole.contains(&format!("data-live=\"{part}\"")), "{whole}");
    let first = page(&server, &part);
    let known = first.header("etag").to_owned();
    assert!(
        whole.contains(&format!("data-tag=\"{}\"", known.replace('"', "&#34;"))),
        "{known} is not in {whole}"
    );
    assert!(!first.text().contains("<html") && !first.text().contains("<form"), "only what changes");
    for name in ["about", "course", "coverage", "stories", "related", "past"] {
        let mark = format!("id=\"part-{name}\"");
        assert!(first.text().contains(&mark) && whole.contains(&mark), "{name}");
    }
    let asked = |tag: &str| server.get_with(&part, ("if-none-match", tag));
    assert_eq!((asked(&known).status, asked(&known).body.len()), (304, 0));
    let post = |title: &str| {
        assert_eq!(server.post_json(&json!({"title": title, "lang": "en"}).to_string()).status, 200)
    };
    post("Lake Ombra volcano: villages dig out of ash");
    assert_eq!(asked(&known).status, 304, "another topic grew");
    post("Harbour strike: dockers and owners fail in talks");
    let changed = asked(&known);
    assert_eq!(changed.status, 200);
    assert!(changed.text().contains("data-size=\"4\""), "{}", changed.text());
    assert_eq!(asked(changed.header("etag")).status, 304);

    let merged = server.post(
        &format!("/v1/topics/{volcano}/merge"),
        "application/json",
        json!({"from": [strike]}).to_string(),
    );
    assert_eq!(merged.status, 200, "{}", merged.text());
    let gone = page(&server, &part);
    assert!(gone.text().contains("data-gone") && gone.text().contains(&format!("href=\"/topics/{strike}\"")));
    server.get("/fragments/topics/t-00zzzz").assert_problem(404, "topic-not-found");
    server.get(&format!("/fragments/topics/{volcano}?page=0")).assert_problem(400, "invalid-query");
}

#[test]
fn the_state_of_the_grouping_is_that_of_the_present_version() {
    let server = stocked();
    let shown = || {
        page(&server, "/quality")
            .text()
            .split("class=\"gauges\"")
            .nth(1)
            .unwrap()
            .split("</dl>")
            .next()
            .unwrap()
            .to_owned()
    };
    let before = shown();
    assert_eq!(shown(), before);
    assert_eq!(server.post_json(r#"{"title": "Cheese fair draws a crowd", "lang": "en"}"#).status, 200);
    assert!(before.contains("of 5 headlines") && shown().contains("of 6 headlines"), "{before}");
}

#[test]
fn the_first_run_shows_how_to_begin() {
    let server = Server::start();
    let text = page(&server, "/").text().to_owned();
    assert!(text.contains(&format!("curl http://127.0.0.1:{}/v1/headlines", server.port())), "{text}");
    assert!(text.contains("<textarea name=\"headlines\""));
}

#[test]
fn a_topic_tells_its_course_its_stories_and_its_past() {
    let server = stocked();
    let answer = page(&server, "/topics/t-000001");
    let text = answer.text();
    for part in [
        "class=\"timeline\"",
        "<bdi>Dock Post</bdi> was first",
        "3 headlines = 3 + 0 + 0, by 2 publishers",
        "href=\"/headlines/d2\"",
        "Began with ",
        "href=\"/v1/topics/t-000001/timeline\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(page(&server, "/stories/s-000001").text().contains("href=\"/topics/t-"));
    for path in ["/topics/t-00zzzz", "/topics/nonsense", "/stories/s-00zzzz", "/headlines/none", "/nope"] {
        assert_eq!(page(&server, path).status, 404, "{path}");
    }
}

#[test]
fn a_headline_comes_with_the_reasons_for_its_place() {
    let server = stocked();
    let answer = page(&server, "/headlines/d2");
    for part in [
        "What the similarity consists of",
        "harbour",
        "class=\"meter\"",
        "https://paper.example/d2",
        "Lead over",
    ] {
        assert!(answer.text().contains(part), "{part} is not in {}", answer.text());
    }
}

#[test]
fn an_id_that_ended_says_where_it_went() {
    let server = Server::start();
    let post = |id: &str, title: &str| {
        assert_eq!(server.post_json(&json!({"id": id, "title": title}).to_string()).status, 200);
    };
    for (at, title) in merging().iter().enumerate() {
        post(&format!("m{at}"), title);
    }
    let events = server.get("/v1/events?limit=500").json();
    let merged = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| ["merged", "dissolved", "split"].contains(&event["kind"].as_str().unwrap()));
    let Some(merged) = merged else { panic!("nothing ended: {events}") };
    let (id, level) = (merged["id"].as_str().unwrap(), merged["level"].as_str().unwrap());
    let folder = if level == "topic" { "topics" } else { "stories" };
    let answer = page(&server, &format!("/{folder}/{id}"));
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains(&format!("This {level} is no more")), "{}", answer.text());
    assert!(answer.text().contains(merged["kind"].as_str().unwrap()));
    if let Some(into) = merged["into"].as_str() {
        assert!(answer.text().contains(&format!("href=\"/{folder}/{into}\"")), "{}", answer.text());
    }
}

/// Headlines after which something ends: two subjects, and then news that tells of both.
fn merging() -> Vec<&'static str> {
    vec![
        "Orchard blight spreads in the northern valleys",
        "Growers burn trees as orchard blight spreads",
        "Harbour strike enters second week",
        "Dockers walk out as harbour strike spreads",
        "Harbour strike and orchard blight: dockers and growers march together",
        "Orchard blight and harbour strike spread as growers join dockers",
        "Dockers and growers march: harbour strike meets orchard blight",
        "Growers and dockers in joint march over orchard blight and harbour strike",
    ]
}

#[test]
fn pasted_headlines_are_grouped_and_not_kept() {
    let server = Server::start();
    let body = "headlines=Harbour+strike+enters+second+week%0D%0ADockers+walk+out+as+harbour+strike+spreads\
                %0D%0AOwl+nests+in+tram+depot";
    let answer = server.post_with("/paste", &[FORM, HTML], body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("1 topic in 3 headlines"), "{}", answer.text());
    assert!(answer.text().contains("Without a topic"));
    let sample = server.post_with("/paste", &[FORM, HTML], "headlines=&sample=1");
    assert!(sample.text().contains("5 topics in 17 headlines"));
    assert_eq!(server.get("/v1/status").json()["headlines"], 0);
    let empty = server.post_with("/paste", &[FORM, HTML], "headlines=");
    assert_eq!(empty.status, 400);
    assert!(empty.text().contains("role=\"alert\""));
    server.post("/paste", "text/plain", "x").assert_problem(415, "unsupported-media-type");
    let crossed = server.post_with("/paste", &[FORM, ("sec-fetch-site", "cross-site")], body);
    crossed.assert_problem(403, "cross-site");
    let answer = server.delete("/paste");
    answer.assert_problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
}

#[test]
fn a_thousand_topics_are_less_than_two_hundred_kilobytes() {
    let server = Server::start();
    let consonants = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z"];
    let vowels = ["a", "e", "i", "o", "u"];
    // Words that no language has, all of them different.
    let word = |n: usize| -> String {
        let bits = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        let syllable =
            |byte: u8| consonants[usize::from(byte % 16)].to_owned() + vowels[usize::from(byte / 16 % 5)];
        bits[..5].iter().map(|&byte| syllable(byte)).collect()
    };
    let pairs: Vec<usize> = (0..1_100).collect();
    for some in pairs.chunks(100) {
        let mut lines = String::from("title,source\n");
        for n in some {
            let [a, b, c] = [5 * n, 5 * n + 1, 5 * n + 2].map(word);
            writeln!(lines, "{a} {b} {c},Dock Post\n{c} {a} {b},Island Echo").unwrap();
        }
        assert_eq!(server.post("/v1/headlines", "text/csv", lines).status, 200);
    }
    let total = server.get("/v1/topics?limit=1").json()["total"].as_u64().unwrap();
    assert!(total >= 1_000, "{total} topics");
    let html = page(&server, "/");
    let loaded = html.text().split('"').filter(|text| text.starts_with("/assets/"));
    let files: usize = loaded.map(|address| server.get(address).body.len()).sum();
    assert!(html.body.len() + files < 200_000, "{} + {files}", html.body.len());
    assert_eq!(html.text().matches("<li id=\"t-").count(), 50);
    assert!(html.text().contains("href=\"/?page=2\""));
    let second = page(&server, "/?page=2");
    assert!(second.text().contains("start=\"51\""));
}

/// A service with keys, and two of them: one that reads and one that writes.
fn locked() -> (TempDir, Server, String, String) {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("keys.jsonl");
    let make = |name: &str| {
        let output =
            run(slugline().args(["key", "new", "--name", name, "--scope", name, "--append"]).arg(&file), b"");
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let (reader, writer) = (make("read"), make("write"));
    assert!(fs::metadata(&file).is_ok());
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&file);
    });
    (dir, server, reader, writer)
}

#[test]
fn a_key_is_typed_in_once_and_reads_pages_only() {
    let (_dir, server, reader, writer) = locked();
    let refused = page(&server, "/topics/t-000001?page=1");
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    assert!(refused.text().contains("name=\"next\" value=\"/topics/t-000001?page=1\""), "{}", refused.text());
    assert!(server.get("/sign-in").text().contains("type=\"password\""));
    let sign_in =
        |key: &str, next: &str| server.post_with("/sign-in", &[FORM, HTML], format!("key={key}&next={next}"));
    assert_eq!(sign_in("nonsense", "/").status, 403);
    let scope = sign_in(&writer, "/");
    assert_eq!((scope.status, scope.header("set-cookie")), (403, ""));
    let cookie = format!("slugline_key={reader}");
    let get = |path: &str| server.get_with(path, ("cookie", &cookie));
    for path in ["/", "/paste", "/fragments/topics"] {
        assert_eq!(get(path).status, 200, "{path}");
    }
    assert_eq!(get("/topics/t-000001").status, 404);
    for path in ["/v1", "/v1/topics", "/metrics", "/v1/status", "/topicsx"] {
        get(path).assert_problem(401, "unauthorized");
    }
    let writes = format!("slugline_key={writer}");
    server.get_with("/", ("cookie", &writes)).assert_problem(403, "missing-scope");
    for path in ["/v1/headlines", "/v1/cluster", "/paste"] {
        let answer =
            server.post_with(path, &[("content-type", "text/plain"), ("cookie", &writes)], "A title");
        answer.assert_problem(401, "unauthorized");
    }
    assert!(!server.log().contains(&reader) && !server.log().contains(&writer));
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let (_dir, server, reader, _) = locked();
    let sign_in = |host: &str| {
        let body = format!("key={reader}&next=//evil.example");
        let (length, form) = (body.len(), FORM.1);
        server.raw(&format!(
            "POST /sign-in HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: {form}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
    };
    let here = sign_in("localhost").to_ascii_lowercase();
    assert!(here.starts_with("http/1.1 303"), "{here}");
    assert!(here.contains("location: /\r\n"), "{here}");
    let cookie = here.lines().find(|line| line.starts_with("set-cookie")).unwrap();
    for part in ["httponly", "samesite=strict", "path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("secure"), "{cookie}");
    assert!(sign_in("news.example").contains("; Secure"));
}

#[test]
fn without_keys_there_is_nothing_to_sign_in_to() {
    let server = Server::start();
    let answer = server.raw("GET /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(!page(&server, "/").text().contains("Sign out"));
}
