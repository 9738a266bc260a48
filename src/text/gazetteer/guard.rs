//! What the casing of a title tells, and whether a place's name is half of a person's.

use std::ops::Range;

use rustc_hash::FxHashSet;

/// Whether the casing of a title carries information.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum TitleCase {
    /// Both cases occur: casing can be trusted.
    Mixed,
    /// No capital letter at all, as in lower-cased data sets.
    Lower,
    /// Shouted throughout.
    Upper,
}

/// Fewer capital letters than this may be one acronym rather than a shouted title.
const SHOUTED_LETTERS: usize = 12;

impl TitleCase {
    pub(super) fn of(text: &str) -> Self {
        let upper = text.bytes().filter(u8::is_ascii_uppercase).count();
        let has_lower = text.bytes().any(|b| b.is_ascii_lowercase());
        match (upper, has_lower) {
            (0, true) => Self::Lower,
            (SHOUTED_LETTERS.., false) => Self::Upper,
            _ => Self::Mixed,
        }
    }
}

/// Words that follow a country's name in a headline and begin a title of office, not a surname.
const OFFICES: [&str; 12] = [
    "King",
    "Queen",
    "Prime",
    "President",
    "PM",
    "Foreign",
    "Defense",
    "Defence",
    "Finance",
    "Parliament",
    "Army",
    "Central",
];

/// Whether the name at `span` reads as someone's surname (after a given name or an initial) or as a given name
/// (before a capitalised word, where the title capitalises names only).
pub(super) fn is_in_person_name(text: &str, span: &Range<usize>, given_names: &FxHashSet<String>) -> bool {
    let before = previous_word(text, span.start);
    let after = next_word(text, span.end);
    before.is_some_and(|word| is_given_name(word, given_names))
        || after.is_some_and(|word| begins_surname(word) && is_sentence_case(text))
}

fn previous_word(text: &str, start: usize) -> Option<&str> {
    text[..start].strip_suffix(' ')?.rsplit(' ').next().filter(|word| !word.is_empty())
}

fn next_word(text: &str, end: usize) -> Option<&str> {
    let rest = text[end..].strip_prefix(' ')?;
    rest.split(|c: char| !c.is_alphanumeric()).next().filter(|word| !word.is_empty())
}

fn is_given_name(word: &str, given_names: &FxHashSet<String>) -> bool {
    let is_initial = word.len() == 2 && word.ends_with('.') && word.as_bytes()[0].is_ascii_uppercase();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    is_initial || given_names.contains(&word.to_ascii_lowercase())
}

/// A capitalised word that is neither an acronym nor an office.
fn begins_surname(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
        && !OFFICES.contains(&word)
}

/// Whether most words of some length are in lower case, so that capitals mark names.
fn is_sentence_case(text: &str) -> bool {
    let (mut lower, mut upper) = (0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 4) {
        match word.chars().next() {
            Some(c) if c.is_lowercase() => lower += 1,
            Some(c) if c.is_uppercase() => upper += 1,
            _ => {}
        }
    }
    lower > upper
}
