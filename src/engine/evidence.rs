//! What was known when headlines were clustered once, to explain each decision.

use std::borrow::Cow;

use super::clustering::Clustering;
use super::explanation::{Grounds, explain};
use super::{Explanation, Grouping, Method, Placement};
use crate::Headline;
use crate::contrast::Features;
use crate::track::Level;

/// What was known when a grouping was made: enough to explain each of its decisions.
#[derive(Debug)]
pub struct Evidence {
    clustering: Clustering,
    method: Method,
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
        let grounds = Once { evidence: self, headlines, grouping };
        explain(&grounds, &self.method, self.clustering.text_of[position], position)
    }
}

/// Headlines that were clustered once.
struct Once<'a> {
    evidence: &'a Evidence,
    headlines: &'a [Headline],
    grouping: &'a Grouping,
}

impl Grounds for Once<'_> {
    fn headline(&self, text: usize) -> &Headline {
        &self.headlines[self.evidence.clustering.copies[text][0]]
    }

    fn features(&self, text: usize) -> Cow<'_, Features> {
        Cow::Owned(Features::of(&self.evidence.method.lists().reading(self.headline(text))))
    }

    fn copies(&self, text: usize) -> Vec<usize> {
        self.evidence.clustering.copies[text].clone()
    }

    fn placement(&self, text: usize) -> Placement {
        self.grouping.placements[self.evidence.clustering.copies[text][0]]
    }

    fn groups(&self, text: usize) -> (u32, u32) {
        let Clustering { stories, topics, .. } = &self.evidence.clustering;
        (stories.groups_of_rows()[text], topics.groups_of_rows()[text])
    }

    fn links(&self, text: usize) -> Vec<(usize, f32, f32)> {
        let Evidence { clustering, method } = self.evidence;
        let (others, contents) = clustering.neighbours.of(text);
        let at =
            |level, other, content| clustering.similarity_at(level, method.settings(), text, other, content);
        others
            .iter()
            .zip(contents)
            .map(|(&other, &content)| (other as usize, content))
            .map(|(other, content)| {
                (other, at(Level::Story, other, content), at(Level::Topic, other, content))
            })
            .collect()
    }

    fn entities(&self, a: usize, b: usize) -> f32 {
        self.evidence.clustering.similarity.of_entities(a, b)
    }

    fn words(&self, text: usize) -> Vec<(u32, f32)> {
        let (terms, weights) = self.evidence.clustering.similarity.words().row(text);
        terms.iter().copied().zip(weights.iter().copied()).collect()
    }

    fn term(&self, number: u32) -> &str {
        &self.evidence.clustering.vocabulary[number as usize]
    }

    fn meaning(&self, a: usize, b: usize) -> f32 {
        let meaning = self.evidence.clustering.similarity.meaning();
        meaning.map_or(0.0, |meaning| meaning.cosine(a, b))
    }

    fn fuse(&self, words: f32, meaning: f32) -> f32 {
        self.evidence.clustering.similarity.fuse(words, meaning)
    }
}
