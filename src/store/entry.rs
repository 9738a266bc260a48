//! Entries of the log and how they are written down.
//!
//! An entry is stored as its kind, the id of the headline it is about, and the rest as JSON: readable with any tool,
//! and open to new kinds and fields without a new schema. A program that meets a kind or field it does not know must
//! not guess what the entry does to the state, so decoding refuses it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Headline;

/// What is appended to a log.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// When it was received.
    pub at: Timestamp,
    /// What it does.
    pub body: Body,
}

/// One entry of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number in the collection, from 1 without gaps.
    pub seq: u64,
    /// When it was received.
    pub at: Timestamp,
    /// What it does.
    pub body: Body,
}

/// What an entry does to a collection.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Adds a headline.
    Headline(Headline),
    /// Removes a headline.
    Delete {
        /// The headline's id.
        id: String,
    },
    /// An edit by hand; its meaning is the engine's.
    Edit(Value),
    /// Settings from here on; their meaning is the engine's.
    Configure(Value),
}

/// An entry's body as columns of a table.
pub(super) struct Columns<'a> {
    pub kind: &'static str,
    pub id: Option<&'a str>,
    pub json: Option<String>,
}

/// A headline but for its id, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadlineRecord<'a> {
    text: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lang: Option<Cow<'a, str>>,
}

impl Body {
    pub(super) fn encode(&self) -> serde_json::Result<Columns<'_>> {
        Ok(match self {
            // Every field is named, so that a new one cannot be forgotten here.
            Self::Headline(Headline { id, text, time, source, url, lang }) => {
                let record = HeadlineRecord {
                    text: text.into(),
                    time: *time,
                    source: source.as_deref().map(Cow::from),
                    url: url.as_deref().map(Cow::from),
                    lang: lang.as_deref().map(Cow::from),
                };
                let json = Some(serde_json::to_string(&record)?);
                Columns { kind: "headline", id: Some(id), json }
            }
            Self::Delete { id } => Columns { kind: "delete", id: Some(id), json: None },
            Self::Edit(value) => Columns { kind: "edit", id: None, json: Some(value.to_string()) },
            Self::Configure(value) => Columns { kind: "configure", id: None, json: Some(value.to_string()) },
        })
    }

    /// Reads columns back, or says why they cannot be understood.
    pub(super) fn decode(kind: &str, id: Option<String>, json: Option<&str>) -> Result<Self, String> {
        match (kind, id, json) {
            ("headline", Some(id), Some(json)) => {
                let HeadlineRecord { text, time, source, url, lang } = parse(json)?;
                let owned = |field: Option<Cow<str>>| field.map(Cow::into_owned);
                let (source, url, lang) = (owned(source), owned(url), owned(lang));
                Ok(Self::Headline(Headline { id, text: text.into_owned(), time, source, url, lang }))
            }
            ("delete", Some(id), None) => Ok(Self::Delete { id }),
            ("edit", None, Some(json)) => parse(json).map(Self::Edit),
            ("configure", None, Some(json)) => parse(json).map(Self::Configure),
            ("headline" | "delete" | "edit" | "configure", ..) => {
                Err(format!("its columns are not those of kind `{kind}`"))
            }
            _ => Err(format!("unknown kind `{kind}`")),
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("headline", Some("a"), Some(r#"{"text":"Ebb","mood":"calm"}"#), "unknown field `mood`")]
    #[case("headline", Some("a"), Some(r#"{"time":null}"#), "missing field `text`")]
    #[case("headline", None, Some(r#"{"text":"Ebb"}"#), "not those of kind `headline`")]
    #[case("delete", Some("a"), Some("{}"), "not those of kind `delete`")]
    #[case("edit", None, Some("{"), "EOF")]
    #[case("merge", Some("a"), Some("{}"), "unknown kind `merge`")]
    fn what_is_not_understood_is_refused(
        #[case] kind: &str,
        #[case] id: Option<&str>,
        #[case] json: Option<&str>,
        #[case] reason: &str,
    ) {
        let refused = Body::decode(kind, id.map(str::to_owned), json).unwrap_err();
        assert!(refused.contains(reason), "{refused}");
    }

    #[test]
    fn the_written_form_stays_readable() {
        let body = Body::decode(
            "headline",
            Some("a".into()),
            Some(r#"{"text":"Ebb","time":"2025-12-01T08:30:00.5Z"}"#),
        );
        let Body::Headline(headline) = body.unwrap() else { panic!("not a headline") };
        assert_eq!(headline.time.unwrap().as_millisecond(), 1_764_577_800_500);
        let columns = Body::Headline(headline).encode().unwrap().json.unwrap();
        assert_eq!(columns, r#"{"text":"Ebb","time":"2025-12-01T08:30:00.5Z"}"#);
    }
}
