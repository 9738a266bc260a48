//! Phrases that recur in a group of titles.

use std::collections::BTreeMap;
use std::ops::Range;

use super::word_lists::Role;
use super::words::{Casing, Title, Unit, Units, Word};
use crate::text::Language;

/// Longest phrase, in words that say something.
const LONGEST: usize = 4;
/// Stands where a phrase has fewer units than the longest.
const NONE: Unit = Unit::MAX;
/// Least number of titles that must have a phrase.
const LEAST: usize = 2;

/// What a phrase says: its units in order, those of joining words left out.
type Key = [Unit; LONGEST];

/// Where a phrase stands: title, first word, word after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub title: usize,
    pub first: usize,
    end: usize,
}

/// A phrase with its evidence.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    /// What it says, in order.
    pub units: Vec<Unit>,
    /// One for each title that has it, by title.
    pub occurrences: Vec<Occurrence>,
}

impl Phrase {
    /// Number of titles that have it.
    pub(super) fn count(&self) -> usize {
        self.occurrences.len()
    }

    /// Keys of its units: an order that does not depend on the numbers given to them.
    pub(super) fn keys<'a>(&'a self, units: &'a Units) -> impl Iterator<Item = &'a str> {
        self.units.iter().map(|&unit| units.key(unit))
    }

    /// The words of its first occurrence.
    pub(super) fn words<'a>(&self, titles: &[Title<'a>]) -> &'a [Word] {
        self.occurrences.first().map_or(&[], |at| &titles[at.title].words()[at.first..at.end])
    }

    /// Number of titles that have both phrases, and in how many of them this one comes first.
    pub(super) fn together(&self, other: &Self) -> (usize, usize) {
        let place = |occurrence: &Occurrence| {
            let at = other.occurrences.binary_search_by_key(&occurrence.title, |other| other.title).ok()?;
            Some(occurrence.first < other.occurrences[at].first)
        };
        let both = self.occurrences.iter().filter_map(place);
        both.fold((0, 0), |(count, before), is_before| (count + 1, before + usize::from(is_before)))
    }

    /// The phrase as most titles spell it; one in sentence case says more about what is a name. Words that other
    /// titles show to be no names are in lower case. With it, the best casing of those titles.
    pub(super) fn spelling(&self, titles: &[Title], units: &Units) -> (String, Casing) {
        let mut spellings: BTreeMap<String, (Casing, usize)> = BTreeMap::new();
        for &Occurrence { title, first, end } in &self.occurrences {
            let title = titles[title];
            let spelling = spellings.entry(spelled(title, first..end, units)).or_insert((Casing::Lower, 0));
            spelling.0 = spelling.0.max(title.casing);
            spelling.1 += 1;
        }
        let best = spellings.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map_or((String::new(), Casing::Lower), |(spelling, (casing, _))| (spelling, casing))
    }
}

/// Every phrase of one to four telling words that at least two of `titles` have, or the first of them, as the most
/// typical; by units. A phrase holds no verb and neither begins nor ends with a word that says nothing by itself.
pub(super) fn phrases_of(titles: &[Title]) -> Vec<Phrase> {
    let mut found: Vec<(Key, Occurrence)> = Vec::new();
    for (number, &title) in titles.iter().enumerate() {
        for range in candidates(title) {
            let key = key(&title.words[range.clone()]);
            found.push((key, Occurrence { title: number, first: range.start, end: range.end }));
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(key, occurrence)| (*key, occurrence.title));
    found
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() >= LEAST || same[0].1.title == 0)
        .map(|same| Phrase {
            units: same[0].0.iter().copied().filter(|&unit| unit != NONE).collect(),
            occurrences: same.iter().map(|entry| entry.1).collect(),
        })
        .collect()
}

/// Ranges of the words of a title that make a phrase.
fn candidates(title: Title<'_>) -> impl Iterator<Item = Range<usize>> {
    let words = title.words();
    // "Standing" in "long-standing" begins nothing.
    let begins = |first: usize| {
        let is_bound = words[first].follows && title.text[..words[first].span.start].ends_with('-');
        words[first].role == Role::Content && !(is_bound && words[first - 1].role == Role::Weak)
    };
    (0..words.len()).filter(move |&first| begins(first)).flat_map(move |first| {
        let mut telling = 0;
        (first..words.len())
            .take_while(move |&last| {
                telling += usize::from(words[last].role != Role::Joining);
                holds(title, first, last) && telling <= LONGEST && (last == first || words[last].follows)
            })
            .filter(move |&last| match words[last].role {
                Role::Content | Role::Day => true,
                Role::Number => last > first && words[last - 1].is_named,
                _ => false,
            })
            .map(move |last| first..last + 1)
    })
}

/// Whether a phrase that begins at `first` may go on to `last`; a day must end a name: "Memorial Day".
fn holds(title: Title, first: usize, last: usize) -> bool {
    let is_capital = |at: usize| title.text[title.words[at].span.clone()].starts_with(char::is_uppercase);
    match title.words[last].role {
        Role::Content | Role::Weak | Role::Joining => true,
        Role::Number => last > first,
        Role::Day if title.casing == Casing::Lower => last > first,
        Role::Day => last > first && is_capital(last - 1) && is_capital(last),
        Role::Verb | Role::Filler | Role::Stop => false,
    }
}

fn key(words: &[Word]) -> Key {
    let mut key = [NONE; LONGEST];
    let telling = words.iter().filter(|word| word.role != Role::Joining);
    for (place, word) in key.iter_mut().zip(telling) {
        *place = word.unit;
    }
    key
}

