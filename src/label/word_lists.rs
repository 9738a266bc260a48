//! Words that make poor labels, good labels and publishers: the lists under `data/labels/`, compiled in.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::{Language, gloss, stem};

type Words = FxHashSet<&'static str>;

static FILLERS: LazyLock<Words> = LazyLock::new(|| lines(include_str!("../../data/labels/fillers.txt")));
static WEAK: LazyLock<Words> = LazyLock::new(|| lines(include_str!("../../data/labels/weak.txt")));
static SUBJECTS: LazyLock<Words> = LazyLock::new(|| lines(include_str!("../../data/labels/subjects.txt")));
static PUBLISHERS: LazyLock<Words> =
    LazyLock::new(|| lines(include_str!("../../data/labels/publishers.txt")));
static VERBS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    let list = include_str!("../../data/labels/verbs/en.txt");
    list.lines().filter_map(|verb| stem(verb, Language::English)).collect()
});
/// Forms of verbs of other languages, as headlines have them.
const FOREIGN_VERBS: [(Language, &str); 7] = [
    (Language::Dutch, include_str!("../../data/labels/verbs/nl.txt")),
    (Language::French, include_str!("../../data/labels/verbs/fr.txt")),
    (Language::German, include_str!("../../data/labels/verbs/de.txt")),
    (Language::Italian, include_str!("../../data/labels/verbs/it.txt")),
    (Language::Portuguese, include_str!("../../data/labels/verbs/pt.txt")),
    (Language::Russian, include_str!("../../data/labels/verbs/ru.txt")),
    (Language::Spanish, include_str!("../../data/labels/verbs/es.txt")),
];

fn lines(list: &'static str) -> Words {
    list.lines().collect()
}

const DAYS: [&str; 10] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "day", "week", "night"];

/// What a word, wherever it stands, is to a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Tells of a subject.
    Content,
    /// Says little by itself: stands inside a phrase, not at its edge.
    Weak,
    /// Ends a phrase, unless it is part of a name: "Meet the Press".
    Verb,
    /// Ends a phrase: "live", "says", the months.
    Filler,
    /// A number: inside a phrase, or after the rest of a name, as in "Windows 11".
    Number,
    /// A day or a stretch of time: only after the rest of a name, as in "Memorial Day".
    Day,
    /// A stop word that may join the words of a phrase: "Bank of Valletta".
    Joining,
    /// Any other stop word: ends a phrase.
    Stop,
}

/// The role of the lower-case `word` with this stem (none for a stop word). English has lists of its own; words of other
/// languages that are no verbs there have the role of their gloss, and any stop word may join, as in "Banco de la Isla".
pub(super) fn role(word: &str, stem: Option<&str>, language: Language) -> Role {
    let is_english = language == Language::English;
    if is_foreign_verb(word, language) {
        return Role::Verb;
    }
    let Some(stem) = stem else {
        let joins = !is_english || matches!(word, "of" | "the" | "and");
        return if joins { Role::Joining } else { Role::Stop };
    };
    if word.starts_with(char::is_numeric) {
        Role::Number
    } else if !is_english {
        gloss(word).map_or(Role::Content, |english| role_in_english(english, &plain_stem(english)))
    } else {
        role_in_english(word, stem)
    }
}

fn is_foreign_verb(word: &str, language: Language) -> bool {
    static VERBS: LazyLock<FxHashMap<Language, Words>> =
        LazyLock::new(|| FOREIGN_VERBS.map(|(language, list)| (language, lines(list))).into_iter().collect());
    VERBS.get(&language).is_some_and(|verbs| verbs.contains(word))
}

fn plain_stem(english: &str) -> String {
    stem(english, Language::English).unwrap_or_default()
}

fn role_in_english(word: &str, stem: &str) -> Role {
    if DAYS.contains(&word) {
        Role::Day
    } else if FILLERS.contains(word) {
        Role::Filler
    } else if is_subject(word) {
        Role::Content
    } else if WEAK.contains(word) {
        Role::Weak
    } else if VERBS.contains(stem) {
        Role::Verb
    } else if is_participle(word) {
        Role::Weak
    } else {
        Role::Content
    }
}

/// "Recalled", "armed": something else is the subject.
fn is_participle(word: &str) -> bool {
    word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed")
}

/// Whether the lower-case English `word` is one that running subjects are called by: "strike", "election".
pub(super) fn is_subject(word: &str) -> bool {
    SUBJECTS.contains(word) || word.strip_suffix('s').is_some_and(|one| SUBJECTS.contains(one))
}

/// Whether `name`, as [`normalised_title`](crate::text::normalised_title) gives it, is a publisher's.
pub(super) fn is_publisher(name: &str) -> bool {
    PUBLISHERS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(word: &str) -> Role {
        role(word, stem(word, Language::English).as_deref(), Language::English)
    }

    #[test]
    fn words_of_other_languages_have_the_role_of_their_gloss() {
        let role_of = |word: &str| role(word, Some(word), Language::Spanish);
        assert_eq!((role_of("rechazar"), role_of("puerto")), (Role::Verb, Role::Content));
    }

    #[test]
    fn verbs_of_other_languages_are_known_by_their_forms() {
        let role_of = |word: &str, language| role(word, stem(word, language).as_deref(), language);
        assert_eq!(role_of("gewinnt", Language::German), Role::Verb);
        assert_ne!(role_of("gewinnt", Language::Swedish), Role::Verb);
        assert_eq!(role_of("est", Language::French), Role::Verb);
    }

    #[test]
    fn lists_are_lower_case_sorted_and_without_repeats() {
        for list in [
            include_str!("../../data/labels/fillers.txt"),
            include_str!("../../data/labels/publishers.txt"),
            include_str!("../../data/labels/subjects.txt"),
            include_str!("../../data/labels/verbs/en.txt"),
            include_str!("../../data/labels/weak.txt"),
        ]
        .into_iter()
        .chain(FOREIGN_VERBS.map(|(_, list)| list))
        {
            let words: Vec<&str> = list.lines().collect();
            assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(words.iter().all(|word| word.to_lowercase() == *word));
        }
    }

    #[test]
    fn inflected_verbs_are_verbs_but_the_nouns_of_subjects_are_not() {
        assert_eq!(["rejects", "rejected", "rejecting"].map(role_of), [Role::Verb; 3]);
        assert_eq!(["meeting", "shooting", "strikes", "talks"].map(role_of), [Role::Content; 4]);
    }

    #[test]
    fn participles_are_weak() {
        assert_eq!(["recalled", "speed", "shed"].map(role_of), [Role::Weak, Role::Content, Role::Verb]);
    }

    #[test]
    fn other_languages_have_stop_words_only() {
        assert_eq!(role("live", Some("live"), Language::German), Role::Content);
        assert_eq!(role("der", None, Language::German), Role::Joining);
        assert_eq!(role("amid", None, Language::English), Role::Stop);
    }
}
