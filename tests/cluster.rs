//! `slugline cluster`: inputs, outputs and exit codes.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use rstest::rstest;
use serde_json::Value;
use support::{run, slugline};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

fn cluster(args: &[&str], stdin: impl AsRef<[u8]>) -> Output {
    run(slugline().arg("cluster").args(args), stdin.as_ref())
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Id and title of each headline, in input order.
fn headlines(output: &Output) -> Vec<(String, String)> {
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        (row["id"].as_str().unwrap().to_owned(), row["text"].as_str().unwrap().to_owned())
    };
    stdout(output).lines().map(row).collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

#[rstest]
#[case("a.txt", "\u{FEFF}Dam bursts\r\n\r\nOwl nests\r\n", &[("1", "Dam bursts"), ("3", "Owl nests")])]
#[case("a.jsonl", "{\"title\":\"Dam bursts\"}\n{\"id\":\"o\",\"text\":\"Owl nests\"}", &[("1", "Dam bursts"), ("o", "Owl nests")])]
#[case("a.ndjson", "{\"title\":\"Dam bursts\"}\n", &[("1", "Dam bursts")])]
#[case("a.json", "[{\"title\":\"Dam bursts\"},{\"title\":\"Owl nests\"}]", &[("1", "Dam bursts"), ("2", "Owl nests")])]
#[case("a.CSV", "id,title\nd,Dam bursts\n,Owl nests\n", &[("d", "Dam bursts"), ("3", "Owl nests")])]
#[case("a.list", "{\"title\":\"Dam bursts\"}\n", &[("1", "Dam bursts")])]
fn inputs_are_read_by_extension_or_first_line(
    #[case] name: &str,
    #[case] content: &str,
    #[case] wanted: &[(&str, &str)],
) {
    let folder = Folder::new();
    let path = folder.file(name, content);
    let output = cluster(&[path.to_str().unwrap(), "--format", "jsonl"], "");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(headlines(&output), pairs(wanted));
    assert_eq!(stderr(&output), "");
    let piped = cluster(&["-", "--format", "jsonl"], content);
    assert_eq!(headlines(&piped), pairs(wanted), "from standard input");
}

#[test]
fn a_given_input_format_wins_over_the_extension() {
    let folder = Folder::new();
    let path = folder.file("a.json", "Dam bursts\n");
    let output = cluster(&[path.to_str().unwrap(), "--input-format=text", "--format=jsonl"], "");
    assert_eq!(headlines(&output), pairs(&[("1", "Dam bursts")]));
}

#[test]
fn equal_lines_without_ids_stay_separate() {
    let output = cluster(&["-", "--format=jsonl"], "Rain\nRain\nRain\n");
    assert_eq!(headlines(&output), pairs(&[("1", "Rain"), ("2", "Rain"), ("3", "Rain")]));
}

#[test]
fn the_table_counts_and_lists_everything() {
    let output = cluster(&["-"], "Dam bursts\nOwl nests in depot\n");
    let table = stdout(&output);
    assert!(table.lines().next().unwrap().contains("topic"), "{table}");
    assert!(table.contains("Dam bursts") && table.contains("Owl nests in depot"), "{table}");
}

#[test]
fn markdown_lists_the_largest_topics_with_a_headline_each() {
    let input = "Harbour strike enters second week\nDockers walk out as harbour strike spreads\nOwl | nests in depot\n\
                 Owl nests in depot\n";
    let output = cluster(&["-", "--format=markdown", "--top=1"], input);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], "| # | label | headlines | stories | keywords | representative headline |");
    assert!(lines[2].starts_with("| 1 | ") && lines[2].matches(" | ").count() == 5, "{}", lines[2]);
    let all = cluster(&["-", "--format=markdown"], input);
    assert_eq!(stdout(&all).lines().count(), 4, "{}", stdout(&all));
}

#[test]
fn the_number_of_topics_goes_with_markdown_only() {
    let output = cluster(&["-", "--top=1"], "Rain\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "slugline: --top goes with --format markdown only\n");
    assert_eq!(cluster(&["-", "--format=markdown", "--top=0"], "Rain\n").status.code(), Some(2));
}

#[test]
fn json_is_one_document_with_counts() {
    let output = cluster(&["-", "--format=json"], "Dam bursts\nOwl nests\n\u{7}\n");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = &answer["counts"];
    assert_eq!(counts["assigned"].as_u64().unwrap() + counts["unassigned"].as_u64().unwrap(), 2);
    assert_eq!(counts["rejected"], 1);
    assert!(answer["topics"].is_array() && answer["unassigned"].is_array());
}

#[test]
fn csv_has_a_header_and_quotes_what_needs_it() {
    let output = cluster(&["-", "--format=csv"], "Rain, hail and \"sleet\"\n");
    let mut lines = stdout(&output).lines();
    assert_eq!(
        lines.next(),
        Some("id,title,time,source,url,lang,story,topic,topic_label,nearest_topic,nearest_similarity")
    );
    assert!(lines.next().unwrap().starts_with("1,\"Rain, hail and \"\"sleet\"\"\",,,,,"));
}

#[test]
fn bad_lines_are_reported_and_good_ones_clustered() {
    let folder = Folder::new();
    let path =
        folder.file("a.jsonl", "{\"title\":\"Rain\"}\n{\"titel\":\"Hail\"}\nnope\n{\"title\":\"Snow\"}\n");
    let path = path.to_str().unwrap();
    let output = cluster(&[path, "--format=jsonl"], "");
    assert!(output.status.success());
    assert_eq!(headlines(&output), pairs(&[("1", "Rain"), ("4", "Snow")]));
    let lines: Vec<&str> = stderr(&output).lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], format!("{path}: ignored fields: titel"));
    assert!(lines[1].starts_with(&format!("{path}:2: `title` is missing")), "{}", lines[1]);
    assert!(lines[2].starts_with(&format!("{path}:3: invalid JSON at column 2")), "{}", lines[2]);
}

