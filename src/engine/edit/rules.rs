//! What edits demand of texts: which belong together, which do not, which stand alone. Later edits go before earlier
//! ones, for the texts that the later one is about.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::track::{Id, Level};

/// One thing that an edit demands. Texts are given by their rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) enum Act {
    /// `movers` belong to where the anchors are: to all of them where `whole`, else to the first that is still there.
    Bond { level: Level, movers: Vec<u32>, anchors: Vec<u32>, whole: bool },
    /// None of `movers` belongs to where any of `others` is.
    Wall { level: Level, movers: Vec<u32>, others: Vec<u32> },
    /// A text that belongs nowhere.
    Loose { row: u32 },
    /// The name of a topic or story; none for an automatic one.
    Name { id: Id, label: Option<String> },
    /// Whether refinement leaves a topic or story as it is.
    Pin { id: Id, pinned: bool },
}

/// Texts that belong together at a level.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Bond {
    edit: u64,
    level: Level,
    movers: Vec<u32>,
    anchors: Vec<u32>,
    whole: bool,
}

/// Texts that do not belong together at a level: none of the ones with any of the others. Both ascend.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Wall {
    edit: u64,
    pub level: Level,
    pub movers: Vec<u32>,
    pub others: Vec<u32>,
}

/// All demands in force. No two of them contradict each other.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Rules {
    bonds: Vec<Bond>,
    walls: Vec<Wall>,
    loose: BTreeMap<u32, u64>,
    names: BTreeMap<Id, (u64, Option<String>)>,
    pins: BTreeMap<Id, (u64, bool)>,
}

/// Texts that pinned stories and topics hold on to, each with the group that does.
#[derive(Debug, Default)]
pub(in crate::engine) struct Pinned {
    stories: BTreeMap<u32, Id>,
    topics: BTreeMap<u32, Id>,
    /// Texts that pinned groups let go of if they must.
    free: BTreeSet<u32>,
}

impl Pinned {
    /// Nothing is held yet, and of these texts nothing ever is.
    pub fn but_for(free: BTreeSet<u32>) -> Self {
        Self { free, ..Self::default() }
    }

    /// Has a pinned group hold on to a text, unless that is free.
    pub fn hold(&mut self, id: Id, row: u32) {
        if !self.free.contains(&row) {
            self.at_mut(id.level()).insert(row, id);
        }
    }

    /// Each group of a level that holds on to texts, with these ascending.
    pub fn groups(&self, level: Level) -> BTreeMap<Id, Vec<u32>> {
        let mut groups: BTreeMap<Id, Vec<u32>> = BTreeMap::new();
        for (&row, &id) in self.at(level) {
            groups.entry(id).or_default().push(row);
        }
        groups
    }

    /// The texts that groups of a level hold on to.
    pub fn at(&self, level: Level) -> &BTreeMap<u32, Id> {
        if level == Level::Story { &self.stories } else { &self.topics }
    }

    fn at_mut(&mut self, level: Level) -> &mut BTreeMap<u32, Id> {
        if level == Level::Story { &mut self.stories } else { &mut self.topics }
    }

    fn is_none(&self) -> bool {
        self.stories.is_empty() && self.topics.is_empty()
    }

    /// Whether a group that holds on to both keeps two texts together at a level.
    fn keeps_together(&self, level: Level, a: u32, b: u32) -> bool {
        let is_one = |groups: &BTreeMap<u32, Id>| groups.get(&a).is_some_and(|id| groups.get(&b) == Some(id));
        is_one(&self.stories) || level == Level::Topic && is_one(&self.topics)
    }

    /// Whether a text cannot go where another is at a level, because a group that holds on to it would lose it.
    fn keeps_back(&self, level: Level, mover: u32, anchor: u32) -> bool {
        let is_lost =
            |groups: &BTreeMap<u32, Id>| groups.get(&mover).is_some_and(|id| groups.get(&anchor) != Some(id));
        let is_lost = is_lost(&self.topics) || level == Level::Story && is_lost(&self.stories);
        is_lost && !self.free.contains(&anchor)
    }
}

