//! Every decision can be explained.

#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

use slugline::Headline;
use slugline::engine::{Evidence, Grouping, Method, Settings, group_with_evidence};

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

fn news() -> Vec<Headline> {
    [
        ("strike-1", "Ferry crews in Malta walk out over night shifts"),
        ("strike-2", "Malta ferry crews extend walkout over night shifts"),
        ("strike-3", "Malta ferry crews extend walkout over night shifts!"),
        ("owl", "Owl found nesting in museum clock tower"),
        ("rates-up", "Central bank of Norway raises interest rates to four percent"),
        ("rates-down", "Central bank of Norway cuts interest rates to four percent"),
    ]
    .map(|(id, text)| headline(id, text))
    .into()
}

fn grouped(settings: Settings) -> (Vec<Headline>, Grouping, Evidence) {
    let headlines = news();
    let Ok(method) = Method::try_from(settings) else { unreachable!("the settings are in range") };
    let (grouping, evidence) = group_with_evidence(&headlines, &method);
    (headlines, grouping, evidence)
}

#[test]
fn the_terms_that_tie_a_headline_to_its_story_are_named_as_the_title_has_them() {
    let (headlines, grouping, evidence) = grouped(Settings::default());
    let why = evidence.explain(&headlines, &grouping, 1);
    let story = why.story.expect("it is in a story");
    assert_eq!(story.story, grouping.placements[0].story);
    assert_eq!(story.closest, 0);
    let words: Vec<&str> =
        why.terms.iter().filter(|share| !share.entity).map(|share| share.term.as_str()).collect();
    assert!(words.contains(&"ferry") && words.contains(&"shifts"), "{words:?}");
    assert!(why.terms.iter().any(|share| share.entity && share.term == "Malta"));
    assert!(why.terms.is_sorted_by(|a, b| a.weight >= b.weight));
    assert_eq!(why.same_title, [2]);
}

#[test]
fn terms_and_meaning_add_up_to_the_similarity() {
    let (headlines, grouping, evidence) = grouped(Settings::default());
    let why = evidence.explain(&headlines, &grouping, 0);
    let sum = why.terms.iter().map(|share| share.weight).sum::<f32>() + why.meaning;
    let similarity = why.story.expect("it is in a story").similarity;
    assert!((sum - similarity).abs() < 0.01, "{sum} is not {similarity}");
}

#[test]
fn a_headline_alone_says_what_came_closest_and_holds_more_than_that() {
    let (headlines, grouping, evidence) = grouped(Settings::default());
    let why = evidence.explain(&headlines, &grouping, 3);
    assert!(why.story.is_none());
    assert!(why.margin > 0.0);
}

#[test]
fn a_guard_that_fired_is_named_with_its_words() {
    let (headlines, grouping, evidence) = grouped(Settings::default());
    let why = evidence.explain(&headlines, &grouping, 4);
    assert_eq!(why.guards[0].headline, 5);
    assert!(why.guards[0].rule.contains("raises") && why.guards[0].rule.contains("cuts"), "{:?}", why.guards);
    let (headlines, grouping, evidence) = grouped(Settings { contrast: 1.0, ..Settings::default() });
    assert!(evidence.explain(&headlines, &grouping, 4).guards.is_empty());
}

#[test]
fn two_stories_of_one_topic_are_tied_by_their_closest_headlines() {
    let headlines: Vec<Headline> = include_str!("../data/headlines.txt")
        .lines()
        .zip(1..)
        .map(|(text, id)| headline(&id.to_string(), text))
        .collect();
    let (grouping, evidence) = group_with_evidence(&headlines, &Method::default());
    let position =
        |start: &str| headlines.iter().position(|h| h.text.starts_with(start)).expect("it is there");
    let (chief, hostage) = (position("UN Chief"), position("Israel Receives"));
    let link = evidence.explain(&headlines, &grouping, chief).topic.expect("it has company");
    assert_eq!(link.closest, hostage);
    assert!(link.entities > 0.0);
}
