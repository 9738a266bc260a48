//! From bytes to checked headlines: plain text, JSON lines, JSON, CSV and feeds.
//!
//! Every parser gives one [`Item`] per line, array element, row or feed item, good or bad, so that one bad headline never
//! costs its neighbours. Only a document that cannot be taken apart at all is a [`DocumentError`].
//!
//! ```
//! use slugline::ingest::{Format, Rules, parse};
//!
//! let document = parse(Format::Text, b"Ferry strike enters second week\n\n", &Rules::default())?;
//! let entry = document.items[0].result.as_ref().unwrap();
//! assert_eq!(entry.text, "Ferry strike enters second week");
//! # Ok::<(), slugline::ingest::DocumentError>(())
//! ```

mod check;
mod csv;
mod draft;
mod error;
mod feed;
mod format;
mod identity;
mod json;
mod labelled;
mod lines;
mod time;

pub use check::Entry;
pub(crate) use check::check_lang;
use draft::Draft;
pub use error::{DocumentError, Rejection};
pub use feed::Subscription;
pub use format::Format;
pub use identity::{content_id, position_ids};
pub use labelled::{Gold, Labelled, LabelledError};
pub use time::parse_time;

/// Ignored fields that are named.
const MOST_IGNORED: usize = 20;

/// Limits of what is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Most headlines in one document.
    pub items: usize,
    /// Most characters in one title.
    pub title_chars: usize,
    /// Whether JSON fields that mean nothing here are left out with a note, as columns of a CSV are, rather than
    /// refused: exports carry fields of their own, while in a request an unknown field is most likely a slip.
    pub ignore_unknown_fields: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { items: usize::MAX, title_chars: 1_000, ignore_unknown_fields: false }
    }
}

/// One line, array element, row or item of a feed: a checked headline or the reason why it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Line on which it starts, counted from 1.
    pub line: usize,
    /// Number that stands in for a missing id: its line, or its place in a JSON array or feed, counted from 1.
    pub number: usize,
    /// The headline, or why it was turned away.
    pub result: Result<Entry, Rejection>,
}

/// A document taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Its headlines and rejections, in order.
    pub items: Vec<Item>,
    /// Columns and fields that mean nothing here and were left out, each once.
    pub ignored_fields: Vec<String>,
}

/// Takes a document apart.
///
/// A byte order mark, Windows line ends and blank lines are tolerated.
///
/// # Errors
/// When the document as a whole is empty, in another encoding, not JSON, a CSV without a title column, no feed, or too
/// long.
pub fn parse(format: Format, bytes: &[u8], rules: &Rules) -> Result<Document, DocumentError> {
    let bytes = content_of(bytes)?;
    match format {
        Format::Text => lines::parse_text(bytes, rules),
        Format::Jsonl => lines::parse_jsonl(bytes, rules),
        Format::Json => json::parse(bytes, rules),
        Format::Csv => csv::parse(bytes, rules),
        Format::Feed => feed::parse(bytes, rules, &Subscription::default()),
    }
}

/// Takes a feed apart, as [`parse`] does, for somebody who knows better than the feed who publishes it.
///
/// # Errors
/// As those of [`parse`].
pub fn parse_feed(
    bytes: &[u8],
    rules: &Rules,
    subscription: &Subscription,
) -> Result<Document, DocumentError> {
    feed::parse(content_of(bytes)?, rules, subscription)
}

/// The bytes after a byte order mark.
fn content_of(bytes: &[u8]) -> Result<&[u8], DocumentError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(DocumentError::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() { Err(DocumentError::Empty) } else { Ok(bytes) }
}

/// A draft that was checked.
struct Checked {
    /// Its fields that mean nothing here.
    ignored: Vec<String>,
    result: Result<Entry, Rejection>,
}

impl Checked {
    fn of(draft: Result<Draft, Rejection>, rules: &Rules) -> Self {
        match draft {
            Ok(mut draft) => {
                Self { ignored: std::mem::take(&mut draft.ignored), result: Entry::check(draft, rules) }
            }
            Err(reason) => Self { ignored: Vec::new(), result: Err(reason) },
        }
    }
}

impl Document {
    /// Checks a draft and adds it as an item, unless the document already holds as many as it may.
    fn push(
        &mut self,
        position: (usize, usize),
        draft: Result<Draft, Rejection>,
        rules: &Rules,
    ) -> Result<(), DocumentError> {
        self.add(position, Checked::of(draft, rules), rules)
    }

    /// Adds what was checked as an item, unless the document already holds as many as it may.
    fn add(
        &mut self,
        (line, number): (usize, usize),
        Checked { ignored, result }: Checked,
        rules: &Rules,
    ) -> Result<(), DocumentError> {
        if self.items.len() >= rules.items {
            return Err(DocumentError::TooManyItems { limit: rules.items });
        }
        self.note_ignored(ignored);
        self.items.push(Item { line, number, result });
        Ok(())
    }

    fn note_ignored(&mut self, fields: Vec<String>) {
        for field in fields {
            if self.ignored_fields.len() < MOST_IGNORED && !self.ignored_fields.contains(&field) {
                self.ignored_fields.push(field);
            }
        }
    }
}

#[cfg(test)]
mod tests;
