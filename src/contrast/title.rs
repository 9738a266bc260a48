//! A title as the rules read it: words in lower case, with the entities they name.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::Headline;
use crate::text::{AliasKind, EntityId, EntityKind, Gazetteer, Language, is_stop_word, stem, tokenise};

/// The words of a title in order.
pub(super) struct Title<'t> {
    text: &'t str,
    pub words: Vec<Word>,
}

/// One word of a title.
pub(super) struct Word {
    pub lower: String,
    pub start: usize,
    pub end: usize,
    /// Number of the clause it stands in; a colon, a dash or a word such as "after" begins the next.
    pub clause: usize,
    /// What it names, alone or with its neighbours.
    pub named: Option<Named>,
    pub is_capitalised: bool,
}

/// The entity that a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub entity: EntityId,
    pub kind: AliasKind,
}

/// Words that begin a clause with doings of its own.
const CONJUNCTIONS: [&str; 10] =
    ["after", "as", "while", "when", "amid", "following", "before", "because", "since", "despite"];

impl<'t> Title<'t> {
    pub fn read(headline: &'t Headline) -> Self {
        let text = headline.text.as_str();
        let mentions = Gazetteer::embedded().mentions(text, headline.time);
        let mut words: Vec<Word> = Vec::new();
        let (mut clause, mut end) = (0, 0);
        tokenise(text, |token| {
            let lower = token.text.to_lowercase();
            // Pairs of characters overlap: nothing stands between them.
            if text.get(end..token.start).is_some_and(breaks) || CONJUNCTIONS.contains(&lower.as_str()) {
                clause += 1;
            }
            end = token.start + token.text.len();
            let named = mentions
                .iter()
                .find(|mention| mention.start < end && token.start < mention.end)
                .map(|mention| Named { entity: mention.entity, kind: mention.kind });
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

impl Word {
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
