//! Traces reach a collector.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use support::{Server, run, slugline};

/// Takes one request and answers that it was taken: its first line and its body.
fn receive(mut connection: TcpStream) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (first, body)
}

fn holds(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_collector_gets_the_spans_from_request_to_commit_and_no_title() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let (sender, received) = mpsc::channel();
    thread::spawn(move || {
        for connection in collector.incoming() {
            if sender.send(receive(connection.unwrap())).is_err() {
                break;
            }
        }
    });
    let server = Server::start_with(|command| {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint);
    });
    let headers = [("content-type", "text/plain"), ("x-request-id", "wire-42")];
    server.post_with("/v1/headlines", &headers, "Zeppelin over Zanzibar\n");
    server.stop();
    let requests: Vec<_> = received.try_iter().collect();
    assert!(requests.iter().all(|(first, _)| first.starts_with("POST /v1/traces ")), "{requests:?}");
    let bodies: Vec<u8> = requests.into_iter().flat_map(|(_, body)| body).collect();
    for part in ["slugline", "request", "wire-42", "parse", "batch", "store", "apply"] {
        assert!(holds(&bodies, part), "{part}");
    }
    assert!(!holds(&bodies, "Zeppelin"));
}

#[test]
fn a_collector_that_cannot_be_used_ends_the_start_with_one_line() {
    let output = run(
        slugline().args(["serve", "--memory"]).env("OTEL_EXPORTER_OTLP_ENDPOINT", "collector.example:4317"),
        b"",
    );
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && stderr.trim_end().lines().count() == 1, "{stderr}");
    assert!(stderr.contains("OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:// or https://"), "{stderr}");
}
