//! Which notation a document is in.

use std::path::Path;

use super::feed::is_json_feed;

/// The notations headlines are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One title a line.
    Text,
    /// One headline object a line.
    Jsonl,
    /// A headline object or an array of them.
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// RSS, Atom or JSON Feed.
    Feed,
}

impl Format {
    /// The notation of a file: by the ending of its name, else by a guess. Files that end in `.json` may be feeds.
    pub fn of_file(path: &Path, bytes: &[u8]) -> Self {
        match Self::from_extension(path) {
            Some(Self::Json) if is_json_feed(bytes) => Self::Feed,
            Some(format) => format,
            None => Self::sniff(bytes),
        }
    }

    /// The notation that the ending of a file name stands for.
    pub fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "txt" => Some(Self::Text),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "xml" | "rss" | "atom" | "rdf" => Some(Self::Feed),
            _ => None,
        }
    }

    /// Guesses from the first line. Plain text unless it can hardly be anything but JSON or a CSV header: a title
    /// may well begin with a bracket.
    pub fn sniff(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        match bytes {
            [b'<', ..] if is_xml_feed(bytes) => Self::Feed,
            [b'[', rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'{' | b']')) => Self::Json,
            [b'{', rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')) => {
                let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
                if is_json_feed(bytes) {
                    Self::Feed
                } else if is_whole {
                    Self::Jsonl
                } else {
                    Self::Json
                }
            }
            _ if is_csv_header(line) => Self::Csv,
            _ => Self::Text,
        }
    }
}

/// A declaration of XML, or the root of a feed.
fn is_xml_feed(bytes: &[u8]) -> bool {
    [&b"<?xml"[..], b"<rss", b"<feed", b"<rdf:RDF"].iter().any(|start| bytes.starts_with(start))
}

/// Two or more one-word columns, `title` or `text` among them.
fn is_csv_header(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let cells: Vec<String> =
        line.split(',').map(|cell| cell.trim().trim_matches('"').to_ascii_lowercase()).collect();
    let is_name = |cell: &String| {
        !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte))
    };
    cells.len() > 1 && cells.iter().all(is_name) && cells.iter().any(|cell| cell == "title" || cell == "text")
}
