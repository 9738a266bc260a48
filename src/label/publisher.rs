//! Where a title names its own publisher, which is no part of the news: "… - Dock Post", "Dock Post: …".

use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::word_lists::is_publisher;
use crate::Headline;
use crate::text::{normalised_title, tokenise};

/// What sets a publisher off from the title; the colons come last, as they do so least often.
const SEPARATORS: [&str; 6] = [" - ", " – ", " — ", " | ", ": ", " : "];
/// Most words in the name of a publisher that stands within the title.
const LONGEST: usize = 5;
/// Topics from which on an ending is a signature.
const SHARED: usize = 3;
/// Parts of host names that name no publisher.
const HOST_PARTS: [&str; 14] =
    ["www", "m", "news", "sport", "sports", "edition", "go", "co", "com", "org", "net", "gov", "ac", "feeds"];

/// Endings that titles of several topics share: " - Dock Post". No subject does that.
#[derive(Debug, Clone, Default)]
pub(super) struct Signatures {
    shared: FxHashSet<String>,
}

impl Signatures {
    /// Learns from the titles of each topic.
    pub(super) fn learn(topics: &[&[&Headline]]) -> Self {
        let mut seen: FxHashMap<String, (usize, usize)> = FxHashMap::default();
        for (number, topic) in topics.iter().enumerate() {
            for ending in topic.iter().filter_map(|headline| ending(&headline.text)) {
                let (topics, last) = seen.entry(one_word(ending)).or_insert((1, number));
                if *last != number {
                    *topics += 1;
                    *last = number;
                }
            }
        }
        let is_shared = |(_, (topics, _)): &(String, (usize, usize))| *topics >= SHARED;
        Self { shared: seen.into_iter().filter(is_shared).map(|(ending, _)| ending).collect() }
    }

    /// Those learnt earlier.
    pub(super) fn known(shared: BTreeSet<String>) -> Self {
        Self { shared: shared.into_iter().collect() }
    }

    /// All of them.
    pub(super) fn all(&self) -> BTreeSet<String> {
        self.shared.iter().cloned().collect()
    }

    /// Byte range of the ending of a title, if it ends titles of several topics.
    pub(super) fn span(&self, title: &str) -> Option<Range<usize>> {
        let ending = ending(title).filter(|ending| self.shared.contains(&one_word(ending)))?;
        Some(title.len() - ending.len()..title.len())
    }
}

/// The last part of a title, if it is set off and short.
fn ending(text: &str) -> Option<&str> {
    let endings = SEPARATORS[..4].iter().filter_map(|separator| text.rsplit_once(separator));
    let shortest = endings.map(|(_, ending)| ending).min_by_key(|ending| ending.len())?;
    (shortest.split_whitespace().count() <= LONGEST).then_some(shortest)
}

/// Byte ranges of the title of `headline` that name the publisher: a part before or after a separator that is a known
/// publisher or resembles the source, and the source's name anywhere.
pub(super) fn publisher_spans(headline: &Headline) -> Vec<Range<usize>> {
    let text = headline.text.as_str();
    let names = headline.source.as_deref().map(names_of).unwrap_or_default();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for separator in SEPARATORS {
        if let Some(at) = text.find(separator)
            && is_signature(&text[..at], &names)
        {
            spans.push(0..at);
        }
        if let Some((before, last)) = text.rsplit_once(separator)
            && (is_signature(last, &names) || is_signed(last, &names))
        {
            spans.push(before.len()..text.len());
        }
    }
    if !names.is_empty() {
        spans.extend(named_within(text, &names));
    }
    spans
}

/// A source as one word: of a host name the parts that name somebody, else the name itself.
fn names_of(source: &str) -> Vec<String> {
    if source.contains(' ') || !source.contains('.') {
        return Some(one_word(source)).filter(|name| !name.is_empty()).into_iter().collect();
    }
    let host = source.to_lowercase();
    let mut parts: Vec<&str> = host.split('.').collect();
    parts.pop();
    parts.retain(|part| part.len() > 1 && !HOST_PARTS.contains(part));
    let short = parts.iter().filter_map(|part| part.strip_suffix("news")).filter(|part| part.len() > 1);
    parts.iter().copied().chain(short).map(one_word).collect()
}

