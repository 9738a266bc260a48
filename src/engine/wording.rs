//! Words that one collection treats otherwise than the rest.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Headline;
use crate::label::Exclusions;
use crate::text::{WordSet, tokenise};

/// Words and names in one list.
const MOST_WORDS: usize = 1_000;
/// Characters of one of them.
const MOST_CHARS: usize = 100;

/// Words that count for less than elsewhere. They are compared as they are written, in any casing: other forms of a word
/// are other words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wording {
    /// Words that say nothing here: they neither bring headlines together nor stand in labels.
    pub stop_words: Vec<String>,
    /// Words that do not bring headlines together, but may stand in labels.
    pub clustering_exclusions: Vec<String>,
    /// Words, and names of several words, that no label and no keyword of a topic has in it.
    pub label_exclusions: Vec<String>,
}

/// What can be wrong with a list of words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WordingError {
    /// More than are kept.
    #[error("`{list}` may have {MOST_WORDS} entries, not {found}")]
    TooMany {
        /// Name of the list.
        list: &'static str,
        /// How many there are.
        found: usize,
    },
    /// Too long for a word or a name.
    #[error("`{list}[{index}]` is longer than {MOST_CHARS} characters")]
    TooLong {
        /// Name of the list.
        list: &'static str,
        /// Place in it, from 0.
        index: usize,
    },
    /// Something else than one word.
    #[error(
        "`{list}[{index}]` must be one word as it stands in titles, without spaces, hyphens or punctuation"
    )]
    NotAWord {
        /// Name of the list.
        list: &'static str,
        /// Place in it, from 0.
        index: usize,
    },
    /// No word at all.
    #[error("`{list}[{index}]` has no word in it")]
    NoWord {
        /// Name of the list.
        list: &'static str,
        /// Place in it, from 0.
        index: usize,
    },
}

/// Checked [`Wording`], ready for use.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Lists {
    wording: Wording,
    /// Words that clustering does not see.
    unread: WordSet,
    /// What labels leave out.
    unsaid: Exclusions,
}

impl TryFrom<Wording> for Lists {
    type Error = WordingError;

    fn try_from(wording: Wording) -> Result<Self, WordingError> {
        check("stop_words", &wording.stop_words, is_word)?;
        check("clustering_exclusions", &wording.clustering_exclusions, is_word)?;
        check("label_exclusions", &wording.label_exclusions, has_word)?;
        let Wording { stop_words, clustering_exclusions, label_exclusions } = &wording;
        let unread = stop_words.iter().chain(clustering_exclusions).collect();
        let unsaid = stop_words.iter().chain(label_exclusions).collect();
        Ok(Self { unread, unsaid, wording })
    }
}

impl Lists {
    /// The lists as given.
    pub fn wording(&self) -> &Wording {
        &self.wording
    }

    /// What labels leave out.
    pub fn unsaid(&self) -> &Exclusions {
        &self.unsaid
    }

    /// A headline as clustering reads it: without words that do not count.
    pub fn reading<'h>(&self, headline: &'h Headline) -> Cow<'h, Headline> {
        if self.unread.is_empty() {
            return Cow::Borrowed(headline);
        }
        match self.unread.without(&headline.text) {
            Cow::Borrowed(_) => Cow::Borrowed(headline),
            Cow::Owned(text) => Cow::Owned(Headline { text, ..headline.clone() }),
        }
    }

    /// Does something with headlines as clustering reads them.
    pub fn read<T>(&self, headlines: &[&Headline], work: impl FnOnce(&[&Headline]) -> T) -> T {
        if self.unread.is_empty() {
            return work(headlines);
        }
        let readings: Vec<Cow<Headline>> =
            headlines.par_iter().map(|headline| self.reading(headline)).collect();
        work(&readings.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }
}

/// Checks each entry of a list, whose own rule says what is wrong with it.
fn check(
    list: &'static str,
    entries: &[String],
    rule: fn(&str, &'static str, usize) -> Result<(), WordingError>,
) -> Result<(), WordingError> {
    if entries.len() > MOST_WORDS {
        return Err(WordingError::TooMany { list, found: entries.len() });
    }
    for (index, entry) in entries.iter().enumerate() {
        if entry.chars().count() > MOST_CHARS {
            return Err(WordingError::TooLong { list, index });
        }
        rule(entry, list, index)?;
    }
    Ok(())
}

fn is_word(entry: &str, list: &'static str, index: usize) -> Result<(), WordingError> {
    let (mut words, mut whole) = (0, false);
    tokenise(entry, |token| {
        words += 1;
        whole = token.text == entry;
    });
    if words == 1 && whole { Ok(()) } else { Err(WordingError::NotAWord { list, index }) }
}

fn has_word(entry: &str, list: &'static str, index: usize) -> Result<(), WordingError> {
    let mut words = 0;
    tokenise(entry, |_| words += 1);
    if words > 0 { Ok(()) } else { Err(WordingError::NoWord { list, index }) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::engine::{Engine, Method};

    fn refused(change: impl FnOnce(&mut Wording)) -> String {
        let mut wording = Wording::default();
        change(&mut wording);
        Lists::try_from(wording).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named() {
        for bad in ["", " ", "two words", "anti-drug", "live:", "'"] {
            let message = refused(|wording| wording.stop_words = vec!["live".into(), bad.into()]);
            assert!(message.starts_with("`stop_words[1]` must be one word"), "{bad}: {message}");
        }
        let message = refused(|wording| wording.clustering_exclusions = vec!["x".repeat(101)]);
        assert_eq!(message, "`clustering_exclusions[0]` is longer than 100 characters");
        let message = refused(|wording| wording.label_exclusions = vec!["–".into()]);
        assert_eq!(message, "`label_exclusions[0]` has no word in it");
        let message = refused(|wording| wording.label_exclusions = vec!["x".into(); 1_001]);
        assert_eq!(message, "`label_exclusions` may have 1000 entries, not 1001");
    }

    /// The state after headlines, of which so many come at a time, with a restart after each time.
    fn state(wording: &Wording, at_a_time: usize) -> [u8; 32] {
        let method = Method::default().with_wording(wording.clone()).unwrap();
        let mut engine = Engine::new(method.clone());
        let titles = include_str!("../../data/headlines.txt").lines();
        let headlines: Vec<Headline> = titles
            .enumerate()
            .map(|(at, title)| Headline {
                id: at.to_string(),
                text: title.to_owned(),
                time: None,
                source: None,
                url: None,
                lang: None,
            })
            .collect();
        for batch in headlines.chunks(at_a_time) {
            engine.apply(batch.to_vec(), Timestamp::UNIX_EPOCH);
            engine = Engine::resume(method.clone(), &engine.checkpoint().unwrap()).unwrap();
        }
        engine.state_hash()
    }

    #[test]
    fn the_state_follows_from_headlines_and_words_alone() {
        let wording = Wording {
            stop_words: vec!["Trump".into()],
            clustering_exclusions: vec!["peace".into(), "conflict".into()],
            label_exclusions: vec!["Taiwan".into()],
        };
        let together = state(&wording, usize::MAX);
        assert!([1, 3].iter().all(|&at_a_time| state(&wording, at_a_time) == together));
        assert_ne!(state(&Wording::default(), usize::MAX), together);
    }

    #[test]
    fn words_of_any_script_are_words() {
        let words = ["U.S.", "Über", "2025", "東京", "don't"].map(str::to_owned).to_vec();
        let names = vec!["Harbour strike".to_owned()];
        let wording = Wording { stop_words: words, label_exclusions: names, ..Wording::default() };
        assert!(Lists::try_from(wording).is_ok());
    }
}
