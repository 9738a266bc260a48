//! Topics that have to do with one another: they are about the same places and organisations, or share words that few
//! topics have.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{Headlines, Snapshot, Topic};
use crate::text::{Language, term, tokenise};

/// Scores below this are next to nothing, such as that of a country that half of all topics share.
const LEAST_SCORE: f64 = 0.02;

/// A topic that has to do with another, and what ties them.
#[derive(Debug, Clone, PartialEq)]
pub struct Related<'a> {
    /// The topic.
    pub topic: &'a Arc<Topic>,
    /// Cosine of what both are about, 0 to 1: entities, and words of labels and keywords, each weighed by how few topics
    /// have it.
    pub score: f64,
    /// Entities that both are about, rarest first.
    pub entities: Vec<&'a str>,
    /// Words that both have in common, rarest first, as the other topic writes them.
    pub terms: Vec<&'a str>,
}

/// The topics closest to one, most first, ties by id, `limit` at most. Reads what every topic is called.
pub fn related<'a>(snapshot: &'a Snapshot, topic: &Topic, limit: usize) -> Vec<Related<'a>> {
    let all: Vec<(&Arc<Topic>, Subject<'a>)> =
        snapshot.topics().iter().map(|topic| (topic, Subject::of(topic, snapshot))).collect();
    let mut counts: BTreeMap<&Feature, usize> = BTreeMap::new();
    for feature in all.iter().flat_map(|(_, subject)| subject.0.keys()) {
        *counts.entry(feature).or_default() += 1;
    }
    let weight = |feature: &Feature| counts.get(feature).map_or(0.0, |&count| rarity(count, all.len()));
    let Some((_, own)) = all.iter().find(|(other, _)| other.id == topic.id) else { return Vec::new() };
    let own_length = own.length(&weight);
    let mut found: Vec<Related<'a>> = all
        .iter()
        .filter(|(other, _)| other.id != topic.id)
        .filter_map(|(topic, subject)| {
            let mut shared: Vec<(f64, &Feature, &'a str)> = subject
                .0
                .iter()
                .filter(|(feature, _)| own.0.contains_key(feature))
                .map(|(feature, &written)| (weight(feature), feature, written))
                .collect();
            let score = shared.iter().map(|(weight, ..)| weight * weight).sum::<f64>()
                / (own_length * subject.length(&weight));
            if shared.is_empty() || score < LEAST_SCORE {
                return None;
            }
            shared.sort_by(|a, b| b.0.total_cmp(&a.0));
            let (entities, terms): (Vec<_>, Vec<_>) =
                shared.into_iter().partition(|(_, feature, _)| matches!(feature, Feature::Entity(_)));
            let written = |shared: Vec<(f64, &Feature, &'a str)>| shared.into_iter().map(|it| it.2).collect();
            Some(Related { topic, score, entities: written(entities), terms: written(terms) })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.topic.id.cmp(&b.topic.id)));
    found.truncate(limit);
    found
}

fn rarity(count: usize, topics: usize) -> f64 {
    (1.0 + topics as f64 / count as f64).ln()
}

/// Something a topic is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Feature {
    /// A country or organisation, by name.
    Entity(String),
    /// A word, by the term that stands for it in all languages.
    Term(String),
}

/// All that a topic is about, as it writes it.
struct Subject<'a>(BTreeMap<Feature, &'a str>);

impl<'a> Subject<'a> {
    fn of(topic: &'a Topic, snapshot: &Snapshot) -> Self {
        let language = snapshot.at(topic.representative).map_or(Language::English, Language::of);
        let mut features = BTreeMap::new();
        let mut names = Vec::new();
        for entity in &topic.entities {
            features.insert(Feature::Entity(entity.to_lowercase()), entity.as_str());
            tokenise(entity, |token| names.push(token.text.to_lowercase()));
        }
        for text in topic.keywords.iter().chain([&topic.label]) {
            tokenise(text, |token| {
                // A name counts once, as the entity.
                if !names.contains(&token.text.to_lowercase())
                    && let Some(term) = term(token.text, language)
                {
                    features.entry(Feature::Term(term)).or_insert(token.text);
                }
            });
        }
        Self(features)
    }

    fn length(&self, weight: &impl Fn(&Feature) -> f64) -> f64 {
        self.0.keys().map(|feature| weight(feature).powi(2)).sum::<f64>().sqrt()
    }
}
