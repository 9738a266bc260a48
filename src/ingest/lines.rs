//! One headline a line: plain text and JSON lines.

use rayon::prelude::*;

use super::draft::Draft;
use super::{Checked, Document, DocumentError, Rejection, Rules};

/// Lines read at once, in parallel. What is shorter, as a request should be, is read without waiting for other threads.
const BLOCK: usize = 16_384;

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
    draft: impl Fn(&str) -> Result<Draft, Rejection> + Sync,
) -> Result<Document, DocumentError> {
    let checked = |line: &[u8]| {
        let line =
            std::str::from_utf8(line).map_err(|error| Rejection::InvalidUtf8 { offset: error.valid_up_to() });
        Checked::of(line.and_then(&draft), rules)
    };
    let mut document = Document::default();
    let mut lines = bytes
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .zip(1..)
        .filter(|(line, _)| !line.trim_ascii().is_empty());
    loop {
        let block: Vec<(&[u8], usize)> = lines.by_ref().take(BLOCK).collect();
        let items: Vec<Checked> = if block.len() < BLOCK {
            block.iter().map(|&(line, _)| checked(line)).collect()
        } else {
            block.par_iter().map(|&(line, _)| checked(line)).collect()
        };
        for (&(_, number), item) in block.iter().zip(items) {
            document.add((number, number), item, rules)?;
        }
        if block.len() < BLOCK {
            return Ok(document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_in_parallel_stay_in_order_with_their_numbers() {
        let mut text: String =
            (1..=2 * BLOCK + 5).map(|number| format!("Ferry {number} leaves late\n")).collect();
        text.insert_str(0, "\n\r\n");
        text.push_str("Ferry\u{7} leaves\n");
        let document = parse_text(text.as_bytes(), &Rules::default()).unwrap();
        assert_eq!(document.items.len(), 2 * BLOCK + 6);
        for (item, number) in document.items[..2 * BLOCK + 5].iter().zip(1..) {
            assert_eq!((item.line, item.number), (number + 2, number + 2));
            assert_eq!(item.result.as_ref().unwrap().text, format!("Ferry {number} leaves late"));
        }
        assert!(document.items[2 * BLOCK + 5].result.is_err());
    }

    #[test]
    fn of_more_lines_than_may_be_none_is_taken() {
        let text = "Ferry leaves late\n".repeat(BLOCK + 1);
        for items in [BLOCK - 1, BLOCK] {
            let rules = Rules { items, ..Rules::default() };
            let refused = parse_text(text.as_bytes(), &rules);
            assert_eq!(refused, Err(DocumentError::TooManyItems { limit: items }));
        }
        let rules = Rules { items: BLOCK + 1, ..Rules::default() };
        assert!(parse_text(text.as_bytes(), &rules).is_ok());
    }
}
