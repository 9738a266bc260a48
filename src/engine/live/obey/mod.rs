//! Makes a partition do what edits demand, with as little change as that takes.
//!
//! First stories, then topics, whose parts are whole stories. At either level what belongs together is gathered where
//! most of it is; then groups are parted in which two sides of a wall met, and what is linked to either side goes with
//! it; what stands alone is taken out last. Nothing that comes later undoes what came before.

mod part;
mod pass;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use pass::Pass;

use super::Live;
use super::refine::Nodes;
use crate::engine::edit::rules::{Classes, Pinned, Rules};
use crate::track::{Id, Level};

/// A partition: for each node the labels of its story and of its topic. Nodes of one story are of one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Groups {
    pub stories: Vec<u32>,
    pub topics: Vec<u32>,
}

impl Groups {
    /// The same with each story in the topic in which most of it is.
    pub fn nested(self) -> Self {
        let (item_of, items) = items(&self.stories);
        let topics = topics_of(&items, &self.topics);
        Self { topics: item_of.iter().map(|&item| topics[item as usize]).collect(), ..self }
    }

    /// Puts back what is pinned to where it was before.
    pub fn keep(&mut self, nodes: &Nodes, before: &Self, pinned: &Pinned) {
        let sides = [
            (Level::Story, &mut self.stories, &before.stories),
            (Level::Topic, &mut self.topics, &before.topics),
        ];
        for (level, labels, before) in sides {
            for node in pinned.at(level).keys().filter_map(|&row| nodes.of(row)) {
                labels[node as usize] = before[node as usize];
            }
        }
    }
}

/// A partition that does what edits demand.
pub(super) struct Obeyed {
    pub groups: Groups,
    /// Ids that must live on, each with a node of the group that is to have it.
    pub claims: Vec<(Id, u32)>,
    /// The group that an edit makes.
    pub made: Option<Made>,
}

/// A group that an edit makes: one of its nodes, and the name it should have.
pub(super) struct Made {
    pub level: Level,
    pub node: u32,
    pub label: Option<String>,
}

/// Nodes that are to stay together because their group is pinned, and after them what is bound to these.
pub(super) struct Held {
    id: Id,
    nodes: Vec<u32>,
}

impl Live {
    /// The partition there is.
    pub(super) fn present(&self, nodes: &Nodes) -> Groups {
        let stories: Vec<u32> = nodes.rows.iter().map(|&row| self.texts[row as usize].story).collect();
        let topics = stories.iter().map(|&story| self.stories[story].topic).collect();
        Groups { stories, topics }
    }

    /// Changes a partition that was found so that it does what edits demand. `present` is the one with an edit in it that
    /// is just being made, or else the one that readers see. What is `pinned` stays together.
    pub(super) fn obey(
        &self,
        nodes: &Nodes,
        found: Groups,
        present: Option<&Groups>,
        pinned: &Pinned,
    ) -> Obeyed {
        if self.corrections.rules.are_none() {
            return Obeyed { groups: found, claims: Vec::new(), made: None };
        }
        let present = &*present.map_or_else(|| Cow::Owned(self.present(nodes)), Cow::Borrowed);
        let bonds = Bonds { rules: &self.corrections.rules, nodes, pinned };
        let held = [bonds.held(Level::Story), bonds.held(Level::Topic)];
        let stories = self.obey_in_stories(&bonds, found.stories, present, &held);
        let topics = self.obey_in_topics(&bonds, &stories, &found.topics, present, &held[1]);
        let claims = held.iter().flatten();
        let claims = claims.filter_map(|held| Some((held.id, *held.nodes.first()?))).collect();
        Obeyed { groups: Groups { stories, topics }, claims, made: None }
    }

    fn obey_in_stories(
        &self,
        bonds: &Bonds<'_>,
        found: Vec<u32>,
        present: &Groups,
        [held, held_topics]: &[Vec<Held>; 2],
    ) -> Vec<u32> {
        let nodes = bonds.nodes;
        let mut pass = Pass::of_nodes(found, &present.stories);
        let mut units = bonds.classes(Level::Story, |node| node);
        for class in units.members() {
            pass.gather(&class, units.is_whole(&class));
        }
        for Held { nodes, .. } in held {
            pass.hold(nodes);
            units.unite_all(nodes);
        }
        let mut of_topics: Vec<Vec<u32>> = bonds.classes(Level::Topic, |node| node).members();
        of_topics.extend(held_topics.iter().map(|held| held.nodes.clone()));
        for class in of_topics {
            let topic = most(class.iter().map(|&node| present.topics[node as usize]));
            pass.leave_foreign(&class, |node| Some(present.topics[node as usize]) == topic, &units);
        }
        self.part(nodes, Level::Story, &mut pass, &units);
        self.part_torn(bonds, &mut pass, &units, held_topics);
        self.corrections
            .rules
            .loose()
            .filter_map(|row| nodes.of(row))
            .for_each(|node| pass.single_out(&[node]));
        pass.into_labels()
    }

