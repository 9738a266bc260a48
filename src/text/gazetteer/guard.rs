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

/// Words after a country's name that begin a title of office or the rest of a sentence, not a surname.
const NO_SURNAMES: &str = "King Queen Prime President PM Foreign Defense Defence Finance Parliament Army Central Border \
    And Or To In Of As At On For Is Was Are Will With From After Over Amid \
    Says Votes Hosts Signs Warns Urges Closes Opens Bans Sends Rejects Seeks Calls";

/// How much a place's name is also a person's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Wariness {
    /// People bear it, places more often: Virginia.
    Surname,
    /// It is above all a given name: Chad. A capitalised word after it is a surname even where all are capitalised.
    GivenName,
}

/// Whether the name at `span` reads as someone's surname (after a given name, an initial or, where the title
/// capitalises names only, any other name) or as a given name (before a capitalised word).
pub(super) fn is_in_person_name(
    text: &str,
    span: &Range<usize>,
    given_names: &FxHashSet<String>,
    wariness: Wariness,
) -> bool {
    let before = previous_word(text, span.start);
    if before.is_some_and(|word| is_given_name(word, given_names)) {
        return true;
    }
    let is_before_name = next_word(text, span.end).is_some_and(begins_surname);
    if is_before_name && wariness == Wariness::GivenName {
        return true;
    }
    let is_after_name = before.is_some_and(|word| is_name(word) && !is_first(text, word));
    (is_before_name || is_after_name) && is_sentence_case(text)
}

/// Whether `word`, a part of `text`, begins it.
fn is_first(text: &str, word: &str) -> bool {
    text.starts_with(word) && text.find(' ') == Some(word.len())
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

fn begins_surname(word: &str) -> bool {
    is_capitalised(word) && !NO_SURNAMES.split(' ').any(|other| other == word)
}

/// A capitalised word that is neither a point of the compass (Northern Virginia), a possessive nor the end of a
/// sentence.
fn is_name(word: &str) -> bool {
    let is_compass = word.ends_with("ern") || ["North", "South", "East", "West", "Central"].contains(&word);
    is_capitalised(word) && !is_compass && !word.ends_with("'s") && word.ends_with(char::is_alphabetic)
}

/// Begins with a capital and is no acronym.
fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
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
