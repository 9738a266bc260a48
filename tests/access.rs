//! Who may use the service: API keys, allowances and pages of other sites.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use support::{Answer, Server, run, slugline};
use tempfile::TempDir;

/// A file of keys and how to add to it.
struct KeyRing(TempDir);

impl KeyRing {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("keys.jsonl")
    }

    /// Makes a key and returns it as it is sent.
    fn add(&self, name: &str, scopes: &str) -> String {
        let output = run(
            slugline().args(["key", "new", "--name", name, "--scope", scopes, "--append"]).arg(self.file()),
            b"",
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        format!("Bearer {}", String::from_utf8(output.stdout).unwrap().trim_end())
    }

    fn start(&self) -> Server {
        self.start_with(&[])
    }

    fn start_with(&self, args: &[&str]) -> Server {
        Server::start_with(|command| {
            command.arg("--keys-file").arg(self.file()).args(args);
        })
    }
}

fn post(server: &Server, key: &str) -> Answer {
    let headers = [("content-type", "text/plain"), ("authorization", key)];
    server.post_with("/v1/headlines", &headers, "Kites over the pier\n")
}

fn get(server: &Server, path: &str, key: &str) -> Answer {
    server.get_with(path, ("authorization", key))
}

#[test]
fn a_key_does_what_its_scopes_say_and_no_more() {
    let ring = KeyRing::new();
    let (reader, writer) = (ring.add("desk", "read"), ring.add("feed", "write"));
    let both = ring.add("both", "write,read");
    let server = ring.start();
    for key in [&writer, &both] {
        assert_eq!(post(&server, key).status, 200);
    }
    for key in [&reader, &both] {
        for path in ["/", "/v1/topics", "/v1/status", "/metrics"] {
            assert_eq!(get(&server, path, key).status, 200, "{path}");
        }
    }
    let refused = post(&server, &reader);
    refused.assert_problem(403, "missing-scope");
    let challenge = r#"Bearer realm="slugline", error="insufficient_scope", scope="write""#;
    assert_eq!(refused.header("www-authenticate"), challenge);
    let refused = get(&server, "/v1/topics", &writer);
    refused.assert_problem(403, "missing-scope");
    assert!(refused.header("www-authenticate").ends_with(r#"scope="read""#));
}

#[test]
fn edits_need_a_key_that_writes_and_are_signed_with_its_name() {
    let ring = KeyRing::new();
    let (reader, writer) = (ring.add("desk", "read"), ring.add("night-desk", "read,write"));
    let server = ring.start();
    for title in ["Kites over the pier", "Kites crowd the pier"] {
        let headers = [("content-type", "text/plain"), ("authorization", writer.as_str())];
        assert_eq!(server.post_with("/v1/headlines", &headers, title).status, 200);
    }
    let name = |key: &str| {
        let headers = [("content-type", "application/json"), ("authorization", key)];
        server.post_with(
            "/v1/topics/t-000001/split",
            &headers,
            r#"{"headlines":["a"],"author":"Somebody else"}"#,
        )
    };
    name(&reader).assert_problem(403, "missing-scope");
    name(&writer).assert_problem(404, "headline-not-found");
    let page = get(&server, "/v1/headlines.csv", &reader);
    let id = page.text().lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let headers = [("content-type", "application/json"), ("authorization", writer.as_str())];
    let body = r#"{"to":null,"author":"Somebody else"}"#;
    assert_eq!(server.post_with(&format!("/v1/headlines/{id}/move"), &headers, body).status, 200);
    assert_eq!(get(&server, "/v1/edits/1", &reader).json()["author"], "night-desk");
}

#[test]
fn without_an_accepted_key_nothing_but_health_is_answered() {
    let ring = KeyRing::new();
    let key = ring.add("desk", "read,write,admin");
    let server = ring.start();
    for path in ["/", "/v1/topics", "/v1/headlines/a", "/metrics", "/nope"] {
        let answer = server.get(path);
        answer.assert_problem(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="slugline""#);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    server.post("/v1/headlines", "text/plain", "Kites over the pier").assert_problem(401, "unauthorized");
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(server.get(path).status, 200);
    }
    let bare = key.strip_prefix("Bearer ").unwrap();
    let hash = fs::read_to_string(ring.file()).unwrap();
    let hash = hash.split('"').find(|part| part.len() == 64).unwrap();
    for (wrong, error) in [
        (bare, "invalid_request"),
        (&format!("Basic {bare}"), "invalid_request"),
        ("Bearer", "invalid_request"),
        ("Bearer  ", "invalid_request"),
        (&key[..key.len() - 1], "invalid_token"),
        (&format!("{key}0"), "invalid_token"),
        (&format!("Bearer {hash}"), "invalid_token"),
    ] {
        let answer = get(&server, "/v1/topics", wrong);
        answer.assert_problem(401, "unauthorized");
        let found = answer.header("www-authenticate");
        assert!(found.ends_with(&format!("error=\"{error}\"")), "{found}");
    }
    assert_eq!(get(&server, "/v1/topics", &format!("bearer   {bare}")).status, 200);
}

#[test]
fn whoever_posts_much_without_a_key_is_told_so() {
    let ring = KeyRing::new();
    ring.add("desk", "read");
    let server = ring.start();
    let body = "Kites over the pier\n".repeat(300_000);
    for _ in 0..20 {
        server.post("/v1/headlines", "text/plain", &body).assert_problem(401, "unauthorized");
    }
}

#[test]
fn metrics_can_be_opened() {
    let ring = KeyRing::new();
    ring.add("desk", "read");
    let server = ring.start_with(&["--open-metrics"]);
    assert_eq!(server.get("/metrics").status, 200);
    server.get("/v1/status").assert_problem(401, "unauthorized");
}

#[test]
fn logs_name_the_key_and_never_show_it() {
    let ring = KeyRing::new();
    let key = ring.add("night-desk", "read,write");
    let server = ring.start_with(&["--log", "trace"]);
    assert_eq!(post(&server, &key).status, 200);
    get(&server, "/v1/topics", "Bearer slk_some-other-secret").assert_problem(401, "unauthorized");
    let log = server.log();
    assert!(log.contains("night-desk"), "{log}");
    let secret = key.strip_prefix("Bearer ").unwrap();
    for part in [secret, &secret[4..], "some-other-secret"] {
        assert!(!log.contains(part), "{log}");
    }
}

#[test]
fn an_address_that_others_reach_is_served_with_keys() {
    let ring = KeyRing::new();
    let key = ring.add("desk", "read");
    let server = ring.start_with(&["--bind", "0.0.0.0:0"]);
    server.get("/v1/topics").assert_problem(401, "unauthorized");
    assert_eq!(get(&server, "/v1/topics", &key).status, 200);
}

#[rstest]
#[case(None, "cannot read the file of API keys")]
#[case(Some("# none yet\n"), "holds no API key")]
#[case(Some("\nslk_0123456789\n"), "line 2: no entry for a key")]
fn keys_that_cannot_be_used_end_the_start_with_one_line(#[case] file: Option<&str>, #[case] part: &str) {
    let ring = KeyRing::new();
    file.iter().for_each(|text| fs::write(ring.file(), text).unwrap());
    let output =
        run(slugline().args(["serve", "--memory", "--log=off", "--keys-file"]).arg(ring.file()), b"");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(part) && stderr.trim_end().lines().count() == 1, "{stderr}");
    assert!(!stderr.contains("0123456789"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn keys_are_given_and_taken_without_a_restart() {
    let ring = KeyRing::new();
    let old = ring.add("old", "read");
    let server = ring.start();
    fs::remove_file(ring.file()).unwrap();
    let new = ring.add("new", "read");
    server.get("/v1/topics").assert_problem(401, "unauthorized");
    server.signal("HUP");
    wait_for(&server, "API keys read again");
    assert_eq!(get(&server, "/v1/topics", &new).status, 200);
    get(&server, "/v1/topics", &old).assert_problem(401, "unauthorized");
    fs::write(ring.file(), "").unwrap();
    server.signal("HUP");
    wait_for(&server, "those of before stay");
    assert_eq!(get(&server, "/v1/topics", &new).status, 200);
}

#[cfg(unix)]
fn wait_for(server: &Server, text: &str) {
    for _ in 0..3_000 {
        if server.log().contains(text) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{text} is not in\n{}", server.log());
}

#[test]
fn a_new_key_is_shown_with_its_line() {
    let output = run(slugline().args(["key", "new", "--name", "desk", "--scope", "read,write"]), b"");
    let text = String::from_utf8(output.stdout).unwrap();
    let after = |label: &str| text.split_once(label).unwrap().1.lines().next().unwrap().trim().to_owned();
    let (key, line) = (after("key, shown this once:"), after("line for the file of keys:"));
    assert!(key.starts_with("slk_") && !line.contains(&key), "{text}");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["id"], &line["scopes"]), (&"desk".into(), &serde_json::json!(["read", "write"])));
    let ring = KeyRing::new();
    fs::write(ring.file(), line.to_string()).unwrap();
    ring.add("other", "read");
    let server = ring.start();
    assert_eq!(get(&server, "/v1/topics", &format!("Bearer {key}")).status, 200);
}

#[rstest]
#[case(&["--name", "desk", "--scope", "read"], 1, "holds a key `desk` already")]
#[case(&["--name", "front desk", "--scope", "read"], 1, "--name must be")]
#[case(&["--name", "other", "--scope", "rule"], 2, "rule")]
#[case(&["--name", "other"], 2, "--scope")]
fn keys_that_make_no_sense_are_not_made(#[case] args: &[&str], #[case] code: i32, #[case] part: &str) {
    let ring = KeyRing::new();
    ring.add("desk", "read");
    let before = fs::read(ring.file()).unwrap();
    let output = run(slugline().args(["key", "new", "--append"]).arg(ring.file()).args(args), b"");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(code) && stderr.contains(part), "{stderr}");
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read(ring.file()).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_new_file_of_keys_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let ring = KeyRing::new();
    ring.add("desk", "read");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ring.file()), 0o600);
}

/// Asks until the allowance is spent; the service gives it back much more slowly than it is asked.
fn spend(mut ask: impl FnMut() -> Answer) -> Answer {
    (0..10_000).map(|_| ask()).find(|answer| answer.status == 429).unwrap()
}

const STRICT: [&str; 2] = ["--requests-per-second=1", "--burst=5"];

#[test]
fn an_address_that_asks_too_often_has_to_wait() {
    let server = Server::start_with(|command| {
        command.args(STRICT);
    });
    let refused = spend(|| server.get("/v1/topics"));
    refused.assert_problem(429, "rate-limited");
    assert_eq!(refused.header("retry-after"), "1");
    spend(|| server.post_json("{}")).assert_problem(429, "rate-limited");
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn each_key_has_an_allowance_and_guessers_spend_that_of_their_address() {
    let ring = KeyRing::new();
    let (busy, calm) = (ring.add("busy", "read"), ring.add("calm", "read"));
    let server = ring.start_with(&STRICT);
    spend(|| get(&server, "/v1/topics", &busy)).assert_problem(429, "rate-limited");
    spend(|| get(&server, "/v1/topics", "Bearer guess")).assert_problem(429, "rate-limited");
    assert_eq!(get(&server, "/v1/topics", &calm).status, 200);
}

const PAGE: &str = "https://desk.example";

fn from_page(server: &Server, origin: &str, site: &str) -> Answer {
    let headers = [("content-type", "text/plain"), ("origin", origin), ("sec-fetch-site", site)];
    server.post_with("/v1/headlines", &headers, "Kites over the pier\n")
}

#[test]
fn pages_of_other_sites_are_shut_out_unless_they_are_named() {
    let server = Server::start();
    from_page(&server, PAGE, "cross-site").assert_problem(403, "cross-site");
    assert_eq!(server.get_with("/v1/topics", ("origin", PAGE)).header("access-control-allow-origin"), "");

    let server = Server::start_with(|command| {
        command.args(["--origins", "https://desk.example,http://localhost:3000"]);
    });
    for page in [PAGE, "http://localhost:3000"] {
        let answer = from_page(&server, page, "cross-site");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, page));
        let problem = server.get_with("/nope", ("origin", page));
        problem.assert_problem(404, "not-found");
        assert_eq!(problem.header("access-control-allow-origin"), page);
    }
    for page in ["https://other.example", "https://desk.example.evil.example", "null"] {
        from_page(&server, page, "cross-site").assert_problem(403, "cross-site");
        let read = server.get_with("/v1/topics", ("origin", page));
        assert_eq!(read.header("access-control-allow-origin"), "");
    }
}

