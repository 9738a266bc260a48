//! Words of other languages read as English ones, so that headlines on the same news meet whatever their language.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use super::romanise::is_latin;
use super::{Language, is_stop_word, romanised, stem, tokenise, without_elision};

/// Letters that a stem must have to be read as English.
const LEAST_STEM: usize = 6;

/// The English word nearest in meaning to the lower-case `word` of another language, where one is near enough. The
/// table and its making are described in `data/gloss/README.md`.
pub fn gloss(word: &str) -> Option<&'static str> {
    static WORDS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| entries().collect());
    WORDS.get(word).copied()
}

/// Words and their glosses.
fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../../data/gloss/words.tsv").lines().filter_map(|line| line.split_once('\t'))
}

/// The gloss of `word`, or, where it has none and the table covers `language`, of the words with the same stem there.
pub(super) fn gloss_in(word: &str, language: Language) -> Option<&'static str> {
    gloss(word).or_else(|| by_stem(language)?.get(&*stem(word, language)?).copied())
}

/// Glosses by the stems of their words in `language`, if it has a stemmer; made when the language is first met. The table
/// does not say which language a word is of, so short stems, which mean one thing here and another there, are left out. By one
/// thread: a worker that waits for others here might be given a title that waits for this.
fn by_stem(language: Language) -> Option<&'static FxHashMap<Box<str>, &'static str>> {
    const LANGUAGES: usize = Language::Other as usize;
    static OF: [OnceLock<FxHashMap<Box<str>, &str>>; LANGUAGES] = [const { OnceLock::new() }; LANGUAGES];
    let stems_of = OF.get(language as usize).filter(|_| has_gloss(language))?;
    Some(stems_of.get_or_init(|| stems(language)))
}

/// The gloss that most words of a stem have; none where there is no such.
fn stems(language: Language) -> FxHashMap<Box<str>, &'static str> {
    let is_latin_there = !matches!(language, Language::Arabic | Language::Russian);
    let is_long = |word: &str| word.chars().count() >= LEAST_STEM;
    let may_be_there = |&(word, _): &(&str, &str)| is_latin(word) == is_latin_there && is_long(word);
    let stemmed = |(word, english)| Some((stem(word, language).filter(|stem| is_long(stem))?, english));
    let mut stems: Vec<(String, &str)> = entries().filter(may_be_there).filter_map(stemmed).collect();
    stems.sort_unstable();
    let most = |same: &[(String, &'static str)]| {
        let middle = same[same.len() / 2].1;
        let count = same.iter().filter(|(_, gloss)| *gloss == middle).count();
        (2 * count > same.len()).then(|| (Box::from(same[0].0.as_str()), middle))
    };
    stems.chunk_by(|a, b| a.0 == b.0).filter_map(most).collect()
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
        let word = without_elision(token.text, language);
        let lower = word.to_lowercase();
        if !is_stop_word(&lower, language) {
            english.push_str(&gloss_in(&lower, language).map_or_else(|| romanised(word), Cow::Borrowed));
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
    fn inflections_are_read_by_their_stem() {
        assert_eq!(gloss("medallistas"), None);
        assert_eq!(gloss_in("medallistas", Language::Spanish), Some("medal"));
        assert_eq!(gloss_in("qzxvistas", Language::Spanish), None);
        assert_eq!(gloss_in("medallistas", Language::Swedish), None);
        assert_eq!(glossed("l'argent ; l’éclair", Language::French).trim(), "money ; light");
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
