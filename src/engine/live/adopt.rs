//! Makes a partition the present one: ids are inherited, names kept where little changed, and what happened is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Live;
use super::groups::{StoryGroup, Tally, TopicGroup};
use super::obey::{Made, Obeyed};
use super::refine::{Nodes, numbered};
use super::slots::Slots;
use crate::Headline;
use crate::cluster::Partition;
use crate::engine::edit::rules::Act;
use crate::track::{Id, Level, Matched};

/// A new partition with the groups that are shown.
struct Shown {
    /// Headlines in order of arrival, with their nodes.
    headlines: Vec<(Arc<Headline>, u32)>,
    /// Topic of each headline by its number among those shown, and story.
    topics: Vec<Option<u32>>,
    stories: Vec<Option<u32>>,
    /// For each topic shown its number in the partition, and for each story.
    topic_numbers: Vec<u32>,
    story_numbers: Vec<u32>,
    /// Ids that certain topics and stories must have.
    topic_claims: Vec<(Id, u32)>,
    story_claims: Vec<(Id, u32)>,
}

impl Live {
    /// Makes a partition the present one: ids are inherited, names kept where little changed, and what happened is told.
    pub(super) fn adopt(&mut self, nodes: &Nodes, obeyed: &Obeyed) {
        let stories = &numbered(obeyed.groups.stories.iter().copied());
        let topics = &numbered(obeyed.groups.topics.iter().copied());
        let shown = self.shown(nodes, stories, topics, &obeyed.claims);
        let stamp = self.stamp();
        let before = self.ids_before();
        let (topics_before, stories_before): (Vec<_>, Vec<_>) = before.into_iter().unzip();
        let matched_topics = self.tracker.identify(
            Level::Topic,
            (&topics_before, &shown.topics),
            shown.topic_numbers.len(),
            &shown.topic_claims,
        );
        let matched_stories = self.tracker.identify(
            Level::Story,
            (&stories_before, &shown.stories),
            shown.story_numbers.len(),
            &shown.story_claims,
        );
        self.regroup(nodes, stories, topics, &shown, &matched_topics, &matched_stories);
        self.note_made(nodes, obeyed.made.as_ref());
        self.count_drift(&shown, &matched_topics, &topics_before, &matched_stories, &stories_before);
        self.name_what_is_due();

        let headlines: Vec<&Headline> = shown.headlines.iter().map(|entry| entry.0.as_ref()).collect();
        let topic_of: FxHashMap<Id, u32> =
            self.topics.iter().filter_map(|(key, group)| Some((group.id?, key))).collect();
        let story_of: FxHashMap<Id, u32> =
            self.stories.iter().filter_map(|(key, group)| Some((group.id?, key))).collect();
        let labels: Vec<&str> =
            matched_topics.ids.iter().map(|id| self.topics[topic_of[id]].name()).collect();
        let sizes: Vec<usize> =
            matched_topics.ids.iter().map(|id| self.topics[topic_of[id]].tally.headlines).collect();
        self.tracker.record(&matched_topics, &labels, &sizes, &headlines, stamp);
        let labels: Vec<&str> =
            matched_stories.ids.iter().map(|id| self.stories[story_of[id]].name()).collect();
        let sizes: Vec<usize> =
            matched_stories.ids.iter().map(|id| self.stories[story_of[id]].tally.headlines).collect();
        self.tracker.record(&matched_stories, &labels, &sizes, &headlines, stamp);

        self.awake.clear();
        let rest = |ids: &[Id], keys: &FxHashMap<Id, u32>| -> Vec<u32> {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids.iter().map(|id| keys[id]).collect()
        };
        for key in rest(&matched_topics.ids, &topic_of) {
            self.rest(Level::Topic, key);
        }
        for key in rest(&matched_stories.ids, &story_of) {
            self.rest(Level::Story, key);
        }
        self.place_texts(&nodes.rows);
        self.forget_ended(&topics_before, &stories_before, &topic_of, &story_of);
    }

    /// Topic and story of each headline, in order of arrival.
    fn ids_before(&self) -> Vec<(Option<Id>, Option<Id>)> {
        let placements = self.placed.from(0).flatten().map(|placed| &placed.placement);
        placements.map(|placement| (placement.topic, placement.story)).collect()
    }