    /// Topics of stories: each goes where most of its texts were found to be, unless something else is demanded.
    fn obey_in_topics(
        &self,
        bonds: &Bonds<'_>,
        stories: &[u32],
        found: &[u32],
        present: &Groups,
        held: &[Held],
    ) -> Vec<u32> {
        let nodes = bonds.nodes;
        let (item_of, items) = items(stories);
        let mut pass = Pass::of_items(topics_of(&items, found), &items, &present.topics);
        let mut units = bonds.classes(Level::Topic, |node| item_of[node as usize]);
        for class in units.members() {
            pass.gather(&class, units.is_whole(&class));
        }
        for Held { nodes, .. } in held {
            let items: BTreeSet<u32> = nodes.iter().map(|&node| item_of[node as usize]).collect();
            let items: Vec<u32> = items.into_iter().collect();
            pass.hold(&items);
            units.unite_all(&items);
        }
        self.part_items(nodes, Level::Topic, &mut pass, &units, &item_of);
        let loose = self.corrections.rules.loose().filter_map(|row| nodes.of(row));
        loose.for_each(|node| pass.single_out(&[item_of[node as usize]]));
        let labels = pass.into_labels();
        item_of.iter().map(|&item| labels[item as usize]).collect()
    }

    /// What pins hold at present, but for the texts that an edit names: it goes before them.
    pub(super) fn pinned(&self, named: &BTreeSet<u32>) -> Pinned {
        self.pinned_by(&self.corrections.rules, named)
    }

    /// The same by these demands.
    pub(super) fn pinned_by(&self, rules: &Rules, named: &BTreeSet<u32>) -> Pinned {
        let mut pinned = Pinned::but_for(named.iter().copied().chain(rules.loose()).collect());
        let mut hold = |id: Id, rows: &[u32]| rows.iter().for_each(|&row| pinned.hold(id, row));
        if rules.pinned().next().is_none() {
            return pinned;
        }
        let is_pinned = |id: &Id| rules.is_pinned(*id);
        for group in self.stories.values() {
            group.id.filter(is_pinned).iter().for_each(|&id| hold(id, &group.rows));
        }
        for (key, group) in self.topics.iter() {
            group.id.filter(is_pinned).iter().for_each(|&id| hold(id, &self.rows_of(key)));
        }
        pinned
    }
}

/// What belongs together, told of nodes.
pub(super) struct Bonds<'a> {
    rules: &'a Rules,
    nodes: &'a Nodes,
    pinned: &'a Pinned,
}

impl Bonds<'_> {
    /// What bonds hold together at a level, given what each node is part of.
    fn classes(&self, level: Level, item: impl Fn(u32) -> u32) -> Classes {
        let is_there = |row: u32| self.nodes.of(row).is_some();
        let item = |row: u32| item(self.nodes.of(row).unwrap_or(u32::MAX));
        self.rules.classes(level, &is_there, self.pinned, item)
    }

    /// What pinned groups of a level hold on to, by their ids, and what is bound to that.
    fn held(&self, level: Level) -> Vec<Held> {
        let groups = self.pinned.groups(level).into_iter();
        let nodes_of = |rows: Vec<u32>| rows.into_iter().filter_map(|row| self.nodes.of(row)).collect();
        let held = groups.map(|(id, rows)| Held { id, nodes: nodes_of(rows) });
        let mut held: Vec<Held> = held.filter(|held| !held.nodes.is_empty()).collect();
        if held.is_empty() {
            return held;
        }
        let entries =
            held.iter().enumerate().flat_map(|(at, held)| held.nodes.iter().map(move |&node| (node, at)));
        let holder: BTreeMap<u32, usize> = entries.collect();
        for class in self.classes(level, |node| node).members() {
            if let Some(&at) = class.iter().find_map(|node| holder.get(node)) {
                held[at].nodes.extend(class.iter().filter(|node| !holder.contains_key(node)));
            }
        }
        held
    }
}

/// Groups as items of another partition: for each node its item, and for each item its nodes.
pub(super) fn items(labels: &[u32]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let partition = super::refine::numbered(labels.iter().copied());
    let members = partition.members();
    let members = members.into_iter().map(|nodes| nodes.into_iter().map(|node| node as u32).collect());
    (partition.groups_of_rows().to_vec(), members.collect())
}

/// For each item the topic that most of its nodes are in.
fn topics_of(items: &[Vec<u32>], topics: &[u32]) -> Vec<u32> {
    let topic = |nodes: &Vec<u32>| most(nodes.iter().map(|&node| topics[node as usize])).unwrap_or(0);
    items.iter().map(topic).collect()
}

/// What is there most often; of several, the lowest.
fn most(labels: impl Iterator<Item = u32>) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(label, _)| label)
}
