//! Which of a series: second strike, week 12, Q1, Game 4.

use super::title::{Title, number_of};
use crate::text::{Language, is_stop_word};

/// A member of a series.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Number that stands for what is counted.
    of: u64,
    number: u32,
    words: Box<str>,
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
pub(super) fn of(title: &Title<'_>) -> Vec<Member> {
    (0..title.words.len()).filter_map(|at| member_at(title, at)).collect()
}

fn member_at(title: &Title<'_>, at: usize) -> Option<Member> {
    let (word, next) = (title.lower(at), title.lower(at + 1));
    if let Some(number) = word.strip_prefix('q').filter(|rest| rest.len() == 1).and_then(|q| q.parse().ok()) {
        return Some(Member { of: number_of("quarter"), number, words: title.between(at, at).into() });
    }
    let member = |of: u64, number| Member { of, number, words: title.between(at, at + 1).into() };
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
pub(super) fn contrast<'f>(a: &'f [Member], b: &'f [Member]) -> Option<(&'f str, &'f str)> {
    let same = |x: &Member, y: &Member| x.of == y.of && x.number == y.number;
    let mut found = None;
    for x in a {
        for y in b.iter().filter(|y| x.of == y.of) {
            if same(x, y) {
                return None;
            }
            found = found.or(Some((&*x.words, &*y.words)));
        }
    }
    found
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
    fn ordinals_labels_and_quarters_are_read() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(
            words("Second strike on port", "Third strike on port"),
            pair("Second strike", "Third strike")
        );
        assert_eq!(words("2nd launch delayed", "11th launch delayed"), pair("2nd launch", "11th launch"));
        assert_eq!(words("Week 12 picks", "Week eleven picks"), pair("Week 12", "Week eleven"));
        assert_eq!(words("Q1 profit up", "Second quarter profit up"), pair("Q1", "Second quarter"));
    }

    #[test]
    fn other_ways_to_say_the_same_number_agree() {
        assert_eq!(words("Q1 profit up", "First-quarter profit up"), None);
        assert_eq!(words("Game 3 tonight", "Game Three tonight: what to know of Game 4"), None);
    }

    #[test]
    fn counts_and_tallies_part_nothing() {
        assert_eq!(words("At least 44 dead in quake", "Quake toll rises to 65 dead"), None);
        assert_eq!(words("Novak wins third title this year", "Novak wins 20th title"), None);
        assert_eq!(words("Second largest dam", "Third largest dam"), None);
    }
}
