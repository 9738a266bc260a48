//! Function words, by language: they carry no subject and never make a label.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Language;

/// The shipped lists, one word a line, lower case.
pub(super) const LISTS: [(Language, &str); 12] = [
    (Language::English, include_str!("../../data/stopwords/en.txt")),
    (Language::Arabic, include_str!("../../data/stopwords/ar.txt")),
    (Language::Dutch, include_str!("../../data/stopwords/nl.txt")),
    (Language::French, include_str!("../../data/stopwords/fr.txt")),
    (Language::German, include_str!("../../data/stopwords/de.txt")),
    (Language::Italian, include_str!("../../data/stopwords/it.txt")),
    (Language::Portuguese, include_str!("../../data/stopwords/pt.txt")),
    (Language::Russian, include_str!("../../data/stopwords/ru.txt")),
    (Language::Slovene, include_str!("../../data/stopwords/sl.txt")),
    (Language::Spanish, include_str!("../../data/stopwords/es.txt")),
    (Language::Swedish, include_str!("../../data/stopwords/sv.txt")),
    (Language::Turkish, include_str!("../../data/stopwords/tr.txt")),
];

/// Every listed word with one bit for each list it stands in.
static WORDS: LazyLock<FxHashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for (bit, (_, list)) in LISTS.iter().enumerate() {
        for word in list.lines() {
            *words.entry(word).or_insert(0) |= 1 << bit;
        }
    }
    words
});

/// Whether the lower-case `word` is a stop word of `language`.
pub fn is_stop_word(word: &str, language: Language) -> bool {
    let lists = lists_with(word);
    LISTS.iter().enumerate().any(|(bit, (listed, _))| *listed == language && lists & (1 << bit) != 0)
}

/// Positions in [`LISTS`] of the languages that have `word` (in any casing) as a stop word.
pub(super) fn stop_word_languages(word: &str) -> impl Iterator<Item = usize> {
    let lists = lists_with(&word.to_lowercase());
    (0..LISTS.len()).filter(move |bit| lists & (1 << bit) != 0)
}

fn lists_with(word: &str) -> u16 {
    let plain;
    let word = if word.contains('\u{2019}') {
        plain = word.replace('\u{2019}', "'");
        plain.as_str()
    } else {
        word
    };
    WORDS.get(word).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_can_be_a_stop_word_of_one_language_only() {
        assert!(is_stop_word("war", Language::German));
        assert!(!is_stop_word("war", Language::English));
        assert!(is_stop_word("don\u{2019}t", Language::English));
    }

    #[test]
    fn lists_are_lower_case_sorted_and_without_repeats() {
        for (language, list) in LISTS {
            let words: Vec<&str> = list.lines().collect();
            assert!(words.windows(2).all(|pair| pair[0] < pair[1]), "{language:?}");
            assert!(words.iter().all(|word| word.to_lowercase() == *word), "{language:?}");
        }
    }
}
