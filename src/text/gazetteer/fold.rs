//! The form in which titles and aliases are compared.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::decompose_canonical;

/// A title with typographic variants made equal: dashes are spaces, quotes are straight, Latin letters lose their
/// marks and keep their case, letters of other scripts are lower-cased.
pub(super) struct Folded<'t> {
    text: Cow<'t, str>,
    /// For every byte of `text` and its end, the byte of the original it came from; absent when they coincide.
    origin: Option<Vec<u32>>,
}

impl<'t> Folded<'t> {
    pub(super) fn new(title: &'t str) -> Self {
        if !title.is_ascii() {
            return Self::with_origin(title);
        }
        let text =
            if title.contains('-') { Cow::Owned(title.replace('-', " ")) } else { Cow::Borrowed(title) };
        Self { text, origin: None }
    }

    fn with_origin(title: &str) -> Self {
        let mut text = String::with_capacity(title.len());
        let mut origin = Vec::with_capacity(title.len() + 1);
        for (at, c) in title.char_indices() {
            fold_char(c, &mut text);
            origin.resize(text.len(), to_u32(at));
        }
        origin.push(to_u32(title.len()));
        Self { text: Cow::Owned(text), origin: Some(origin) }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that a span of the folded text stands for.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        match &self.origin {
            None => span.clone(),
            Some(origin) => origin[span.start] as usize..origin[span.end] as usize,
        }
    }
}

/// The folded form of an alias.
pub(super) fn fold(alias: &str) -> String {
    let mut text = String::with_capacity(alias.len());
    alias.chars().for_each(|c| fold_char(c, &mut text));
    text
}

fn fold_char(c: char, out: &mut String) {
    match c {
        '-' => out.push(' '),
        _ if c.is_ascii() => out.push(c),
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{02BB}' | '\u{00B4}' | '\u{2032}' => {
            out.push('\'')
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push(' '),
        _ if c.is_whitespace() => out.push(' '),
        _ if is_ignorable(c) => {}
        '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => fold_latin(c, out),
        // Alef with hamza or madda, Persian yeh and kaf: one letter to a headline writer.
        'أ' | 'إ' | 'آ' => out.push('ا'),
        'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
        _ => out.extend(c.to_lowercase()),
    }
}

/// Combining accents, Arabic vowel signs and tatweel, zero-width and soft hyphenation characters.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{0652}' | '\u{0640}'
        | '\u{200B}'..='\u{200F}' | '\u{00AD}' | '\u{FEFF}')
}

fn fold_latin(c: char, out: &mut String) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'Æ' => out.push_str("AE"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'Ø' => out.push('O'),
        'ł' => out.push('l'),
        'Ł' => out.push('L'),
        'đ' => out.push('d'),
        'Đ' => out.push('D'),
        'ı' => out.push('i'),
        _ => {
            let mut base = None;
            decompose_canonical(c, |part| base = base.or(Some(part)));
            let base = base.unwrap_or(c);
            if base.is_ascii() { out.push(base) } else { out.extend(base.to_lowercase()) }
        }
    }
}

/// Titles are far shorter than 4 GiB; a longer one would only have its tail's positions wrong.
fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_titles_are_not_copied() {
        assert!(matches!(Folded::new("Peru votes").text, Cow::Borrowed(_)));
    }

    #[test]
    fn spans_lead_back_to_the_original_bytes() {
        let title = "Perú’s Lula–São Paulo visit";
        let folded = Folded::new(title);
        assert_eq!(folded.text(), "Peru's Lula Sao Paulo visit");
        let at = folded.text().find("Sao Paulo").unwrap();
        assert_eq!(&title[folded.original(&(at..at + 9))], "São Paulo");
        let whole = 0..folded.text().len();
        assert_eq!(&title[folded.original(&whole)], title);
    }

    #[test]
    fn decomposed_letters_fold_like_composed_ones() {
        assert_eq!(fold("Bogota\u{301}"), fold("Bogotá"));
    }
}