    fn shown(&self, nodes: &Nodes, stories: &Partition, topics: &Partition, claims: &[(Id, u32)]) -> Shown {
        let least = self.method.settings().min_topic_size.max(1);
        let mut sizes = vec![0; topics.len()];
        let mut is_rest = vec![false; topics.len()];
        for (&topic, &row) in topics.groups_of_rows().iter().zip(&nodes.rows) {
            sizes[topic as usize] += self.texts[row as usize].copies.len();
            // What is left of a topic whose other headlines left the window is still the topic.
            let old = &self.topics[self.stories[self.texts[row as usize].story].topic];
            is_rest[topic as usize] |= old.id.is_some() && old.tally.headlines < least;
        }
        let topic_of = |node: u32| topics.groups_of_rows()[node as usize];
        // A story that lives on is shown in some topic.
        for (_, node) in claims {
            is_rest[topic_of(*node) as usize] = true;
        }
        for node in self.corrections.rules.loose().filter_map(|row| nodes.of(row)) {
            (sizes[topic_of(node) as usize], is_rest[topic_of(node) as usize]) = (0, false);
        }
        let headlines: Vec<(Arc<Headline>, u32)> = self
            .placed
            .from(0)
            .flatten()
            .map(|placed| (Arc::clone(&placed.headline), nodes.of_rows[placed.row as usize]))
            .collect();
        let mut shown = Shown {
            topics: Vec::with_capacity(headlines.len()),
            stories: Vec::with_capacity(headlines.len()),
            topic_numbers: Vec::new(),
            story_numbers: Vec::new(),
            topic_claims: Vec::new(),
            story_claims: Vec::new(),
            headlines,
        };
        let (mut topic_places, mut story_places) = (vec![None; topics.len()], vec![None; stories.len()]);
        for (_, node) in &shown.headlines {
            let topic = topics.groups_of_rows()[*node as usize];
            let story = stories.groups_of_rows()[*node as usize];
            if sizes[topic as usize] < least && !is_rest[topic as usize] {
                shown.topics.push(None);
                shown.stories.push(None);
                continue;
            }
            let place = |places: &mut Vec<Option<u32>>, numbers: &mut Vec<u32>, number: u32| {
                *places[number as usize].get_or_insert_with(|| {
                    numbers.push(number);
                    numbers.len() as u32 - 1
                })
            };
            shown.topics.push(Some(place(&mut topic_places, &mut shown.topic_numbers, topic)));
            shown.stories.push(Some(place(&mut story_places, &mut shown.story_numbers, story)));
        }
        for &(id, node) in claims {
            let story = stories.groups_of_rows()[node as usize];
            match id.level() {
                Level::Topic => {
                    shown.topic_claims.extend(topic_places[topic_of(node) as usize].map(|at| (id, at)));
                }
                Level::Story => shown.story_claims.extend(story_places[story as usize].map(|at| (id, at))),
            }
        }
        shown
    }

    /// Notes the id of a group that an edit made, and gives it the name it should have.
    fn note_made(&mut self, nodes: &Nodes, made: Option<&Made>) {
        let Some(Made { level, node, label }) = made else { return };
        let story = self.texts[nodes.rows[*node as usize] as usize].story;
        let Some(id) = (match level {
            Level::Story => self.stories[story].id,
            Level::Topic => self.topics[self.stories[story].topic].id,
        }) else {
            return;
        };
        self.corrections.change_last(|record, _| record.made = Some(id));
        if let Some(label) = label {
            self.demand(Act::Name { id, label: Some(label.clone()) });
            self.call_by_given_name(id);
        }
    }

    /// Replaces the groups by those of a partition; what is known of one is carried over with its id.
    fn regroup(
        &mut self,
        nodes: &Nodes,
        stories: &Partition,
        topics: &Partition,
        shown: &Shown,
        matched_topics: &Matched,
        matched_stories: &Matched,
    ) {
        let mut story_ids = vec![None; stories.len()];
        for (&number, &id) in shown.story_numbers.iter().zip(&matched_stories.ids) {
            story_ids[number as usize] = Some(id);
        }
        let mut topic_ids = vec![None; topics.len()];
        for (&number, &id) in shown.topic_numbers.iter().zip(&matched_topics.ids) {
            topic_ids[number as usize] = Some(id);
        }
        // New ones come until the next refinement.
        let with_room = |groups: usize| groups + groups / 4;
        let old_stories =
            std::mem::replace(&mut self.stories, Slots::with_capacity(with_room(stories.len())));
        let old_topics = std::mem::replace(&mut self.topics, Slots::with_capacity(with_room(topics.len())));
        let mut known_stories: FxHashMap<Id, StoryGroup> = FxHashMap::default();
        let mut known_labels: FxHashMap<Vec<u32>, String> = FxHashMap::default();
        for (_, group) in old_stories {
            match group.id {
                Some(id) => drop(known_stories.insert(id, group)),
                None => drop(known_labels.insert(group.rows, group.label)),
            }
        }
        let mut known_topics: FxHashMap<Id, TopicGroup> =
            old_topics.into_iter().filter_map(|(_, group)| Some((group.id?, group))).collect();
        let topic_keys: Vec<u32> = (0..topics.len()).map(|_| self.new_group()).collect();
        let members = stories.members();
        let tallied = |members: &Vec<usize>| {
            let rows: Vec<u32> = members.iter().map(|&node| nodes.rows[node]).collect();
            let tally = self.tally_of(&rows);
            (rows, tally)
        };
        let tallied: Vec<_> = members.par_iter().map(tallied).collect();
        for (number, (members, (rows, tally))) in members.iter().zip(tallied).enumerate() {
            let key = self.new_group();
            let topic = topics.groups_of_rows()[members[0]] as usize;
            let id = story_ids[number];
            let mut group = id.and_then(|id| known_stories.remove(&id)).unwrap_or_default();
            if group.rows != rows {
                group.shown = None;
            }
            if group.label.is_empty() {
                group.label = known_labels.remove(&rows).unwrap_or_default();
            }
            (group.id, group.topic) = (id, topic_keys[topic]);
            (group.tally.headlines, group.tally.last) = tally;
            for &row in &rows {
                self.texts[row as usize].story = key;
            }
            group.rows = rows;
            let of_topic = self.topics.get_or_insert_with(topic_keys[topic], || {
                let known = topic_ids[topic].and_then(|id| known_topics.remove(&id));
                let old = known.unwrap_or_default();
                let tally = Tally { headlines: 0, last: None, ..old.tally };
                TopicGroup { id: topic_ids[topic], stories: Vec::new(), tally, ..old }
            });
            of_topic.stories.push(key);
            of_topic.tally.headlines += group.tally.headlines;
            of_topic.tally.last = of_topic.tally.last.max(group.tally.last);
            self.stories.insert(key, group);
        }
        for ended in known_topics.into_values() {
            self.names.release(&ended.label.name);
        }
    }

