//! Why a headline of a collection is where it is.

use std::borrow::Cow;

use super::{Link, Live};
use crate::Headline;
use crate::contrast::Features;
use crate::engine::explanation::{Grounds, explain};
use crate::engine::{Explanation, Placement};

impl Live {
    /// Explains the headline with this id from the links and groups of now.
    pub fn explain(&self, id: &str) -> Option<Explanation> {
        let position = *self.shelf.positions.get(id)? as usize;
        let row = self.placed.get(position)?.as_ref()?.row;
        Some(explain(self, &self.method, row as usize, position))
    }
}

impl Grounds for Live {
    fn headline(&self, text: usize) -> &Headline {
        &self.texts[text].first
    }

    fn features(&self, text: usize) -> Cow<'_, Features> {
        Cow::Borrowed(self.library.titles[text].features(self.method.lists()))
    }

    fn copies(&self, text: usize) -> Vec<usize> {
        self.texts[text].copies.iter().map(|&copy| copy as usize).collect()
    }

    fn placement(&self, text: usize) -> Placement {
        let placed =
            self.texts[text].copies.first().and_then(|&copy| self.placed.get(copy as usize)?.as_ref());
        placed.map(|placed| placed.placement).unwrap_or_default()
    }

    fn groups(&self, text: usize) -> (u32, u32) {
        let story = self.texts[text].story;
        (story, self.stories[story].topic)
    }

    fn links(&self, text: usize) -> Vec<(usize, f32, f32)> {
        // Weights are similarities raised to the power that sharpens them.
        let root = |weight: f32| weight.powf(self.method.settings().sharpness.recip());
        let link = |link: &Link| (link.other as usize, root(link.story), root(link.topic));
        self.texts[text].links.iter().map(link).collect()
    }

    fn entities(&self, a: usize, b: usize) -> f32 {
        self.library.index.of_entities(a as u32, b as u32)
    }

    fn words(&self, text: usize) -> Vec<(u32, f32)> {
        self.library.index.vectors(text as u32).words.clone()
    }

    fn term(&self, number: u32) -> &str {
        self.library.lexicon.term(number)
    }

    fn meaning(&self, a: usize, b: usize) -> f32 {
        self.library.index.of_meaning(a as u32, b as u32)
    }

    fn fuse(&self, words: f32, meaning: f32) -> f32 {
        self.library.index.fuse(words, meaning)
    }
}
