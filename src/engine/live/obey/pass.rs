//! Moving items between groups at one level: nodes between stories, or stories between topics.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::most;
use crate::engine::edit::rules::Classes;

/// A partition of items under change.
pub(super) struct Pass<'a> {
    labels: Vec<u32>,
    members: FxHashMap<u32, BTreeSet<u32>>,
    next: u32,
    /// Nodes of each item, unless each node is one.
    nodes: Option<&'a [Vec<u32>]>,
    /// The group of each node at present.
    present: &'a [u32],
}

impl<'a> Pass<'a> {
    /// Over nodes.
    pub fn of_nodes(labels: Vec<u32>, present: &'a [u32]) -> Self {
        Self::new(labels, None, present)
    }

    /// Over items, of which the nodes are given.
    pub fn of_items(labels: Vec<u32>, nodes: &'a [Vec<u32>], present: &'a [u32]) -> Self {
        Self::new(labels, Some(nodes), present)
    }

    fn new(labels: Vec<u32>, nodes: Option<&'a [Vec<u32>]>, present: &'a [u32]) -> Self {
        let mut members: FxHashMap<u32, BTreeSet<u32>> = FxHashMap::default();
        for (item, &label) in (0..).zip(&labels) {
            members.entry(label).or_default().insert(item);
        }
        let next = labels.iter().max().map_or(0, |most| most + 1);
        Self { labels, members, next, nodes, present }
    }

    /// The label of each item.
    pub fn into_labels(self) -> Vec<u32> {
        self.labels
    }

    pub fn label(&self, item: u32) -> u32 {
        self.labels[item as usize]
    }

    /// Items of a group, ascending.
    pub fn members(&self, label: u32) -> Vec<u32> {
        self.members.get(&label).into_iter().flatten().copied().collect()
    }

    /// Puts items together where most of them are. Of groups that hold some of them and consist mostly of what is in the
    /// same group with them at present, all comes along if `whole`.
    pub fn gather(&mut self, items: &[u32], whole: bool) {
        let labels: BTreeSet<u32> = items.iter().map(|&item| self.label(item)).collect();
        if labels.len() < 2 {
            return;
        }
        let group = self.group_of(items);
        let shares: Vec<(bool, usize, Reverse<u32>)> =
            labels.iter().map(|&label| self.share(label, group)).collect();
        let Some(&(_, _, Reverse(home))) = shares.iter().max() else { return };
        self.bring(items, &shares, home, whole);
    }

    /// The same for all that is in a pinned group: what most of it is found with comes along, but where others are as
    /// many, it keeps to itself.
    pub fn hold(&mut self, items: &[u32]) {
        let labels: BTreeSet<u32> = items.iter().map(|&item| self.label(item)).collect();
        let group = self.group_of(items);
        let shares: Vec<(bool, usize, Reverse<u32>)> =
            labels.iter().map(|&label| self.share(label, group)).collect();
        match shares.iter().max() {
            Some(&(true, _, Reverse(home))) => self.bring(items, &shares, home, true),
            _ => self.single_out(items),
        }
    }

    fn bring(&mut self, items: &[u32], shares: &[(bool, usize, Reverse<u32>)], home: u32, whole: bool) {
        for &(is_mostly_its_own, _, Reverse(label)) in shares.iter().filter(|share| share.2.0 != home) {
            let moving: Vec<u32> = match whole && is_mostly_its_own {
                true => self.members(label),
                false => items.iter().copied().filter(|&item| self.label(item) == label).collect(),
            };
            self.put(&moving, home);
        }
    }

    /// The group in which most nodes of some items are at present.
    fn group_of(&self, items: &[u32]) -> Option<u32> {
        most(items.iter().flat_map(|&item| self.nodes_of(item)).map(|node| self.present[node as usize]))
    }

    /// Whether a new group consists mostly of nodes of a present one, and of how many.
    fn share(&self, label: u32, group: Option<u32>) -> (bool, usize, Reverse<u32>) {
        let (mut all, mut own) = (0, 0);
        for node in self.members.get(&label).into_iter().flatten().flat_map(|&item| self.nodes_of(item)) {
            all += 1;
            own += usize::from(Some(self.present[node as usize]) == group);
        }
        (2 * own > all, own, Reverse(label))
    }

    pub fn nodes_of(&self, item: u32) -> Vec<u32> {
        match self.nodes {
            Some(nodes) => nodes[item as usize].clone(),
            None => vec![item],
        }
    }

    /// Takes nodes out of groups that do not consist mostly of nodes that are `own`. Those of one unit stay together.
    pub fn leave_foreign(&mut self, nodes: &[u32], own: impl Fn(u32) -> bool, units: &Classes) {
        let mut by_label: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        nodes.iter().for_each(|&node| by_label.entry(self.label(node)).or_default().push(node));
        for (label, nodes) in by_label {
            let members = self.members(label);
            if 2 * members.iter().filter(|&&node| own(node)).count() > members.len()
                || nodes.len() == members.len()
            {
                continue;
            }
            let leaving: BTreeSet<u32> = nodes.iter().map(|&node| units.of(node)).collect();
            let mut parts: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
            for node in members {
                let unit = units.of(node);
                if leaving.contains(&unit) {
                    // What was one story before stays one; a unit may be of several.
                    let story = self.present[unit as usize];
                    parts
                        .entry((story, if units.is_several(unit) { unit } else { u32::MAX }))
                        .or_default()
                        .push(node);
                }
            }
            parts.values().for_each(|nodes| self.single_out(nodes));
        }
    }

    /// Puts items into a group of their own.
    pub fn single_out(&mut self, items: &[u32]) {
        let label = self.next;
        self.next += 1;
        self.put(items, label);
    }

    fn put(&mut self, items: &[u32], label: u32) {
        for &item in items {
            let old = std::mem::replace(&mut self.labels[item as usize], label);
            if let Some(members) = self.members.get_mut(&old) {
                members.remove(&item);
            }
            self.members.entry(label).or_default().insert(item);
        }
    }
}