impl Rules {
    /// Adds what edit number `edit` demands, which goes before all that is there. Returns the edits of which a demand
    /// came to nothing by that. `is_there` tells texts that are still in the collection; what is `pinned` stays together,
    /// so that what contradicts the new demand on account of that gives way as well.
    pub fn add(
        &mut self,
        edit: u64,
        act: &Act,
        is_there: &dyn Fn(u32) -> bool,
        pinned: &Pinned,
    ) -> BTreeSet<u64> {
        match act {
            Act::Bond { level, movers, anchors, whole } => {
                let bond = Bond {
                    edit,
                    level: *level,
                    movers: movers.clone(),
                    anchors: anchors.clone(),
                    whole: *whole,
                };
                self.bind(bond, is_there, pinned)
            }
            Act::Wall { level, movers, others } => {
                let sorted = |rows: &[u32]| rows.iter().copied().collect::<BTreeSet<u32>>();
                let (movers, others) = (sorted(movers), sorted(others));
                let wall = Wall {
                    edit,
                    level: *level,
                    movers: movers.into_iter().collect(),
                    others: others.into_iter().collect(),
                };
                self.part(wall, is_there, pinned)
            }
            Act::Loose { row } => {
                let mut ended = self.unbind(&[*row], &[], None);
                ended.extend(self.loose.insert(*row, edit));
                ended
            }
            Act::Name { id, label } => {
                self.names.insert(*id, (edit, label.clone())).map(|old| old.0).into_iter().collect()
            }
            Act::Pin { id, pinned } => {
                self.pins.insert(*id, (edit, *pinned)).map(|old| old.0).into_iter().collect()
            }
        }
    }

    fn bind(&mut self, bond: Bond, is_there: &dyn Fn(u32) -> bool, pinned: &Pinned) -> BTreeSet<u64> {
        let mut ended: BTreeSet<u64> = bond.rows().filter_map(|row| self.loose.remove(&row)).collect();
        ended.extend(self.unbind(&bond.movers, &bond.anchors, None));
        let movers: BTreeSet<u32> = bond.movers.iter().copied().collect();
        let anchors: BTreeSet<u32> = bond.anchors.iter().copied().collect();
        let level = bond.level;
        // Walls between the movers and their goal first: behind them an anchor would be passed over.
        for wall in self.walls.iter_mut().filter(|wall| wall.level == Level::Topic || level == Level::Story) {
            let has = |side: &[u32], rows: &BTreeSet<u32>| side.iter().any(|row| rows.contains(row));
            let hides = |side: &[u32]| {
                let is_goal = |row| anchors.iter().any(|&goal| pinned.keeps_together(wall.level, row, goal));
                has(side, &anchors) || !pinned.is_none() && side.iter().any(|&row| is_goal(row))
            };
            if has(&wall.movers, &movers) && hides(&wall.others)
                || has(&wall.others, &movers) && hides(&wall.movers)
            {
                wall.release(&movers);
            }
        }
        self.bonds.push(bond);
        ended.extend(self.lower_walls(&movers, is_there, pinned));
        ended
    }

    /// Settles what contradicts what is pinned: pins let go of what is bound to something that another holds, and what
    /// cannot be apart is not held apart. Returns the edits of which a demand came to nothing by that.
    pub fn settle(&mut self, is_there: &dyn Fn(u32) -> bool, pinned: &mut Pinned) -> BTreeSet<u64> {
        if pinned.is_none() {
            return BTreeSet::new();
        }
        for level in [Level::Story, Level::Topic] {
            for class in self.classes(level, is_there, pinned, |row| row).members() {
                let holder = class.iter().find_map(|row| pinned.at(level).get(row).copied());
                for row in class {
                    if pinned.at(level).get(&row).is_some_and(|id| Some(*id) != holder) {
                        pinned.at_mut(level).remove(&row);
                        pinned.free.insert(row);
                    }
                }
            }
        }
        self.lower_walls(&BTreeSet::new(), is_there, pinned)
    }

