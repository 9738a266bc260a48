//! Which of a series: second strike, week 12, Q1, Game 4.

use super::title::{Title, number_of};
use crate::text::{Language, is_stop_word};

/// A member of a series.
#[derive(Debug, Clone)]
pub(super) struct Turnus<'t> {
    /// Number that stands for what is counted.
    of: u64,
    number: u32,
    words: &'t str,
}

const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];
const CARDINALS: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
/// What is counted with the number after it: "week 12".
const LABELS: [&str; 17] = [
    "week", "day", "game", "round", "stage", "phase", "matchday", "heat", "leg", "episode", "part", "season",
    "chapter", "match", "lap", "flight", "gameweek",
];
/// What different counts of may be said of one event: a third title of the year is the twentieth of a career.
const TALLIES: [&str; 38] = [
    "medal",
    "medals",
    "gold",
    "silver",
    "bronze",
    "title",
    "titles",
    "win",
    "wins",
    "victory",
    "goal",
    "goals",
    "time",
    "straight",
    "consecutive",
    "successive",
    "year",
    "years",
    "place",
    "person",
    "woman",
    "man",
    "lady",
    "century",
    "world",
    "olympic",
    "olympics",
    "grand",
    "career",
    "anniversary",
    "crown",
    "most",
    "home",
    "term",
    "case",
    "cases",
    "death",
    "deaths",
];

/// The members of series that a title names.
pub(super) fn of<'t>(title: &Title<'t>) -> Vec<Turnus<'t>> {
    (0..title.words.len()).filter_map(|at| member_at(title, at)).collect()
}

fn member_at<'t>(title: &Title<'t>, at: usize) -> Option<Turnus<'t>> {
    let (word, next) = (title.lower(at), title.lower(at + 1));
    if let Some(number) = word.strip_prefix('q').filter(|rest| rest.len() == 1).and_then(|q| q.parse().ok()) {
        return Some(Turnus { of: number_of("quarter"), number, words: title.between(at, at) });
    }
    let member = |of: u64, number| Turnus { of, number, words: title.between(at, at + 1) };
    if LABELS.contains(&word) {
        return Some(member(number_of(word), cardinal(next)?));
    }
    let number = ordinal(word)?;
    let is_tally = TALLIES.contains(&next) || next.ends_with("est") && next.len() > 4;
    let is_counted = !next.is_empty() && !is_tally && !is_stop_word(next, Language::English);
    if is_counted { Some(member(title.words[at + 1].content()?, number)) } else { None }
}

fn position(list: &[&str], word: &str) -> Option<u32> {
    list.iter().zip(1..).find(|(other, _)| **other == word).map(|(_, number)| number)
}

fn cardinal(word: &str) -> Option<u32> {
    position(&CARDINALS, word).or_else(|| word.parse().ok().filter(|&number| number < 1000))
}

fn ordinal(word: &str) -> Option<u32> {
    let written = || {
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
        digits.parse().ok()
    };
    position(&ORDINALS, word).or_else(written)
}

/// Two members of one series, where the titles have none in common.
pub(super) fn contrast<'t>(a: &[Turnus<'t>], b: &[Turnus<'t>]) -> Option<(&'t str, &'t str)> {
    let same = |x: &Turnus<'_>, y: &Turnus<'_>| x.of == y.of && x.number == y.number;
    let mut found = None;
    for x in a {
        for y in b.iter().filter(|y| x.of == y.of) {
            if same(x, y) {
                return None;
            }
            found = found.or(Some((x.words, y.words)));
        }
    }
    found
}
