//! JSON Feed, versions 1 and 1.1.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Feed, FeedItem};
use crate::ingest::draft::reason_of;
use crate::ingest::json::LineCounter;
use crate::ingest::{DocumentError, Rejection};

/// What the member `version` of a JSON Feed begins with.
const VERSION: &str = "https://jsonfeed.org/version/";

#[derive(Deserialize)]
struct JsonFeed<'a> {
    version: String,
    title: Option<String>,
    home_page_url: Option<String>,
    language: Option<String>,
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct JsonItem {
    /// A string, by the standard; numbers are met with.
    #[serde(default)]
    id: Value,
    title: Option<String>,
    url: Option<String>,
    external_url: Option<String>,
    date_published: Option<String>,
    date_modified: Option<String>,
    language: Option<String>,
}

/// Whether a document says that it is a JSON Feed.
pub(in crate::ingest) fn is_json_feed(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    serde_json::from_slice::<Version>(bytes).is_ok_and(|feed| feed.version.starts_with(VERSION))
}

pub(super) fn read(bytes: &[u8], limit: usize) -> Result<Feed, DocumentError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| DocumentError::InvalidUtf8 { offset: error.valid_up_to() })?;
    let document: JsonFeed = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            DocumentError::NotAFeed { found: format!("this JSON ({})", reason_of(&error)) }
        }
        _ => DocumentError::InvalidJson {
            line: error.line(),
            column: error.column(),
            reason: reason_of(&error),
        },
    })?;
    if !document.version.starts_with(VERSION) {
        return Err(DocumentError::NotAFeed { found: "JSON of another kind".to_owned() });
    }
    let mut feed = Feed {
        title: document.title,
        home: document.home_page_url,
        lang: document.language,
        ..Feed::default()
    };
    let mut lines = LineCounter::new(text);
    for item in document.items {
        feed.push(lines.line_of(item.get()), read_item(item.get()), limit)?;
    }
    Ok(feed)
}

fn read_item(text: &str) -> Result<FeedItem, Rejection> {
    let item: JsonItem = serde_json::from_str(text)
        .map_err(|error| Rejection::InvalidJson { column: error.column(), reason: reason_of(&error) })?;
    let guid = match item.id {
        Value::String(id) => Some(id),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    };
    Ok(FeedItem {
        title: item.title,
        link: item.url.or(item.external_url),
        guid,
        guid_is_link: false,
        published: item.date_published,
        updated: item.date_modified,
        source: None,
        lang: item.language,
    })
}
