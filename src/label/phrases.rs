//! Phrases that recur in a group of titles.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::{Language, Mention, is_stop_word, tokenise};

/// Longest phrase, in words.
const LONGEST: usize = 4;

/// One word of a title, ready for phrases.
struct Word {
    span: Range<usize>,
    key: String,
    is_stop: bool,
    /// Nothing but a space or a hyphen stands between this word and the one before.
    follows: bool,
}

/// A phrase with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    /// Lower-case words.
    pub words: Vec<String>,
    /// Most frequent spelling.
    pub surface: String,
    /// Titles of the group that have it.
    pub count: usize,
}

/// A title with the entities named in it.
pub(super) struct Title<'a> {
    pub text: &'a str,
    pub language: Language,
    pub mentions: &'a [Mention],
}

/// Every phrase of one to four words that neither starts nor ends with a stop word or a bare number, with the
/// number of titles that have it. Words that name an entity for which `skip` holds break a phrase.
pub(super) fn phrases_of(titles: &[Title], skip: impl Fn(&Mention) -> bool) -> Vec<Phrase> {
    let mut found: BTreeMap<Vec<String>, BTreeMap<String, (usize, bool)>> = BTreeMap::new();
    for title in titles {
        let words = words_of(title, &skip);
        let shouting = is_title_case(title.text, &words);
        let mut seen: Vec<Vec<String>> = Vec::new();
        for range in candidates(&words) {
            let key: Vec<String> = words[range.clone()].iter().map(|word| word.key.clone()).collect();
            if seen.contains(&key) {
                continue;
            }
            let surface = &title.text[words[range.start].span.start..words[range.end - 1].span.end];
            let spelling = found.entry(key.clone()).or_default().entry(surface.to_owned()).or_default();
            spelling.0 += 1;
            spelling.1 |= !shouting;
            seen.push(key);
        }
    }
    found.into_iter().map(|(words, spellings)| phrase(words, spellings)).collect()
}

/// Takes the spelling that most titles have; one from a title in sentence case says more about what is a name.
fn phrase(words: Vec<String>, spellings: BTreeMap<String, (usize, bool)>) -> Phrase {
    let count = spellings.values().map(|(count, _)| count).sum();
    let best = spellings.into_iter().max_by(|a, b| (a.1.1, a.1.0).cmp(&(b.1.1, b.1.0)).then(b.0.cmp(&a.0)));
    Phrase { words, surface: best.map_or_else(String::new, |(surface, _)| surface), count }
}

fn words_of(title: &Title, skip: &impl Fn(&Mention) -> bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut end = None;
    tokenise(title.text, |token| {
        let span = token.start..token.start + token.text.len();
        if title.mentions.iter().any(|m| m.start < span.end && span.start < m.end && skip(m)) {
            end = None;
            return;
        }
        // Pairs of an unspaced script overlap: no gap at all.
        let gap = end.map(|end: usize| title.text.get(end..span.start).unwrap_or("-"));
        let key = token.text.to_lowercase();
        let is_stop = is_stop_word(&key, title.language);
        words.push(Word { key, is_stop, follows: matches!(gap, Some(" " | "-")), span: span.clone() });
        end = Some(span.end);
    });
    words
}

/// Whether nearly every longer word begins with a capital, so that capitals say nothing.
fn is_title_case(text: &str, words: &[Word]) -> bool {
    let longer: Vec<&str> =
        words.iter().filter(|word| !word.is_stop).map(|word| &text[word.span.clone()]).collect();
    let capitals = longer.iter().filter(|word| !word.starts_with(char::is_lowercase)).count();
    capitals * 10 >= longer.len() * 8
}

fn candidates(words: &[Word]) -> impl Iterator<Item = Range<usize>> + '_ {
    (0..words.len()).flat_map(move |start| {
        (start + 1..=words.len().min(start + LONGEST))
            .take_while(move |&end| end == start + 1 || words[end - 1].follows)
            .filter(move |&end| is_edge(&words[start]) && is_edge(&words[end - 1]))
            .map(move |end| start..end)
    })
}

fn is_edge(word: &Word) -> bool {
    !word.is_stop && word.key.chars().count() > 1 && !word.key.starts_with(|c: char| c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(titles: &[&str]) -> Vec<Phrase> {
        let titles: Vec<Title> =
            titles.iter().map(|text| Title { text, language: Language::English, mentions: &[] }).collect();
        phrases_of(&titles, |_| false)
    }

    fn count(phrases: &[Phrase], wanted: &str) -> usize {
        phrases.iter().find(|phrase| phrase.words.join(" ") == wanted).map_or(0, |phrase| phrase.count)
    }

    #[test]
    fn counts_titles_not_occurrences() {
        let found = phrases(&["Ferry strike: ferry strike goes on", "No end to ferry strike"]);
        assert_eq!(count(&found, "ferry strike"), 2);
        assert_eq!(count(&found, "strike ferry"), 0);
    }

    #[test]
    fn stop_words_stand_inside_but_never_at_the_edge() {
        let found = phrases(&["The Bank of Valletta and the mayor"]);
        assert_eq!(count(&found, "bank of valletta"), 1);
        assert_eq!(count(&found, "the bank"), 0);
        assert_eq!(count(&found, "valletta and"), 0);
    }

    #[test]
    fn the_spelling_of_sentence_case_wins() {
        let found = phrases(&[
            "Ferry Strike Hits Every Port",
            "Ferry Strike Ends At Last",
            "Mayor calls the ferry strike a disgrace for the port",
        ]);
        let phrase = found.iter().find(|phrase| phrase.words == ["ferry", "strike"]).unwrap();
        assert_eq!(phrase.surface, "ferry strike");
    }
}
