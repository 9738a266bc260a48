//! Webhooks, received by a real server.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use slugline::webhooks::SigningSecret;
use support::feed_server::{Asked, FeedServer, Reply};
use support::{Answer, Server, run, slugline};
use tempfile::TempDir;

const STRIKE: &str = r#"[
  {"id": "dp-1", "title": "Harbour strike enters second week", "time": "2025-12-01T08:00:00Z", "source": "Dock Post"},
  {"id": "ie-7", "title": "Dockers walk out as harbour strike spreads", "time": "2025-12-01T09:30:00Z"}
]"#;
const OWLS: &str = r#"[{"id": "o-1", "title": "Owl nests in tram depot"}, {"id": "o-2", "title": "Tram depot owl nests anew"}]"#;
const SECRET: &str = "sixteen-or-more-characters";

/// A service with these settings of webhooks, on a data directory or in memory.
fn service(settings: &str, directory: Option<&Path>) -> (Server, TempDir) {
    let scratch = TempDir::new().unwrap();
    let file = scratch.path().join("slugline.toml");
    fs::write(&file, format!("[webhooks]\nfirst_pause_seconds = 0\n{settings}\n")).unwrap();
    let server = Server::launch(|command| {
        command.arg("--config").arg(&file);
        match directory {
            Some(directory) => command.arg("--data-dir").arg(directory),
            None => command.arg("--memory"),
        };
    });
    (server, scratch)
}

const LOCAL: &str = "allow_private = true";

fn create(server: &Server, webhook: &Value) -> Answer {
    server.post("/v1/webhooks", "application/json", webhook.to_string())
}

fn created(server: &Server, webhook: &Value) -> Value {
    let answer = create(server, webhook);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// Waits until something is there.
fn wait_for<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    for _ in 0..3_000 {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("{what} does not come");
}

fn wait_for_message(receiver: &FeedServer, number: usize) -> Asked {
    wait_for("a message", || receiver.asked().get(number).cloned())
}

/// A receiver that answers with these statuses, the last of them for ever.
fn receiver(statuses: &'static [u16]) -> FeedServer {
    let count = Arc::new(AtomicUsize::new(0));
    FeedServer::start(move |_| {
        let at = count.fetch_add(1, Ordering::SeqCst).min(statuses.len() - 1);
        Reply::new(statuses[at], "")
    })
}

fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}

/// Checks the signature as a receiver does.
#[track_caller]
fn assert_signed(asked: &Asked, secret: &str) {
    let signature = &asked.headers["slugline-signature"];
    let seconds: i64 = signature.strip_prefix("t=").unwrap().split(',').next().unwrap().parse().unwrap();
    assert!((Timestamp::now().as_second() - seconds).abs() < 3_600);
    let secret = SigningSecret::given(secret.to_owned()).unwrap();
    assert_eq!(signature, &secret.sign(seconds, asked.body.as_bytes()));
    assert_ne!(signature, &secret.sign(seconds, b"{}"));
}

#[test]
fn news_is_sent_and_signed() {
    let (server, _scratch) = service(LOCAL, None);
    let receiver = receiver(&[200]);
    server.post_json(OWLS);
    let webhook = created(&server, &json!({"url": receiver.url("/hook?key=1")}));
    assert_eq!(webhook["kinds"], json!(["new", "revived", "split", "merged", "accelerating"]));
    server.post_json(STRIKE);
    let asked = wait_for_message(&receiver, 0);
    assert_eq!(
        (asked.path.as_str(), asked.headers["content-type"].as_str()),
        ("/hook?key=1", "application/json")
    );
    assert_signed(&asked, webhook["secret"].as_str().unwrap());
    let message = body(&asked);
    assert_eq!(
        (&message["webhook"], &message["delivery"]),
        (&webhook["id"], &json!(asked.headers["slugline-delivery"]))
    );
    let topics = message["topics"].as_array().unwrap();
    assert_eq!(topics.len(), 1, "what was before is not told: {message}");
    assert_eq!((&topics[0]["label"], &topics[0]["changes"]), (&json!("Harbour strike"), &json!(["new"])));
    let id = webhook["id"].as_str().unwrap();
    let told = wait_for("the count", || {
        let webhook = server.get(&format!("/v1/webhooks/{id}")).json();
        (webhook["delivered"] == 1).then_some(webhook)
    });
    assert_eq!((&told["position"], &told["failed"]), (&message["next"], &json!(0)));
    let metrics = server.get("/metrics");
    assert!(metrics.text().contains("slugline_webhook_deliveries_total{outcome=\"delivered\"} 1"));
    assert!(metrics.text().contains("slugline_webhooks 1"));
}

#[test]
fn only_what_was_asked_for_is_sent() {
    only_what_was_asked_for(LOCAL);
}

