//! Labelled headlines: JSON lines as they come, gold labels by level.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::Headline;
use crate::engine::Level;
use crate::ingest::parse_time;

/// A file of headlines, some or all of them labelled.
#[derive(Debug)]
pub(in crate::cli) struct Corpus {
    /// Stem of the file name, with the language if only that was kept.
    pub name: String,
    pub headlines: Vec<Headline>,
    /// The levels to score.
    pub gold: Vec<Gold>,
}

/// What the rows should be at one level.
#[derive(Debug)]
pub(in crate::cli) struct Gold {
    pub level: Level,
    /// For each headline its class, if it is labelled.
    pub labels: Vec<Option<String>>,
}

/// One line. Fields that are not named here are ignored, as are labels of other kinds.
#[derive(Debug, Deserialize)]
struct Row {
    id: Option<String>,
    #[serde(alias = "title")]
    text: String,
    time: Option<Value>,
    lang: Option<String>,
    source: Option<String>,
    label: Option<Value>,
    story: Option<Value>,
    topic: Option<Value>,
}

impl Corpus {
    /// Reads `path`; `lang` keeps only the rows in that language. Without a `level`, labels in `story` and `topic`
    /// are both scored, and `label` means topics.
    pub fn read(path: &Path, level: Option<Level>, lang: Option<&str>) -> anyhow::Result<Self> {
        let file = path.display();
        let mut rows = read_rows(path)?;
        ensure!(!rows.is_empty(), "{file}: there are no headlines in it");
        if let Some(lang) = lang {
            rows.retain(|row| row.lang.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(lang)));
            ensure!(!rows.is_empty(), "{file}: no headline has `lang` {lang}");
        }
        let gold = gold_of(&rows, level).with_context(|| file.to_string())?;
        let stem = path.file_stem().map_or_else(|| file.to_string(), |stem| stem.display().to_string());
        let name = lang.map_or(stem.clone(), |lang| format!("{stem} ({lang})"));
        let headlines = rows
            .into_iter()
            .enumerate()
            .map(|(at, row)| row.into_headline(at).with_context(|| file.to_string()))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { name, headlines, gold })
    }
}

/// Unlike `cluster`, this refuses a file with a bad line: scores over what is left would compare with nothing.
/// Titles may be empty, though: published corpora have some, and scores count them.
fn read_rows(path: &Path) -> anyhow::Result<Vec<Row>> {
    let file = path.display();
    let lines = BufReader::new(File::open(path).with_context(|| file.to_string())?).lines();
    let mut rows = Vec::new();
    for (at, line) in lines.enumerate() {
        let place = || format!("{file}:{}", at + 1);
        let line = line.with_context(place)?;
        if !line.trim().is_empty() {
            rows.push(serde_json::from_str(line.trim_start_matches('\u{FEFF}')).with_context(place)?);
        }
    }
    Ok(rows)
}

fn gold_of(rows: &[Row], level: Option<Level>) -> anyhow::Result<Vec<Gold>> {
    let labels = |field: fn(&Row) -> &Option<Value>| -> anyhow::Result<Option<Vec<Option<String>>>> {
        let labels = rows.iter().map(|row| text_of(field(row))).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(labels.iter().any(Option::is_some).then_some(labels))
    };
    let (story, topic) = (labels(|row| &row.story)?, labels(|row| &row.topic)?);
    let mut gold = Vec::new();
    if story.is_some() || topic.is_some() {
        gold.extend(story.map(|labels| Gold { level: Level::Story, labels }));
        gold.extend(topic.map(|labels| Gold { level: Level::Topic, labels }));
        gold.retain(|gold| level.is_none_or(|level| gold.level == level));
        match level {
            Some(level) if gold.is_empty() => {
                bail!("no labels found for the {} level, only for the other", name_of(level));
            }
            _ => return Ok(gold),
        }
    }
    let Some(labels) = labels(|row| &row.label)? else {
        bail!("no labels found: no headline has a `label`, `story` or `topic`");
    };
    Ok(vec![Gold { level: level.unwrap_or(Level::Topic), labels }])
}

/// A label may be a name or a number; null and blank mean none.
fn text_of(label: &Option<Value>) -> anyhow::Result<Option<String>> {
    match label {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => bail!("a label must be a string or a number, not {other}"),
    }
}

impl Row {
    fn into_headline(self, at: usize) -> anyhow::Result<Headline> {
        let id = self.id.unwrap_or_else(|| (at + 1).to_string());
        let time = match self.time {
            None | Some(Value::Null) => None,
            Some(Value::String(time)) if time.trim().is_empty() => None,
            Some(Value::String(time)) => Some(time),
            Some(other) => Some(other.to_string()),
        };
        let time = time.map(|time| parse_time(&time)).transpose();
        let time = time.with_context(|| format!("headline `{id}`"))?;
        Ok(Headline { id, text: self.text, time, source: self.source, url: None, lang: self.lang })
    }
}

/// How a level is called.
pub(in crate::cli) fn name_of(level: Level) -> &'static str {
    match level {
        Level::Story => "story",
        Level::Topic => "topic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Row> {
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn both_levels_are_scored_where_both_are_labelled() {
        let rows =
            rows(&[r#"{"text":"a","story":"s","topic":"t","label":"x"}"#, r#"{"text":"b","story":" "}"#]);
        let gold = gold_of(&rows, None).unwrap();
        assert_eq!(gold[0].labels, [Some("s".to_owned()), None]);
        assert_eq!(gold[1].labels, [Some("t".to_owned()), None]);
        let only = gold_of(&rows, Some(Level::Topic)).unwrap();
        assert_eq!((only.len(), only[0].level), (1, Level::Topic));
    }

    #[test]
    fn a_plain_label_belongs_to_the_level_asked_for() {
        let rows = rows(&[r#"{"text":"a","label":7}"#, r#"{"text":"b","label":null}"#]);
        assert_eq!(gold_of(&rows, None).unwrap()[0].level, Level::Topic);
        let gold = gold_of(&rows, Some(Level::Story)).unwrap();
        assert_eq!((gold[0].level, &gold[0].labels[..]), (Level::Story, &[Some("7".to_owned()), None][..]));
    }

    #[test]
    fn labels_that_are_missing_or_of_a_wrong_kind_are_explained() {
        let message = |line, level| gold_of(&rows(&[line]), level).unwrap_err().to_string();
        assert!(message(r#"{"text":"a"}"#, None).starts_with("no labels found"));
        assert!(message(r#"{"text":"a","topic":"t"}"#, Some(Level::Story)).contains("story level"));
        assert!(message(r#"{"text":"a","label":[1]}"#, None).contains("not [1]"));
    }
}
