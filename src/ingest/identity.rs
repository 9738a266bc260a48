//! Ids for headlines that come without one.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::Entry;
use crate::Headline;

/// An id that depends on the content alone, so that a repost gets the id of the first post.
///
/// The address decides if there is one; else the title (case, width and punctuation aside), the source and the
/// day. `received` stands in for a missing time. The id is `h-` and 65 bits of SHA-256 in base 32.
pub fn content_id(entry: &Entry, received: Timestamp) -> String {
    let content = match &entry.url {
        Some(url) => format!("url\n{}", comparable_url(url)),
        None => {
            let day = entry.time.unwrap_or(received).to_zoned(TimeZone::UTC).date();
            let source = entry.source.as_deref().unwrap_or_default().to_lowercase();
            format!("title\n{}\n{source}\n{day}", comparable_title(&entry.text))
        }
    };
    format!("h-{}", base32(&Sha256::digest(content)))
}

/// An id for an item of a feed that has an identifier but no address. Identifiers are unique within a feed only, so the
/// publisher is a part of it.
pub(super) fn guid_id(source: &str, guid: &str) -> String {
    format!("h-{}", base32(&Sha256::digest(format!("guid\n{}\n{guid}", source.to_lowercase()))))
}

/// Gives entries without an id their number as one, `line-` in front where another headline took it.
pub fn position_ids(entries: Vec<(usize, Entry)>) -> Vec<Headline> {
    // Numbers differ, with whatever is put in front: they need only be held against ids that were given.
    let taken: HashSet<String> = entries.iter().filter_map(|(_, entry)| entry.id.clone()).collect();
    let mut headlines = Vec::with_capacity(entries.len());
    for (number, mut entry) in entries {
        let id = entry.id.take().unwrap_or_else(|| {
            let mut id = number.to_string();
            while taken.contains(&id) {
                id.insert_str(0, "line-");
            }
            id
        });
        headlines.push(entry.into_headline(id));
    }
    headlines
}

/// Scheme and host in lower case; no fragment, campaign parameters or closing slash.
fn comparable_url(url: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host_end = address.match_indices('/').nth(2).map_or(address.len(), |(at, _)| at);
    let (host, path) = address.split_at(host_end);
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("utm_")).collect();
    let mut comparable = host.to_lowercase() + path.trim_end_matches('/');
    if !kept.is_empty() {
        comparable.push('?');
        comparable.push_str(&kept.join("&"));
    }
    comparable
}

/// Lower case in compatibility form, without punctuation; the title itself if that leaves nothing.
fn comparable_title(title: &str) -> String {
    let is_punctuation = |c: char| c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{2027}');
    let folded: String = title.nfkc().flat_map(char::to_lowercase).filter(|c| !is_punctuation(*c)).collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.is_empty() { title.to_owned() } else { words.join(" ") }
}

/// The first 65 bits in the alphabet of RFC 4648, lower case: 13 characters.
fn base32(digest: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut symbols = String::with_capacity(13);
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in digest {
        bits = (bits << 8) | u32::from(byte);
        count += 8;
        while count >= 5 && symbols.len() < 13 {
            count -= 5;
            symbols.push(char::from(ALPHABET[(bits >> count) as usize & 31]));
        }
        bits &= (1 << count) - 1;
        if symbols.len() == 13 {
            break;
        }
    }
    symbols
}
