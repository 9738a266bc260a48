//! The text of a document: XML says itself in which encoding it is.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use crate::ingest::DocumentError;
use crate::ingest::draft::excerpt;

/// How far into a document its declaration is looked for.
const DECLARATION_BYTES: usize = 256;

/// The text of a document in the encoding it declares, or UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    let label = declared_encoding(bytes);
    let encoding = match &label {
        None => UTF_8,
        // As the declaration could be read, it is not UTF-16, whatever it says.
        Some(label) if label.to_ascii_lowercase().starts_with("utf-16") => UTF_8,
        Some(label) => Encoding::for_label(label.as_bytes())
            .ok_or_else(|| DocumentError::UnknownEncoding { name: excerpt(label) })?,
    };
    if encoding == UTF_8 {
        let text = std::str::from_utf8(bytes);
        return text
            .map(Cow::Borrowed)
            .map_err(|error| DocumentError::InvalidUtf8 { offset: error.valid_up_to() });
    }
    Ok(encoding.decode_without_bom_handling(bytes).0)
}

fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start = bytes.trim_ascii_start();
    let start = String::from_utf8_lossy(&start[..start.len().min(DECLARATION_BYTES)]);
    let declaration = start.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.to_owned())
}
