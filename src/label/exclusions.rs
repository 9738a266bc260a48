//! What labels must not say.

use super::word_lists::Role;
use super::words::Word;
use crate::Headline;
use crate::text::{Gazetteer, Mention, WordSet, folded, tokenise};

/// Words, and names of several words, that no label has in it. They are compared as written, in any casing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exclusions {
    words: WordSet,
    /// Names of several words, each in order.
    names: Vec<Vec<String>>,
}

impl<T: AsRef<str>> FromIterator<T> for Exclusions {
    fn from_iter<I: IntoIterator<Item = T>>(excluded: I) -> Self {
        let (words, names): (Vec<_>, Vec<_>) =
            excluded.into_iter().map(|text| words_of(text.as_ref())).partition(|words| words.len() < 2);
        Self { words: words.iter().flatten().collect(), names }
    }
}

impl Exclusions {
    /// Whether nothing is left out.
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.names.is_empty()
    }

    /// Whether an excluded word or name stands in a text.
    pub(super) fn forbids(&self, text: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let words = words_of(text);
        let holds = |name: &Vec<String>| words.windows(name.len()).any(|run| run == name.as_slice());
        words.iter().any(|word| self.words.contains(word)) || self.names.iter().any(holds)
    }

    /// Whether an entity may be named as it is in a title: its name, there and in general, is not excluded.
    pub(super) fn allow(&self, mention: &Mention, headline: &Headline) -> bool {
        let named = |text: &str| self.forbids(text);
        self.is_empty()
            || !named(&headline.text[mention.start..mention.end])
                && !named(&Gazetteer::embedded().entity(mention.entity).name)
    }

    /// Has no phrase run over an excluded word of a title.
    pub(super) fn strike(&self, title: &str, words: &mut [Word]) {
        if !self.words.is_empty() {
            for word in words.iter_mut().filter(|word| self.words.contains(&title[word.span.clone()])) {
                word.role = Role::Filler;
            }
        }
    }
}

fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokenise(text, |token| words.push(folded(token.text)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_runs_of_words_are_found_anywhere() {
        let exclusions: Exclusions = ["exclusive", "Harbour Strike"].iter().collect();
        assert!(exclusions.forbids("An EXCLUSIVE report") && exclusions.forbids("The harbour-strike ends"));
        assert!(!exclusions.forbids("Exclusively: strike in harbour"));
        assert!(!Exclusions::default().forbids("anything"));
    }
}
