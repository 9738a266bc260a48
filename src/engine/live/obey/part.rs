//! Parting groups in which two sides of a wall met.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::pass::Pass;
use super::{Bonds, Held, Live};
use crate::engine::edit::rules::Classes;
use crate::engine::live::refine::Nodes;
use crate::track::Level;

/// One side of a wall: its place among all, and whether it is that of the movers.
type Side = (u32, bool);

/// A part of a group that is being parted.
#[derive(Default)]
struct Bin {
    sides: BTreeSet<Side>,
    items: Vec<u32>,
}

impl Bin {
    fn admits(&self, sides: &BTreeSet<Side>) -> bool {
        sides.iter().all(|&(wall, is_mover)| !self.sides.contains(&(wall, !is_mover)))
    }
}

impl Live {
    /// Parts stories in which two sides of a wall met. Units stay whole.
    pub(super) fn part(&self, nodes: &Nodes, level: Level, pass: &mut Pass<'_>, units: &Classes) {
        let itself: Vec<u32> = (0..nodes.rows.len() as u32).collect();
        self.part_items(nodes, level, pass, units, &itself);
    }

    /// Parts stories by which topics that a wall stands between would become one: one text in a story is bound to this
    /// side, another to that. What is bound together with one side leaves the stories of all else.
    pub(super) fn part_torn(&self, bonds: &Bonds<'_>, pass: &mut Pass<'_>, units: &Classes, held: &[Held]) {
        let nodes = bonds.nodes;
        let bound = bonds.classes(Level::Topic, |node| node);
        let mut topics = topics_bound(bonds, pass, held);
        for (_, wall) in self.corrections.rules.walls_at(Level::Topic) {
            // If leaving does not help, as with pinned topics, the other side leaves.
            for (leavers, others) in [(&wall.movers, &wall.others), (&wall.others, &wall.movers)] {
                let topic = |node: u32| topics.of(pass.label(node));
                let there: BTreeSet<u32> =
                    others.iter().filter_map(|&row| nodes.of(row)).map(topic).collect();
                let leaving: BTreeSet<u32> = leavers
                    .iter()
                    .filter_map(|&row| nodes.of(row))
                    .filter(|&node| there.contains(&topic(node)))
                    .map(|node| bound.of(node))
                    .collect();
                if leaving.is_empty() {
                    continue;
                }
                for class in leaving {
                    let members: Vec<u32> = match bound.is_several(class) {
                        true => {
                            (0..nodes.rows.len() as u32).filter(|&node| bound.of(node) == class).collect()
                        }
                        false => vec![class],
                    };
                    pass.leave_foreign(&members, |_| false, units);
                }
                topics = topics_bound(bonds, pass, held);
            }
        }
    }

    /// The same for any items, given that of each node.
    pub(super) fn part_items(
        &self,
        nodes: &Nodes,
        level: Level,
        pass: &mut Pass<'_>,
        units: &Classes,
        item_of: &[u32],
    ) {
        let mut sides: FxHashMap<u32, BTreeSet<Side>> = FxHashMap::default();
        let mut met: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (number, wall) in self.corrections.rules.walls_at(level) {
            let items = |rows: &[u32]| -> BTreeSet<u32> {
                rows.iter().filter_map(|&row| nodes.of(row)).map(|node| item_of[node as usize]).collect()
            };
            let (movers, others) = (items(&wall.movers), items(&wall.others));
            let labels = |items: &BTreeSet<u32>| -> BTreeSet<u32> {
                items.iter().map(|&item| pass.label(item)).collect()
            };
            for label in labels(&movers).intersection(&labels(&others)) {
                met.entry(*label).or_default().insert(number);
            }
            for (items, is_mover) in [(&movers, true), (&others, false)] {
                for &item in items {
                    sides.entry(units.of(item)).or_default().insert((number, is_mover));
                }
            }
        }
        for (label, walls) in met {
            let sides_of = |unit: u32| -> BTreeSet<Side> {
                let all = sides.get(&unit).into_iter().flatten().copied();
                // What belongs together cannot be on both sides.
                let is_torn = |side: &Side| sides[&unit].contains(&(side.0, !side.1));
                all.filter(|side| walls.contains(&side.0) && !is_torn(side)).collect()
            };
            let bins = self.bins(nodes, level, pass, label, units, sides_of, item_of);
            bins.iter().skip(1).for_each(|bin| pass.single_out(&bin.items));
        }
    }

