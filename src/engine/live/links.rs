//! Links between texts: how alike two are at either scale.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::library::Library;
use super::{Live, Text};
use crate::cluster::LEAST_SHARE;
use crate::contrast::guard;
use crate::engine::Method;
use crate::track::Level;
use crate::vector::FEW;

/// Share of a text's weight from which on a link is looked at by the guards; holding weaker ones changes nothing.
const GUARDED: f32 = 0.02;

/// One end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Link {
    /// The other text.
    pub other: u32,
    /// Similarity of content.
    pub content: f32,
    /// The same and what shared entities add at the scale of topics.
    pub alike: f32,
    /// Weight at the scale of stories, and of topics; 0 where it is next to nothing.
    pub story: f32,
    pub topic: f32,
    /// Whether a guard holds the two apart.
    pub is_held: bool,
}

/// Weight of all links of a text at either scale, and how many have any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Degrees {
    pub story: f32,
    pub topic: f32,
    #[serde(skip)]
    pub stories: u32,
    #[serde(skip)]
    pub topics: u32,
}

impl Link {
    /// Weight at a scale.
    pub fn weight(&self, level: Level) -> f32 {
        match level {
            Level::Story => self.story,
            Level::Topic => self.topic,
        }
    }
}

impl Degrees {
    /// Weight at a scale.
    pub fn at(self, level: Level) -> f32 {
        match level {
            Level::Story => self.story,
            Level::Topic => self.topic,
        }
    }

    fn add(&mut self, link: &Link) {
        self.story += link.story;
        self.topic += link.topic;
        self.count(link);
    }

    /// Counts a link of which the weight is known.
    pub fn count(&mut self, link: &Link) {
        self.stories += u32::from(link.story > 0.0);
        self.topics += u32::from(link.topic > 0.0);
    }
}

impl Library {
    /// For each of these rows its links with rows before it, ascending. In parallel.
    pub(super) fn links_of(&self, rows: Range<u32>, is_rebuild: bool, method: &Method) -> Vec<Vec<Link>> {
        let most = method.settings().neighbours_among(self.at_rebuild);
        let nearest = self.index.nearest(rows.clone(), most);
        let count = |row: u32| if is_rebuild { self.index.len() } else { row as usize + 1 };
        let rows: Vec<u32> = rows.collect();
        rows.par_iter()
            .zip(nearest)
            .map(|(&row, nearest)| self.weigh_links(row, &nearest, count(row), method))
            .collect()
    }

    /// Weighs the links of a text in a collection of `count`; those that are nothing at either scale are left out.
    fn weigh_links(&self, row: u32, nearest: &[(f32, u32)], count: usize, method: &Method) -> Vec<Link> {
        let settings = method.settings();
        let few = FEW / (FEW + count as f32);
        let (story, topic) = (&settings.story, &settings.topic);
        let mut links: Vec<Link> = nearest
            .iter()
            .map(|&(content, other)| {
                let entities = self.index.of_entities(row, other);
                let alike = content + few * topic.entity_bonus * entities;
                let at_story = (content + few * story.entity_bonus * entities)
                    * self.index.decay(row, other, story.half_life_days);
                let at_topic = alike * self.index.decay(row, other, topic.half_life_days);
                let weight = |similarity: f32| similarity.powf(settings.sharpness);
                Link {
                    other,
                    content,
                    alike,
                    story: weight(at_story),
                    topic: weight(at_topic),
                    is_held: false,
                }
            })
            .collect();
        let stay = settings.stay.powf(settings.sharpness);
        let least_story = LEAST_SHARE * (stay + links.iter().map(|link| link.story).sum::<f32>());
        let least_topic = LEAST_SHARE * (stay + links.iter().map(|link| link.topic).sum::<f32>());
        for link in &mut links {
            link.story = if link.story < least_story { 0.0 } else { link.story };
            link.topic = if link.topic < least_topic { 0.0 } else { link.topic };
        }
        links.retain(|link| link.story > 0.0 || link.topic > 0.0);
        if settings.contrast < 1.0 {
            let features = |row: u32| self.titles[row as usize].features(method.lists());
            let own = features(row);
            let least = GUARDED / LEAST_SHARE * least_story;
            for link in links.iter_mut().filter(|link| link.story >= least) {
                link.is_held = guard(own, features(link.other)).is_some();
            }
        }
        links.sort_unstable_by_key(|link| link.other);
        links
    }
}

impl Live {
    /// Adds the links of a text with those before it, from both ends. Links of a text ascend, as texts come in order.
    pub(super) fn attach(&mut self, row: u32, links: Vec<Link>) {
        for link in &links {
            let other = &mut self.texts[link.other as usize];
            other.links.push(Link { other: row, ..*link });
            other.degrees.add(link);
        }
        let text = &mut self.texts[row as usize];
        links.iter().for_each(|link| text.degrees.add(link));
        text.links.extend(links);
    }

    /// Takes the links of a text away, from both ends.
    pub(super) fn detach(&mut self, row: u32) {
        for link in std::mem::take(&mut self.texts[row as usize].links) {
            let other = &mut self.texts[link.other as usize];
            if let Ok(at) = other.links.binary_search_by_key(&row, |link| link.other) {
                other.links.remove(at);
                other.weigh();
            }
        }
    }

    /// Takes the links of all texts that are gone away. In parallel.
    pub(super) fn detach_gone(&mut self) {
        let index = &self.library.index;
        self.texts.par_iter_mut().for_each(|text| {
            let links = text.links.len();
            match text.copies.is_empty() {
                true => text.links = Vec::new(),
                false => text.links.retain(|link| !index.is_gone(link.other)),
            }
            if text.links.len() < links {
                text.weigh();
            }
        });
    }
}

impl Text {
    /// Adds up the links anew; taking away what was added would not lead to the same number.
    fn weigh(&mut self) {
        self.degrees = Degrees::default();
        self.links.iter().for_each(|link| self.degrees.add(link));
    }
}
