//! The rules a headline must meet.

use jiff::Timestamp;

use super::draft::Draft;
use super::{Rejection, Rules, parse_time};
use crate::Headline;

const ID_CHARS: usize = 128;
pub(super) const SOURCE_CHARS: usize = 200;
const URL_CHARS: usize = 2_048;

/// A checked headline that may still lack its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The caller's id, if one was given.
    pub id: Option<String>,
    /// The title, white space collapsed.
    pub text: String,
    /// When it was published or seen.
    pub time: Option<Timestamp>,
    /// Publisher.
    pub source: Option<String>,
    /// Address of the article.
    pub url: Option<String>,
    /// Two-letter language code in lower case.
    pub lang: Option<String>,
}

impl Entry {
    /// The headline under this id.
    pub fn into_headline(self, id: String) -> Headline {
        let Self { text, time, source, url, lang, .. } = self;
        Headline { id, text, time, source, url, lang }
    }

    /// Checks a draft field by field. Empty optional fields count as absent.
    pub(super) fn check(draft: Draft, rules: &Rules) -> Result<Self, Rejection> {
        Ok(Self {
            id: draft.id.map(check_id).transpose()?,
            text: check_title(draft.title.ok_or(Rejection::MissingTitle)?, rules.title_chars)?,
            time: present(draft.time).map(|time| parse_time(&time)).transpose()?,
            source: present(draft.source).map(check_source).transpose()?,
            url: present(draft.url).map(check_url).transpose()?,
            lang: present(draft.lang).map(check_lang).transpose()?,
        })
    }
}

fn present(field: Option<String>) -> Option<String> {
    field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Ids appear in paths of URLs, so only characters that need no escaping there are allowed.
fn check_id(id: String) -> Result<String, Rejection> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@+=,".contains(&byte);
    let fits = !id.is_empty() && id.len() <= ID_CHARS && id.bytes().all(allowed);
    if fits && id.bytes().any(|byte| byte != b'.') { Ok(id) } else { Err(Rejection::InvalidId) }
}

fn check_title(title: String, limit: usize) -> Result<String, Rejection> {
    let title = collapse("title", &title)?;
    let chars = title.chars().count();
    if chars > limit {
        return Err(Rejection::TitleTooLong { chars, limit });
    }
    if title.chars().all(is_invisible) {
        return Err(Rejection::EmptyTitle);
    }
    Ok(title)
}

pub(super) fn check_source(source: String) -> Result<String, Rejection> {
    let source = collapse("source", &source)?;
    let chars = source.chars().count();
    if chars > SOURCE_CHARS {
        return Err(Rejection::SourceTooLong { chars, limit: SOURCE_CHARS });
    }
    Ok(source)
}

pub(super) fn check_url(url: String) -> Result<String, Rejection> {
    let after_scheme = url
        .split_once("://")
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    let host = after_scheme.and_then(|(_, rest)| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let clean = !url.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"`".contains(c));
    if host.is_empty() || !clean || url.chars().count() > URL_CHARS {
        return Err(Rejection::InvalidUrl);
    }
    Ok(url)
}

/// Accepts `en`, `EN` and `en-GB`; keeps the language only.
pub(crate) fn check_lang(lang: String) -> Result<String, Rejection> {
    let mut parts = lang.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let is_language = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_tag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_language && parts.all(is_tag) {
        Ok(language.to_ascii_lowercase())
    } else {
        Err(Rejection::InvalidLang)
    }
}

/// Runs of white space, line ends included, become one space; other control characters are refused.
fn collapse(field: &'static str, text: &str) -> Result<String, Rejection> {
    if let Some(control) = text.chars().find(|c| c.is_control() && !c.is_whitespace()) {
        return Err(Rejection::ControlCharacter { field, code_point: control.into() });
    }
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    Ok(collapsed)
}

/// White space and what Unicode says to draw as nothing (`Default_Ignorable_Code_Point`: soft hyphens, zero-width
/// characters, direction marks, selectors of variants), with the two blanks that it does not count in.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
                | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        )
}
