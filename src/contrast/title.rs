//! A title as the rules read it: words in lower case, with the entities they name.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::Headline;
use crate::text::{AliasKind, EntityId, EntityKind, Gazetteer, Language, is_stop_word, stem, tokenise};

/// The words of a title in order.
pub(super) struct Title<'t> {
    text: &'t str,
    pub words: Vec<Word<'t>>,
}

/// One word of a title.
pub(super) struct Word<'t> {
    pub lower: String,
    pub start: usize,
    pub end: usize,
    /// Number of the clause it stands in; a colon, a dash or a word such as "after" begins the next.
    pub clause: usize,
    /// What it names, alone or with its neighbours.
    pub named: Option<Named<'t>>,
    pub is_capitalised: bool,
}

/// The entity that a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'t> {
    pub entity: EntityId,
    pub kind: AliasKind,
    /// The whole name, as it stands in the title.
    pub name: &'t str,
    /// Whether the word is the first of the name.
    pub is_first: bool,
}

/// Words that begin a clause with doings of its own.
const CONJUNCTIONS: [&str; 10] =
    ["after", "as", "while", "when", "amid", "following", "before", "because", "since", "despite"];

impl<'t> Title<'t> {
    pub fn read(headline: &'t Headline) -> Self {
        let text = headline.text.as_str();
        let mentions = Gazetteer::embedded().mentions(text, headline.time);
        let mut words: Vec<Word<'t>> = Vec::new();
        let (mut clause, mut end) = (0, 0);
        tokenise(text, |token| {
            let lower = token.text.to_lowercase();
            // Pairs of characters overlap: nothing stands between them.
            if text.get(end..token.start).is_some_and(breaks) || CONJUNCTIONS.contains(&lower.as_str()) {
                clause += 1;
            }
            end = token.start + token.text.len();
            let named = mentions.iter().find(|mention| mention.start < end && token.start < mention.end).map(
                |mention| Named {
                    entity: mention.entity,
                    kind: mention.kind,
                    name: &text[mention.start..mention.end],
                    is_first: token.start <= mention.start,
                },
            );
            let is_capitalised = token.text.starts_with(char::is_uppercase);
            words.push(Word { lower, start: token.start, end, clause, named, is_capitalised });
        });
        Self { text, words }
    }

    /// What stands in the title from word `from` to word `to`, both included.
    pub fn between(&self, from: usize, to: usize) -> &'t str {
        &self.text[self.words[from].start..self.words[to].end]
    }

    /// What stands between word `at` and the one after it, empty beyond the last.
    pub fn gap_after(&self, at: usize) -> &'t str {
        match self.words.get(at..at + 2) {
            Some([word, next]) => self.text.get(word.end..next.start).unwrap_or_default(),
            _ => "",
        }
    }

    /// Lower-case form of word `at`, empty beyond the ends.
    pub fn lower(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.lower)
    }
}

/// Whether what stands between two words ends a clause.
fn breaks(gap: &str) -> bool {
    gap.contains([':', ';', '|', '?', '!', '\u{2013}', '\u{2014}', '\u{2026}'])
        || gap.contains(" - ")
        || gap.contains(". ")
}

impl Word<'_> {
    /// Number that stands for the stem of a word that says something; words with one stem share it.
    pub fn content(&self) -> Option<u64> {
        if is_stop_word(&self.lower, Language::English) {
            return None;
        }
        stem(&self.lower, Language::English).map(|stem| number_of(&stem))
    }
}

/// Number that stands for `word`.
pub(super) fn number_of(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    word.hash(&mut hasher);
    hasher.finish()
}

/// Whether `entity` is a country, a territory or an American state: something on a map with borders.
pub(super) fn is_bounded(entity: EntityId) -> bool {
    let entity = Gazetteer::embedded().entity(entity);
    match entity.kind {
        EntityKind::Country | EntityKind::Territory => true,
        EntityKind::Region => entity.code.starts_with("US-"),
        EntityKind::Organisation | EntityKind::Person => false,
    }
}

/// Whether two entities are one or one is a part of the other.
pub(super) fn overlap(a: EntityId, b: EntityId) -> bool {
    let code = |id| Gazetteer::embedded().entity(id).code.as_str();
    let contains = |whole: &str, part: &str| whole == "US" && part.starts_with("US-");
    a == b || contains(code(a), code(b)) || contains(code(b), code(a))
}

/// A headline in English for the tests of the rules.
#[cfg(test)]
pub(super) fn headline(text: &str) -> Headline {
    Headline {
        id: text.into(),
        text: text.into(),
        time: None,
        source: None,
        url: None,
        lang: Some("en".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_begin_at_signs_and_conjunctions() {
        let headline = headline("Border row: Peru shuts bridge - reports, after Chile protests");
        let clauses: Vec<usize> = Title::read(&headline).words.iter().map(|word| word.clause).collect();
        assert_eq!(clauses, [0, 0, 1, 1, 1, 2, 3, 3, 3]);
    }

    #[test]
    fn every_word_of_a_name_is_named() {
        let headline = headline("South Korea's ferry nears Oslo");
        let title = Title::read(&headline);
        let named: Vec<bool> = title.words.iter().map(|word| word.named.is_some()).collect();
        assert_eq!(named, [true, true, false, false, true]);
    }

    #[test]
    fn scripts_without_spaces_are_read() {
        let headline = headline("Japan wins \u{6771}\u{4EAC}\u{4E94}\u{8F2A} - a report");
        assert_eq!(Title::read(&headline).words.len(), 7);
    }

    #[test]
    fn a_state_lies_in_its_country() {
        let id = |code| Gazetteer::embedded().by_code(code).unwrap();
        assert!(overlap(id("US-TX"), id("US")) && overlap(id("US"), id("US-TX")));
        assert!(!overlap(id("US-TX"), id("US-OH")) && !overlap(id("US-TX"), id("MX")));
        assert!(is_bounded(id("US-TX")) && !is_bounded(id("EUROPE")) && !is_bounded(id("NATO")));
    }
}