    /// Takes texts out of walls both sides of which belong together: `movers` rather than others.
    fn lower_walls(
        &mut self,
        movers: &BTreeSet<u32>,
        is_there: &dyn Fn(u32) -> bool,
        pinned: &Pinned,
    ) -> BTreeSet<u64> {
        let mut ended = BTreeSet::new();
        let classes = |level| self.row_classes(level, is_there, pinned);
        let (stories, topics) = (classes(Level::Story), classes(Level::Topic));
        self.walls.retain_mut(|wall| {
            let classes = if wall.level == Level::Story { &stories } else { &topics };
            if !classes.meet(&wall.movers, &wall.others).is_empty() {
                wall.release(movers);
                let met = classes.meet(&wall.movers, &wall.others);
                wall.movers.retain(|&row| !met.contains(&classes.of(row)));
            }
            let is_alive = wall.is_alive();
            ended.extend((!is_alive).then_some(wall.edit));
            is_alive
        });
        ended
    }

    fn part(&mut self, wall: Wall, is_there: &dyn Fn(u32) -> bool, pinned: &Pinned) -> BTreeSet<u64> {
        let classes = self.row_classes(wall.level, is_there, pinned);
        let met = classes.meet(&wall.movers, &wall.others);
        let bound: Vec<u32> =
            wall.movers.iter().copied().filter(|&row| met.contains(&classes.of(row))).collect();
        let ended = self.unbind(&bound, &[], Some(wall.level));
        self.walls.push(wall);
        ended
    }

    /// Takes texts out of the bonds that would hold them back from the anchors. Of a wall's level given, only the bonds
    /// that it contradicts.
    fn unbind(&mut self, movers: &[u32], anchors: &[u32], wall: Option<Level>) -> BTreeSet<u64> {
        let mut ended = BTreeSet::new();
        if movers.is_empty() {
            return ended;
        }
        let movers: BTreeSet<u32> = movers.iter().copied().collect();
        let anchors: BTreeSet<u32> = anchors.iter().copied().collect();
        self.bonds.retain_mut(|bond| {
            let is_other_level = wall == Some(Level::Story) && bond.level == Level::Topic;
            let leads_there = bond.rows().any(|row| anchors.contains(&row));
            let is_within = bond.rows().all(|row| movers.contains(&row));
            if is_other_level || leads_there || is_within && bond.is_of_several() {
                return true;
            }
            bond.movers.retain(|row| !movers.contains(row));
            bond.anchors.retain(|row| !movers.contains(row));
            let is_alive = bond.is_of_several();
            ended.extend((!is_alive).then_some(bond.edit));
            is_alive
        });
        ended
    }

    /// What bonds hold together at a level, told by the key that each row has. None takes a text out of what is pinned.
    pub fn classes(
        &self,
        level: Level,
        is_there: &dyn Fn(u32) -> bool,
        pinned: &Pinned,
        key: impl Fn(u32) -> u32,
    ) -> Classes {
        let mut classes = Classes::default();
        for bond in self.bonds.iter().filter(|bond| bond.level == Level::Story || level == Level::Topic) {
            let anchors = bond.anchors.iter().copied().filter(|&row| is_there(row));
            let movers = || bond.movers.iter().copied().filter(|&row| is_there(row));
            let anchors: Vec<u32> = match bond.whole {
                true => anchors.collect(),
                false => anchors
                    .into_iter()
                    .find(|&anchor| movers().all(|mover| self.may_follow(bond.level, mover, anchor, pinned)))
                    .into_iter()
                    .collect(),
            };
            // Movers without an anchor are free, unless they belong together by themselves.
            if anchors.is_empty() && !bond.whole {
                continue;
            }
            let mut keys: Vec<u32> = movers().chain(anchors).map(&key).collect();
            keys.sort_unstable();
            classes.unite_all(&keys);
            classes.whole.extend(keys.first().filter(|_| bond.whole));
        }
        classes
    }

    /// What bonds and pins hold together at a level.
    fn row_classes(&self, level: Level, is_there: &dyn Fn(u32) -> bool, pinned: &Pinned) -> Classes {
        let mut classes = self.classes(level, is_there, pinned, |row| row);
        let levels = [Some(Level::Story), (level == Level::Topic).then_some(Level::Topic)];
        for rows in levels.into_iter().flatten().flat_map(|level| pinned.groups(level).into_values()) {
            classes.unite_all(&rows);
        }
        classes
    }