    /// Parts of a group, none of which has two sides of a wall. The first is that of what does not move.
    #[expect(clippy::too_many_arguments, reason = "one step of the function above")]
    fn bins(
        &self,
        nodes: &Nodes,
        level: Level,
        pass: &Pass<'_>,
        label: u32,
        units: &Classes,
        sides_of: impl Fn(u32) -> BTreeSet<Side>,
        item_of: &[u32],
    ) -> Vec<Bin> {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for item in pass.members(label) {
            members.entry(units.of(item)).or_default().push(item);
        }
        let (mut parted, mut free) = (Vec::new(), Vec::new());
        for (unit, items) in members {
            let sides = sides_of(unit);
            match sides.is_empty() {
                true => free.push(items),
                false => parted.push((sides.iter().any(|side| side.1), items, sides)),
            }
        }
        parted.sort_by_key(|(is_mover, items, _)| (*is_mover, items[0]));
        let mut bins: Vec<Bin> = Vec::new();
        let mut bin_of: FxHashMap<u32, usize> = FxHashMap::default();
        let pulls = |items: &[u32], bin_of: &FxHashMap<u32, usize>, bins: usize| -> Vec<f32> {
            let mut pulls = vec![0.0; bins];
            for node in items.iter().flat_map(|&item| pass.nodes_of(item)) {
                for link in &self.texts[nodes.rows[node as usize] as usize].links {
                    let other = nodes.of(link.other).map(|node| item_of[node as usize]);
                    if let Some(&bin) = other.and_then(|other| bin_of.get(&other)) {
                        pulls[bin] += link.weight(level);
                    }
                }
            }
            pulls
        };
        for (_, items, sides) in parted {
            let pulls = pulls(&items, &bin_of, bins.len());
            let open = (0..bins.len()).filter(|&bin| bins[bin].admits(&sides));
            let best = open.max_by(|&a, &b| pulls[a].total_cmp(&pulls[b]).then(b.cmp(&a)));
            let best = best.unwrap_or_else(|| {
                bins.push(Bin::default());
                bins.len() - 1
            });
            bins[best].sides.extend(sides);
            bin_of.extend(items.iter().map(|&item| (item, best)));
            bins[best].items.extend(items);
        }
        if bins.is_empty() {
            return bins;
        }
        // What is linked to a part goes with it, what is linked to that follows, and what is left stays.
        while !free.is_empty() {
            let (mut going, mut left) = (Vec::new(), Vec::new());
            for items in free {
                let pulls = pulls(&items, &bin_of, bins.len());
                let best = (0..bins.len()).max_by(|&a, &b| pulls[a].total_cmp(&pulls[b]).then(b.cmp(&a)));
                match best.filter(|&bin| pulls[bin] > 0.0) {
                    Some(bin) => going.push((bin, items)),
                    None => left.push(items),
                }
            }
            if going.is_empty() {
                going.extend(left.drain(..).map(|items| (0, items)));
            }
            for (bin, items) in going {
                bin_of.extend(items.iter().map(|&item| (item, bin)));
                bins[bin].items.extend(items);
            }
            free = left;
        }
        bins
    }
}

/// Stories, by their labels, that are bound to be of one topic.
fn topics_bound(bonds: &Bonds<'_>, pass: &Pass<'_>, held: &[Held]) -> Classes {
    let mut topics = bonds.classes(Level::Topic, |node| pass.label(node));
    for Held { nodes, .. } in held {
        topics.unite_all(&nodes.iter().map(|&node| pass.label(node)).collect::<Vec<u32>>());
    }
    topics
}
