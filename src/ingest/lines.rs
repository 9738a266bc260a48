//! One headline a line: plain text and JSON lines.

use super::draft::Draft;
use super::{Document, DocumentError, Rejection, Rules};

/// Plain text: each line that is not blank is a title.
pub(super) fn parse_text(bytes: &[u8], rules: &Rules) -> Result<Document, DocumentError> {
    parse_lines(bytes, rules, |line| Ok(Draft { title: Some(line.to_owned()), ..Draft::default() }))
}

/// JSON lines: each line that is not blank is a headline object.
pub(super) fn parse_jsonl(bytes: &[u8], rules: &Rules) -> Result<Document, DocumentError> {
    parse_lines(bytes, rules, |line| Draft::from_json(line, rules))
}

fn parse_lines(
    bytes: &[u8],
    rules: &Rules,
    draft: impl Fn(&str) -> Result<Draft, Rejection>,
) -> Result<Document, DocumentError> {
    let mut document = Document::default();
    for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let draft = std::str::from_utf8(line)
            .map_err(|error| Rejection::InvalidUtf8 { offset: error.valid_up_to() })
            .and_then(&draft);
        document.push((at + 1, at + 1), draft, rules)?;
    }
    Ok(document)
}