    /// Whether neither a wall nor a pin stands between a text and an anchor.
    fn may_follow(&self, level: Level, mover: u32, anchor: u32, pinned: &Pinned) -> bool {
        let is_parted = self.walls_at(level).any(|(_, wall)| {
            let has = |side: &[u32], row: u32| side.binary_search(&row).is_ok();
            let hides = |side: &[u32]| {
                let is_goal = |&row: &u32| pinned.keeps_together(wall.level, row, anchor);
                has(side, anchor) || !pinned.is_none() && side.iter().any(is_goal)
            };
            has(&wall.movers, mover) && hides(&wall.others) || has(&wall.others, mover) && hides(&wall.movers)
        });
        !is_parted && !pinned.keeps_back(level, mover, anchor)
    }

    /// Walls that stand at a level, with their places among all: what is no topic is no story either.
    pub fn walls_at(&self, level: Level) -> impl Iterator<Item = (u32, &Wall)> {
        (0..).zip(&self.walls).filter(move |(_, wall)| wall.level == Level::Topic || level == Level::Story)
    }

    /// Texts that stand alone, ascending.
    pub fn loose(&self) -> impl Iterator<Item = u32> {
        self.loose.keys().copied()
    }

    /// Whether a text stands alone.
    pub fn is_loose(&self, row: u32) -> bool {
        !self.loose.is_empty() && self.loose.contains_key(&row)
    }

    /// The name given to a topic or story.
    pub fn name(&self, id: Id) -> Option<&str> {
        self.names.get(&id)?.1.as_deref()
    }

    /// Names that were given.
    pub fn names(&self) -> impl Iterator<Item = (Id, &str)> {
        self.names.iter().filter_map(|(id, (_, name))| Some((*id, name.as_deref()?)))
    }

    /// Whether a topic or story is pinned.
    pub fn is_pinned(&self, id: Id) -> bool {
        self.pins.get(&id).is_some_and(|pin| pin.1)
    }

    /// Topics and stories that are pinned, stories first, by id.
    pub fn pinned(&self) -> impl Iterator<Item = Id> {
        self.pins.iter().filter(|(_, pin)| pin.1).map(|(id, _)| *id)
    }

    /// Texts that demands take somewhere or keep apart, each with the edit that does.
    pub fn placed(&self) -> BTreeSet<(u64, u32)> {
        let of_bonds = self.bonds.iter().flat_map(|bond| bond.movers.iter().map(|&row| (bond.edit, row)));
        let of_walls = self.walls.iter().flat_map(|wall| wall.rows().map(|row| (wall.edit, row)));
        let loose = self.loose.iter().map(|(&row, &edit)| (edit, row));
        of_bonds.chain(of_walls).chain(loose).collect()
    }

    /// Whether nothing is demanded of where texts are.
    pub fn are_none(&self) -> bool {
        self.bonds.is_empty()
            && self.walls.is_empty()
            && self.loose.is_empty()
            && self.pinned().next().is_none()
    }

    /// Whether any demand of an edit is left that has to do with texts, names or pins.
    pub fn has_any_of(&self, edit: u64) -> bool {
        self.names.values().any(|name| name.0 == edit) || self.pins.values().any(|pin| pin.0 == edit)
    }

    /// Gives rows their new numbers; those of `u32::MAX` are gone.
    pub fn renumber(&mut self, rows: &[u32]) {
        for bond in &mut self.bonds {
            renumber(&mut bond.movers, rows);
            renumber(&mut bond.anchors, rows);
        }
        self.bonds.retain(Bond::is_of_several);
        for wall in &mut self.walls {
            renumber(&mut wall.movers, rows);
            renumber(&mut wall.others, rows);
        }
        self.walls.retain(Wall::is_alive);
        let loose = std::mem::take(&mut self.loose);
        let number = |(row, edit): (u32, u64)| Some((present(rows, row)?, edit));
        self.loose = loose.into_iter().filter_map(number).collect();
    }
}

impl Act {
    /// Texts that it takes somewhere.
    pub fn movers(&self) -> &[u32] {
        match self {
            Self::Bond { movers, .. } | Self::Wall { movers, .. } => movers,
            Self::Loose { row } => std::slice::from_ref(row),
            Self::Name { .. } | Self::Pin { .. } => &[],
        }
    }

