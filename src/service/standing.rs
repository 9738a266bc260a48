//! Standing topics: subjects that somebody follows, whatever the headlines are about today.
//!
//! A standing topic is seeded by keywords and entities and lies beside the topics that are found; a headline may be in
//! any number of both. A headline is in it if its own title holds a seed, or if it is in a story or topic most of which does. When most of the newest are there by their company alone, the subject has moved away from its seed, which
//! is said with the words that the newcomers share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::Headline;
use crate::engine::{Edit, EditRecord, EditState, Headlines, Snapshot, Topic};
use crate::text::{EntityId, Gazetteer, Language, term, terms_of, tokenise};

/// Newest headlines that are asked whether the subject has moved.
const NEWEST: usize = 20;
/// Fewest of them that tell anything.
const FEWEST: usize = 5;
/// Words told that newcomers share.
const WORDS: usize = 5;

/// What somebody follows.
#[derive(Debug, Clone)]
pub struct Seed<'a> {
    /// The edit that it was made by.
    pub record: &'a EditRecord,
    /// What it is called.
    pub name: &'a str,
    /// Phrases, all words of one of which a title must have.
    pub keywords: &'a [String],
    /// Entities, one of which a title must name; all of them where `together`.
    pub entities: &'a [String],
    /// Whether one entity is not enough.
    pub together: bool,
}

/// A standing topic as the collection has it.
#[derive(Debug)]
pub struct Standing<'a> {
    /// What it was made from.
    pub seed: Seed<'a>,
    /// Positions of its headlines, newest first.
    pub headlines: Vec<usize>,
    /// How many of them hold a seed themselves.
    pub seeded: usize,
    /// Topics that share headlines with it, with how many, most first.
    pub topics: Vec<(&'a Arc<Topic>, usize)>,
    /// Whether, and how, the subject has moved.
    pub drift: Option<Drift>,
}

/// A subject that has moved away from its seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Newest headlines that were asked.
    pub newest: usize,
    /// How many of them are there by their company alone.
    pub unseeded: usize,
    /// Words that most of these share, most first: what could be added to the seed.
    pub words: Vec<String>,
}

impl<'a> Seed<'a> {
    /// The seed that an edit planted, if it did and holds.
    pub fn of(record: &'a EditRecord) -> Option<Self> {
        match &record.edit {
            Edit::Stand { name, keywords, entities, together } if record.state() == EditState::InForce => {
                Some(Self { record, name, keywords, entities, together: *together })
            }
            _ => None,
        }
    }
}

/// The seeds in force, in the order of their numbers.
pub fn seeds(snapshot: &Snapshot) -> Vec<Seed<'_>> {
    snapshot.edits_since(0).filter_map(Seed::of).collect()
}

/// The standing topics of these seeds. Reads every headline.
pub fn standing<'a>(snapshot: &'a Snapshot, seeds: Vec<Seed<'a>>) -> Vec<Standing<'a>> {
    let readers: Vec<Reader> = seeds.iter().map(Reader::of).collect();
    let at = |position: usize| Some((position, snapshot.at(position)?));
    let headlines: Vec<(usize, &Headline)> = (0..snapshot.positions()).filter_map(at).collect();
    // For each headline the seeds that its title holds.
    let held: Vec<Vec<usize>> = headlines
        .par_iter()
        .map(|(_, headline)| {
            let title = Title::of(headline);
            (0..readers.len()).filter(|&seed| readers[seed].is_held_by(&title)).collect()
        })
        .collect();
    let mut positions: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); seeds.len()];
    for ((position, _), held) in headlines.iter().zip(held) {
        held.into_iter().for_each(|seed| _ = positions[seed].insert(*position));
    }
    seeds.into_iter().zip(positions).map(|(seed, held)| Standing::of(seed, held, snapshot)).collect()
}

impl<'a> Standing<'a> {
    fn of(seed: Seed<'a>, held: BTreeSet<usize>, snapshot: &'a Snapshot) -> Self {
        let mut members = held.clone();
        for topic in snapshot.topics() {
            let of_topic = topic.stories.iter().flat_map(|story| &story.headlines);
            if is_company(of_topic.clone(), topic.size, &held) {
                members.extend(of_topic);
                continue;
            }
            for story in topic
                .stories
                .iter()
                .filter(|story| is_company(story.headlines.iter(), story.headlines.len(), &held))
            {
                members.extend(&story.headlines);
            }
        }
        let mut headlines: Vec<usize> = members.into_iter().collect();
        let key = |position: usize| snapshot.at(position).map(|headline| (headline.time, &headline.id));
        headlines.sort_by(|&a, &b| key(b).cmp(&key(a)));
        let drift = drift(&headlines, &held, snapshot);
        Self { topics: shared(&headlines, snapshot), seeded: held.len(), drift, headlines, seed }
    }

