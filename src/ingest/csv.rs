//! CSV with a header: `title` or `text`, optionally `id`, `time`, `source`, `url`, `lang`.
//!
//! Spreadsheets carry columns of their own, so unknown ones are always left out with a note.

use csv::{ByteRecord, ReaderBuilder};

use super::draft::{Draft, excerpt, field_named};
use super::{Document, DocumentError, Rejection, Rules};

pub(super) fn parse(bytes: &[u8], rules: &Rules) -> Result<Document, DocumentError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
    // Reading bytes from memory cannot fail: there is no I/O, rows may be ragged, UTF-8 is checked below.
    let header = reader.byte_headers().cloned().unwrap_or_default();
    let columns = Columns::read(&header)?;
    let mut document = Document { ignored_fields: columns.ignored.clone(), ..Document::default() };
    let mut row = ByteRecord::new();
    while matches!(reader.read_byte_record(&mut row), Ok(true)) {
        if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let line = first_line_of(&row, bytes);
        document.push((line, line), columns.draft(&row), rules)?;
    }
    Ok(document)
}

/// The line on which a row begins. The reader takes blank lines before a row for a part of it.
fn first_line_of(row: &ByteRecord, bytes: &[u8]) -> usize {
    let Some(position) = row.position() else { return 0 };
    let to_usize = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let rest = bytes.get(to_usize(position.byte())..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
    to_usize(position.line()) + blank.filter(|&&byte| byte == b'\n').count()
}

/// What each column of the header means.
struct Columns {
    fields: Vec<Option<&'static str>>,
    ignored: Vec<String>,
}

impl Columns {
    fn read(header: &ByteRecord) -> Result<Self, DocumentError> {
        let names: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
        // Where both are there, `title` is the headline and `text` most likely the article.
        let has_title = names.iter().any(|name| name == "title");
        let mut columns = Self { fields: Vec::with_capacity(names.len()), ignored: Vec::new() };
        for name in &names {
            let field = field_named(name).filter(|_| !(has_title && name == "text"));
            if field.is_none() {
                columns.ignored.push(excerpt(name));
            } else if columns.fields.contains(&field) {
                return Err(DocumentError::RepeatedColumn { column: excerpt(name) });
            }
            columns.fields.push(field);
        }
        if !columns.fields.contains(&Some("title")) {
            let mut found: Vec<String> = names.iter().take(12).map(|name| excerpt(name)).collect();
            if names.len() > found.len() {
                found.push("…".to_owned());
            }
            return Err(DocumentError::NoTitleColumn { found: found.join(", ") });
        }
        Ok(columns)
    }

    fn draft(&self, row: &ByteRecord) -> Result<Draft, Rejection> {
        if row.len() != self.fields.len() {
            return Err(Rejection::WrongColumnCount { wanted: self.fields.len(), found: row.len() });
        }
        let mut draft = Draft::default();
        for (cell, field) in row.iter().zip(&self.fields) {
            let Some(field) = field else { continue };
            let text = std::str::from_utf8(cell)
                .map_err(|error| Rejection::InvalidUtf8 { offset: error.valid_up_to() })?;
            // An empty cell is how CSV says that there is no value.
            *draft.field_mut(field) =
                Some(text.to_owned()).filter(|text| *field == "title" || !text.is_empty());
        }
        Ok(draft)
    }
}
