//! Runs the real binary: once, or as a service that is killed when its guard is dropped.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod checkpoints;
pub mod disk;
pub mod feed_server;
pub mod news;
pub mod sqlite;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

/// Polls of 20 ms before a service counts as failed. Generous: machines that build and test at once are slow.
const POLLS: usize = 3_000;

/// The binary without any settings from the environment of the tests.
pub fn slugline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slugline"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SLUGLINE_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the binary to its end with `stdin` as its input.
pub fn run(command: &mut Command, stdin: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that fails early closes its input.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// A running service on a port of its own.
pub struct Server {
    child: Child,
    port: u16,
    dir: TempDir,
    agent: Agent,
}

/// An answer: status, headers and body.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Server {
    /// Starts with default settings but for the collection, which is kept in memory.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// Starts with further arguments or variables, the collection in memory.
    pub fn start_with(adjust: impl FnOnce(&mut Command)) -> Self {
        Self::launch(|command| {
            command.arg("--memory");
            adjust(command);
        })
    }

    /// Starts with the collection in a directory.
    pub fn start_in(directory: &Path) -> Self {
        Self::launch(|command| {
            command.arg("--data-dir").arg(directory);
        })
    }

    /// Starts with further arguments or variables, which should say where the collection is kept.
    pub fn launch(adjust: impl FnOnce(&mut Command)) -> Self {
        let dir = TempDir::new().unwrap();
        let port_file = dir.path().join("port");
        let mut command = slugline();
        command.args(["serve", "--port-file"]).arg(&port_file).env("SLUGLINE_BIND", "127.0.0.1:0");
        // The dates in tests do not move on.
        command.env("SLUGLINE_WINDOW_DAYS", "0");
        // Tests ask faster than people do.
        command.env("SLUGLINE_REQUESTS_PER_SECOND", "0");
        adjust(&mut command);
        let log = File::create(dir.path().join("log")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let port = wait_for_port(&mut child, &port_file);
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
        let server = Self { child, port, dir, agent };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&self) {
        for _ in 0..POLLS {
            if self
                .agent
                .get(self.url("/health/ready"))
                .call()
                .is_ok_and(|answer| answer.status() == StatusCode::OK)
            {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("not ready: {}", self.log());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What the service has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        Answer::of(self.agent.get(self.url(path)).call().unwrap())
    }

    pub fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        Answer::of(self.agent.get(self.url(path)).header(header.0, header.1).call().unwrap())
    }

    /// Sends a request to the letter and reads until the connection is closed.
    pub fn raw(&self, request: &str) -> String {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn delete(&self, path: &str) -> Answer {
        Answer::of(self.agent.delete(self.url(path)).call().unwrap())
    }

    pub fn options(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.options(self.url(path));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::of(request.call().unwrap())
    }

    pub fn post(&self, path: &str, content_type: &str, body: impl AsRef<[u8]>) -> Answer {
        self.post_with(path, &[("content-type", content_type)], body)
    }

    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        let request = self.agent.post(self.url(path));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::of(request.send(body.as_ref()).unwrap())
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.patch(self.url(path)).header("content-type", "application/json");
        Answer::of(request.send(body.to_string()).unwrap())
    }

    /// Posts headlines as JSON.
    pub fn post_json(&self, body: &str) -> Answer {
        self.post("/v1/headlines", "application/json", body)
    }

    /// Posts headlines as JSON to a service that may end at any time: nothing unless all of its answer arrived.
    pub fn try_post_json(&self, body: &str) -> Option<Answer> {
        self.try_post("/v1/headlines", body)
    }

    /// Posts JSON likewise.
    pub fn try_post(&self, path: &str, body: &str) -> Option<Answer> {
        let request = self.agent.post(self.url(path)).header("content-type", "application/json");
        Answer::try_of(request.send(body).ok()?).ok()
    }

    /// Deletes likewise.
    pub fn try_delete(&self, path: &str) -> Option<Answer> {
        Answer::try_of(self.agent.delete(self.url(path)).call().ok()?).ok()
    }

    /// Stops the service in order.
    #[cfg(unix)]
    pub fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0), "{}", self.log());
    }

    /// Sends a signal by name.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for_port(child: &mut Child, file: &Path) -> u16 {
    for _ in 0..POLLS {
        if let Ok(text) = fs::read_to_string(file) {
            return text.parse().unwrap();
        }
        assert_eq!(child.try_wait().unwrap(), None, "the service ended before it listened");
        sleep(Duration::from_millis(20));
    }
    panic!("no port");
}

impl Answer {
    fn of(response: Response<ureq::Body>) -> Self {
        Self::try_of(response).unwrap()
    }

    fn try_of(mut response: Response<ureq::Body>) -> Result<Self, ureq::Error> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().with_config().limit(1 << 30).read_to_vec()?,
        })
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Checks that this is a complete problem answer with this status and code.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        problem
    }

    /// What became of each posted item: its status, or the code of its rejection.
    pub fn verdicts(&self) -> Vec<String> {
        let answer = self.json();
        assert_eq!(self.status, 200, "{answer}");
        let verdict = |(index, item): (usize, &Value)| {
            assert_eq!(item["index"], index);
            item["code"].as_str().or(item["status"].as_str()).unwrap().to_owned()
        };
        answer["results"].as_array().unwrap().iter().enumerate().map(verdict).collect()
    }
}
