//! The method from end to end: headlines to nested partitions.

use linfa::dataset::DatasetBase;
use linfa::param_guard::ParamGuard;
use linfa::traits::{Fit, Transformer};
use rustc_hash::FxHashMap;
use thiserror::Error;

use super::Settings;
use super::settings::Scale;
use crate::Headline;
use crate::cluster::{Graph, MapEquationError, MapEquationParams, Partition};
use crate::index::{Neighbours, Similarity};
use crate::text::normalised_title;
use crate::vector::{Documents, StaticEmbedding, TfIdfError, TfIdfParams};

/// What can be wrong with settings.
#[derive(Debug, Error)]
pub enum ClusteringError {
    /// A setting that must be a finite number of at least 0 is not.
    #[error("the setting `{name}` must be a number of at least 0, not {value}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: f32,
    },
    /// The term weighting refused its parameters.
    #[error(transparent)]
    TfIdf(#[from] TfIdfError),
    /// The map equation refused its parameters.
    #[error(transparent)]
    MapEquation(#[from] MapEquationError),
}

/// Headlines with their stories and topics, and what led there. Positions refer to `texts`: the distinct
/// normalised titles in canonical order.
#[derive(Debug)]
pub(super) struct Clustering {
    /// For each headline of the input the position of its text.
    pub text_of: Vec<usize>,
    /// For each text the positions in the input of the headlines that have it, by (time, id).
    pub copies: Vec<Vec<usize>>,
    pub documents: Documents,
    pub similarity: Similarity,
    pub neighbours: Neighbours,
    pub stories: Partition,
    /// Every story lies within one topic.
    pub topics: Partition,
}

impl Clustering {
    /// Clusters `headlines`. The order of the input is of no consequence.
    pub(super) fn of(headlines: &[Headline], settings: &Settings) -> Result<Self, ClusteringError> {
        check(settings)?;
        let (text_of, copies) = distinct_texts(headlines);
        let texts: Vec<&Headline> = copies.iter().map(|copies| &headlines[copies[0]]).collect();
        let documents = DatasetBase::new(Documents::analyse(&texts), ());
        let weights = TfIdfParams::default().entity_weight(settings.entity_weight).check()?.fit(&documents)?;
        let words = weights.transform(&documents.records);
        let entities = weights.entities(&documents.records, settings.entity_weight * FULL_ENTITY);
        let meaning = (settings.meaning_weight > 0.0).then(|| {
            let titles: Vec<&str> = texts.iter().map(|headline| headline.text.as_str()).collect();
            StaticEmbedding::embedded().embed(&titles)
        });
        let times = texts.iter().map(|headline| headline.time);
        let similarity = Similarity::new(words, entities, meaning, settings.meaning_weight, times);
        let neighbours = Neighbours::join(&similarity, settings.neighbours);
        let stories = communities(&neighbours, &similarity, &settings.story, settings)?;
        let topics = communities(&neighbours, &similarity, &settings.topic, settings)?;
        let topics = nest(&stories, &topics);
        let documents = documents.records;
        Ok(Self { text_of, copies, documents, similarity, neighbours, stories, topics })
    }
}

/// Weight, in units of idf^.75, from which on an entity counts in full: named in one headline of a thousand.
const FULL_ENTITY: f32 = 4.26;

fn check(settings: &Settings) -> Result<(), ClusteringError> {
    let values = [
        ("entity_weight", settings.entity_weight),
        ("meaning_weight", settings.meaning_weight),
        ("sharpness", settings.sharpness),
        ("stay", settings.stay),
        ("story.half_life_days", settings.story.half_life_days),
        ("topic.half_life_days", settings.topic.half_life_days),
    ];
    match values.into_iter().find(|(_, value)| !value.is_finite() || *value < 0.0) {
        Some((name, value)) => Err(ClusteringError::Setting { name, value }),
        None => Ok(()),
    }
}

/// Groups headlines with the same normalised title; texts and their copies are ordered by (time, title, id),
/// so that the order of the input is of no consequence.
fn distinct_texts(headlines: &[Headline]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let titles: Vec<String> = headlines.iter().map(|headline| normalised_title(&headline.text)).collect();
    let mut order: Vec<usize> = (0..headlines.len()).collect();
    let key = |position: usize| (headlines[position].time, &titles[position], &headlines[position].id);
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    let mut text_of = vec![0; headlines.len()];
    let mut copies: Vec<Vec<usize>> = Vec::new();
    let mut texts: FxHashMap<&str, usize> = FxHashMap::default();
    for position in order {
        let text = *texts.entry(&titles[position]).or_insert_with(|| {
            copies.push(Vec::new());
            copies.len() - 1
        });
        text_of[position] = text;
        copies[text].push(position);
    }
    (text_of, copies)
}

fn communities(
    neighbours: &Neighbours,
    similarity: &Similarity,
    scale: &Scale,
    settings: &Settings,
) -> Result<Partition, ClusteringError> {
    let stay = settings.stay.powf(settings.sharpness);
    let graph = Graph::from_neighbours(neighbours, stay, |a, b, content| {
        ((content + scale.entity_bonus * similarity.of_entities(a, b)) * similarity.decay(a, b, scale.half_life_days)).powf(settings.sharpness)
    });
    let params = MapEquationParams::default().markov_time(scale.markov_time).check()?;
    Ok(params.fit(&DatasetBase::new(graph, ()))?.partition().clone())
}

/// Puts every story whole into the topic that holds most of it; ties go to the topic with the lower number.
fn nest(stories: &Partition, topics: &Partition) -> Partition {
    let topic_of = topics.groups_of_rows();
    let mut labels = vec![0; topic_of.len()];
    for members in stories.members() {
        let mut counts: Vec<(usize, u32)> = Vec::new();
        for &row in &members {
            match counts.iter_mut().find(|(_, topic)| *topic == topic_of[row]) {
                Some(entry) => entry.0 += 1,
                None => counts.push((1, topic_of[row])),
            }
        }
        let best = counts.iter().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1))).map_or(0, |entry| entry.1);
        for row in members {
            labels[row] = best;
        }
    }
    Partition::new(&labels)
}

/// TEMP
pub fn debug_pairs(headlines: &[Headline], settings: &Settings) {
    let c = Clustering::of(headlines, settings).unwrap();
    let mut v = vec![];
    for a in 0..c.copies.len() { for b in 0..a {
        let s = &c.similarity;
        v.push((s.of_content(a,b)+settings.topic.entity_bonus*s.of_entities(a,b), s.words().dot(a,b), s.meaning().map_or(0.,|m|m.cosine(a,b)), s.of_entities(a,b), a, b));
    }}
    v.sort_by(|a,b|b.0.total_cmp(&a.0));
    for x in v.iter().take(36) { println!("{:.3} w {:.3} m {:.3} e {:.3}  {} || {}", x.0,x.1,x.2,x.3,&headlines[c.copies[x.4][0]].text,&headlines[c.copies[x.5][0]].text); }
}
