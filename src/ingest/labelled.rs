//! Labelled headlines: JSON lines as they come, gold labels by level.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::{Rejection, parse_time};
use crate::Headline;
use crate::engine::Level;

/// Headlines, some or all of them labelled.
#[derive(Debug)]
pub struct Labelled {
    /// The headlines, in order.
    pub headlines: Vec<Headline>,
    /// The levels to score.
    pub gold: Vec<Gold>,
}

/// What the rows should be at one level.
#[derive(Debug)]
pub struct Gold {
    /// The level.
    pub level: Level,
    /// For each headline its class, if it is labelled.
    pub labels: Vec<Option<String>>,
}

/// Why labelled headlines cannot be scored.
#[derive(Debug, Error)]
pub enum LabelledError {
    /// The input cannot be read.
    #[error("line {line}: {reason}")]
    Read {
        /// Its number, from 1.
        line: usize,
        /// What went wrong.
        reason: io::Error,
    },
    /// A line is not what it should be.
    #[error("line {line}: {reason}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: serde_json::Error,
    },
    /// A time cannot be understood.
    #[error("headline `{id}`: {reason}")]
    Time {
        /// The headline's id, or its number.
        id: String,
        /// What is wrong with it.
        reason: Rejection,
    },
    /// A label is neither a name nor a number.
    #[error("a label must be a string or a number, not {0}")]
    LabelKind(Value),
    /// Nothing is there.
    #[error("there are no headlines in it")]
    Empty,
    /// Nothing is left in the language asked for.
    #[error("no headline has `lang` {0}")]
    NoneInLanguage(String),
    /// Nothing is labelled at the level asked for.
    #[error("no labels found for the {} level, only for the other", .0.name())]
    OtherLevel(Level),
    /// Nothing is labelled.
    #[error("no labels found: no headline has a `label`, `story` or `topic`")]
    Unlabelled,
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

impl Labelled {
    /// Reads JSON lines; `lang` keeps only the rows in that language. Without a `level`, labels in `story` and `topic`
    /// are both scored, and `label` means topics.
    ///
    /// Unlike other readers, this one refuses input with a bad line: scores over what is left would compare with
    /// nothing. Titles may be empty, though: published corpora have some, and scores count them.
    ///
    /// # Errors
    /// When a line cannot be read, or no headline is labelled.
    pub fn read(
        input: impl BufRead,
        level: Option<Level>,
        lang: Option<&str>,
    ) -> Result<Self, LabelledError> {
        let mut rows = read_rows(input)?;
        if rows.is_empty() {
            return Err(LabelledError::Empty);
        }
        if let Some(lang) = lang {
            rows.retain(|row| row.lang.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(lang)));
            if rows.is_empty() {
                return Err(LabelledError::NoneInLanguage(lang.to_owned()));
            }
        }
        let gold = gold_of(&rows, level)?;
        let headlines = rows.into_iter().enumerate().map(|(at, row)| row.into_headline(at));
        Ok(Self { headlines: headlines.collect::<Result<_, _>>()?, gold })
    }
}

fn read_rows(input: impl BufRead) -> Result<Vec<Row>, LabelledError> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|reason| LabelledError::Read { line, reason })?;
        if !text.trim().is_empty() {
            let row = serde_json::from_str(text.trim_start_matches('\u{FEFF}'));
            rows.push(row.map_err(|reason| LabelledError::Line { line, reason })?);
        }
    }
    Ok(rows)
}

fn gold_of(rows: &[Row], level: Option<Level>) -> Result<Vec<Gold>, LabelledError> {
    let labels = |field: fn(&Row) -> &Option<Value>| -> Result<Option<Vec<Option<String>>>, LabelledError> {
        let labels = rows.iter().map(|row| text_of(field(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(labels.iter().any(Option::is_some).then_some(labels))
    };
    let (story, topic) = (labels(|row| &row.story)?, labels(|row| &row.topic)?);
    let mut gold = Vec::new();
    if story.is_some() || topic.is_some() {
        gold.extend(story.map(|labels| Gold { level: Level::Story, labels }));
        gold.extend(topic.map(|labels| Gold { level: Level::Topic, labels }));
        gold.retain(|gold| level.is_none_or(|level| gold.level == level));
        return match level {
            Some(level) if gold.is_empty() => Err(LabelledError::OtherLevel(level)),
            _ => Ok(gold),
        };
    }
    let labels = labels(|row| &row.label)?.ok_or(LabelledError::Unlabelled)?;
    Ok(vec![Gold { level: level.unwrap_or(Level::Topic), labels }])
}

/// A label may be a name or a number; null and blank mean none.
fn text_of(label: &Option<Value>) -> Result<Option<String>, LabelledError> {
    match label {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => Err(LabelledError::LabelKind(other.clone())),
    }
}

impl Row {
    fn into_headline(self, at: usize) -> Result<Headline, LabelledError> {
        let id = self.id.unwrap_or_else(|| (at + 1).to_string());
        let time = match self.time {
            None | Some(Value::Null) => None,
            Some(Value::String(time)) if time.trim().is_empty() => None,
            Some(Value::String(time)) => Some(time),
            Some(other) => Some(other.to_string()),
        };
        let time = time.map(|time| parse_time(&time)).transpose();
        let time = time.map_err(|reason| LabelledError::Time { id: id.clone(), reason })?;
        Ok(Headline { id, text: self.text, time, source: self.source, url: None, lang: self.lang })
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
