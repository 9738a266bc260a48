//! Terms and their numbers.

use rustc_hash::FxHashMap;

/// Number of a term within one [`Vocabulary`].
pub type Term = u32;

/// Distinct terms, numbered in order of first appearance.
#[derive(Debug, Default, Clone)]
pub struct Vocabulary {
    terms: Vec<String>,
    numbers: FxHashMap<String, Term>,
}

impl Vocabulary {
    /// The number of `term`, the next free one if it is new.
    pub fn number(&mut self, term: String) -> Term {
        if let Some(&known) = self.numbers.get(&term) {
            return known;
        }
        let next = self.terms.len() as Term;
        self.terms.push(term.clone());
        self.numbers.insert(term, next);
        next
    }

    /// The number of `term`, if it has one.
    pub fn find(&self, term: &str) -> Option<Term> {
        self.numbers.get(term).copied()
    }

    /// The term with this number.
    ///
    /// # Panics
    /// When `number` was not given out here.
    pub fn term(&self, number: Term) -> &str {
        &self.terms[number as usize]
    }

    /// All terms; a term's number is its position.
    pub fn into_terms(self) -> Vec<String> {
        self.terms
    }
}
