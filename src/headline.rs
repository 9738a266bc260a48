//! A headline: one title with what is known about where and when it appeared.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One title, the unit that is clustered.
///
/// `text` is as the reader saw it; everything else is optional context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Caller's id or one derived from the content; unique within a collection.
    pub id: String,
    /// The title in its original casing, white space collapsed.
    pub text: String,
    /// When it was published or seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// Publisher, usually a host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Address of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Two-letter language code, when the caller knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}
