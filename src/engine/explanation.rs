//! Why a headline is where it is.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::loosen::WITNESSES;
use super::{Method, Placement};
use crate::Headline;
use crate::contrast::{Features, guard};
use crate::text::{ENTITY_MARK, Gazetteer, Language, term, tokenise};
use crate::track::Id;

/// Terms listed; the rest says little.
const MOST_TERMS: usize = 8;
/// Guards listed.
const MOST_GUARDS: usize = 3;

/// What decisions rest on: texts, which are distinct titles, and how they hang together.
pub(super) trait Grounds {
    /// The first headline with a text.
    fn headline(&self, text: usize) -> &Headline;
    /// What could tell a text from others.
    fn features(&self, text: usize) -> Cow<'_, Features>;
    /// Positions of all headlines with a text, the first one first.
    fn copies(&self, text: usize) -> Vec<usize>;
    /// Where the headlines of a text are.
    fn placement(&self, text: usize) -> Placement;
    /// Numbers of the story and the topic of a text, shown or not.
    fn groups(&self, text: usize) -> (u32, u32);
    /// Texts linked with a text, with their similarity at the scale of stories, guards aside, and at that of topics.
    fn links(&self, text: usize) -> Vec<(usize, f32, f32)>;
    /// How much two texts share of the entities they name.
    fn entities(&self, a: usize, b: usize) -> f32;
    /// Terms of a text with their weights, by number.
    fn words(&self, text: usize) -> Vec<(u32, f32)>;
    /// The term with a number.
    fn term(&self, number: u32) -> &str;
    /// Cosine of the meaning of two texts.
    fn meaning(&self, a: usize, b: usize) -> f32;
    /// Similarity of content from the cosines of words and of meaning.
    fn fuse(&self, words: f32, meaning: f32) -> f32;
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
    pub story: Option<Id>,
    /// Id of its topic.
    pub topic: Option<Id>,
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

/// Explains the headline at `position`, which has the text `text`.
pub(super) fn explain(grounds: &impl Grounds, method: &Method, text: usize, position: usize) -> Explanation {
    let first = |text: usize| grounds.copies(text).first().copied().unwrap_or_default();
    let AllLinks { by_story: links, guards, total } = links(grounds, method, text);
    let bond = |links: &Links| {
        let witnesses = &links.closest[..links.closest.len().min(WITNESSES)];
        let closest = witnesses.first().map_or(text, |witness| witness.1);
        let Placement { story, topic, .. } = grounds.placement(closest);
        Bond {
            story,
            topic,
            closest: first(closest),
            similarity: witnesses.iter().map(|witness| witness.0).sum::<f32>()
                / witnesses.len().max(1) as f32,
            pull: links.weight / total,
        }
    };
    let own = grounds.groups(text).0;
    let inside = links.iter().find(|(story, _)| *story == own).map(|(_, links)| links);
    let outside = links.iter().find(|(story, _)| *story != own).map(|(_, links)| links);
    let (story, runner_up) = (inside.map(&bond), outside.map(&bond));
    let alone = 1.0 - links.iter().map(|(_, links)| links.weight).sum::<f32>() / total;
    let hold = story.as_ref().map_or(alone, |bond: &Bond| bond.pull);
    let witnesses: Vec<usize> =
        inside.or(outside).iter().flat_map(|links| &links.closest).take(WITNESSES).map(|w| w.1).collect();
    let (terms, meaning) = consists_of(grounds, text, &witnesses);
    Explanation {
        same_title: grounds.copies(text).into_iter().filter(|&copy| copy != position).collect(),
        margin: hold - runner_up.as_ref().map_or(0.0, |bond| bond.pull),
        topic: topic_bond(grounds, text),
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

fn links(grounds: &impl Grounds, method: &Method, text: usize) -> AllLinks {
    let settings = method.settings();
    let features = grounds.features(text);
    let mut by_story: FxHashMap<u32, Links> = FxHashMap::default();
    let mut guards = Vec::new();
    let mut total = settings.stay.powf(settings.sharpness);
    for (other, mut similarity, _) in grounds.links(text).into_iter().filter(|link| link.1 > 0.0) {
        total += similarity.powf(settings.sharpness);
        if settings.contrast < 1.0
            && let Some(guard) = guard(&features, &grounds.features(other))
        {
            guards.push((similarity, other, guard.to_string()));
            similarity *= settings.contrast;
        }
        let links = by_story.entry(grounds.groups(other).0).or_default();
        links.weight += similarity.powf(settings.sharpness);
        links.closest.push((similarity, other));
    }
    let mut links: Vec<(u32, Links)> = by_story.into_iter().collect();
    for (_, links) in &mut links {
        links.closest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    links.sort_unstable_by(|a, b| b.1.weight.total_cmp(&a.1.weight).then(a.0.cmp(&b.0)));
    guards.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let guards = guards.into_iter().map(|(_, other, rule)| (other, rule)).collect();
    AllLinks { by_story: links, guards, total }
}

/// The link of `text` to the most similar headline of another story in its topic.
fn topic_bond(grounds: &impl Grounds, text: usize) -> Option<TopicBond> {
    let (story, topic) = grounds.groups(text);
    let elsewhere = |other: usize| {
        let groups = grounds.groups(other);
        groups.1 == topic && groups.0 != story
    };
    let links = grounds.links(text).into_iter().filter(|link| elsewhere(link.0));
    let (closest, _, similarity) = links.max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.cmp(&a.0)))?;
    let entities = grounds.entities(text, closest);
    Some(TopicBond { closest: grounds.copies(closest).first().copied()?, similarity, entities })
}

/// What the terms of `text` add to its mean similarity to `witnesses`, and what its meaning adds.
fn consists_of(grounds: &impl Grounds, text: usize, witnesses: &[usize]) -> (Vec<TermShare>, f32) {
    let count = witnesses.len().max(1) as f32;
    let meaning =
        witnesses.iter().map(|&other| grounds.fuse(0.0, grounds.meaning(text, other))).sum::<f32>() / count;
    let theirs: Vec<Vec<(u32, f32)>> = witnesses.iter().map(|&other| grounds.words(other)).collect();
    let weight_of = |words: &[(u32, f32)], term: u32| {
        words.binary_search_by_key(&term, |word| word.0).map_or(0.0, |at| words[at].1)
    };
    let mut shares: Vec<(f32, u32)> = grounds
        .words(text)
        .into_iter()
        .map(|(term, weight)| {
            let theirs: f32 = theirs.iter().map(|words| weight_of(words, term)).sum();
            (grounds.fuse(weight * theirs, 0.0) / count, term)
        })
        .filter(|share| share.0 > 0.0)
        .collect();
    shares
        .sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| grounds.term(a.1).cmp(grounds.term(b.1))));
    shares.truncate(MOST_TERMS);
    let names = surfaces(grounds.headline(text));
    let share = |&(weight, number): &(f32, u32)| {
        let term = grounds.term(number);
        let entity = term.strip_prefix(ENTITY_MARK);
        let name = match entity {
            Some(code) => entity_name(code),
            None => names.get(term).copied().unwrap_or(term),
        };
        TermShare { term: name.to_owned(), entity: entity.is_some(), weight }
    };
    (shares.iter().map(share).collect(), meaning)
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
