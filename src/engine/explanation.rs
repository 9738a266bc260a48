//! Why a headline is where it is.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::clustering::{Clustering, WITNESSES};
use super::{Grouping, Method};
use crate::Headline;
use crate::contrast::{Features, guard};
use crate::text::{ENTITY_MARK, Gazetteer, Language, term, tokenise};
use crate::track::Level;

/// Terms listed; the rest says little.
const MOST_TERMS: usize = 8;
/// Guards listed.
const MOST_GUARDS: usize = 3;

/// What was known when a grouping was made: enough to explain each of its decisions.
#[derive(Debug)]
pub struct Evidence {
    clustering: Clustering,
    method: Method,
}

/// Why a headline is in its story. Similarities are those at the scale of stories: 0 to 1, lessened by distance in
/// time and by guards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Positions of other headlines with the same normalised title; identical titles share a story whatever else.
    pub same_title: Vec<usize>,
    /// What ties it to the other headlines of its story; none for a story of one title.
    pub story: Option<Bond>,
    /// What ties it to the other stories of its topic; none outside of topics and in those of one story.
    pub topic: Option<TopicBond>,
    /// The story that came second, or first for a story of one title.
    pub runner_up: Option<Bond>,
    /// By how much the pull of its story exceeds that of the runner-up; for a story of one title, by how much its own
    /// weight does.
    pub margin: f32,
    /// What similarity to the closest headlines consists of: terms of the title, most first, and its meaning.
    pub terms: Vec<TermShare>,
    /// The part of that similarity that the static embedding adds.
    pub meaning: f32,
    /// Headlines from which a guard holds it apart, most similar first.
    pub guards: Vec<HeldApart>,
}

/// What ties a headline to a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bond {
    /// Id of the story, if it is in a topic.
    pub story: Option<String>,
    /// Id of its topic.
    pub topic: Option<String>,
    /// Position of its most similar headline.
    pub closest: usize,
    /// Mean similarity to its closest headlines, three at most.
    pub similarity: f32,
    /// Share of the headline's links that lead into the story, by weight: what the map equation goes by.
    pub pull: f32,
}

/// What ties a headline to the other stories of its topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicBond {
    /// Position of the most similar headline there.
    pub closest: usize,
    /// Similarity to it at the scale of topics, with what shared entities add.
    pub similarity: f32,
    /// How much the two share of the entities they name, 0 to 1.
    pub entities: f32,
}

/// What one term adds to similarity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermShare {
    /// The word as the title has it, or the name of the entity.
    pub term: String,
    /// Whether it is an entity of the gazetteer rather than a word.
    pub entity: bool,
    /// Its part of the similarity.
    pub weight: f32,
}

/// A headline that looks alike but tells of another event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldApart {
    /// Its position.
    pub headline: usize,
    /// The rule that fired and the words it rests on.
    pub rule: String,
}

/// All links of a headline.
struct AllLinks {
    /// By number of the story, heaviest first.
    by_story: Vec<(u32, Links)>,
    /// What is held apart from it, most similar first, and the rule.
    guards: Vec<(usize, String)>,
    /// Weight of all, with the self-loop, which has what guards took from links.
    total: f32,
}

/// Links of a headline into one story.
#[derive(Default)]
struct Links {
    weight: f32,
    /// (similarity, text), most similar first.
    closest: Vec<(f32, usize)>,
}

impl Evidence {
    pub(super) fn new(clustering: Clustering, method: Method) -> Self {
        Self { clustering, method }
    }

    /// Explains the headline at `position`. `headlines` and `grouping` are those the evidence came with.
    ///
    /// # Panics
    /// When `position` is out of range.
    pub fn explain(&self, headlines: &[Headline], grouping: &Grouping, position: usize) -> Explanation {
        let text = self.clustering.text_of[position];
        let first = |text: usize| self.clustering.copies[text][0];
        let AllLinks { by_story: links, guards, total } = self.links(headlines, text);
        let bond = |links: &Links| {
            let witnesses = &links.closest[..links.closest.len().min(WITNESSES)];
            let closest = first(witnesses.first().map_or(text, |witness| witness.1));
            Bond {
                story: grouping.placements[closest].story.clone(),
                topic: grouping.placements[closest].topic.clone(),
                closest,
                similarity: witnesses.iter().map(|witness| witness.0).sum::<f32>()
                    / witnesses.len().max(1) as f32,
                pull: links.weight / total,
            }
        };
        let own = self.clustering.stories.groups_of_rows()[text];
        let inside = links.iter().find(|(story, _)| *story == own).map(|(_, links)| links);
        let outside = links.iter().find(|(story, _)| *story != own).map(|(_, links)| links);
        let (story, runner_up) = (inside.map(&bond), outside.map(&bond));
        let alone = 1.0 - links.iter().map(|(_, links)| links.weight).sum::<f32>() / total;
        let hold = story.as_ref().map_or(alone, |bond: &Bond| bond.pull);
        let witnesses: Vec<usize> =
            inside.or(outside).iter().flat_map(|links| &links.closest).take(WITNESSES).map(|w| w.1).collect();
        let (terms, meaning) = self.consists_of(&headlines[position], text, &witnesses);
        Explanation {
            same_title: self.clustering.copies[text]
                .iter()
                .copied()
                .filter(|&copy| copy != position)
                .collect(),
            margin: hold - runner_up.as_ref().map_or(0.0, |bond| bond.pull),
            topic: self.topic_bond(text),
            story,
            runner_up,
            terms,
            meaning,
            guards: guards
                .into_iter()
                .take(MOST_GUARDS)
                .map(|(other, rule)| HeldApart { headline: first(other), rule })
                .collect(),
        }
    }