fn one_word(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a part of a title is a publisher's name.
fn is_signature(part: &str, names: &[String]) -> bool {
    let is_short = part.split_whitespace().count() <= LONGEST;
    is_short && (is_publisher(&normalised_title(part)) || names.contains(&one_word(part)))
}

/// Whether a part of a title begins with one of `names`: "Dock Post Live".
fn is_signed(part: &str, names: &[String]) -> bool {
    let mut run = String::new();
    let words = part.split_whitespace();
    words.clone().count() <= LONGEST
        && words.map(one_word).any(|word| {
            run.push_str(&word);
            names.contains(&run)
        })
}

/// Runs of words that together are one of `names`: "New York Post" for `newyorkpost`.
fn named_within(text: &str, names: &[String]) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    tokenise(text, |token| words.push(token.start..token.start + token.text.len()));
    let mut found = Vec::new();
    for first in 0..words.len() {
        for name in names {
            let mut rest = name.as_str();
            for word in &words[first..words.len().min(first + LONGEST)] {
                let Some(left) = after_word(rest, &text[word.clone()]) else { break };
                rest = left;
                if rest.is_empty() {
                    found.push(words[first].start..word.end);
                    break;
                }
            }
        }
    }
    found
}

/// What is left of a name in one word after a word of it.
fn after_word<'n>(name: &'n str, word: &str) -> Option<&'n str> {
    let mut rest = name.chars();
    let mut letters = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.all(|letter| rest.next() == Some(letter)).then_some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_publisher(text: &str, source: Option<&str>) -> String {
        let headline = Headline {
            id: "1".into(),
            text: text.into(),
            time: None,
            source: source.map(str::to_owned),
            url: None,
            lang: None,
        };
        let spans = publisher_spans(&headline);
        let mut words = Vec::new();
        tokenise(text, |token| {
            if !spans.iter().any(|span| span.contains(&token.start)) {
                words.push(token.text.to_owned());
            }
        });
        words.join(" ")
    }

    #[test]
    fn known_publishers_go_from_both_ends_without_a_source() {
        assert_eq!(without_publisher("Harbour strike ends - BBC News", None), "Harbour strike ends");
        assert_eq!(without_publisher("Harbour strike ends | Reuters", None), "Harbour strike ends");
        assert_eq!(without_publisher("Reuters: harbour strike ends", None), "harbour strike ends");
    }

    #[test]
    fn any_source_goes_wherever_it_stands() {
        assert_eq!(
            without_publisher("Harbour strike ends — Dock Post", Some("Dock Post")),
            "Harbour strike ends"
        );
        assert_eq!(
            without_publisher("Harbour strike ends | Dock Post Live", Some("dockpost.co.uk")),
            "Harbour strike ends"
        );
        assert_eq!(
            without_publisher("Ask the Dock Post about the strike", Some("www.dockpost.com")),
            "Ask the about the strike"
        );
    }

    #[test]
    fn an_ending_that_topics_share_is_a_signature() {
        let headline = |text: &str| Headline {
            id: "1".into(),
            text: text.into(),
            time: None,
            source: None,
            url: None,
            lang: None,
        };
        let titles =
            ["Harbour strike ends - Isle Gazette", "Owl nests - Isle Gazette", "Dam bursts | Isle Gazette"];
        let headlines = titles.map(headline);
        let topics: Vec<Vec<&Headline>> = headlines.iter().map(|headline| vec![headline]).collect();
        let topics: Vec<&[&Headline]> = topics.iter().map(Vec::as_slice).collect();
        assert_eq!(Signatures::learn(&topics).span(titles[1]), Some(12..24));
        assert_eq!(Signatures::learn(&topics[..2]).span(titles[1]), None);
    }

    #[test]
    fn what_others_publish_about_a_publisher_stays() {
        assert_eq!(
            without_publisher("BBC chief resigns over film", Some("dockpost.com")),
            "BBC chief resigns over film"
        );
        assert_eq!(
            without_publisher("Harbour strike - a second week", Some("dockpost.com")),
            "Harbour strike a second week"
        );
    }
}