    /// Gives rows their new numbers; those of `u32::MAX` are gone. Nothing if nothing is left to demand.
    pub fn renumbered(mut self, rows: &[u32]) -> Option<Self> {
        match &mut self {
            Self::Bond { movers, anchors, .. } => {
                renumber(movers, rows);
                renumber(anchors, rows);
                (!movers.is_empty() || !anchors.is_empty()).then_some(self)
            }
            Self::Wall { movers, others, .. } => {
                renumber(movers, rows);
                renumber(others, rows);
                (!movers.is_empty() && !others.is_empty()).then_some(self)
            }
            Self::Loose { row } => {
                *row = present(rows, *row)?;
                Some(self)
            }
            Self::Name { .. } | Self::Pin { .. } => Some(self),
        }
    }
}

impl Bond {
    fn rows(&self) -> impl Iterator<Item = u32> {
        self.movers.iter().chain(&self.anchors).copied()
    }

    fn is_of_several(&self) -> bool {
        match self.whole {
            true => !self.movers.is_empty() && self.movers.len() + self.anchors.len() > 1,
            false => !self.movers.is_empty() && !self.anchors.is_empty(),
        }
    }
}

impl Wall {
    fn rows(&self) -> impl Iterator<Item = u32> {
        self.movers.iter().chain(&self.others).copied()
    }

    /// Forgets texts on either side.
    fn release(&mut self, rows: &BTreeSet<u32>) {
        self.movers.retain(|row| !rows.contains(row));
        self.others.retain(|row| !rows.contains(row));
    }

    fn is_alive(&self) -> bool {
        !self.movers.is_empty() && !self.others.is_empty()
    }
}

fn present(rows: &[u32], row: u32) -> Option<u32> {
    rows.get(row as usize).copied().filter(|&row| row != u32::MAX)
}

/// Gives rows their new numbers and drops those that are gone.
pub(in crate::engine) fn renumber(list: &mut Vec<u32>, rows: &[u32]) {
    *list = list.iter().filter_map(|&row| present(rows, row)).collect();
}

/// Keys that belong together, each told by the lowest of its class.
#[derive(Debug, Default)]
pub(in crate::engine) struct Classes {
    above: FxHashMap<u32, u32>,
    /// Keys of bonds that hold whole groups together.
    whole: Vec<u32>,
}

impl Classes {
    /// The lowest key that belongs together with this one.
    pub fn of(&self, mut key: u32) -> u32 {
        while let Some(&above) = self.above.get(&key)
            && above != key
        {
            key = above;
        }
        key
    }

    /// Puts two keys together, and all that belongs to them.
    pub fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        let (low, high) = (a.min(b), a.max(b));
        self.above.insert(low, low);
        self.above.insert(high, low);
    }

    /// Puts several keys together.
    pub fn unite_all(&mut self, keys: &[u32]) {
        keys.windows(2).for_each(|pair| self.unite(pair[0], pair[1]));
    }

    /// Whether a key has others with it.
    pub fn is_several(&self, key: u32) -> bool {
        self.above.contains_key(&key)
    }

    /// Whether whole groups were put together in this class.
    pub fn is_whole(&self, class: &[u32]) -> bool {
        class.first().is_some_and(|&key| self.whole.iter().any(|&other| self.of(other) == self.of(key)))
    }

    /// Classes of more than one key, each ascending, by their lowest.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut by_lowest: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for &key in self.above.keys() {
            by_lowest.entry(self.of(key)).or_default().insert(key);
        }
        by_lowest.into_values().filter(|keys| keys.len() > 1).map(|keys| keys.into_iter().collect()).collect()
    }

    /// Classes that both lists have keys of.
    fn meet(&self, some: &[u32], others: &[u32]) -> BTreeSet<u32> {
        let some: BTreeSet<u32> = some.iter().map(|&key| self.of(key)).collect();
        others.iter().map(|&key| self.of(key)).filter(|class| some.contains(class)).collect()
    }
}

#[cfg(test)]
mod tests;
