//! The description of the interface: complete, true, and readable.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use support::{Answer, Server};

const ROUTES: &str = include_str!("../src/http/routes/mod.rs");
const PROBLEMS: &str = include_str!("../src/http/problem.rs");
/// Answers without end.
const ENDLESS: &str = "/changes/stream";
/// What addresses in a collection by its name begin with.
const EACH: &str = "/v1/collections/{collection}/";

fn document(server: &Server) -> Value {
    let answer = server.get("/openapi.json");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.json()
}

/// Operations of the document by method and path.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = paths.iter().flat_map(|(path, methods)| {
        methods
            .as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    });
    methods.collect()
}

/// What stands between quotes first.
fn quoted(text: &str) -> &str {
    text.split('"').nth(1).unwrap()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let server = Server::start();
    let document = document(&server);
    let described: BTreeSet<String> = operations(&document)
        .iter()
        .map(|(method, path, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    // Pages are for people; the document is for programs.
    let programs = ROUTES.split("fn configure_pages").next().unwrap();
    let (of_all, of_one) = programs.split_once("fn configure_collection").unwrap();
    let (of_all, of_one) = (routes(of_all, ""), routes(of_one, "/v1"));
    assert!(of_all.len() > 8 && of_one.len() > 20);
    let of_each = of_one.iter().map(|route| route.replacen("/v1/", EACH, 1));
    let all: BTreeSet<String> = of_all.iter().chain(&of_one).cloned().chain(of_each).collect();
    assert_eq!(described, all);
    let index = server.get_with("/", ("accept", "application/json")).json();
    let listed = index["routes"].as_array().unwrap().iter().map(|route| route.as_str().unwrap());
    let listed: BTreeSet<String> = listed.map(|route| route.split('?').next().unwrap().to_owned()).collect();
    assert_eq!(listed, of_all.union(&of_one).cloned().collect());
}

/// Method and path of the routes in a piece of source, which are below `base`.
fn routes(source: &str, base: &str) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for service in source.split(".service(").skip(1).filter(|service| !service.starts_with("web::scope")) {
        let path = format!("{base}{}", quoted(service));
        let method = if service.trim_start().starts_with("post(") { "POST" } else { "GET" };
        routes.insert(format!("{method} {path}"));
        for (method, call) in [
            ("POST", "web::post()"),
            ("POST", "form("),
            ("DELETE", "web::delete()"),
            ("PATCH", "web::patch()"),
        ] {
            if service.contains(call) {
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    routes
}

#[test]
fn every_problem_is_described_and_nothing_else() {
    let document = document(&Server::start());
    let codes = &document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
    let described: BTreeSet<&str> =
        codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let kinds = PROBLEMS.split("(S::").skip(1);
    let codes: BTreeSet<&str> = kinds.map(quoted).collect();
    assert!(codes.len() > 30);
    assert_eq!(described, codes);
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    let document = document(&Server::start());
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        if let Some(reference) = value.get("$ref") {
            let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    let operations = operations(&document);
    let names: BTreeSet<&str> =
        operations.iter().map(|(.., operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len());
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}

/// Checks that an answer is what the document shows: its status, its type, and at least the members of the example.
fn check(operation: &Value, answer: &Answer, what: &str) {
    let responses = operation["responses"].as_object().unwrap();
    let response =
        responses.get(&answer.status.to_string()).unwrap_or_else(|| panic!("{what}: {}", answer.text()));
    assert!(answer.status < 300, "{what}: {}", answer.text());
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what}");
        return;
    };
    let (media, content) = content.iter().next().unwrap();
    assert_eq!(answer.header("content-type"), media, "{what}");
    if let Some(example) = content.get("example") {
        assert_like(example, &answer.json(), what);
    }
}

/// Times and measures may differ, all else may not.
#[track_caller]
fn assert_like(example: &Value, actual: &Value, what: &str) {
    match (example, actual) {
        (Value::Object(members), _) => {
            members
                .iter()
                .for_each(|(name, value)| assert_like(value, &actual[name], &format!("{what}.{name}")));
        }
        (Value::Array(items), _) => {
            assert!(actual.is_array() && (!items.is_empty() || actual == example), "{what}: {actual}");
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| assert_like(item, &actual[at], &format!("{what}[{at}]")));
        }
        (Value::String(text), Value::String(found)) if text.parse::<Timestamp>().is_ok() => {
            assert!(found.parse::<Timestamp>().is_ok(), "{what}: {found}");
        }
        (Value::Number(number), _) if number.is_f64() => assert!(actual.is_number(), "{what}: {actual}"),
        _ => assert_eq!(actual, example, "{what}"),
    }
}

/// The address with the examples of all parameters. The id of a webhook is another one each time.
fn example_address(document: &Value, path: &str, operation: &Value, webhook: &str) -> String {
    let path = path.replace("/webhooks/{id}", &format!("/webhooks/{webhook}"));
    let (mut path, mut query) = (path, Vec::new());
    for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
        let reference = parameter["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        let parameter = reference.map_or(parameter, |pointer| document.pointer(pointer).unwrap());
        let name = parameter["name"].as_str().unwrap();
        let value = match &parameter["example"] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            _ => query.push(format!("{name}={}", value.replace(' ', "+"))),
        }
    }
    assert!(!path.contains('{'), "{path} lacks an example");
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

#[test]
fn every_example_is_answered_as_shown() {
    let server = Server::start();
    let document = document(&server);
    let bodies =
        |path: &str| document["paths"][path]["post"]["requestBody"]["content"].as_object().unwrap().clone();
    let sent = |example: &Value| example.as_str().map_or_else(|| example.to_string(), ToOwned::to_owned);
    let post = |path: &str, media: &str, example: &Value| server.post(path, media, sent(example));
    for path in ["/v1/collections", "/v1/cluster", "/v1/headlines", "/v1/classify"] {
        let operation = &document["paths"][path]["post"];
        let answer = post(path, "application/json", &bodies(path)["application/json"]["example"]);
        check(operation, &answer, path);
    }
    let [webhooks, redeliver] =
        ["/v1/webhooks", "/v1/webhooks/{id}/redeliver"].map(|path| &document["paths"][path]["post"]);
    let made =
        post("/v1/webhooks", "application/json", &bodies("/v1/webhooks")["application/json"]["example"]);
    check(webhooks, &made, "/v1/webhooks");
    let webhook = made.json()["id"].as_str().unwrap().to_owned();
    let address = format!("/v1/webhooks/{webhook}/redeliver");
    check(redeliver, &server.post(&address, "application/json", ""), &address);
    for (method, path, operation) in operations(&document) {
        if method == "get"
            && !path.ends_with(ENDLESS)
            && !path.contains("/edits")
            && !path.contains("/standing/")
        {
            let address = example_address(&document, path, operation, &webhook);
            check(operation, &server.get(&address), &address);
        }
    }
    for path in ["/v1/cluster", "/v1/headlines", "/v1/classify"] {
        for (media, content) in bodies(path) {
            let answer = post(path, &media, &content["example"]);
            assert_eq!(
                (answer.status, &answer.json()["counts"]["rejected"]),
                (200, &0.into()),
                "{path} {media}"
            );
        }
    }
    check_edits(&server, &document);
    for (method, path, operation) in operations(&document) {
        // In the default collection it is gone by then.
        if method == "delete" && !path.starts_with(EACH) && !path.contains("/standing/") {
            let address = example_address(&document, path, operation, &webhook);
            check(operation, &server.delete(&address), &address);
        }
    }
}

/// Makes the one edit whose example is no dry run and has it listed, and rehearses all others.
fn check_edits(server: &Server, document: &Value) {
    let more = [
        "Harbour strike hits coal imports",
        "Harbour strike: dockers vote to go on",
        "Owl nests in tram depot",
    ];
    let more: Vec<Value> = more
        .iter()
        .chain(&["Tram depot closes for nesting owl"])
        .map(|title| serde_json::json!({"title": title, "time": "2025-12-01T10:00:00Z"}))
        .collect();
    assert_eq!(server.post_json(&Value::from(more).to_string()).status, 200);
    let made = &document["paths"]["/v1/judgements"]["post"];
    let body = &made["requestBody"]["content"]["application/json"]["example"];
    assert_eq!(server.post("/v1/judgements", "application/json", body.to_string()).status, 200);
    let edits = operations(document)
        .into_iter()
        .filter(|(_, path, operation)| operation["tags"][0] == "correct" && !path.contains("/standing/"))
        .filter(|(_, path, _)| !path.starts_with(EACH));
    let mut checked = 0;
    for (method, path, operation) in edits {
        let address = example_address(document, path, operation, "");
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        let answer = match method {
            "get" => server.get(&address),
            "patch" => server.patch(&address, body),
            _ => server.post(&address, "application/json", body.to_string()),
        };
        check(operation, &answer, &format!("{method} {address}"));
        checked += 1;
    }
    assert!(checked > 9);
    let body =
        &document["paths"]["/v1/standing"]["post"]["requestBody"]["content"]["application/json"]["example"];
    assert_eq!(server.post("/v1/standing", "application/json", body.to_string()).status, 200);
    for base in ["/v1", EACH.trim_end_matches('/')] {
        let path = format!("{base}/standing/{{number}}");
        let of_one = &document["paths"][&path];
        let address = example_address(document, &path, &of_one["get"], "");
        check(&of_one["get"], &server.get(&address), &address);
        let address = example_address(document, &path, &of_one["delete"], "");
        check(&of_one["delete"], &server.delete(&address), &address);
    }
}

#[test]
fn the_page_shows_every_operation_and_loads_nothing() {
    let server = Server::start();
    let page = server.get("/docs");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let document = document(&server);
    for (method, path, operation) in operations(&document) {
        if path.starts_with(EACH) {
            continue;
        }
        let heading = format!(
            "<h2 id=\"{}\"><code>{} {path}</code></h2>",
            operation["operationId"].as_str().unwrap(),
            method.to_uppercase()
        );
        assert!(page.text().contains(&heading), "{heading}");
    }
    for loaded in ["<script", "src=", "<link", "@import", "url("] {
        assert!(!page.text().contains(loaded), "{loaded}");
    }
    assert!(page.text().contains("&lt;rss version=&quot;2.0&quot;&gt;"));
}
