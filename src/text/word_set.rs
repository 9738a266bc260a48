//! Words that a user names, to be found in titles again.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::tokenise;

/// Words as they are written, in any casing. Other forms of a word are other words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordSet {
    words: BTreeSet<String>,
}

impl WordSet {
    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether this is one of the words.
    pub fn contains(&self, word: &str) -> bool {
        self.words.contains(&folded(word))
    }

    /// A title without these words.
    pub fn without<'t>(&self, title: &'t str) -> Cow<'t, str> {
        let mut kept = String::new();
        let mut done = 0;
        tokenise(title, |token| {
            let end = token.start + token.text.len();
            if end > done && self.contains(token.text) {
                // Pairs of an unspaced script overlap.
                kept.push_str(&title[done..token.start.max(done)]);
                done = end;
            }
        });
        if done == 0 {
            return Cow::Borrowed(title);
        }
        kept.push_str(&title[done..]);
        Cow::Owned(kept)
    }
}

impl<W: AsRef<str>> FromIterator<W> for WordSet {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        Self { words: words.into_iter().map(|word| folded(word.as_ref())).collect() }
    }
}

/// A word as it is compared.
pub(crate) fn folded(word: &str) -> String {
    word.replace('\u{2019}', "'").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_in_any_casing_and_others_stay() {
        let words: WordSet = ["LIVE", "don't", "東京"].iter().collect();
        assert_eq!(words.without("Live: ferries don’t sail"), ": ferries  sail");
        assert_eq!(words.without("東京五輪"), "五輪");
        assert!(matches!(words.without("Lives of ferries"), Cow::Borrowed("Lives of ferries")));
        assert_eq!(words.without("live"), "");
    }
}