    /// Times of its first and its last headline.
    pub fn observed(&self, snapshot: &Snapshot) -> Option<(Timestamp, Timestamp)> {
        let times = || self.headlines.iter().filter_map(|&position| snapshot.at(position)?.time);
        Some((times().min()?, times().max()?))
    }
}

/// Whether most of a group holds a seed.
fn is_company<'p>(members: impl Iterator<Item = &'p usize>, size: usize, held: &BTreeSet<usize>) -> bool {
    members.filter(|position| held.contains(position)).count() * 2 > size
}

/// Topics with headlines in common, most first, ties by id.
fn shared<'a>(headlines: &[usize], snapshot: &'a Snapshot) -> Vec<(&'a Arc<Topic>, usize)> {
    let mut counts = BTreeMap::new();
    for topic in headlines.iter().filter_map(|&position| snapshot.placement(position)?.topic) {
        *counts.entry(topic).or_insert(0) += 1;
    }
    let mut shared: Vec<(&Arc<Topic>, usize)> =
        counts.into_iter().filter_map(|(id, count)| Some((snapshot.topic_of(id)?, count))).collect();
    shared.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.id.cmp(&b.0.id)));
    shared
}

/// Whether most of the newest headlines are there by their company alone.
fn drift(headlines: &[usize], held: &BTreeSet<usize>, snapshot: &Snapshot) -> Option<Drift> {
    let newest = &headlines[..headlines.len().min(NEWEST)];
    let unseeded: Vec<usize> = newest.iter().copied().filter(|position| !held.contains(position)).collect();
    if newest.len() < FEWEST || unseeded.len() * 2 <= newest.len() {
        return None;
    }
    let mut words: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for headline in unseeded.iter().filter_map(|&position| snapshot.at(position)) {
        let language = Language::of(headline);
        let mut seen = BTreeSet::new();
        tokenise(&headline.text, |token| {
            if let Some(term) = term(token.text, language)
                && seen.insert(term.clone())
            {
                words.entry(term).or_insert_with(|| (0, token.text.to_owned())).0 += 1;
            }
        });
    }
    let mut words: Vec<(usize, String)> =
        words.into_values().filter(|(count, _)| *count * 2 > unseeded.len()).collect();
    words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let words = words.into_iter().take(WORDS).map(|(_, word)| word).collect();
    Some(Drift { newest: newest.len(), unseeded: unseeded.len(), words })
}

/// A title as seeds are looked for in it.
struct Title {
    terms: BTreeSet<String>,
    entities: BTreeSet<EntityId>,
}

impl Title {
    fn of(headline: &Headline) -> Self {
        let mentions = Gazetteer::embedded().mentions(&headline.text, headline.time);
        Self {
            terms: terms_of(&headline.text, Language::of(headline)),
            entities: mentions.iter().map(|mention| mention.entity).collect(),
        }
    }
}

/// A seed as it is looked for.
struct Reader {
    keywords: Vec<BTreeSet<String>>,
    entities: BTreeSet<EntityId>,
    together: bool,
}

impl Reader {
    fn of(seed: &Seed<'_>) -> Self {
        let keywords = seed.keywords.iter().map(|phrase| terms_of(phrase, Language::English));
        Self {
            keywords: keywords.filter(|terms| !terms.is_empty()).collect(),
            entities: seed.entities.iter().filter_map(|name| Gazetteer::embedded().named(name)).collect(),
            together: seed.together,
        }
    }

    fn is_held_by(&self, title: &Title) -> bool {
        let mut entities = self.entities.iter();
        let names = match self.together {
            true => !self.entities.is_empty() && entities.all(|entity| title.entities.contains(entity)),
            false => entities.any(|entity| title.entities.contains(entity)),
        };
        names || self.keywords.iter().any(|phrase| phrase.is_subset(&title.terms))
    }
}
