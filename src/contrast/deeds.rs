//! Who did it to whom.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::title::{Title, is_bounded, overlap};
use crate::text::{EntityId, Language, is_stop_word};

const TABLE: &str = include_str!("../../data/contrast/deeds.tsv");

/// One party's deed to another.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    kind: u8,
    doers: Vec<EntityId>,
    sufferers: Vec<EntityId>,
    /// Words next to the verb, for parties that the gazetteer does not know.
    doer_word: Option<u64>,
    sufferer_word: Option<u64>,
    words: Box<str>,
}

/// How a form of the table is read.
#[derive(Debug, Clone, Copy)]
struct Form {
    kind: u8,
    /// Only before "to", and then the other way round: "loses to".
    is_backward: bool,
}

static FORMS: LazyLock<FxHashMap<&'static str, Form>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).zip(0u8..);
    let mut forms = FxHashMap::default();
    for (row, kind) in rows {
        let mut columns = row.split('\t').skip(1);
        for is_backward in [false, true] {
            for form in columns.next().unwrap_or_default().split_whitespace() {
                forms.insert(form, Form { kind, is_backward });
            }
        }
    }
    forms
});

/// The deeds of a title: those that name both sides.
pub(super) fn of(title: &Title<'_>) -> Vec<Deed> {
    (0..title.words.len()).filter_map(|at| deed_at(title, at)).collect()
}

fn deed_at(title: &Title<'_>, at: usize) -> Option<Deed> {
    let form = FORMS.get(title.lower(at))?;
    let next = title.lower(at + 1);
    let is_reversed = match form.is_backward {
        true if next != "to" => return None,
        true => true,
        false => matches!(next, "by" | "from"),
    };
    // "Refinery hit in raid": who did it may come after, or not at all.
    if matches!(next, "in" | "during" | "near") && !title.lower(at).ends_with('s') {
        return None;
    }
    let clause = title.words[at].clause;
    let first = title.words.iter().position(|word| word.clause == clause)?;
    let last = title.words.iter().rposition(|word| word.clause == clause)?;
    let after = if form.is_backward || is_reversed { at + 2 } else { at + 1 };
    let before = (parties(title, first, at), at.checked_sub(1).and_then(|word| name(title, word)));
    let behind = (parties(title, after, last + 1), name(title, after));
    let ((doers, doer_word), (sufferers, sufferer_word)) =
        if is_reversed { (behind, before) } else { (before, behind) };
    let named = !doers.is_empty() && !sufferers.is_empty();
    let apart = doer_word.is_some() && sufferer_word.is_some() && doer_word != sufferer_word;
    (named || apart).then(|| {
        let is_named = |word: &usize| title.words[*word].named.is_some();
        let from = (first..at).rev().find(is_named).unwrap_or_else(|| at.saturating_sub(1).max(first));
        let to = (after..=last).find(is_named).unwrap_or_else(|| after.min(last));
        let words = title.between(from, to).into();
        Deed { kind: form.kind, doers, sufferers, doer_word, sufferer_word, words }
    })
}

