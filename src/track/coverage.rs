//! How widely a group is covered, and how much of that is copies.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::near_identical::near_identical;
use crate::Headline;
use crate::text::normalised_title;

/// Counts of a group's headlines. Each is one of three: a text of its own, a touched-up copy (`syndicated`) or a copy
/// to the letter (`reprints`), so that `headlines - reprints - syndicated` is the number of texts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Coverage {
    /// All headlines.
    pub headlines: usize,
    /// Different titles, after [normalising](normalised_title).
    pub distinct_texts: usize,
    /// Headlines whose normalised title an earlier one has: `headlines - distinct_texts`.
    pub reprints: usize,
    /// Different titles that are near-identical to an earlier one: they share four fifths of their words and all
    /// numbers, or one goes on for up to four words where the other ends.
    pub syndicated: usize,
    /// Different sources.
    pub publishers: usize,
    /// Source of the earliest headline by (time, id). Nothing where that has none or no headline has a time.
    pub first_publisher: Option<String>,
}

impl Coverage {
    /// Counts `headlines`, in any order. Those without a time count as later than all others.
    pub fn of<'a>(headlines: impl IntoIterator<Item = &'a Headline>) -> Self {
        let titled: Vec<(&Headline, String)> =
            headlines.into_iter().map(|headline| (headline, normalised_title(&headline.text))).collect();
        Self::of_titled(titled.iter().map(|(headline, title)| (*headline, title.as_str())).collect())
    }

    /// The same where the normalised titles are known.
    pub(crate) fn of_titled(mut headlines: Vec<(&Headline, &str)>) -> Self {
        headlines.sort_by_key(|(headline, _)| (headline.time.is_none(), headline.time, headline.id.as_str()));
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let distinct: Vec<&str> =
            headlines.iter().map(|(_, title)| *title).filter(|title| seen.insert(title)).collect();
        let sources: BTreeSet<&str> =
            headlines.iter().filter_map(|(headline, _)| headline.source.as_deref()).collect();
        let first =
            headlines.first().map(|(headline, _)| headline).filter(|headline| headline.time.is_some());
        Self {
            headlines: headlines.len(),
            distinct_texts: distinct.len(),
            reprints: headlines.len() - distinct.len(),
            syndicated: near_identical(&distinct).into_iter().filter(|&near| near).count(),
            publishers: sources.len(),
            first_publisher: first.and_then(|headline| headline.source.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::trend::tests::headline;

    fn titled(id: &str, seconds: Option<i64>, source: Option<&str>, text: &str) -> Headline {
        Headline { text: text.into(), ..headline(id, seconds, source) }
    }

    const WIRE: &str = "Ferry with ninety aboard runs aground off northern cape at dawn";

    #[test]
    fn every_headline_is_counted_as_one_of_three() {
        let headlines = [
            titled(
                "c",
                Some(30),
                Some("Dock Post"),
                "Ferry with ninety aboard runs aground off the northern cape at dawn",
            ),
            titled("a", Some(10), Some("Island Echo"), WIRE),
            titled("b", Some(20), Some("Cape Times"), &WIRE.to_uppercase()),
            titled("d", Some(40), Some("Cape Times"), "Divers search the wreck of a ferry"),
            titled(
                "e",
                Some(50),
                None,
                "ferry with ninety aboard runs aground off the northern cape at dawn!",
            ),
        ];
        let wanted = Coverage {
            headlines: 5,
            distinct_texts: 3,
            reprints: 2,
            syndicated: 1,
            publishers: 3,
            first_publisher: Some("Island Echo".into()),
        };
        assert_eq!(Coverage::of(&headlines), wanted);
        assert_eq!(Coverage::of(headlines.iter().rev()), wanted);
    }

    #[test]
    fn of_two_at_one_time_the_lower_id_is_first_and_those_without_time_last() {
        let first = |headlines: &[Headline]| Coverage::of(headlines).first_publisher;
        let at = |id, source| titled(id, Some(7), source, WIRE);
        let untimed = titled("0", None, Some("Cape Times"), WIRE);
        assert_eq!(
            first(&[at("b", Some("Dock Post")), untimed.clone(), at("a", Some("Island Echo"))]).as_deref(),
            Some("Island Echo")
        );
        assert_eq!(first(&[at("b", Some("Dock Post")), at("a", None)]), None);
        assert_eq!(first(&[untimed]), None);
        assert_eq!(Coverage::of(&[]), Coverage::default());
    }
}