#[test]
fn what_is_in_memory_no_more_is_sent_all_the_same() {
    only_what_was_asked_for(&format!("{LOCAL}\n[limits]\nevents_in_memory = 1"));
}

fn only_what_was_asked_for(settings: &str) {
    let (server, _scratch) = service(settings, None);
    let receiver = receiver(&[204]);
    server.post_json(STRIKE);
    created(&server, &json!({"url": receiver.url("/ended"), "kinds": ["ended"], "since": 0}));
    created(
        &server,
        &json!({"url": receiver.url("/strike"), "topics": ["t-000001"], "since": 0, "kinds": ["new", "ended"]}),
    );
    server.post_json(OWLS);
    created(&server, &json!({"url": receiver.url("/all"), "since": 0}));
    wait_for("news of all", || receiver.asked_for("/all").into_iter().next());
    let strike = wait_for("news of the strike", || receiver.asked_for("/strike").into_iter().next());
    assert_eq!(body(&strike)["topics"].as_array().unwrap().len(), 1);
    assert_eq!(body(&strike)["topics"][0]["id"], "t-000001");
    for id in ["dp-1", "ie-7"] {
        assert_eq!(server.delete(&format!("/v1/headlines/{id}")).status, 204);
    }
    let ended = wait_for("the end", || receiver.asked_for("/ended").into_iter().next());
    assert_eq!(
        (&body(&ended)["topics"][0]["id"], &body(&ended)["topics"][0]["changes"]),
        (&json!("t-000001"), &json!(["ended"]))
    );
    wait_for("the end of the strike", || receiver.asked_for("/strike").into_iter().nth(1));
    assert_eq!(receiver.asked_for("/ended").len(), 1);
}

