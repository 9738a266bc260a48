//! Titles of feeds as plain text: they come as text, as HTML, or as HTML that claims to be text.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use quick_xml::escape::resolve_html5_entity;

/// Elements of HTML that occur in titles and end a word.
const BREAKING: [&str; 11] = ["br", "p", "div", "hr", "li", "h1", "h2", "h3", "h4", "h5", "h6"];
/// Elements of HTML that occur in titles within words and sentences. Anything else in angle brackets stays: `a <b c>`
/// may be meant.
const INLINE: [&str; 35] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "center", "cite", "code", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "mark", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "ul", "var", "wbr",
];
/// Longest name of a reference, `&CounterClockwiseContourIntegral;`.
const LONGEST_NAME: usize = 32;

/// The text of a title: tags removed, then references resolved, once.
pub(super) fn plain(markup: &str) -> String {
    resolve(&without_tags(markup))
}

fn without_tags(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some((length, breaking)) => {
                if breaking {
                    text.push(' ');
                }
                rest = &rest[length..];
            }
            None => {
                text.push('<');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

/// Length of the tag that `text` begins with, and whether it ends a word.
fn tag(text: &str) -> Option<(usize, bool)> {
    // Up to the next bracket of either kind: titles full of open ones take no longer than others.
    let inner = text.get(1..)?;
    let end = 1 + inner.find(['<', '>']).filter(|&at| inner[at..].starts_with('>'))?;
    let inner = &text[1..end];
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name_length = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(name_length);
    let name = name.to_ascii_lowercase();
    let breaking = BREAKING.contains(&name.as_str());
    let is_tag = breaking || INLINE.contains(&name.as_str());
    let is_attributes = attributes.trim_matches([' ', '/']).is_empty() || attributes.contains('=');
    (is_tag && is_attributes).then_some((end + 1, breaking))
}

/// `text` with references such as `&amp;` and `&#8217;` replaced; what is none stays as it is.
pub(super) fn resolve(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let name = after.as_bytes().iter().take(LONGEST_NAME + 1).position(|&byte| byte == b';');
        match name.and_then(|length| Some((length, reference(after.get(..length)?)?))) {
            Some((length, character)) => {
                resolved.push_str(&character);
                rest = &after[length + 1..];
            }
            None => {
                resolved.push('&');
                rest = after;
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

/// What a reference stands for, named as in HTML or by number. Numbers from 128 to 159 are read as HTML reads them: as
/// Windows-1252, which is what is meant.
pub(super) fn reference(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9F) => {
            Some(Cow::Owned(WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned()))
        }
        _ => char::from_u32(code).map(|c| Cow::Owned(c.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Ferry <b>strike</b> spreads", "Ferry strike spreads")]
    #[case("Ferry<br/>strike<BR>spreads", "Ferry strike spreads")]
    #[case("<a href=\"https://a.example/?x=1&y=2\">Ferry</a> strike", "Ferry strike")]
    #[case("Tom &amp; Ada&#8217;s &lt;b&gt; ferry", "Tom & Ada\u{2019}s <b> ferry")]
    #[case("Fuel &#146;cut&#x94; &nbsp;&euro;5", "Fuel \u{2019}cut\u{201D} \u{A0}€5")]
    #[case("R&D up, 3 < 4 > 2, AT&T; a <b c> d", "R&D up, 3 < 4 > 2, AT&T; a <b c> d")]
    #[case("&amp;amp; once", "&amp; once")]
    #[case("&#xD800; &#99999999; &nosuch; & é&", "&#xD800; &#99999999; &nosuch; & é&")]
    #[case("&ééééééééééééééééééééé;", "&ééééééééééééééééééééé;")]
    fn titles_become_plain_text(#[case] markup: &str, #[case] text: &str) {
        assert_eq!(plain(markup), text);
    }
}
