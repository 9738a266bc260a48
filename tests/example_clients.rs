//! The clients in `examples/clients`, run as their comments say.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::process::Command;

use support::{Server, run};

/// Output of a client that must succeed.
fn output(server: &Server, command: &mut Command, input: &str) -> String {
    let output = run(command.env("SLUGLINE_URL", server.url("")), input.as_bytes());
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    told
}

fn python(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.arg("examples/clients/follow.py").args(arguments);
    command
}

#[test]
fn the_shell_script_posts_and_reads() {
    let server = Server::start();
    let told = output(&server, Command::new("sh").arg("examples/clients/morning.sh"), "");
    assert!(told.contains(r#""counts":{"created":4,"duplicate":0,"rejected":0}"#), "{told}");
    assert!(told.contains("arbour strike") && told.contains("Lake Ombra"), "{told}");
    assert!(told.contains(r#""changes":["new"]"#), "{told}");
}

#[test]
fn the_shell_script_fails_without_a_service() {
    let mut command = Command::new("sh");
    // Nobody listens on the port of the discard service.
    let output = run(command.args(["examples/clients/morning.sh", "http://127.0.0.1:9"]), b"");
    assert!(!output.status.success());
}

#[test]
fn the_python_client_posts_and_follows() {
    let server = Server::start();
    let titles = "Harbour strike enters second week\nDockers walk out as harbour strike spreads\n";
    let posted = output(&server, &mut python(&["--post", "-"]), titles);
    assert_eq!(posted.lines().filter(|line| line.starts_with("created")).count(), 2, "{posted}");
    let followed = output(&server, &mut python(&["--since", "0", "--once"]), "");
    assert!(followed.contains("new          t-000001  Harbour strike (2)"), "{followed}");
    let next = followed.trim_end().rsplit(' ').next().unwrap();
    let nothing = output(&server, &mut python(&["--since", next, "--once"]), "");
    assert_eq!(nothing, format!("next: {next}\n"));
}

#[test]
fn the_python_client_tells_a_problem_in_one_line() {
    let server = Server::start();
    let mut command = python(&["--since", "-5", "--once"]);
    let output = run(command.env("SLUGLINE_URL", server.url("")), b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(told.starts_with("invalid-query: ") && told.lines().count() == 1, "{told}");
}
