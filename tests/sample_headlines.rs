//! The shipped headlines fall into the topics a reader wants, whatever the order or the number of threads.

#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::collections::BTreeSet;

use slugline::Headline;
use slugline::engine::{Grouping, Method, group};

/// Wanted topics that more than one headline belongs to, with the name the label must contain.
const WANTED: [(&str, &str); 5] = [
    ("Russia-Ukraine", "Russia"),
    ("Venezuela", "Venezuela"),
    ("Taiwan", "Taiwan"),
    ("Gaza", "Gaza"),
    ("Pentagon", "Hegseth"),
];

fn sample() -> Vec<(String, Headline)> {
    include_str!("../data/headlines.labels.tsv")
        .lines()
        .skip(1)
        .enumerate()
        .map(|(line, row)| {
            let (topic, text) = row.split_once('\t').expect("two columns");
            (topic.to_owned(), headline(&(line + 1).to_string(), text))
        })
        .collect()
}

fn headline(id: &str, text: &str) -> Headline {
    Headline { id: id.into(), text: text.into(), time: None, source: None, url: None, lang: None }
}

/// The topics as sets of titles, with their labels.
fn topics(headlines: &[Headline], grouping: &Grouping) -> BTreeSet<(String, BTreeSet<String>)> {
    let titles = |positions: &[usize]| -> Vec<String> {
        positions.iter().map(|&position| headlines[position].text.clone()).collect()
    };
    grouping
        .topics
        .iter()
        .map(|topic| {
            let members = topic.stories.iter().flat_map(|story| titles(&story.headlines)).collect();
            (topic.label.clone(), members)
        })
        .collect()
}

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start").install(work)
}

#[test]
fn labels_file_and_headlines_file_agree() {
    let titles: Vec<&str> = include_str!("../data/headlines.txt").lines().collect();
    let labelled: Vec<String> = sample().into_iter().map(|(_, headline)| headline.text).collect();
    assert_eq!(titles, labelled);
}

#[test]
fn each_wanted_topic_is_found_whole_and_nothing_else_is_forced_in() {
    let (wanted, headlines): (Vec<String>, Vec<Headline>) = sample().into_iter().unzip();
    let grouping = group(&headlines, &Method::default());
    let found = topics(&headlines, &grouping);
    assert_eq!(found.len(), WANTED.len(), "{found:#?}");
    for (topic, name) in WANTED {
        let members: BTreeSet<String> = wanted
            .iter()
            .zip(&headlines)
            .filter(|(wanted, _)| *wanted == topic)
            .map(|(_, headline)| headline.text.clone())
            .collect();
        let label = found.iter().find(|(_, titles)| *titles == members).map(|(label, _)| label);
        assert!(label.is_some_and(|label| label.contains(name)), "{topic}: {label:?} in {found:#?}");
    }
}

#[test]
fn threads_and_order_change_nothing() {
    let headlines: Vec<Headline> = sample().into_iter().map(|(_, headline)| headline).collect();
    let reference = on_threads(1, || group(&headlines, &Method::default()));
    for threads in [2, 8] {
        assert_eq!(on_threads(threads, || group(&headlines, &Method::default())), reference);
    }
    for stride in [2, 3, 5, 7, 11] {
        let shuffled: Vec<Headline> = (0..headlines.len())
            .map(|place| headline(&place.to_string(), &headlines[place * stride % headlines.len()].text))
            .collect();
        let grouping = group(&shuffled, &Method::default());
        assert_eq!(topics(&shuffled, &grouping), topics(&headlines, &reference));
    }
}

#[test]
fn a_headline_without_a_topic_names_the_one_that_came_closest() {
    let headlines: Vec<Headline> = sample().into_iter().map(|(_, headline)| headline).collect();
    let grouping = group(&headlines, &Method::default());
    let soybeans =
        headlines.iter().position(|headline| headline.text.contains("Soybean")).expect("in the sample");
    let placement = &grouping.placements[soybeans];
    assert_eq!((&placement.story, &placement.topic), (&None, &None));
    let nearest = placement.nearest.as_ref().expect("it shares China with another");
    assert!(grouping.topics.iter().any(|topic| topic.id == nearest.topic));
    assert!((0.0..1.0).contains(&nearest.similarity));
}
