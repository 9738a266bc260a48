//! The method from end to end: headlines to nested partitions.

use std::borrow::Cow;

use linfa::traits::Transformer;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tracing::debug_span;

use super::loosen::loosen;
use super::settings::{Method, Scale, Settings};
use crate::Headline;
use crate::cluster::{Graph, Partition};
use crate::contrast::{Features, guard};
use crate::index::{Neighbours, Similarity};
use crate::text::{Language, glossed, normalised_title};
use crate::track::Level;
use crate::vector::{Documents, FEW, StaticEmbedding};

/// Headlines with their stories and topics, and what led there. Positions refer to `texts`: the distinct
/// normalised titles in canonical order.
#[derive(Debug)]
pub(super) struct Clustering {
    /// For each headline of the input the position of its text.
    pub text_of: Vec<usize>,
    /// For each text the positions in the input of the headlines that have it, by (time, id).
    pub copies: Vec<Vec<usize>>,
    /// Terms by the columns of the similarity of words.
    pub vocabulary: Vec<String>,
    pub similarity: Similarity,
    pub neighbours: Neighbours,
    pub stories: Partition,
    /// Every story lies within one topic.
    pub topics: Partition,
}

impl Clustering {
    /// Clusters `headlines`. The order of the input is of no consequence.
    pub(super) fn of(headlines: &[Headline], method: &Method) -> Self {
        let (text_of, copies) = distinct_texts(headlines);
        let texts: Vec<&Headline> = copies.iter().map(|copies| &headlines[copies[0]]).collect();
        let languages: Vec<Language> = texts.par_iter().map(|headline| Language::of(headline)).collect();
        let (similarity, vocabulary) =
            method.lists().read(&texts, |texts| similarity(texts, &languages, method));
        let neighbours = debug_span!("neighbours")
            .in_scope(|| Neighbours::join(&similarity, method.settings().neighbours_among(texts.len())));
        // Communities are found by one thread; the other graph is made meanwhile.
        let (stories, graph) = debug_span!("stories").in_scope(|| {
            let mut graph = graph_of(&neighbours, &similarity, method.settings(), Level::Story);
            method.lists().read(&texts, |texts| hold_apart(&mut graph, texts, &languages, method.settings()));
            rayon::join(
                || method.map_equation(Level::Story).minimise(&graph).into_partition(),
                || graph_of(&neighbours, &similarity, method.settings(), Level::Topic),
            )
        });
        let topics = debug_span!("topics").in_scope(|| {
            method.map_equation(Level::Topic).minimise_groups(&graph, &stories).into_partition()
        });
        drop(graph);
        let topics = {
            let alike = alike(&similarity, &method.settings().topic);
            loosen(&stories, &topics, method.settings().belong, |row, labels| {
                let (others, contents) = neighbours.of(row);
                let links = others.iter().map(|&other| other as usize).zip(contents);
                let inside = links.filter(|(other, _)| labels[*other] == labels[row]);
                inside.map(|(other, &content)| alike(row, other, content)).collect()
            })
        };
        Self { text_of, copies, vocabulary, similarity, neighbours, stories, topics }
    }

    /// Similarity of two texts at one level, 0 to 1 but for the bonus: of content (given, because neighbours keep it)
    /// and of the entities named, lessened by distance in time.
    pub(super) fn similarity_at(
        &self,
        level: Level,
        settings: &Settings,
        a: usize,
        b: usize,
        content: f32,
    ) -> f32 {
        at_scale(&self.similarity, settings.scale(level))(a, b, content)
    }
}

/// The similarity of `texts`, and their terms.
#[tracing::instrument(level = "debug", name = "vectors", skip_all)]
fn similarity(texts: &[&Headline], languages: &[Language], method: &Method) -> (Similarity, Vec<String>) {
    let settings = method.settings();
    let documents = Documents::in_languages(texts, languages);
    let weights = method.tf_idf().learn(&documents);
    let words = weights.transform(&documents);
    let full = method.tf_idf().entity_weight_among(documents.len() as f32) * FULL_ENTITY;
    let entities = weights.entities(&documents, full);
    let meaning = (settings.meaning_weight > 0.0).then(|| {
        let titles: Vec<Cow<str>> = texts
            .par_iter()
            .zip(languages)
            .map(|(headline, &language)| glossed(&headline.text, language))
            .collect();
        StaticEmbedding::embedded().embed(&titles)
    });
    let times = texts.iter().map(|headline| headline.time);
    let similarity = Similarity::new(words, entities, meaning, settings.meaning_weight, times);
    (similarity, documents.into_vocabulary())
}

/// Weight, in units of idf^.75, from which on an entity counts in full: named in one headline of a thousand.
pub(super) const FULL_ENTITY: f32 = 4.26;

/// Groups headlines with the same normalised title; texts and their copies are ordered by (time, title, id),
/// so that the order of the input is of no consequence.
fn distinct_texts(headlines: &[Headline]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let titles: Vec<String> = headlines.par_iter().map(|headline| normalised_title(&headline.text)).collect();
    let mut order: Vec<usize> = (0..headlines.len()).collect();
    let key = |position: usize| (headlines[position].time, &titles[position], &headlines[position].id);
    order.par_sort_by(|&a, &b| key(a).cmp(&key(b)));
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

/// The graph of one level: similarities lessened by distance in time, raised to the power that sharpens them.
fn graph_of(neighbours: &Neighbours, similarity: &Similarity, settings: &Settings, level: Level) -> Graph {
    let at_scale = at_scale(similarity, settings.scale(level));
    let stay = settings.stay.powf(settings.sharpness);
    Graph::from_neighbours(neighbours, stay, |a, b, content| at_scale(a, b, content).powf(settings.sharpness))
}

/// Similarity at one scale: of content and of the entities named, lessened by distance in time.
fn at_scale(similarity: &Similarity, scale: &Scale) -> impl Fn(usize, usize, f32) -> f32 {
    let alike = alike(similarity, scale);
    move |a, b, content| alike(a, b, content) * similarity.decay(a, b, scale.half_life_days)
}

/// Lessens the similarity of texts that a guard holds apart.
fn hold_apart(graph: &mut Graph, texts: &[&Headline], languages: &[Language], settings: &Settings) {
    if settings.contrast < 1.0 {
        let keep = settings.contrast.powf(settings.sharpness);
        let features: Vec<Features> = texts
            .par_iter()
            .zip(languages)
            .map(|(headline, &language)| Features::in_language(headline, language))
            .collect();
        graph.hold_apart(|a, b| if guard(&features[a], &features[b]).is_some() { keep } else { 1.0 });
    }
}

/// Similarity at one scale, but for time: of content, and of the entities named.
fn alike(similarity: &Similarity, scale: &Scale) -> impl Fn(usize, usize, f32) -> f32 {
    let bonus = scale.entity_bonus * FEW / (FEW + similarity.len() as f32);
    move |a, b, content| if bonus > 0.0 { content + bonus * similarity.of_entities(a, b) } else { content }
}
