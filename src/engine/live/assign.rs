//! The place of a headline at the moment it comes.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::groups::{StoryGroup, Tally, TopicGroup};
use super::links::Link;
use super::{Live, Placed, Text};
use crate::Headline;
use crate::engine::loosen::support;
use crate::engine::{Nearest, Placement};
use crate::label::Unnumbered;
use crate::track::{Id, Level};

impl Live {
    /// Puts a headline where it belongs, with the links of its text and its title for labels if that is new.
    pub(super) fn arrive(&mut self, headline: Arc<Headline>, row: u32, new: Option<(Vec<Link>, Unnumbered)>) {
        let position = self.placed.len() as u32;
        let time = headline.time;
        self.shelf.add(&headline.id, position);
        if new.is_some() {
            self.texts.push(Text::of(Arc::clone(&headline)));
        }
        self.placed.push(Some(Placed { headline, row, placement: Placement::default() }));
        if let Some(time) = time {
            self.by_time.insert((time, position));
        }
        self.texts[row as usize].copies.push(position);
        if let Some((links, title)) = new {
            let text = &mut self.texts[row as usize];
            text.reading = Some(Box::new(Arc::make_mut(&mut self.labeller).read(&text.first, title)));
            self.attach(row, links);
            self.alive += 1;
            self.since_refined += 1;
            self.since_rebuilt += 1;
            self.join(row);
        }
        let story = self.texts[row as usize].story;
        self.changed.insert(story);
        self.grow(story, time);
        self.place_text(row);
    }

    /// Lets a new text join the story that pulls it most, or begin one in the topic that pulls it most, or in none.
    pub(super) fn join(&mut self, row: u32) {
        if let Some(story) = self.strongest(row, Level::Story, |live, row| live.texts[row].story) {
            self.texts[row as usize].story = story;
            if let Some(group) = self.stories.get_mut(story) {
                group.rows.push(row);
            }
            return;
        }
        let topic = self
            .strongest(row, Level::Topic, |live, row| live.stories[live.texts[row].story].topic)
            .filter(|&topic| self.support(row, topic) >= self.method.settings().belong);
        let (story, topic) = (self.new_group(), topic.unwrap_or_else(|| self.new_group()));
        let group = StoryGroup {
            rows: vec![row],
            topic,
            label: self.texts[row as usize].first.text.clone(),
            tally: Tally { when_named: 1, ..Tally::default() },
            ..StoryGroup::default()
        };
        self.stories.insert(story, group);
        self.texts[row as usize].story = story;
        let group = self
            .topics
            .get_or_insert_with(topic, || TopicGroup { representative: row, ..TopicGroup::default() });
        group.stories.push(story);
    }

    /// The group that pulls a text most, if it pulls more than the text's own weight does. Pulls are weights divided by
    /// the roots of both degrees, as in the graph that refinement sees.
    fn strongest(&self, row: u32, level: Level, group_of: impl Fn(&Self, usize) -> u32) -> Option<u32> {
        let settings = self.method.settings();
        let stay = settings.stay.powf(settings.sharpness);
        let keep = settings.contrast.powf(settings.sharpness);
        let degree = |row: u32| stay + self.texts[row as usize].degrees.at(level);
        let own = degree(row);
        let mut alone = stay / own;
        let links = &self.texts[row as usize].links;
        let mut pulls: FxHashMap<u32, f32> = FxHashMap::default();
        pulls.reserve(links.len());
        for link in links.iter().filter(|link| !self.corrections.rules.is_loose(link.other)) {
            let pull = link.weight(level) / (own * degree(link.other)).sqrt();
            let kept = if level == Level::Story && link.is_held { pull * keep } else { pull };
            alone += pull - kept;
            *pulls.entry(group_of(self, link.other as usize)).or_default() += kept;
        }
        let best = pulls.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        (best.1 > alone).then_some(best.0)
    }

    /// Mean of the best similarities of a text to texts of a topic.
    fn support(&self, row: u32, topic: u32) -> f32 {
        let inside = self.texts[row as usize]
            .links
            .iter()
            .filter(|link| self.stories[self.texts[link.other as usize].story].topic == topic);
        let size: usize =
            self.topics[topic].stories.iter().map(|&story| self.stories[story].rows.len()).sum();
        support(inside.map(|link| link.alike).collect(), size.max(1))
    }

    /// Writes down where the headlines of a text are.
    pub(super) fn place_text(&mut self, row: u32) {
        let topic_of = |row: u32| self.topics[self.stories[self.texts[row as usize].story].topic].id;
        self.note_place(row, self.place_of(row, topic_of));
    }

    /// Writes down where all headlines are. In parallel.
    pub(super) fn place_texts(&mut self, rows: &[u32]) {
        let topic_of = |row: &u32| self.topics[self.stories[self.texts[*row as usize].story].topic].id;
        let mut topics = vec![None; self.texts.len()];
        for (&row, topic) in rows.iter().zip(rows.par_iter().map(topic_of).collect::<Vec<_>>()) {
            topics[row as usize] = topic;
        }
        let place = |&row: &u32| self.place_of(row, |row| topics[row as usize]);
        let places: Vec<Placement> = rows.par_iter().map(place).collect();
        for (&row, place) in rows.iter().zip(places) {
            self.note_place(row, place);
        }
    }

    /// Where the headlines of a text are, given the topics of texts.
    fn place_of(&self, row: u32, topic_of: impl Fn(u32) -> Option<Id>) -> Placement {
        match topic_of(row) {
            None => Placement { nearest: self.nearest_of(row, topic_of), ..Placement::default() },
            topic => {
                Placement { story: self.stories[self.texts[row as usize].story].id, topic, nearest: None }
            }
        }
    }

    fn note_place(&mut self, row: u32, placement: Placement) {
        for &copy in &self.texts[row as usize].copies {
            if let Some(Some(placed)) = self.placed.get(copy as usize)
                && placed.placement != placement
                && let Some(Some(placed)) = self.placed.get_mut(copy as usize)
            {
                placed.placement = placement;
            }
        }
    }

    /// The topic of the most similar text that has one.
    pub(super) fn nearest(&self, row: u32) -> Option<Nearest> {
        self.nearest_of(row, |row| self.topics[self.stories[self.texts[row as usize].story].topic].id)
    }

    fn nearest_of(&self, row: u32, topic_of: impl Fn(u32) -> Option<Id>) -> Option<Nearest> {
        let links = self.texts[row as usize].links.iter();
        let best = links
            .filter(|link| topic_of(link.other).is_some())
            .max_by(|a, b| a.content.total_cmp(&b.content).then(b.other.cmp(&a.other)))?;
        Some(Nearest { topic: topic_of(best.other)?, similarity: best.content })
    }
}
