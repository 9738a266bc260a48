//! `slugline evaluate`: scores, labels, algorithms and errors.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use rstest::rstest;
use serde_json::{Value, json};
use support::{run, slugline};

/// Three subjects so far apart that any method tells them from each other.
const SUBJECTS: [(&str, [&str; 4]); 3] = [
    (
        "dock strike",
        [
            "Dockers strike closes harbour terminals",
            "Dockers strike closes more harbour terminals",
            "Harbour terminals closed as dockers strike",
            "Strike by dockers closes harbour terminals again",
        ],
    ),
    (
        "owl",
        [
            "Rare owl nests in railway depot",
            "Railway depot owl nests draw birdwatchers",
            "Rare owl nests at railway depot guarded",
            "Birdwatchers guard rare owl nests in railway depot",
        ],
    ),
    (
        "vaccine",
        [
            "Malaria vaccine trial shows promise for children",
            "Children in malaria vaccine trial show promise",
            "Malaria vaccine trial for children widened",
            "Promise shown by malaria vaccine trial in children",
        ],
    ),
];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, lines: &[Value]) -> PathBuf {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        self.text(name, &lines.join("\n"))
    }

    fn text(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

/// The subjects as rows, labelled in the fields given.
fn rows(fields: &[&str]) -> Vec<Value> {
    let mut rows = Vec::new();
    for (label, titles) in SUBJECTS {
        for text in titles {
            let mut row = json!({ "id": rows.len().to_string(), "text": text, "lang": "en" });
            for field in fields {
                row[field] = label.into();
            }
            rows.push(row);
        }
    }
    rows
}

fn evaluate(path: &PathBuf, args: &[&str]) -> Output {
    run(slugline().arg("evaluate").arg(path).args(args), b"")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The reports of a run that must succeed.
fn reports(path: &PathBuf, args: &[&str]) -> Vec<Value> {
    let output = evaluate(path, &[args, &["--format", "json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "", "progress is for terminals");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["reports"].as_array().unwrap().clone()
}

#[test]
fn a_perfect_grouping_scores_one_throughout() {
    let folder = Folder::new();
    let found = reports(&folder.file("harbour.jsonl", &rows(&["label"])), &[]);
    let scores = &found[0]["scores"];
    for name in ["ami", "nmi", "ari", "accuracy"] {
        assert_eq!(scores[name], 1.0, "{name}");
    }
    for name in ["pairs", "bcubed", "bcubed_without_singletons"] {
        assert_eq!(scores[name]["f1"], 1.0, "{name}");
    }
    assert_eq!((&found[0]["corpus"], &found[0]["level"]), (&json!("harbour"), &json!("topic")));
    assert_eq!(
        (&found[0]["rows"], &scores["classes"], &scores["clusters"]),
        (&json!(12), &json!(3), &json!(3))
    );
    assert_eq!(found[0]["intervals"]["resamples"], 100);
    assert!(found[0]["stability"].is_null());
}

#[test]
fn rows_without_a_label_are_clustered_but_not_scored() {
    let folder = Folder::new();
    let mut lines = rows(&["label"]);
    lines[0]["label"] = Value::Null;
    lines[5].as_object_mut().unwrap().remove("label");
    let found = reports(&folder.file("a.jsonl", &lines), &["--resamples=0"]);
    assert_eq!((&found[0]["rows"], &found[0]["scores"]["rows"]), (&json!(12), &json!(10)));
    assert!(found[0]["intervals"].is_null());
}

#[rstest]
#[case(&["story", "topic"], &[], &["story", "topic"])]
#[case(&["story", "topic"], &["--level=story"], &["story"])]
#[case(&["topic", "label"], &[], &["topic"])]
#[case(&["label"], &[], &["topic"])]
#[case(&["label"], &["--level=story"], &["story"])]
fn labels_decide_which_levels_are_scored(
    #[case] fields: &[&str],
    #[case] args: &[&str],
    #[case] wanted: &[&str],
) {
    let folder = Folder::new();
    let found = reports(&folder.file("a.jsonl", &rows(fields)), args);
    let levels: Vec<&str> = found.iter().map(|report| report["level"].as_str().unwrap()).collect();
    assert_eq!(levels, wanted);
}

#[test]
fn only_one_language_is_kept_when_asked() {
    let folder = Folder::new();
    let mut lines = rows(&["label"]);
    lines[11]["lang"] = "fr".into();
    let path = folder.file("a.jsonl", &lines);
    let found = reports(&path, &["--lang", "en"]);
    assert_eq!((&found[0]["corpus"], &found[0]["rows"]), (&json!("a (en)"), &json!(11)));
    let none = evaluate(&path, &["--lang", "de"]);
    assert!(
        !none.status.success() && stderr(&none).contains("no headline has `lang` de"),
        "{}",
        stderr(&none)
    );
}

#[rstest]
#[case("kmeans")]
#[case("dbscan")]
#[case("average-link")]
#[case("slugline")]
fn every_algorithm_runs_and_tells_what_it_is(#[case] algorithm: &str) {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", &rows(&["label"]));
    for dimensions in ["0", "256"] {
        let found = reports(&path, &["--algorithm", algorithm, "--dimensions", dimensions]);
        assert_eq!(found[0]["algorithm"], algorithm);
        assert!(found[0]["scores"]["ami"].as_f64().unwrap() > 0.5, "{}", found[0]);
    }
}

#[test]
fn the_order_of_the_input_changes_nothing() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", &rows(&["label"]));
    let found = reports(&path, &["--shuffles=3"]);
    assert_eq!(found[0]["stability"], json!({ "mean": 1.0, "least": 1.0 }));
    assert!(stdout(&evaluate(&path, &["--shuffles=1"])).contains("shuffled: mean ARI"));
}

#[test]
fn copies_of_a_title_are_clustered_but_not_scored() {
    let folder = Folder::new();
    let mut lines = rows(&["label"]);
    let mut copy = lines[0].clone();
    copy["text"] = json!(copy["text"].as_str().unwrap().to_uppercase());
    lines.extend([copy.clone(), copy]);
    let path = folder.file("a.jsonl", &lines);
    let (all, distinct) = (reports(&path, &[]), reports(&path, &["--distinct"]));
    assert_eq!((&all[0]["rows"], &all[0]["scores"]["rows"]), (&json!(14), &json!(14)));
    assert_eq!((&distinct[0]["rows"], &distinct[0]["scores"]["rows"]), (&json!(14), &json!(12)));
    assert_eq!(distinct[0]["corpus"], "a, distinct");
}

#[test]
fn the_table_is_markdown_with_a_line_a_level() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", &rows(&["story", "topic"]));
    let output = evaluate(&path, &["--no-embedding"]);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 4, "{}", stdout(&output));
    assert!(lines[0].starts_with("| corpus | level | algorithm |") && lines[1].starts_with("| ---"));
    assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "aligned");
}

#[test]
fn the_ablation_has_the_default_first_and_a_mean_last() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", &rows(&["label"]));
    let output = evaluate(&path, &["--ablation"]);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert!(lines[0].contains("a, topic") && lines[0].ends_with("mean |"), "{}", stdout(&output));
    assert!(lines[2].starts_with("| default ") && lines[2].contains("1.000 / 1.000"), "{}", lines[2]);
    let output = evaluate(&path, &["--ablation", "--format=json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["ablation"]["variants"][0]["cells"], json!([{ "ami": 1.0, "bcubed_f1": 1.0 }]));
}

#[rstest]
#[case("{\"text\":\"Rain\"}\n{\"text\":\"Hail\",\"label\":null}", &[], "no labels found")]
#[case("{\"text\":\"Rain\",\"topic\":\"t\"}", &["--level=story"], "no labels found for the story level")]
#[case("{\"text\":\"Rain\",\"label\":\"t\"}\n\n{\"text\":", &[], "a.jsonl:3: ")]
#[case("{\"label\":\"t\"}", &[], "a.jsonl:1: missing field `text`")]
#[case("{\"id\":\"x\",\"text\":\"Rain\",\"label\":\"t\",\"time\":\"soon\"}", &[], "headline `x`: ")]
#[case("{\"text\":\"Rain\",\"label\":{}}", &[], "a label must be a string or a number")]
#[case("\n", &[], "there are no headlines in it")]
#[case("{\"text\":\"\",\"label\":\"t\"}", &["--algorithm=kmeans"], "cannot make 1 clusters of 0 rows")]
fn what_is_wrong_with_a_file_is_said(#[case] content: &str, #[case] args: &[&str], #[case] part: &str) {
    let folder = Folder::new();
    let output = evaluate(&folder.text("a.jsonl", content), args);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""));
    assert!(stderr(&output).contains(part), "{}", stderr(&output));
}

#[test]
fn a_missing_file_is_named_and_misuse_explained() {
    let folder = Folder::new();
    let path = folder.file("a.jsonl", &rows(&["label"]));
    let missing = evaluate(&folder.0.path().join("none.jsonl"), &[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("none.jsonl: "), "{}", stderr(&missing));
    let useless = evaluate(&path, &["--no-embedding", "--algorithm=kmeans"]);
    assert!(useless.status.code() == Some(1) && stderr(&useless).contains("--no-embedding"));
    assert_eq!(evaluate(&path, &["--ablation", "--shuffles=2"]).status.code(), Some(2));
    assert_eq!(evaluate(&path, &["--algorithm=magic"]).status.code(), Some(2));
}

#[test]
fn a_corpus_that_fails_leaves_the_scores_of_others() {
    let folder = Folder::new();
    let good = folder.file("good.jsonl", &rows(&["label"]));
    let bad = folder.text("bad.jsonl", "{\"text\":\"\",\"label\":\"t\"}");
    let output = evaluate(&good, &[bad.to_str().unwrap(), "--algorithm=average-link"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("| good "), "{}", stdout(&output));
    assert!(stderr(&output).contains("bad: "), "{}", stderr(&output));
}
