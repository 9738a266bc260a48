//! What readers see: changed topics are described anew, all others are shared with the snapshot before.

use std::collections::BTreeSet;
use std::sync::Arc;

use rpds::{HashTrieMapSync, RedBlackTreeMapSync};

use super::Live;
use crate::engine::{Story, Topic};
use crate::track::Id;

/// The shared parts of snapshots.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Shelf {
    /// Positions of headlines by id.
    pub positions: HashTrieMapSync<Arc<str>, u32>,
    /// Topics by id.
    pub topics: RedBlackTreeMapSync<Id, Arc<Topic>>,
    /// The topic of each story.
    pub topics_of_stories: RedBlackTreeMapSync<Id, Id>,
    /// Topics that changed since they were described, by key.
    pub stale: BTreeSet<u32>,
}

impl Shelf {
    pub fn add(&mut self, id: &str, position: u32) {
        self.positions.insert_mut(Arc::from(id), position);
    }

    pub fn remove(&mut self, id: &str) {
        self.positions.remove_mut(id);
    }

    pub fn clear_positions(&mut self) {
        self.positions = HashTrieMapSync::default();
    }

    /// Takes groups away that are no more.
    pub fn end(&mut self, topics: impl IntoIterator<Item = Id>, stories: impl IntoIterator<Item = Id>) {
        for id in topics {
            self.topics.remove_mut(&id);
        }
        for id in stories {
            self.topics_of_stories.remove_mut(&id);
        }
    }
}

impl Live {
    /// Notes that a story, and so its topic, must be described anew.
    pub(super) fn mark(&mut self, story: u32, topic: u32) {
        if let Some(group) = self.stories.get_mut(story) {
            group.shown = None;
        }
        self.shelf.stale.insert(topic);
    }

    /// Describes what changed.
    pub fn describe(&mut self) {
        for key in std::mem::take(&mut self.shelf.stale) {
            let Some(group) = self.topics.get(key) else { continue };
            let Some(id) = group.id else { continue };
            let keys = group.stories.clone();
            let mut stories: Vec<Arc<Story>> =
                keys.into_iter().filter_map(|story| self.describe_story(story, id)).collect();
            stories.sort_by(|a, b| b.headlines.len().cmp(&a.headlines.len()).then_with(|| a.id.cmp(&b.id)));
            let group = &self.topics[key];
            let topic = Topic {
                id,
                label: group.name().to_owned(),
                keywords: group.label.keywords.clone(),
                entities: group.label.entities.clone(),
                representative: self.representative(group.representative, &stories),
                size: group.tally.headlines,
                stories,
            };
            let is_known = self.shelf.topics.get(&id).is_some_and(|known| **known == topic);
            if !is_known {
                self.shelf.topics.insert_mut(id, Arc::new(topic));
            }
        }
    }

    /// The first headline with the most typical text of a topic, or of its largest story if that is gone.
    fn representative(&self, row: u32, stories: &[Arc<Story>]) -> usize {
        let text = self.texts.get(row as usize).and_then(|text| text.copies.first());
        match text {
            Some(&position) => position as usize,
            None => stories.first().and_then(|story| story.headlines.first()).copied().unwrap_or(0),
        }
    }

    fn describe_story(&mut self, key: u32, topic: Id) -> Option<Arc<Story>> {
        let group = self.stories.get(key)?;
        let id = group.id?;
        let shown = group.shown.clone().unwrap_or_else(|| {
            let copies = group.rows.iter().flat_map(|&row| &self.texts[row as usize].copies);
            let mut headlines: Vec<usize> = copies.map(|&copy| copy as usize).collect();
            headlines.sort_by_cached_key(|&at| {
                let headline = self.placed.get(at).and_then(Option::as_ref).map(|placed| &placed.headline);
                headline.map(|headline| (headline.time, headline.id.clone()))
            });
            Arc::new(Story { id, label: group.name().to_owned(), headlines })
        });
        let is_listed = group.listed == Some(topic);
        if let Some(group) = self.stories.get_mut(key) {
            group.shown = Some(Arc::clone(&shown));
            group.listed = Some(topic);
        }
        if !is_listed {
            self.shelf.topics_of_stories.insert_mut(id, topic);
        }
        Some(shown)
    }
}