/// Entities named from word `from` up to word `to`, ascending and distinct.
fn parties(title: &Title<'_>, from: usize, to: usize) -> Vec<EntityId> {
    let words = title.words.get(from..to).unwrap_or_default();
    let mut found: Vec<EntityId> = words.iter().filter_map(|word| Some(word.named?.entity)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Number of word `at` where it may be a name.
fn name(title: &Title<'_>, at: usize) -> Option<u64> {
    let word = title.words.get(at)?;
    let is_name = word.is_capitalised && !is_stop_word(&word.lower, Language::English);
    if is_name { word.content() } else { None }
}

/// The words of two deeds of one kind that cannot be the same, unless others of the titles agree.
pub(super) fn contrast<'f>(a: &'f [Deed], b: &'f [Deed]) -> Option<(&'f str, &'f str)> {
    let mut found = None;
    for x in a {
        for y in b.iter().filter(|y| x.kind == y.kind) {
            if x.agrees(y) {
                return None;
            }
            if found.is_none() && (x.swaps(y) || x.differs(y)) {
                found = Some((&*x.words, &*y.words));
            }
        }
    }
    found
}

impl Deed {
    fn agrees(&self, other: &Self) -> bool {
        let words = self.doer_word.is_some()
            && self.sufferer_word.is_some()
            && self.doer_word == other.doer_word
            && self.sufferer_word == other.sufferer_word;
        words || meet(&self.doers, &other.doers) && meet(&self.sufferers, &other.sufferers)
    }

    /// Whether the parties are the same the other way round.
    fn swaps(&self, other: &Self) -> bool {
        let words = self.doer_word.is_some()
            && self.sufferer_word.is_some()
            && self.doer_word == other.sufferer_word
            && self.sufferer_word == other.doer_word;
        let entities = meet(&self.doers, &other.sufferers)
            && meet(&self.sufferers, &other.doers)
            && !meet(&self.doers, &other.doers)
            && !meet(&self.sufferers, &other.sufferers);
        words || entities
    }

    /// Whether one side is the same countries and the other side is other countries.
    fn differs(&self, other: &Self) -> bool {
        let sides = [&self.doers, &self.sufferers, &other.doers, &other.sufferers];
        if !sides.into_iter().all(|side| !side.is_empty() && side.iter().all(|&party| is_bounded(party))) {
            return false;
        }
        let third = !meet(&self.doers, &other.sufferers) && !meet(&self.sufferers, &other.doers);
        third
            && (self.doers == other.doers && !meet(&self.sufferers, &other.sufferers)
                || self.sufferers == other.sufferers && !meet(&self.doers, &other.doers))
    }
}

fn meet(a: &[EntityId], b: &[EntityId]) -> bool {
    a.iter().any(|&x| b.iter().any(|&y| overlap(x, y)))
}

#[cfg(test)]
mod tests {
    use super::super::title::headline;
    use super::*;
    use crate::text::Gazetteer;

    /// Doers and sufferers of the first deed of a title.
    fn sides(title: &str) -> Option<(String, String)> {
        let headline = headline(title);
        let codes = |side: &[EntityId]| {
            let codes: Vec<&str> =
                side.iter().map(|&id| Gazetteer::embedded().entity(id).code.as_str()).collect();
            codes.join(" ")
        };
        of(&Title::read(&headline)).first().map(|deed| (codes(&deed.doers), codes(&deed.sufferers)))
    }

    fn words(a: &str, b: &str) -> Option<(String, String)> {
        let (a, b) = (headline(a), headline(b));
        let (a, b) = (of(&Title::read(&a)), of(&Title::read(&b)));
        contrast(&a, &b).map(|(a, b)| (a.to_owned(), b.to_owned()))
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        assert!(
            TABLE.lines().filter(|line| !line.starts_with('#')).all(|line| line.split('\t').count() == 3)
        );
        assert!(FORMS["loses"].is_backward && !FORMS["strikes"].is_backward);
        assert_eq!(FORMS["beaten"].kind, FORMS["loses"].kind);
    }

    #[test]
    fn the_passive_and_losing_to_turn_the_sides() {
        let wanted = Some(("UA".to_owned(), "RU".to_owned()));
        assert_eq!(sides("Ukraine strikes Russian refinery"), wanted);
        assert_eq!(sides("Russian refinery struck by Ukrainian drones"), wanted);
        assert_eq!(sides("Moscow under attack from Ukraine"), wanted);
        assert_eq!(sides("Russia loses to Ukraine in friendly"), wanted);
    }

    #[test]
    fn a_deed_needs_both_sides_in_one_clause() {
        assert_eq!(sides("Russian refinery ablaze after Ukrainian strike"), None);
        assert_eq!(sides("Russian refinery hit in Ukrainian raid"), None);
        assert_eq!(sides("Chile loses port deal"), None);
    }

    #[test]
    fn the_words_that_part_are_told() {
        assert_eq!(
            words("Overnight Ukraine strikes Russian port", "Overnight Russia strikes Ukrainian port"),
            Some(("Ukraine strikes Russian".to_owned(), "Russia strikes Ukrainian".to_owned()))
        );
        assert!(words("Harwick beat Denford again", "Denford beat Harwick again").is_some());
        assert!(words("Peru sues Chile over cable", "Peru sues Bolivia over cable").is_some());
    }

    #[test]
    fn partners_and_agreement_keep_the_peace() {
        assert_eq!(words("US and Israel strike Iran", "Israel strikes Iran"), None);
        assert_eq!(words("Peru sues Chile", "Peru and Chile sue Bolivia"), None);
        assert_eq!(words("Peru sues Chile", "Chile accuses Peru of theft"), None);
        let both = "Ukraine strikes Russian port while Russia strikes Ukrainian port";
        assert_eq!(words("Ukraine strikes Russian port", both), None);
    }
}
