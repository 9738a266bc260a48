//! Why a document or one of its headlines was turned away. Codes are stable; messages may improve.

use jiff::Timestamp;
use thiserror::Error;

/// Why a whole document could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Nothing but white space.
    #[error("there are no headlines in it")]
    Empty,
    /// A UTF-16 byte order mark.
    #[error("it is in UTF-16; UTF-8 is needed")]
    Utf16,
    /// A JSON document with bytes that are not UTF-8.
    #[error("it is not valid UTF-8 (byte {offset})")]
    InvalidUtf8 {
        /// Where the first bad byte is.
        offset: usize,
    },
    /// Not JSON.
    #[error("invalid JSON at line {line}, column {column}: {reason}")]
    InvalidJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// JSON, but neither an object nor an array.
    #[error("a headline object or an array of them is needed, not {found}")]
    NotHeadlines {
        /// What was there instead.
        found: &'static str,
    },
    /// Not well-formed XML.
    #[error("invalid XML at line {line}: {reason}")]
    InvalidXml {
        /// Line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A feed in an encoding that nobody knows.
    #[error("its encoding `{name}` is unknown")]
    UnknownEncoding {
        /// The name it declares.
        name: String,
    },
    /// Well-formed, but neither RSS nor Atom nor JSON Feed.
    #[error("a feed (RSS, Atom or JSON Feed) is needed, not {found}")]
    NotAFeed {
        /// What was there instead.
        found: String,
    },
    /// A CSV header without `title` or `text`.
    #[error("the CSV header has no column `title` or `text`; its columns are: {found}")]
    NoTitleColumn {
        /// The columns it has.
        found: String,
    },
    /// A CSV header that names one column twice.
    #[error("the CSV header names the column `{column}` twice")]
    RepeatedColumn {
        /// The column.
        column: String,
    },
    /// More headlines than the limit.
    #[error("more than {limit} headlines at once")]
    TooManyItems {
        /// The limit.
        limit: usize,
    },
}

impl DocumentError {
    /// Line the error is about, when it is about one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::InvalidJson { line, .. } | Self::InvalidXml { line, .. } => Some(*line),
            Self::NoTitleColumn { .. } | Self::RepeatedColumn { .. } => Some(1),
            _ => None,
        }
    }
}

/// Why one headline was turned away.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// Bytes that are not UTF-8.
    #[error("not valid UTF-8 (byte {offset} of the line)")]
    InvalidUtf8 {
        /// Where the first bad byte is.
        offset: usize,
    },
    /// A line that is not JSON.
    #[error("invalid JSON at column {column}: {reason}")]
    InvalidJson {
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// JSON, but not an object.
    #[error("a headline must be an object, not {found}")]
    NotAnObject {
        /// What was there instead.
        found: &'static str,
    },
    /// A field that headlines do not have.
    #[error("unknown field `{field}`; known are title (or text), id, time, source, url, lang")]
    UnknownField {
        /// Its name.
        field: String,
    },
    /// A field given twice, or both `title` and `text`.
    #[error("`{field}` is given twice (`title` and `text` are the same field)")]
    RepeatedField {
        /// Its name.
        field: &'static str,
    },
    /// A field of another JSON type.
    #[error("`{field}` must be {wanted}, not {found}")]
    WrongType {
        /// Its name.
        field: &'static str,
        /// What it should be.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A CSV row with more or fewer cells than the header.
    #[error("{found} cells where the header has {wanted}")]
    WrongColumnCount {
        /// Cells in the header.
        wanted: usize,
        /// Cells in the row.
        found: usize,
    },
    /// No title at all.
    #[error("`title` is missing")]
    MissingTitle,
    /// A title without a visible character.
    #[error("`title` is empty")]
    EmptyTitle,
    /// A title above the limit.
    #[error("`title` has {chars} characters; at most {limit} are allowed")]
    TitleTooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        limit: usize,
    },
    /// A control character in a text field.
    #[error("`{field}` contains the control character U+{code_point:04X}")]
    ControlCharacter {
        /// The field.
        field: &'static str,
        /// The character.
        code_point: u32,
    },
    /// An id with characters it may not have, or too long.
    #[error("`id` must be 1 to 128 letters, digits or characters of -._~:@+=, and not only dots")]
    InvalidId,
    /// The same id earlier in the same document.
    #[error("`id` {id} was already given by headline {first}")]
    DuplicateId {
        /// The id.
        id: String,
        /// Number of the first headline with it: its line, or its place in a JSON array, from 1.
        first: usize,
    },
    /// A time in none of the accepted notations.
    #[error("`time` is invalid: {reason}")]
    InvalidTime {
        /// What is wrong with it.
        reason: String,
    },
    /// A source that is too long.
    #[error("`source` has {chars} characters; at most {limit} are allowed")]
    SourceTooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        limit: usize,
    },
    /// An address that is not a web address.
    #[error("`url` must be an http or https address of at most 2048 characters without white space")]
    InvalidUrl,
    /// A time that has not come yet. It would make everything else look old.
    #[error("`time` is {time}, more than a day after it was received: is the clock or the year right?")]
    FutureTime {
        /// The time given.
        time: Timestamp,
    },
    /// A language that is not a language code.
    #[error("`lang` must be a two-letter language code such as en or pt-BR")]
    InvalidLang,
}

impl Rejection {
    /// Stable name of the reason, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUtf8 { .. } => "invalid_utf8",
            Self::InvalidJson { .. } => "invalid_json",
            Self::NotAnObject { .. } => "not_an_object",
            Self::UnknownField { .. } => "unknown_field",
            Self::RepeatedField { .. } => "repeated_field",
            Self::WrongType { .. } => "wrong_type",
            Self::WrongColumnCount { .. } => "wrong_column_count",
            Self::MissingTitle => "missing_title",
            Self::EmptyTitle => "empty_title",
            Self::TitleTooLong { .. } => "title_too_long",
            Self::ControlCharacter { .. } => "control_character",
            Self::InvalidId => "invalid_id",
            Self::DuplicateId { .. } => "duplicate_id",
            Self::InvalidTime { .. } => "invalid_time",
            Self::FutureTime { .. } => "future_time",
            Self::SourceTooLong { .. } => "source_too_long",
            Self::InvalidUrl => "invalid_url",
            Self::InvalidLang => "invalid_lang",
        }
    }
}