    fn tally_of(&self, rows: &[u32]) -> (usize, Option<jiff::Timestamp>) {
        let copies = || rows.iter().flat_map(|&row| &self.texts[row as usize].copies);
        let placed = |&copy: &u32| self.placed.get(copy as usize)?.as_ref()?.headline.time;
        (copies().count(), copies().filter_map(placed).max())
    }

    /// Counts how many headlines came to each group and left it.
    fn count_drift(
        &mut self,
        shown: &Shown,
        matched_topics: &Matched,
        topics_before: &[Option<Id>],
        matched_stories: &Matched,
        stories_before: &[Option<Id>],
    ) {
        let drift = |matched: &Matched, before: &[Option<Id>], after: &[Option<u32>]| {
            let mut drift: FxHashMap<Id, usize> = FxHashMap::default();
            for (before, after) in before.iter().zip(after) {
                let after = after.map(|group| matched.ids[group as usize]);
                if *before != after {
                    for id in before.iter().chain(&after) {
                        *drift.entry(*id).or_default() += 1;
                    }
                }
            }
            drift
        };
        let of_topics = drift(matched_topics, topics_before, &shown.topics);
        let of_stories = drift(matched_stories, stories_before, &shown.stories);
        for (group, id) in self.topics.values_mut().filter_map(|group| group.id.map(|id| (group, id))) {
            group.tally.drift += of_topics.get(&id).copied().unwrap_or(0);
        }
        for (group, id) in self.stories.values_mut().filter_map(|group| group.id.map(|id| (group, id))) {
            group.tally.drift += of_stories.get(&id).copied().unwrap_or(0);
        }
    }

    /// Names topics, largest first, and stories of which enough changed, and those that have no name yet.
    fn name_what_is_due(&mut self) {
        let is_due = |tally: &Tally, is_nameless: bool| is_nameless || tally.is_due();
        let mut due: Vec<(usize, u32)> = self
            .topics
            .iter()
            .filter(|(_, group)| group.id.is_some() && is_due(&group.tally, group.label.name.is_empty()))
            .map(|(key, group)| (group.tally.headlines, key))
            .collect();
        due.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let due: Vec<u32> = due.into_iter().map(|(_, key)| key).collect();
        self.name_topics(&due);
        let due: Vec<(u32, u32)> = self
            .stories
            .par_iter()
            .filter(|(_, group)| is_due(&group.tally, group.label.is_empty()))
            .map(|(key, group)| (key, self.by_centrality(&group.rows)[0]))
            .collect();
        for (key, central) in due {
            let label = self.texts[central as usize].first.text.clone();
            if let Some(group) = self.stories.get_mut(key) {
                group.shown = group.shown.take().filter(|_| group.label == label);
                group.label = label;
                group.tally.when_named = group.tally.headlines;
                group.tally.drift = 0;
            }
        }
    }

    /// Marks what readers must see anew, and what they must not see any more.
    fn forget_ended(
        &mut self,
        topics_before: &[Option<Id>],
        stories_before: &[Option<Id>],
        topics: &FxHashMap<Id, u32>,
        stories: &FxHashMap<Id, u32>,
    ) {
        let ended = |before: &[Option<Id>], now: &FxHashMap<Id, u32>| -> BTreeSet<Id> {
            before.iter().flatten().copied().filter(|id| !now.contains_key(id)).collect()
        };
        self.shelf.end(ended(topics_before, topics), ended(stories_before, stories));
        self.shelf.stale.extend(topics.values());
    }
}
