//! One worker's view of the text: titles in, lists of term numbers out.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::romanise::is_latin;
use super::{
    EntityKind, Gazetteer, Language, Mention, Term, gloss_in, has_gloss, is_stop_word, romanised, stem,
    tokenise, without_elision,
};

/// First character of the terms that stand for entities: `@VE`. No word begins with it.
pub const ENTITY_MARK: char = '@';

/// Salience of an entity that is neither the first place named nor named again.
const IN_PASSING: f32 = 0.75;
/// Salience of organisations and persons: they act in many subjects, where a place often is the subject.
const ACTOR: f32 = 0.5;

/// The terms of one headline.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Distinct words and entities, in order of first appearance.
    pub all: Vec<Term>,
    /// The entities among them, each with its salience: how much the headline is about it, 0 to 1.
    pub entities: Vec<(Term, f32)>,
}

/// Turns headlines into terms and remembers every word it has seen, so that each distinct word is
/// lower-cased, stemmed and looked up once. Numbers of terms are the caller's.
#[derive(Debug, Clone, Default)]
pub struct Analyzer {
    /// By language and surface.
    seen: FxHashMap<Language, FxHashMap<String, Word>>,
}

/// What is known of a word.
#[derive(Debug, Clone)]
enum Word {
    Stop,
    /// Its term, which has no number yet.
    Read(String),
    Numbered(Term),
}

impl Word {
    fn read(word: &str, language: Language) -> Self {
        term(word, language).map_or(Self::Stop, Self::Read)
    }
}

impl Analyzer {
    /// Reads words that are new in titles, in parallel, so that [`analyse`](Self::analyse) finds them known.
    pub fn learn(&mut self, titles: &[(&str, Language)]) {
        let read = |&(title, language): &(&str, Language)| {
            let known = self.seen.get(&language);
            let mut new: Vec<(String, Word)> = Vec::new();
            tokenise(title, |token| {
                if known.is_none_or(|known| !known.contains_key(token.text)) {
                    new.push((token.text.to_owned(), Word::read(token.text, language)));
                }
            });
            (language, new)
        };
        let new: Vec<_> = titles.par_iter().map(read).collect();
        for (language, words) in new {
            let seen = self.seen.entry(language).or_default();
            for (surface, word) in words {
                seen.entry(surface).or_insert(word);
            }
        }
    }

    /// Fills `found` with the terms of a title in a language that names the entities of `mentions`. `number` gives terms
    /// their numbers.
    pub fn analyse(
        &mut self,
        (title, language): (&str, Language),
        mentions: &[Mention],
        mut number: impl FnMut(String) -> Term,
        found: &mut Terms,
    ) {
        found.all.clear();
        found.entities.clear();
        let seen = self.seen.entry(language).or_default();
        tokenise(title, |token| {
            if let Some(term) = term_of(seen, token.text, language, &mut number)
                && !found.all.contains(&term)
            {
                found.all.push(term);
            }
        });
        add_entities(mentions, number, found);
    }
}

fn term_of(
    seen: &mut FxHashMap<String, Word>,
    surface: &str,
    language: Language,
    number: &mut impl FnMut(String) -> Term,
) -> Option<Term> {
    let word = match seen.get_mut(surface) {
        Some(word) => word,
        None => seen.entry(surface.to_owned()).or_insert(Word::read(surface, language)),
    };
    match word {
        Word::Stop => None,
        Word::Numbered(term) => Some(*term),
        Word::Read(read) => {
            let term = number(std::mem::take(read));
            *word = Word::Numbered(term);
            Some(term)
        }
    }
}

fn add_entities(mentions: &[Mention], mut number: impl FnMut(String) -> Term, found: &mut Terms) {
    for (at, mention) in mentions.iter().enumerate() {
        let entity = Gazetteer::embedded().entity(mention.entity);
        let term = number(format!("{ENTITY_MARK}{}", entity.code));
        if !found.all.contains(&term) {
            found.all.push(term);
            found.entities.push((term, salience(entity.kind, at, mentions)));
        }
    }
}

/// How much a headline is about the entity of its mention number `at`.
fn salience(kind: EntityKind, at: usize, mentions: &[Mention]) -> f32 {
    let gazetteer = Gazetteer::embedded();
    let first = mentions[..at].iter().all(|mention| is_actor(gazetteer.entity(mention.entity).kind));
    let again = mentions[at + 1..].iter().any(|mention| mention.entity == mentions[at].entity);
    let place = if first || again { 1.0 } else { IN_PASSING };
    if is_actor(kind) { ACTOR * place } else { place }
}

fn is_actor(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Organisation | EntityKind::Person)
}

/// The term that stands for `word`: its stem in English, if it is known there, else its own; `None` for a stop word.
/// A name has an English stem wherever it stands, so that it is the same term in all languages that have a gloss; one
/// in another alphabet loses its endings there and is then written in Latin letters.
pub fn term(word: &str, language: Language) -> Option<String> {
    if language == Language::English {
        return stem(word, language);
    }
    let word = without_elision(word, language);
    let lower = word.to_lowercase();
    if is_stop_word(&lower, language) {
        return None;
    }
    match gloss_in(&lower, language) {
        Some(english) => stem(english, Language::English),
        None if has_gloss(language) && is_latin(word) => stem(word, Language::English),
        None if has_gloss(language) => stem(word, language).map(|stem| romanised(&stem).into_owned()),
        None => stem(word, language),
    }
}

/// The terms of the words of a text.
pub fn terms_of(text: &str, language: Language) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    tokenise(text, |token| terms.extend(term(token.text, language)));
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Vocabulary;

    fn terms(title: &str, lang: Option<&str>) -> Vec<String> {
        let language = lang.map_or_else(|| Language::guess(title), Language::from_code);
        let mut vocabulary = Vocabulary::default();
        let mut found = Terms::default();
        let mentions = Gazetteer::embedded().mentions(title, None);
        Analyzer::default().analyse((title, language), &mentions, |term| vocabulary.number(term), &mut found);
        let terms = vocabulary.into_terms();
        found.all.iter().map(|&term| terms[term as usize].clone()).collect()
    }

    #[test]
    fn inflections_share_a_term_and_repeats_count_once() {
        assert_eq!(terms("Strikes strike as the striking Dockers", Some("en")), ["strike", "docker"]);
    }

    #[test]
    fn initialisms_numbers_and_accents_are_plain() {
        assert_eq!(terms("U.N. counts 1,250 cafés", Some("en")), ["un", "count", "1250", "cafe", "@UN"]);
    }

    #[test]
    fn names_meet_across_alphabets() {
        assert_eq!(terms("Билодид", Some("ru")), terms("Bilodid", Some("en")));
        assert_eq!(terms("Таймазова", Some("ru")), terms("Таймазовой", Some("ru")));
    }

    #[test]
    fn inflections_of_other_languages_are_read_as_english() {
        assert_eq!(terms("medallistas", Some("es")), ["medal"]);
        assert_eq!(terms("Олимпийскому", Some("ru")), terms("Olympic", Some("en")));
    }

    #[test]
    fn elided_articles_are_no_part_of_a_word() {
        assert_eq!(terms("l'argent d’Ouagmar", Some("fr")), ["money", "ouagmar"]);
        assert_eq!(terms("l'argent d’Ouagmar", Some("en")), ["largent", "douagmar"]);
    }

    #[test]
    fn an_unknown_language_is_taken_as_it_stands() {
        assert_eq!(terms("kaimynai šoka", Some("lt")), ["kaimynai", "soka"]);
    }
}
