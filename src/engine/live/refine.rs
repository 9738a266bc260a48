//! Puts stories and topics in order where something changed: the method on the links as they are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Live;
use super::links::Link;
use super::obey::Groups;
use crate::cluster::{Edge, Graph, Partition, Size};
use crate::engine::loosen::loosen;
use crate::track::Level;

/// Texts that are not gone as nodes of a graph, in order of arrival.
pub(super) struct Nodes {
    pub rows: Vec<u32>,
    /// For each text its node.
    pub of_rows: Vec<u32>,
}

impl Nodes {
    /// The node of a text, unless it is gone.
    pub fn of(&self, row: u32) -> Option<u32> {
        self.of_rows.get(row as usize).copied().filter(|&node| node != u32::MAX)
    }
}

impl Live {
    /// Refines the partition where stories changed, or finds it from nothing where `anew`.
    pub(super) fn refine(&mut self, anew: bool) {
        let nodes = self.nodes();
        if nodes.rows.is_empty() {
            return;
        }
        let start = numbered(nodes.rows.iter().map(|&row| self.texts[row as usize].story));
        let active: Vec<bool> =
            nodes.rows.iter().map(|&row| self.changed.contains(&self.texts[row as usize].story)).collect();
        let [of_stories, of_topics] = self.graphs(&nodes);
        let equation = self.method.map_equation(Level::Story);
        let stories = match anew {
            true => equation.minimise(&of_stories).into_partition(),
            false => equation.refine(&of_stories, &start, &active).into_partition(),
        };
        drop(of_stories);
        let topics = self.refine_topics(&nodes, &of_topics, &stories, &active, anew);

        let topics = loosen(&stories, &topics, self.method.settings().belong, |node, labels| {
            let links = self.texts[nodes.rows[node] as usize].links.iter();
            let label_of = |link: &Link| labels[nodes.of_rows[link.other as usize] as usize];
            links.filter(|link| label_of(link) == labels[node]).map(|link| link.alike).collect()
        });

        let found =
            Groups { stories: stories.groups_of_rows().to_vec(), topics: topics.groups_of_rows().to_vec() };
        let obeyed = self.obey(&nodes, found, None, &self.pinned(&BTreeSet::new()));
        self.adopt(&nodes, &obeyed);
        self.changed.clear();
    }

    pub(super) fn nodes(&self) -> Nodes {
        let mut nodes =
            Nodes { rows: Vec::with_capacity(self.alive), of_rows: vec![u32::MAX; self.texts.len()] };
        for (row, text) in (0..).zip(&self.texts) {
            if !text.copies.is_empty() {
                nodes.of_rows[row as usize] = nodes.rows.len() as u32;
                nodes.rows.push(row);
            }
        }
        nodes
    }

    /// The graphs of texts at the scales of stories and of topics.
    fn graphs(&self, nodes: &Nodes) -> [Graph; 2] {
        let settings = self.method.settings();
        let keep_held = settings.contrast.powf(settings.sharpness);
        let edges = |&row: &u32| {
            self.texts[row as usize].links.iter().map(|link| {
                let target = nodes.of_rows[link.other as usize];
                let keep = if link.is_held { keep_held } else { 1.0 };
                [Edge { target, weight: link.story, keep }, Edge { target, weight: link.topic, keep: 1.0 }]
            })
        };
        let sizes = |&row: &u32| {
            let degrees = self.texts[row as usize].degrees;
            [(degrees.stories, degrees.story), (degrees.topics, degrees.topic)]
                .map(|(edges, degree)| Size { edges: edges as usize, degree })
        };
        Graph::at_two_scales(&nodes.rows, sizes, edges, settings.stay.powf(settings.sharpness))
    }

    /// Topics of stories, of a `graph` of texts at the scale of topics.
    fn refine_topics(
        &self,
        nodes: &Nodes,
        graph: &Graph,
        stories: &Partition,
        active: &[bool],
        anew: bool,
    ) -> Partition {
        let equation = self.method.map_equation(Level::Topic);
        if anew {
            return equation.minimise_groups(graph, stories).into_partition();
        }
        let mut is_active = vec![false; stories.len()];
        let mut before: Vec<BTreeMap<u32, usize>> = vec![BTreeMap::new(); stories.len()];
        for ((&story, &row), &active) in stories.groups_of_rows().iter().zip(&nodes.rows).zip(active) {
            let topic = self.stories[self.texts[row as usize].story].topic;
            *before[story as usize].entry(topic).or_default() += 1;
            is_active[story as usize] |= active;
        }
        let most = |topics: &BTreeMap<u32, usize>| {
            topics.iter().max_by_key(|entry| entry.1).map_or(0, |entry| *entry.0)
        };
        let start = numbered(before.iter().map(most));
        equation.refine_groups(graph, stories, &start, &is_active).into_partition()
    }
}

/// A partition by keys of any size.
pub(super) fn numbered(keys: impl Iterator<Item = u32>) -> Partition {
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    let labels: Vec<u32> = keys
        .map(|key| {
            let next = numbers.len() as u32;
            *numbers.entry(key).or_insert(next)
        })
        .collect();
    Partition::new(&labels)
}
