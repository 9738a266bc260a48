//! Words of other languages read as English ones, so that headlines on the same news meet whatever their language.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{Language, is_stop_word, romanised, tokenise};

/// The English word nearest in meaning to the lower-case `word` of another language, where one is near enough. The
/// table and its making are described in `data/gloss/README.md`.
pub fn gloss(word: &str) -> Option<&'static str> {
    static WORDS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let table = include_str!("../../data/gloss/words.tsv");
        table.lines().filter_map(|line| line.split_once('\t')).collect()
    });
    WORDS.get(word).copied()
}

/// Whether the table covers the common words of `language`, so that what it does not know is mostly names. Languages
/// without stop words or a stemmer of ours are taken for one of those.
pub fn has_gloss(language: Language) -> bool {
    use Language::{Arabic, Dutch, French, German, Italian, Other, Portuguese, Russian, Spanish, Turkish};
    matches!(
        language,
        Arabic | Dutch | French | German | Italian | Other | Portuguese | Russian | Spanish | Turkish
    )
}

/// `title` with every word in English that the table knows, without the stop words of `language`, the rest as it is but
/// in Latin letters.
/// An English title is given back.
pub fn glossed(title: &str, language: Language) -> Cow<'_, str> {
    if language == Language::English {
        return Cow::Borrowed(title);
    }
    let mut english = String::with_capacity(title.len());
    let mut end = 0;
    tokenise(title, |token| {
        // Pairs of an unspaced script overlap.
        let Some(between) = title.get(end..token.start) else { return };
        english.push_str(between);
        end = token.start + token.text.len();
        let lower = token.text.to_lowercase();
        if !is_stop_word(&lower, language) {
            english.push_str(&gloss(&lower).map_or_else(|| romanised(token.text), Cow::Borrowed));
        }
    });
    english.push_str(title.get(end..).unwrap_or_default());
    Cow::Owned(english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_two_words() {
        let table = include_str!("../../data/gloss/words.tsv");
        assert!(table.lines().count() > 10_000);
        for line in table.lines() {
            let (word, english) = line.split_once('\t').unwrap();
            assert_eq!(word, word.to_lowercase());
            assert!(english.chars().all(|c| c.is_ascii_lowercase()), "{line}");
        }
    }

    #[test]
    fn known_words_turn_english_and_names_stay() {
        assert_eq!(glossed("Benedito: medalha de ouro", Language::Portuguese), "Benedito: medal  gold");
        assert_eq!(gloss("медаль"), gloss("medalha"));
        assert_eq!(gloss("benedito"), None);
    }

    #[test]
    fn names_in_other_alphabets_turn_latin() {
        assert_eq!(glossed("Билодид: медаль", Language::Russian), "bilodid: medal");
    }

    #[test]
    fn stop_words_of_the_language_are_left_out() {
        assert_eq!(glossed("Das Gold der Zyxwv", Language::German).trim(), "Gold  Zyxwv");
    }

    #[test]
    fn unspaced_scripts_stay_as_they_are() {
        assert_eq!(glossed("東京五輪 2021", Language::Other), "東京五輪 2021");
    }

    #[test]
    fn english_is_not_touched() {
        assert!(matches!(glossed("Die hard: gift to mayor", Language::English), Cow::Borrowed(_)));
    }
}
