//! One JSON document: a headline object or an array of them.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::draft::{Draft, reason_of};
use super::{Document, DocumentError, Rules};

/// Takes the document apart first and reads each element on its own, so that one bad element spoils nothing.
pub(super) fn parse(bytes: &[u8], rules: &Rules) -> Result<Document, DocumentError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| DocumentError::InvalidUtf8 { offset: error.valid_up_to() })?;
    let elements = elements_of(text, rules)?;
    let mut lines = LineCounter::new(text);
    let mut document = Document::default();
    for (index, element) in elements.into_iter().enumerate() {
        document.push((lines.line_of(element), index + 1), Draft::from_json(element, rules), rules)?;
    }
    Ok(document)
}

fn elements_of<'a>(text: &'a str, rules: &Rules) -> Result<Vec<&'a str>, DocumentError> {
    let found = match text.trim_start().as_bytes().first() {
        Some(b'[') => return array_elements(text, rules),
        Some(b'{') => return Ok(vec![whole_value(text)?]),
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    };
    whole_value(text)?;
    Err(DocumentError::NotHeadlines { found })
}

fn whole_value(text: &str) -> Result<&str, DocumentError> {
    serde_json::from_str::<&RawValue>(text).map(RawValue::get).map_err(invalid)
}

fn array_elements<'a>(text: &'a str, rules: &Rules) -> Result<Vec<&'a str>, DocumentError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let elements = json.deserialize_seq(ElementsVisitor { limit: rules.items }).map_err(invalid)?;
    let elements = elements.ok_or(DocumentError::TooManyItems { limit: rules.items })?;
    json.end().map_err(invalid)?;
    Ok(elements)
}

fn invalid(error: serde_json::Error) -> DocumentError {
    DocumentError::InvalidJson { line: error.line(), column: error.column(), reason: reason_of(&error) }
}

/// Collects the text of each element; `None` as soon as there are more than the limit.
struct ElementsVisitor {
    limit: usize,
}

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Option<Vec<&'de str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of headline objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element::<&RawValue>()? {
            if elements.len() < self.limit {
                elements.push(element.get());
            } else {
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                return Ok(None);
            }
        }
        Ok(Some(elements))
    }
}

/// Finds the line on which a part of the text begins, for parts in order.
pub(super) struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    pub(super) fn line_of(&mut self, part: &str) -> usize {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.at = self.at.max(start);
        self.line
    }
}
