//! `slugline replay`: a labelled stream through the engine.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;

use support::{run, slugline};

const STREAM: [(&str, &str, &str); 8] = [
    ("Ferry crews in Malta walk out over night shifts", "ferry", "2025-03-01T08:00:00Z"),
    ("Owl found nesting in museum clock tower", "owl", "2025-03-01T09:00:00Z"),
    ("Malta ferry crews extend walkout over night shifts", "ferry", "2025-03-01T10:00:00Z"),
    ("Museum clock tower closed while owl nests", "owl", "2025-03-01T11:00:00Z"),
    ("Night shifts: Malta ferry crews and owners talk", "ferry", "2025-03-01T12:00:00Z"),
    ("Owl in clock tower hatches three chicks, museum says", "owl", "2025-03-01T13:00:00Z"),
    ("Ferry crews in Malta end walkout over night shifts", "ferry", "2025-03-01T14:00:00Z"),
    ("Museum reopens clock tower after owl chicks leave", "owl", "2025-03-01T15:00:00Z"),
];

fn replay(rows: &[String], args: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stream.jsonl");
    fs::write(&path, rows.join("\n")).unwrap();
    let output = run(slugline().arg("replay").arg(&path).args(args), b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn rows() -> Vec<String> {
    // Newest first: the command puts them in order.
    let row = |(at, (text, label, time)): (usize, &(&str, &str, &str))| {
        format!(r#"{{"id":"{at}","text":"{text}","label":"{label}","time":"{time}"}}"#)
    };
    STREAM.iter().enumerate().map(row).rev().collect()
}

#[test]
fn scores_at_the_end_and_churn_on_the_way_are_reported() {
    let (success, out, err) = replay(&rows(), &["--report", "--batch", "2"]);
    assert!(success, "{err}");
    assert!(out.starts_with("stream: 8 headlines in 4 batches, "), "{out}");
    let row = out.lines().last().unwrap();
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert_eq!(cells[1], "topic");
    assert!(cells[2].parse::<f64>().unwrap() > 0.5, "{row}");
    let churn: f64 = cells[6].parse().unwrap();
    let highest: f64 = cells[7].parse().unwrap();
    assert!((0.0..=1.0).contains(&churn) && churn <= highest, "{row}");
}

#[test]
fn ids_given_twice_are_an_error() {
    let mut rows = rows();
    rows.push(rows[0].clone());
    let (success, _, err) = replay(&rows, &[]);
    assert!(!success);
    assert_eq!(err, "slugline: stream: 1 headlines have an id that others have too\n");
}