fn spelled(title: Title, range: Range<usize>, units: &Units) -> String {
    let mut spelling = String::new();
    let words = &title.words[range];
    let mut done = words[0].span.start;
    let is_name = |word: &Word| word.is_named || units.is_name(word.unit) == Some(true);
    for (at, word) in words.iter().enumerate() {
        spelling.push_str(title.text.get(done..word.span.start).unwrap_or_default());
        // Pairs of an unspaced script overlap.
        let start = done.max(word.span.start);
        let text = &title.text[start..word.span.end];
        let is_plain = match word.role {
            Role::Joining => title.language == Language::English,
            // A plain word keeps its capital in a name: "White House", "Red Sox".
            _ => {
                let before_name = words.get(at + 1).is_some_and(is_name);
                units.is_name(word.unit) == Some(false) && !word.is_named && !before_name
            }
        };
        if is_plain && is_only_initial(text) {
            spelling.push_str(&text.to_lowercase());
        } else {
            spelling.push_str(text);
        }
        done = word.span.end;
    }
    spelling
}

/// Whether `word` has one capital, at its beginning.
fn is_only_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && !letters.any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::super::exclusions::Exclusions;
    use super::super::publisher::Signatures;
    use super::super::words::{Glance, Reading};
    use super::*;
    use crate::Headline;

    /// Spelling and count of the phrases of English titles.
    fn phrases(titles: &[&str]) -> Vec<(String, usize)> {
        let headlines: Vec<Headline> = titles
            .iter()
            .map(|text| Headline {
                id: "1".into(),
                text: (*text).into(),
                time: None,
                source: None,
                url: None,
                lang: Some("en".into()),
            })
            .collect();
        let mut units = Units::default();
        let read = |headline| {
            let (signatures, exclusions) = (Signatures::default(), Exclusions::default());
            let title = units.take_apart(headline, Glance::at(headline), &signatures, &exclusions);
            units.number(title)
        };
        let readings: Vec<Reading> = headlines.iter().map(read).collect();
        let titles: Vec<Title> = headlines
            .iter()
            .zip(&readings)
            .map(|(headline, reading)| Title::new(headline, reading))
            .collect();
        let spelled = |phrase: &Phrase| (phrase.spelling(&titles, &units).0, phrase.count());
        phrases_of(&titles).iter().map(spelled).collect()
    }

    fn count(phrases: &[(String, usize)], wanted: &str) -> usize {
        phrases.iter().find(|phrase| phrase.0 == wanted).map_or(0, |phrase| phrase.1)
    }

    #[test]
    fn counts_titles_not_occurrences() {
        let found = phrases(&["Ferry strike: ferry strike goes on", "No end to ferry strike"]);
        assert_eq!(count(&found, "ferry strike"), 2);
        assert_eq!(count(&found, "strike ferry"), 0);
    }

    #[test]
    fn inflections_are_one_phrase_in_its_most_frequent_spelling() {
        let found =
            phrases(&["A ferry strike in port", "The ferry strikes in port", "No ferry strikes in port"]);
        assert_eq!((count(&found, "ferry strikes"), count(&found, "ferry strike")), (3, 0));
    }

    #[test]
    fn a_country_and_its_people_are_one_word() {
        let found =
            phrases(&["The Maltese ferry is late", "A ferry of Malta", "Why Maltese ferries are late"]);
        assert_eq!(found.iter().filter(|(spelling, _)| spelling.starts_with("Malt")).count(), 2, "{found:?}");
        assert_eq!(count(&found, "Maltese ferry") + count(&found, "Maltese ferries"), 2);
    }

    #[test]
    fn stop_words_stand_inside_but_never_at_the_edge() {
        let found = phrases(&["The Bank of Valletta and the mayor"]);
        assert_eq!(count(&found, "Bank of Valletta"), 1);
        assert!(
            found.iter().all(|(spelling, _)| !spelling.starts_with("the ") && !spelling.ends_with(" and"))
        );
    }

    #[test]
    fn verbs_fillers_and_numbers_break_phrases_and_weak_words_do_not_begin_them() {
        let found =
            phrases(&["Mayor rejects new harbour tax", "Live updates: 12 harbour ferries sink, mayor says"]);
        let words: Vec<&str> = found.iter().map(|(spelling, _)| spelling.as_str()).collect();
        assert!(words.contains(&"harbour tax") && words.contains(&"harbour"), "{words:?}");
        for bad in ["rejects", "new", "live", "updates", "12", "says", "sink"] {
            assert!(
                !words.iter().any(|phrase| phrase.to_lowercase().split(' ').any(|word| word == bad)),
                "{bad}"
            );
        }
    }

    #[test]
    fn capitals_inside_a_sentence_make_names_of_weak_words_and_verbs() {
        let found = phrases(&["The mayor of New Harbour visits the Meet the Press studio"]);
        assert_eq!((count(&found, "New Harbour"), count(&found, "Meet the Press studio")), (1, 1));
    }

    #[test]
    fn the_spelling_of_sentence_case_wins() {
        let found = phrases(&[
            "Ferry Strike Hits Every Port",
            "Ferry Strike Ends At Last",
            "Mayor calls the ferry strike a disgrace for the port",
        ]);
        assert_eq!(count(&found, "ferry strike"), 3);
    }

    #[test]
    fn a_number_may_end_a_name_only() {
        let found = phrases(&["Why the Harbour 11 ferry is late again", "Storm leaves ferry 11 days late"]);
        assert_eq!((count(&found, "Harbour 11"), count(&found, "ferry 11")), (1, 0));
    }
}
