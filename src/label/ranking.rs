//! Phrases by how much of a topic they say.

use super::phrases::{Phrase, phrases_of};
use super::words::{Casing, Title, Unit, Units};

/// Phrases considered for a topic.
const MOST: usize = 40;
/// Worth of the rarest, second, third and fourth rarest word of a phrase: a longer one must cover nearly as many
/// titles as a shorter one to win.
const WORTH: [f32; 4] = [1.0, 0.7, 0.35, 0.2];
/// Background headlines beside the collection's own: they decide in a small collection and fade in a large one.
const BACKGROUND: f32 = 2_000.0;
/// Worth of a phrase that ends in a word that subjects are called by, such as "strike".
const SUBJECT: f32 = 1.2;
/// Worth of a phrase of several words with a name among them.
const NAMED: f32 = 1.1;
/// Worth of a single word that is no name.
const SINGLE: f32 = 0.75;

/// A phrase with what a label needs to know of it.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub phrase: Phrase,
    pub text: String,
    /// Whether its last word is a name; `None` if no title tells.
    pub is_name: Option<bool>,
    /// Whether its last word is one that subjects are called by.
    pub is_subject: bool,
    /// Whether it stands in titles without capitals only.
    pub is_caseless: bool,
}

/// The phrases of a topic's `titles`, best first. `all` is the number of titles in the whole collection.
pub(super) fn ranked(titles: &[Title], units: &Units, all: usize) -> Vec<Ranked> {
    let contrast = Contrast::of(titles, units, all);
    let mut phrases: Vec<(f32, Phrase)> =
        phrases_of(titles).into_iter().map(|phrase| (contrast.score(&phrase), phrase)).collect();
    // What a single title has tells topics apart at most.
    let is_shared = |phrase: &Phrase| phrase.count() >= titles.len().min(2);
    let order = |a: &(f32, Phrase), b: &(f32, Phrase)| {
        let shared = is_shared(&b.1).cmp(&is_shared(&a.1));
        shared.then(b.0.total_cmp(&a.0)).then_with(|| a.1.keys(units).cmp(b.1.keys(units)))
    };
    if phrases.len() > MOST {
        phrases.select_nth_unstable_by(MOST - 1, order);
        phrases.truncate(MOST);
    }
    phrases.sort_by(order);
    phrases
        .into_iter()
        .map(|(_, phrase)| {
            let (text, casing) = phrase.spelling(titles, units);
            let head = phrase.units.last();
            Ranked {
                text,
                is_name: head.and_then(|&head| units.is_name(head)),
                is_subject: head.is_some_and(|&head| units.is_subject(head)),
                is_caseless: casing == Casing::Lower,
                phrase,
            }
        })
        .collect()
}

/// A topic against the rest of the collection and news at large.
struct Contrast<'a> {
    units: &'a Units,
    /// How rare each unit of the topic is elsewhere: minus the logarithm of the share of titles that have it. By unit.
    weights: Vec<(Unit, f32)>,
}

impl<'a> Contrast<'a> {
    fn of(titles: &[Title], units: &'a Units, all: usize) -> Self {
        let mut pairs: Vec<(Unit, usize)> = titles
            .iter()
            .enumerate()
            .flat_map(|(number, title)| title.words.iter().map(move |word| (word.unit, number)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let outside = (all - titles.len()) as f32 + BACKGROUND;
        let weight = |unit: Unit, inside: usize| {
            let elsewhere = units.titles(unit).saturating_sub(inside as u32) as f32;
            let background = BACKGROUND * units.background(unit);
            -((elsewhere + background) / outside).ln()
        };
        let units_of = pairs.chunk_by(|a, b| a.0 == b.0);
        let weights = units_of.map(|same| (same[0].0, weight(same[0].0, same.len()))).collect();
        Self { units, weights }
    }

    fn score(&self, phrase: &Phrase) -> f32 {
        let mut weights: Vec<f32> = phrase.units.iter().map(|&unit| self.weight(unit)).collect();
        weights.sort_unstable_by(|a, b| b.total_cmp(a));
        let worth: f32 = weights.iter().zip(WORTH).map(|(weight, worth)| weight * worth).sum();
        phrase.count() as f32 * worth * self.shape(phrase)
    }

    /// The weight of a unit of the topic.
    fn weight(&self, unit: Unit) -> f32 {
        self.weights.binary_search_by_key(&unit, |entry| entry.0).map_or(0.0, |at| self.weights[at].1)
    }

    /// What the kinds of words make of a phrase as a label.
    fn shape(&self, phrase: &Phrase) -> f32 {
        let is_name = |&unit: &Unit| self.units.is_name(unit) == Some(true);
        let ends_well = phrase.units.last().is_some_and(|&head| self.units.is_subject(head));
        let subject = if ends_well { SUBJECT } else { 1.0 };
        match (phrase.units.len(), phrase.units.iter().any(is_name)) {
            (1, true) => 1.0,
            (1, false) => SINGLE * subject,
            (_, true) => NAMED * subject,
            (_, false) => subject,
        }
    }
}