    fn links(&self, headlines: &[Headline], text: usize) -> AllLinks {
        let headline = |text: usize| &headlines[self.clustering.copies[text][0]];
        let features = Features::of(headline(text));
        let settings = self.method.settings();
        let mut by_story: FxHashMap<u32, Links> = FxHashMap::default();
        let mut guards = Vec::new();
        let mut total = settings.stay.powf(settings.sharpness);
        let (others, contents) = self.clustering.neighbours.of(text);
        for (&other, &content) in others.iter().zip(contents) {
            let other = other as usize;
            let mut similarity = self.clustering.similarity_at(Level::Story, settings, text, other, content);
            total += similarity.powf(settings.sharpness);
            if settings.contrast < 1.0
                && let Some(guard) = guard(&features, &Features::of(headline(other)))
            {
                similarity *= settings.contrast;
                guards.push((other, guard.to_string()));
            }
            let links = by_story.entry(self.clustering.stories.groups_of_rows()[other]).or_default();
            links.weight += similarity.powf(settings.sharpness);
            links.closest.push((similarity, other));
        }
        let mut links: Vec<(u32, Links)> = by_story.into_iter().collect();
        for (_, links) in &mut links {
            links.closest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        }
        links.sort_unstable_by(|a, b| b.1.weight.total_cmp(&a.1.weight).then(a.0.cmp(&b.0)));
        AllLinks { by_story: links, guards, total }
    }

    /// The link of `text` to the most similar headline of another story in its topic.
    fn topic_bond(&self, text: usize) -> Option<TopicBond> {
        let Clustering { stories, topics, neighbours, similarity, copies, .. } = &self.clustering;
        let (others, contents) = neighbours.of(text);
        let best = others
            .iter()
            .zip(contents)
            .map(|(&other, &content)| (other as usize, content))
            .filter(|&(other, _)| {
                topics.groups_of_rows()[other] == topics.groups_of_rows()[text]
                    && stories.groups_of_rows()[other] != stories.groups_of_rows()[text]
            })
            .map(|(other, content)| {
                (
                    self.clustering.similarity_at(Level::Topic, self.method.settings(), text, other, content),
                    other,
                )
            })
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        let entities = similarity.of_entities(text, best.1);
        Some(TopicBond { closest: copies[best.1][0], similarity: best.0, entities })
    }

    /// What the terms of `text` add to its mean similarity to `witnesses`, and what its meaning adds.
    fn consists_of(&self, headline: &Headline, text: usize, witnesses: &[usize]) -> (Vec<TermShare>, f32) {
        let similarity = &self.clustering.similarity;
        let others: Vec<u32> = witnesses.iter().map(|&other| other as u32).collect();
        let mut cosines = Vec::new();
        similarity.meanings(text, &others, &mut cosines);
        let meaning = cosines.iter().map(|&cosine| similarity.fuse(0.0, cosine)).sum::<f32>()
            / others.len().max(1) as f32;
        let (columns, weights) = similarity.words().row(text);
        let mut shares: Vec<(f32, u32)> = columns
            .iter()
            .zip(weights)
            .map(|(&column, &weight)| {
                let theirs: f32 =
                    witnesses.iter().map(|&other| similarity.words().weight(other, column)).sum();
                (similarity.fuse(weight * theirs, 0.0) / witnesses.len().max(1) as f32, column)
            })
            .filter(|share| share.0 > 0.0)
            .collect();
        shares.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        shares.truncate(MOST_TERMS);
        let names = surfaces(headline);
        let share = |&(weight, column): &(f32, u32)| {
            let term = self.clustering.vocabulary[column as usize].as_str();
            let entity = term.strip_prefix(ENTITY_MARK);
            let name = match entity {
                Some(code) => entity_name(code),
                None => names.get(term).copied().unwrap_or(term),
            };
            TermShare { term: name.to_owned(), entity: entity.is_some(), weight }
        };
        (shares.iter().map(share).collect(), meaning)
    }
}

fn entity_name(code: &str) -> &str {
    let gazetteer = Gazetteer::embedded();
    gazetteer.by_code(code).map_or(code, |entity| gazetteer.entity(entity).name.as_str())
}

/// The words of a title by their terms, as it spells them.
fn surfaces(headline: &Headline) -> FxHashMap<String, &str> {
    let language = Language::of(headline);
    let mut words = FxHashMap::default();
    tokenise(&headline.text, |token| {
        if let Some(term) = term(token.text, language) {
            words.entry(term).or_insert(token.text);
        }
    });
    words
}
