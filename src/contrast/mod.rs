//! Contrast: what makes two headlines with nearly the same words different events.
//!
//! "Ukraine strikes Russian refinery" and "Russia strikes Ukrainian grid" are as alike as any two headlines, and so
//! are the days on which sanctions are imposed and lifted, the second launch and the third. [`Features`] holds what
//! could tell a title from another, extracted once; [`guard`] compares two. A guard that fires wrongly costs more than
//! one that misses, so each rule wants the rest of the matter to agree, and a title that says both sides says neither.
//! Counts that grow, such as a death toll, are no contrast. The rules read English; other titles have no features.

mod deeds;
mod opposites;
mod places;
mod scores;
mod series;
mod title;

use std::fmt;

use crate::Headline;
use crate::text::Language;
use deeds::Deed;
use opposites::Turn;
use places::Places;
use scores::Score;
use series::Member;
use title::Title;

/// What could tell a headline from one that looks like it.
#[derive(Debug, Clone, Default)]
pub struct Features {
    deeds: Vec<Deed>,
    turns: Vec<Turn>,
    series: Vec<Member>,
    scores: Vec<Score>,
    places: Places,
}

impl Features {
    /// The features of `headline`; none unless it is in English.
    pub fn of(headline: &Headline) -> Self {
        Self::in_language(headline, Language::of(headline))
    }

    /// The features of a headline that is known to be in `language`.
    pub fn in_language(headline: &Headline, language: Language) -> Self {
        if language != Language::English {
            return Self::default();
        }
        let title = Title::read(headline);
        Self {
            deeds: deeds::of(&title),
            turns: opposites::of(&title),
            series: series::of(&title),
            scores: scores::of(&title),
            places: Places::of(&title),
        }
    }
}

/// Why two headlines are different events: the rule, with the words of either title that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard<'t> {
    /// Others did it, or did it to others.
    Roles(&'t str, &'t str),
    /// Opposites are said of the same matter.
    Opposites(&'t str, &'t str),
    /// Different numbers of a series: second and third launch, Q1 and Q2.
    Series(&'t str, &'t str),
    /// Different results of a match.
    Scores(&'t str, &'t str),
    /// Different places.
    Places(&'t str, &'t str),
}

impl fmt::Display for Guard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, a, b) = match self {
            Self::Roles(a, b) => ("who did it to whom", a, b),
            Self::Opposites(a, b) => ("opposites", a, b),
            Self::Series(a, b) => ("numbers of a series", a, b),
            Self::Scores(a, b) => ("results", a, b),
            Self::Places(a, b) => ("places", a, b),
        };
        write!(f, "{rule}: {a} / {b}")
    }
}

/// The first rule that holds two headlines apart, if any does. Symmetric but for the order of the words.
pub fn guard<'f>(a: &'f Features, b: &'f Features) -> Option<Guard<'f>> {
    deeds::contrast(&a.deeds, &b.deeds)
        .map(|(a, b)| Guard::Roles(a, b))
        .or_else(|| opposites::contrast(&a.turns, &b.turns).map(|(a, b)| Guard::Opposites(a, b)))
        .or_else(|| series::contrast(&a.series, &b.series).map(|(a, b)| Guard::Series(a, b)))
        .or_else(|| scores::contrast(&a.scores, &b.scores).map(|(a, b)| Guard::Scores(a, b)))
        .or_else(|| places::contrast(&a.places, &b.places).map(|(a, b)| Guard::Places(a, b)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headline(text: &str, lang: &str) -> Headline {
        Headline { lang: Some(lang.into()), ..title::headline(text) }
    }

    #[test]
    fn a_guard_tells_its_rule_and_words() {
        let (a, b) = (title::headline("Peru lifts copper tax"), title::headline("Peru imposes copper tax"));
        let (a, b) = (Features::of(&a), Features::of(&b));
        let guard = guard(&a, &b);
        assert_eq!(guard.map(|guard| guard.to_string()), Some("opposites: lifts / imposes".to_owned()));
    }

    #[test]
    fn titles_in_other_languages_have_no_features() {
        let [a, b] = ["Peru beats Chile 3-1", "Chile beats Peru 2-0"].map(|text| headline(text, "de"));
        assert_eq!(guard(&Features::of(&a), &Features::of(&b)), None);
    }

    proptest! {
        #[test]
        fn any_title_is_read_and_none_contrasts_with_itself(
            text in "\\PC{0,20}",
            words in prop::collection::vec(0usize..WORDS.len(), 0..12),
        ) {
            let words: Vec<&str> = words.into_iter().map(|word| WORDS[word]).collect();
            for title in [text.clone(), words.join(" "), format!("{text} {}", words.join("-"))] {
                let headline = title::headline(&title);
                let features = Features::of(&headline);
                prop_assert_eq!(guard(&features, &features), None);
            }
        }
    }

    const WORDS: [&str; 18] = [
        "Peru",
        "Chile",
        "South Korea",
        "Lahore",
        "Harwick",
        "beats",
        "by",
        "to",
        "loses",
        "in",
        "imposes",
        "lifts",
        "second",
        "week",
        "3",
        "1",
        "after",
        "\u{6771}\u{4EAC}\u{4E94}\u{8F2A}",
    ];
}