#[test]
fn reports_of_bad_lines_are_capped() {
    let output = cluster(&["-", "--format=jsonl"], format!("Rain\n{}", "\u{1}\n".repeat(50)));
    assert!(output.status.success());
    assert_eq!(stderr(&output).lines().count(), 21);
    assert!(stderr(&output).ends_with("stdin: 30 more bad lines\n"));
}

#[test]
fn strict_makes_a_bad_line_an_error() {
    let output = cluster(&["-", "--strict"], "Rain\n\u{1}\n");
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""));
    assert!(cluster(&["-", "--strict"], "Rain\n").status.success());
}

#[rstest]
#[case("a.txt", "", "there are no headlines in it")]
#[case("a.txt", "\u{1}\n", "no usable headlines")]
#[case("a.json", "[{\"title\":\n}]", "a.json:2: invalid JSON at line 2, column 1")]
#[case("a.json", "7", "a headline object or an array")]
#[case("a.csv", "name\nRain\n", "a.csv:1: the CSV header has no column `title` or `text`")]
fn nothing_usable_is_an_error(#[case] name: &str, #[case] content: &str, #[case] part: &str) {
    let folder = Folder::new();
    let path = folder.file(name, content);
    let output = cluster(&[path.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(part), "{}", stderr(&output));
}

#[test]
fn an_unreadable_file_is_named() {
    let output = cluster(&["/nonexistent/list.txt"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("slugline: /nonexistent/list.txt: "), "{}", stderr(&output));
}

#[rstest]
#[case("title,rank\nRain,1\n")]
#[case("{\"title\":\"Rain\",\"rank\":{\"of\":[1,2]}}\n{\"rank\":1,\"title\":\"Hail\"}\n")]
#[case("[{\"title\":\"Rain\",\"rank\":1}]")]
fn fields_of_an_export_are_ignored_with_a_note(#[case] content: &str) {
    let output = cluster(&["-", "--format=jsonl"], content);
    assert_eq!(stderr(&output), "stdin: ignored fields: rank\n");
    assert!(output.status.success());
}

#[test]
fn the_number_of_threads_changes_nothing_but_must_make_sense() {
    let input = "Rain falls\nRain falls again\nOwl nests\n";
    let one = cluster(&["-", "--threads=1", "--format=json"], input);
    let four = cluster(&["-", "--threads=4", "--format=json"], input);
    assert!(one.status.success());
    assert_eq!(one.stdout, four.stdout);
    assert_eq!(cluster(&["-", "--threads=0"], input).status.code(), Some(2));
}

#[cfg(unix)]
#[rstest]
#[case("table")]
#[case("markdown")]
#[case("json")]
#[case("jsonl")]
#[case("csv")]
fn a_reader_that_has_seen_enough_is_no_error(#[case] format: &str) {
    let folder = Folder::new();
    let path = folder.file("a.txt", "Rain\n".repeat(300));
    let mut command = slugline();
    command.args(["cluster", path.to_str().unwrap(), "--format", format]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
}

#[test]
fn misuse_is_explained() {
    assert_eq!(cluster(&[], "").status.code(), Some(2));
    assert_eq!(cluster(&["-", "--format=xml"], "Rain\n").status.code(), Some(2));
    assert_eq!(run(&mut slugline(), b"").status.code(), Some(2));
}

#[test]
fn explain_says_of_each_headline_what_tied_it() {
    let titles = "Ferry crews in Malta walk out over night shifts\nMalta ferry crews extend walkout over night shifts\n";
    let table = cluster(&["-", "--explain"], titles);
    assert!(table.status.success(), "{}", stderr(&table));
    assert_eq!(stdout(&table).matches("= with its story: similarity").count(), 2);
    let lines = cluster(&["-", "--explain", "--format", "jsonl"], titles);
    for line in stdout(&lines).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(row["why"]["story"]["pull"].as_f64() > Some(0.0), "{line}");
    }
    let csv = cluster(&["-", "--explain", "--format", "csv"], titles);
    assert!(!csv.status.success());
    assert_eq!(stderr(&csv), "slugline: --explain goes with --format table or jsonl only\n");
}
