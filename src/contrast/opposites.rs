//! Opposite verbs about the same matter.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::title::{Title, Word};

const TABLE: &str = include_str!("../../data/contrast/opposites.tsv");

/// Words before and after a verb that say what it is about.
const NEAR: usize = 4;
/// Words before a verb in which a negation, or a word that puts it in the past, counts.
const NEGATED: usize = 3;
/// Words that turn the verb after them, leave it undone or put it in the past.
const NEGATIONS: [&str; 33] = [
    "once",
    "had",
    "previously",
    "formerly",
    "no",
    "not",
    "never",
    "without",
    "cannot",
    "can't",
    "can\u{2019}t",
    "won't",
    "won\u{2019}t",
    "doesn't",
    "doesn\u{2019}t",
    "didn't",
    "didn\u{2019}t",
    "isn't",
    "isn\u{2019}t",
    "refuse",
    "refuses",
    "refused",
    "fail",
    "fails",
    "failed",
    "deny",
    "denies",
    "denied",
    "unlikely",
    "against",
    "avoid",
    "avoids",
    "neither",
];

/// A verb of the table as a title uses it.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    side: Side,
    /// Content of the words before the verb and after it, ascending: without names of entities.
    before: Vec<u64>,
    after: Vec<u64>,
    /// As `before`, with names of entities.
    subject: Vec<u64>,
    words: Box<str>,
}

/// One side of a pair of opposites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Side {
    pair: u8,
    is_second: bool,
    /// Whether the subject must be shared, not just any word nearby.
    of_subject: bool,
}

static SIDES: LazyLock<FxHashMap<&'static str, Vec<Side>>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).zip(0u8..);
    let mut sides: FxHashMap<&str, Vec<Side>> = FxHashMap::default();
    for (row, pair) in rows {
        let mut columns = row.split('\t');
        let of_subject = columns.next() == Some("subject");
        for is_second in [false, true] {
            for form in columns.next().unwrap_or_default().split(' ') {
                sides.entry(form).or_default().push(Side { pair, is_second, of_subject });
            }
        }
    }
    sides
});

/// The verbs of a title that have an opposite and are not negated.
pub(super) fn of(title: &Title<'_>) -> Vec<Turn> {
    let mut turns = Vec::new();
    for (at, word) in title.words.iter().enumerate() {
        let Some(sides) = SIDES.get(word.lower.as_str()) else { continue };
        if word.named.is_some() || is_negated(title, at) {
            continue;
        }
        let before = &title.words[at.saturating_sub(NEAR)..at];
        let after = &title.words[at + 1..title.words.len().min(at + 1 + NEAR)];
        let same_clause = |words: &[Word<'_>], names: bool| contents(words, word.clause, names);
        for &side in sides {
            turns.push(Turn {
                side,
                before: same_clause(before, false),
                after: same_clause(after, false),
                subject: same_clause(before, true),
                words: title.between(at, at).into(),
            });
        }
    }
    turns
}

fn is_negated(title: &Title<'_>, at: usize) -> bool {
    (at.saturating_sub(NEGATED)..at).any(|word| NEGATIONS.contains(&title.lower(word)))
}

/// Content of those of `words` that stand in `clause`, ascending; with names of entities or without.
fn contents(words: &[Word<'_>], clause: usize, names: bool) -> Vec<u64> {
    let mut found: Vec<u64> = words
        .iter()
        .filter(|word| word.clause == clause && (names || word.named.is_none()))
        .filter_map(Word::content)
        .collect();
    found.sort_unstable();
    found
}

/// The opposite verbs of two titles, unless one of them has both.
pub(super) fn contrast<'f>(a: &'f [Turn], b: &'f [Turn]) -> Option<(&'f str, &'f str)> {
    for x in a {
        for y in b.iter().filter(|y| x.is_opposite(y)) {
            let says_both =
                a.iter().any(|other| other.is_opposite(x)) || b.iter().any(|other| other.is_opposite(y));
            if !says_both && x.shares_matter(y) {
                return Some((&x.words, &y.words));
            }
        }
    }
    None
}

impl Turn {
    fn is_opposite(&self, other: &Self) -> bool {
        self.side.pair == other.side.pair && self.side.is_second != other.side.is_second
    }

    fn shares_matter(&self, other: &Self) -> bool {
        if self.side.of_subject {
            return meet(&self.subject, &other.subject);
        }
        [&self.before, &self.after]
            .into_iter()
            .any(|mine| meet(mine, &other.before) || meet(mine, &other.after))
    }
}

fn meet(a: &[u64], b: &[u64]) -> bool {
    a.iter().any(|x| b.binary_search(x).is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::title::headline;
    use super::*;

    fn words(a: &str, b: &str) -> Option<(String, String)> {
        let (a, b) = (headline(a), headline(b));
        let (a, b) = (of(&Title::read(&a)), of(&Title::read(&b)));
        contrast(&a, &b).map(|(a, b)| (a.to_owned(), b.to_owned()))
    }

    #[test]
    fn every_line_of_the_table_has_two_sides_without_a_word_in_common() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!((55..=255).contains(&rows.len()));
        for row in rows {
            let columns: Vec<&str> = row.split('\t').collect();
            let [scope, one, other] = columns[..] else { panic!("three columns: {row}") };
            assert!(["any", "subject"].contains(&scope), "{row}");
            assert!(
                one.split(' ').all(|form| !form.is_empty() && !other.split(' ').any(|x| x == form)),
                "{row}"
            );
        }
    }

    #[test]
    fn opposites_about_the_same_matter_part() {
        assert_eq!(
            words("Norway imposes timber sanctions", "Sanctions on timber lifted"),
            Some(("imposes".to_owned(), "lifted".to_owned()))
        );
        assert_eq!(words("Norway imposes sanctions", "Norway lifts ferry tolls"), None);
    }

    #[test]
    fn winners_and_losers_are_one_match_unless_they_are_one_side() {
        assert_eq!(words("Rovers win cup final", "Wanderers lose cup final"), None);
        assert!(words("Rovers win cup final", "Rovers lose cup final").is_some());
        assert!(words("Peru wins cup final", "Peru loses cup final").is_some());
    }

    #[test]
    fn negated_verbs_and_titles_that_say_both_part_nothing() {
        assert_eq!(words("Norway imposes sanctions", "Norway will not lift sanctions"), None);
        assert_eq!(words("Norway imposes sanctions", "Norway imposes sanctions, lifts others"), None);
    }
}
