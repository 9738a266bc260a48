//! One worker's view of the text: titles in, lists of term numbers out.

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Gazetteer, Language, is_stop_word, tokenise};
use crate::Headline;

/// Number of a term within one [`Analyzer`].
pub type Term = u32;

/// First character of the terms that stand for entities: `@VE`. No word begins with it.
pub const ENTITY_MARK: char = '@';

/// Turns headlines into terms and remembers every word it has seen, so that each distinct word is
/// lower-cased, stemmed and looked up once.
#[derive(Default)]
pub struct Analyzer {
    terms: Vec<String>,
    numbers: FxHashMap<String, Term>,
    /// Surface word to term, per language; `None` marks a stop word.
    seen: FxHashMap<Language, FxHashMap<String, Option<Term>>>,
}

impl Analyzer {
    /// The distinct terms of `headline`, in order of first appearance.
    pub fn analyse(&mut self, headline: &Headline, found: &mut Vec<Term>) {
        found.clear();
        let language = match &headline.lang {
            Some(code) => Language::from_code(code),
            None => Language::guess(&headline.text),
        };
        tokenise(&headline.text, |token| {
            if let Some(term) = self.term_of(token.text, language)
                && !found.contains(&term)
            {
                found.push(term);
            }
        });
        self.add_entities(headline, found);
    }

    fn add_entities(&mut self, headline: &Headline, found: &mut Vec<Term>) {
        let gazetteer = Gazetteer::embedded();
        for mention in gazetteer.mentions(&headline.text, headline.time) {
            let code = &gazetteer.entity(mention.entity).code;
            let term = number(format!("{ENTITY_MARK}{code}"), &mut self.terms, &mut self.numbers);
            if !found.contains(&term) {
                found.push(term);
            }
        }
    }

    /// All terms seen so far; a term's number is its position.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// Gives up the terms.
    pub fn into_terms(self) -> Vec<String> {
        self.terms
    }

    fn term_of(&mut self, word: &str, language: Language) -> Option<Term> {
        let words = self.seen.entry(language).or_default();
        if let Some(&known) = words.get(word) {
            return known;
        }
        let stem = stem(word, language);
        let term = stem.map(|stem| number(stem, &mut self.terms, &mut self.numbers));
        words.insert(word.to_owned(), term);
        term
    }
}

fn number(term: String, terms: &mut Vec<String>, numbers: &mut FxHashMap<String, Term>) -> Term {
    if let Some(&known) = numbers.get(&term) {
        return known;
    }
    let next = terms.len() as Term;
    terms.push(term.clone());
    numbers.insert(term, next);
    next
}

/// The indexed form of `word`: lower case, stemmed, without accents, thousands commas or dots of an
/// initialism. `None` for a stop word.
pub fn stem(word: &str, language: Language) -> Option<String> {
    let lower: String = word.nfkc().flat_map(char::to_lowercase).collect();
    if is_stop_word(&lower, language) {
        return None;
    }
    let plain = match lower.starts_with(|c: char| c.is_ascii_digit()) {
        true => lower.replace(',', ""),
        false => lower.replace(['.', '\'', '\u{2019}'], ""),
    };
    if plain.len() == 1 && !plain.starts_with(|c: char| c.is_ascii_digit()) || is_stop_word(&plain, language) {
        return None;
    }
    let stemmed = match stemmer(language) {
        Some(algorithm) => Stemmer::create(algorithm).stem(&plain).into_owned(),
        None => plain,
    };
    Some(stemmed.nfd().filter(|&c| !is_combining_mark(c)).collect())
}

fn stemmer(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Italian => Algorithm::Italian,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Turkish => Algorithm::Turkish,
        Language::Slovene | Language::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(title: &str, lang: Option<&str>) -> Vec<String> {
        let headline = Headline {
            id: "1".into(),
            text: title.into(),
            time: None,
            source: None,
            url: None,
            lang: lang.map(str::to_owned),
        };
        let mut analyzer = Analyzer::default();
        let mut found = Vec::new();
        analyzer.analyse(&headline, &mut found);
        found.iter().map(|&term| analyzer.terms()[term as usize].clone()).collect()
    }

    #[test]
    fn inflections_share_a_term_and_repeats_count_once() {
        assert_eq!(terms("Strikes strike as the striking Dockers", Some("en")), ["strike", "docker"]);
    }

    #[test]
    fn initialisms_numbers_and_accents_are_plain() {
        assert_eq!(terms("U.N. counts 1,250 cafés", Some("en")), ["un", "count", "1250", "cafe"]);
    }

    #[test]
    fn an_unknown_language_is_taken_as_it_stands() {
        assert_eq!(terms("kaimynai šoka", Some("lt")), ["kaimynai", "soka"]);
    }
}