#[test]
fn a_private_service_answers_to_its_own_names_only() {
    let server = Server::start();
    server.get_with("/v1/topics", ("host", "evil.example")).assert_problem(421, "unknown-host");
    assert_eq!(server.get_with("/v1/topics", ("host", "localhost:8080")).status, 200);
    let named = Server::start_with(|command| {
        command.env("SLUGLINE_HOSTS", "news.example");
    });
    assert_eq!(named.get_with("/v1/topics", ("host", "news.example")).status, 200);
    // A key is what no other site has.
    let ring = KeyRing::new();
    ring.add("desk", "read");
    ring.start().get_with("/v1/topics", ("host", "evil.example")).assert_problem(401, "unauthorized");
}

#[test]
fn browsers_may_ask_before_they_send_a_key() {
    let ring = KeyRing::new();
    ring.add("desk", "read");
    let server = ring.start_with(&["--origins", PAGE]);
    let ask = |origin: &str| {
        server.options(
            "/v1/headlines",
            &[
                ("origin", origin),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "authorization,content-type"),
            ],
        )
    };
    let answer = ask(PAGE);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, PAGE));
    assert!(answer.header("access-control-allow-headers").to_lowercase().contains("authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let refused = ask("https://other.example");
    refused.assert_problem(400, "bad-request");
    assert_eq!(refused.header("access-control-allow-origin"), "");
    let plain = server.options("/v1/headlines", &[]);
    plain.assert_problem(401, "unauthorized");
}
