//! Invented pairs of headlines that look alike: which are one story, with contrast guards and without.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

use slugline::Headline;
use slugline::contrast::{Features, Guard, guard};
use slugline::engine::{Grouping, Method, Settings, group};

/// Pairs that are grouped as wanted: measured (22 without guards), not to fall. The table and the rules were written
/// together, so this says that the rules do what they are meant to, not how many contrasts of other titles they find.
const HOLD: usize = 67;

/// A line of `contrast_pairs.tsv`.
struct Pair {
    are_one: bool,
    rule: &'static str,
    titles: [&'static str; 2],
}

fn pairs() -> Vec<Pair> {
    let pair = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [wanted, rule, a, b] = columns[..] else { panic!("four columns: {line}") };
        assert!(["same", "different"].contains(&wanted), "{line}");
        Pair { are_one: wanted == "same", rule, titles: [a, b] }
    };
    include_str!("contrast_pairs.tsv").lines().skip(1).map(pair).collect()
}

fn headline(id: &str, text: &str) -> Headline {
    Headline {
        id: id.into(),
        text: text.into(),
        time: None,
        source: None,
        url: None,
        lang: Some("en".into()),
    }
}

fn method(contrast: f32) -> Method {
    Method::try_from(Settings { contrast, ..Settings::default() }).unwrap()
}

/// Whether the titles of `pair` share a story when clustered with headlines on other matters.
fn are_grouped(pair: &Pair, method: &Method) -> bool {
    let mut headlines: Vec<Headline> = pair.titles.iter().map(|title| headline(title, title)).collect();
    let context = include_str!("contrast_context.txt").lines();
    headlines.extend(context.map(|title| headline(title, title)));
    let Grouping { topics, .. } = group(&headlines, method);
    topics
        .iter()
        .flat_map(|topic| &topic.stories)
        .any(|story| [0, 1].iter().all(|at| story.headlines.contains(at)))
}

/// The pairs that are grouped as wanted.
fn holding<'p>(pairs: &'p [Pair], method: &Method) -> Vec<&'p Pair> {
    pairs.iter().filter(|pair| are_grouped(pair, method) == pair.are_one).collect()
}

fn rule_of(guard: Guard<'_>) -> &'static str {
    match guard {
        Guard::Roles(..) => "roles",
        Guard::Opposites(..) => "opposites",
        Guard::Series(..) => "series",
        Guard::Scores(..) => "scores",
        Guard::Places(..) => "places",
    }
}

#[test]
fn more_pairs_are_grouped_as_wanted_than_without_guards() {
    let pairs = pairs();
    assert!(pairs.len() >= 48 && pairs.iter().filter(|pair| pair.are_one).count() >= 16);
    let with = holding(&pairs, &Method::default());
    let without = holding(&pairs, &method(1.0));
    println!("{} pairs: {} hold without guards, {} with", pairs.len(), without.len(), with.len());
    for pair in &pairs {
        if !with.iter().any(|other| other.titles == pair.titles) {
            println!("not held: {} {:?}", pair.rule, pair.titles);
        }
    }
    assert!(with.len() > without.len());
    assert!(with.len() >= HOLD);
}

#[test]
fn no_guard_parts_one_event_and_the_rule_wanted_parts_two() {
    let mut wrong = Vec::new();
    for pair in pairs() {
        let [a, b] = pair.titles.map(|title| headline("1", title));
        let (a, b) = (Features::of(&a), Features::of(&b));
        let rule = guard(&a, &b).map(rule_of);
        assert_eq!(rule, guard(&b, &a).map(rule_of), "not symmetric: {:?}", pair.titles);
        if rule != (!pair.are_one).then_some(pair.rule) {
            wrong.push((pair.titles, guard(&a, &b).map(|guard| guard.to_string())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