#[test]
fn each_collection_has_webhooks_of_its_own() {
    let (directory, receiver) = (TempDir::new().unwrap(), receiver(&[200]));
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    for name in ["sport", "culture"] {
        let made = server.post("/v1/collections", "application/json", json!({"name": name}).to_string());
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let at = |name: &str| format!("/v1/collections/{name}/webhooks");
    let made = |name: &str| {
        let webhook = json!({"url": receiver.url(&format!("/{name}"))});
        let answer = server.post(&at(name), "application/json", webhook.to_string());
        assert_eq!((answer.status, &answer.json()["collection"]), (201, &json!(name)));
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let [sport, culture, default] = ["sport", "culture", "default"].map(made);
    let post = |name: &str, headlines: &str| {
        let path = format!("/v1/collections/{name}/headlines");
        assert_eq!(server.post(&path, "application/json", headlines).status, 200);
    };
    post("sport", STRIKE);
    let asked = wait_for("news of sport", || receiver.asked_for("/sport").into_iter().next());
    assert_eq!((&body(&asked)["collection"], &body(&asked)["webhook"]), (&json!("sport"), &json!(sport)));
    server.post_json(OWLS);
    let asked = wait_for("news of the default one", || receiver.asked_for("/default").into_iter().next());
    assert_eq!(body(&asked)["collection"], "default");
    assert!(receiver.asked_for("/culture").is_empty(), "nothing happened there");

    let ids = |path: &str| -> Vec<Value> {
        let list = server.get(path).json();
        list["webhooks"].as_array().unwrap().iter().map(|webhook| webhook["id"].clone()).collect()
    };
    assert_eq!((ids(&at("sport")), ids("/v1/webhooks")), (vec![json!(sport)], vec![json!(default)]));
    server.get(&format!("/v1/webhooks/{sport}")).assert_problem(404, "webhook-not-found");
    server.delete(&format!("{}/{culture}", at("sport"))).assert_problem(404, "webhook-not-found");
    server.get(&at("nowhere")).assert_problem(404, "collection-not-found");

    let files = || fs::read_dir(directory.path().join("webhooks")).unwrap().count();
    assert_eq!(files(), 3);
    assert_eq!(server.delete("/v1/collections/sport").status, 204);
    assert_eq!(files(), 2, "a collection takes its webhooks along");
    assert!(server.get("/metrics").text().contains("slugline_webhooks 2"));
    let made = server.post("/v1/collections", "application/json", r#"{"name":"sport"}"#);
    assert_eq!((made.status, ids(&at("sport"))), (201, vec![]));
    assert_eq!(ids(&at("culture")), [json!(culture)]);
}

#[test]
fn webhooks_of_a_collection_that_is_gone_end_at_the_next_start() {
    let directory = TempDir::new().unwrap();
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    let webhook = created(&server, &json!({"url": "https://receiver.example/"}));
    server.stop();
    // As if the service had ended while the collection was being deleted; and one from before there were several.
    let of_default = directory.path().join(format!("webhooks/{}.json", webhook["id"].as_str().unwrap()));
    let mut kept: Value = serde_json::from_slice(&fs::read(&of_default).unwrap()).unwrap();
    let subscription = kept["subscription"].as_object_mut().unwrap();
    assert_eq!(subscription.remove("collection"), Some(json!("default")));
    fs::write(&of_default, kept.to_string()).unwrap();
    kept["subscription"]["id"] = json!("w-0000000000000001");
    kept["subscription"]["collection"] = json!("gone");
    let of_gone = directory.path().join("webhooks/w-0000000000000001.json");
    fs::write(&of_gone, kept.to_string()).unwrap();
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    assert!(of_default.exists() && !of_gone.exists());
    let list = server.get("/v1/webhooks").json();
    assert_eq!(
        (list["webhooks"].as_array().unwrap().len(), &list["webhooks"][0]["collection"]),
        (1, &json!("default"))
    );
}

#[test]
fn a_failure_is_tried_again_with_the_same_message() {
    let (server, _scratch) = service(LOCAL, None);
    let receiver = receiver(&[500, 302, 200]);
    let webhook = created(&server, &json!({"url": receiver.url("/"), "secret": SECRET}));
    assert_eq!(webhook["secret"], SECRET);
    server.post_json(STRIKE);
    let [first, second, third] = [0, 1, 2].map(|number| wait_for_message(&receiver, number));
    for again in [&second, &third] {
        assert_eq!((&again.body, &again.path), (&first.body, &first.path));
        assert_eq!(again.headers["slugline-delivery"], first.headers["slugline-delivery"]);
        assert_signed(again, SECRET);
    }
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    wait_for("the delivery", || (server.get(&path).json()["delivered"] == 1).then_some(()));
    assert!(
        server.get("/metrics").text().contains("slugline_webhook_deliveries_total{outcome=\"retried\"} 2")
    );
    assert_eq!(server.get(&format!("{path}/failed")).json(), json!({"failed": []}));
}

#[test]
fn what_fails_too_often_is_listed_and_can_be_sent_again() {
    let (server, _scratch) = service(&format!("{LOCAL}\nattempts = 3"), None);
    let receiver = receiver(&[500, 500, 500, 500, 200]);
    let webhook = created(&server, &json!({"url": receiver.url("/")}));
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    server.post_json(STRIKE);
    let failed = || server.get(&format!("{path}/failed")).json()["failed"].as_array().unwrap().clone();
    let first = wait_for("the failure", || failed().first().cloned());
    assert_eq!((&first["attempts"], &first["again"]), (&json!(3), &json!(false)));
    assert_eq!(first["error"], "the receiver answered with status 500");
    assert_eq!(first["message"], body(&wait_for_message(&receiver, 0)));
    assert_eq!(receiver.asked().len(), 3);
    let redeliver = |query: &str| server.post(&format!("{path}/redeliver{query}"), "application/json", "");
    redeliver("?delivery=nope").assert_problem(404, "webhook-not-found");
    redeliver("?nope=1").assert_problem(400, "invalid-query");
    let delivery = format!("?delivery={}", first["delivery"].as_str().unwrap());
    let answer = redeliver(&delivery);
    assert_eq!((answer.status, answer.json()), (202, json!({"redelivering": 1})));
    wait_for("another failure", || {
        failed()
            .first()
            .is_some_and(|failed| failed["attempts"] == 4 && failed["again"] == false)
            .then_some(())
    });
    redeliver("");
    wait_for("the delivery", || failed().is_empty().then_some(()));
    assert_eq!(receiver.asked()[4].body, receiver.asked()[0].body);
    assert_eq!(server.get(&path).json()["delivered"], 1);
    assert_eq!(redeliver("").json(), json!({"redelivering": 0}));
    assert!(
        server.get("/metrics").text().contains("slugline_webhook_deliveries_total{outcome=\"failed\"} 2")
    );
}

#[test]
fn private_receivers_are_refused() {
    let (server, _scratch) = service("attempts = 1", None);
    for url in [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://hook.localhost./",
        "http://10.0.0.7/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://0x7f.1/",
    ] {
        let problem = create(&server, &json!({"url": url})).assert_problem(400, "invalid-webhook");
        assert!(problem["detail"].as_str().unwrap().contains("webhooks.allow_private"), "{url}: {problem}");
    }
    assert_eq!(server.get("/v1/webhooks").json(), json!({"webhooks": []}));
}

/// A webhook made while private receivers were allowed is not told once they no longer are.
#[test]
fn addresses_are_checked_with_each_delivery() {
    let directory = TempDir::new().unwrap();
    let receiver = receiver(&[200]);
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    let webhook = created(&server, &json!({"url": receiver.url("/")}));
    server.stop();
    let (server, _scratch) = service("attempts = 1", Some(directory.path()));
    server.post_json(STRIKE);
    let path = format!("/v1/webhooks/{}/failed", webhook["id"].as_str().unwrap());
    let failed = wait_for("the failure", || server.get(&path).json()["failed"].get(0).cloned());
    assert!(failed["error"].as_str().unwrap().contains("webhooks.allow_private"), "{failed}");
    assert!(receiver.asked().is_empty());
}

#[cfg(unix)]
#[test]
fn a_restart_goes_on_where_it_was() {
    use std::os::unix::fs::PermissionsExt;

    let directory = TempDir::new().unwrap();
    let receiver = receiver(&[200]);
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    let webhook = created(&server, &json!({"url": receiver.url("/"), "secret": SECRET}));
    let id = webhook["id"].as_str().unwrap();
    server.post_json(STRIKE);
    let first = body(&wait_for_message(&receiver, 0));
    wait_for("the count", || {
        (server.get(&format!("/v1/webhooks/{id}")).json()["delivered"] == 1).then_some(())
    });
    server.signal("KILL");
    drop(server);
    let file = directory.path().join("webhooks").join(format!("{id}.json"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    assert_eq!(server.get("/v1/webhooks").json()["webhooks"][0]["delivered"], 1);
    server.post_json(OWLS);
    let second = wait_for_message(&receiver, 1);
    assert_signed(&second, SECRET);
    assert_eq!(body(&second)["since"], first["next"]);
    assert_eq!(body(&second)["topics"].as_array().unwrap().len(), 1);
    assert_eq!(server.delete(&format!("/v1/webhooks/{id}")).status, 204);
    assert!(!file.exists());
    server.get(&format!("/v1/webhooks/{id}")).assert_problem(404, "webhook-not-found");
    assert_eq!(server.delete(&format!("/v1/webhooks/{id}")).status, 404);
}

#[test]
fn secrets_are_shown_once_and_logged_never() {
    let directory = TempDir::new().unwrap();
    let (server, _scratch) = service(LOCAL, Some(directory.path()));
    let receiver = receiver(&[500]);
    let webhook = created(&server, &json!({"url": receiver.url("/hook?token=hush"), "secret": SECRET}));
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    server.post_json(STRIKE);
    wait_for_message(&receiver, 1);
    for path in ["/v1/webhooks".to_owned(), path.clone(), format!("{path}/failed")] {
        assert!(!server.get(&path).text().contains(SECRET), "{path}");
    }
    assert!(!server.log().contains(SECRET) && !server.log().contains("hush"), "{}", server.log());
}

#[test]
fn what_makes_no_webhook_is_refused() {
    let (server, _scratch) = service(&format!("{LOCAL}\nmost = 1"), None);
    let url = "http://receiver.example/";
    for webhook in [
        json!({}),
        json!({"url": 1}),
        json!({"url": "receiver"}),
        json!({"url": "ftp://receiver.example/"}),
        json!({"url": "http://me:pass@receiver.example/"}),
        json!({"url": url, "kinds": ["grown"]}),
        json!({"url": url, "topics": ["t-000001"]}),
        json!({"url": url, "topics": ["s-000001"]}),
        json!({"url": url, "secret": "short"}),
        json!({"url": url, "since": 7}),
        json!({"url": url, "nope": 1}),
    ] {
        create(&server, &webhook).assert_problem(400, "invalid-webhook");
    }
    server.post("/v1/webhooks", "application/json", "{").assert_problem(400, "invalid-json");
    server.post("/v1/webhooks", "text/plain", "{}").assert_problem(415, "unsupported-media-type");
    let long = json!({"url": url, "secret": "x".repeat(20_000)});
    create(&server, &long).assert_problem(413, "body-too-large");
    created(&server, &json!({"url": url}));
    create(&server, &json!({"url": url})).assert_problem(409, "too-many-webhooks");
    assert_eq!(server.delete("/v1/webhooks").header("allow"), "GET, HEAD, POST");
}

#[test]
fn only_administrators_may() {
    let scratch = TempDir::new().unwrap();
    let keys = scratch.path().join("keys.jsonl");
    let key = |scope: &str| {
        let mut command = slugline();
        command.args(["key", "new", "--scope", scope, "--name", scope, "--append"]).arg(&keys);
        let output = run(&mut command, b"");
        assert!(output.status.success());
        format!("Bearer {}", String::from_utf8(output.stdout).unwrap().trim())
    };
    let [read, write, admin] = ["read", "write", "admin"].map(key);
    let server = Server::start_with(|command| {
        command.arg("--keys-file").arg(&keys);
    });
    for (token, status) in [(&read, 403), (&write, 403), (&admin, 200)] {
        assert_eq!(server.get_with("/v1/webhooks", ("authorization", token)).status, status);
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let posted = server.post_with("/v1/webhooks", &headers, r#"{"url":"http://receiver.example/"}"#);
        assert_eq!(posted.status, if status == 200 { 201 } else { status });
    }
}
