//! Makes edits: what they say of groups becomes demands on texts, the partition changes as far as they say, and what
//! changed is told.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use plan::{Plan, Regrouping};

use super::Live;
use super::obey::{Groups, Obeyed};
use super::refine::Nodes;
use crate::engine::edit::corrections::{Origin, Shift};
use crate::engine::edit::rules::{Act, Pinned};
use crate::engine::{EditRecord, EditRefusal, Order};
use crate::track::{Change, Id, Level};

/// Texts by which an edit remembers a group.
const ANCHORS: usize = 64;

impl Live {
    /// Whether an edit can be made.
    pub fn check(&self, order: &Order) -> Result<(), EditRefusal> {
        order.check()?;
        self.plan(&order.edit).map(drop)
    }

    /// Makes an edit at the time `now` and gives it the next number, which it has even if it cannot be made.
    pub fn edit(&mut self, order: Order, now: Timestamp) -> Result<EditRecord, EditRefusal> {
        let plan = order.check().and_then(|()| self.plan(&order.edit));
        self.version += 1;
        self.now = self.now.max(now);
        let number = self.corrections.next();
        let Order { author, reason, edit } = order;
        let mut record = EditRecord {
            number,
            at: self.now,
            author,
            reason,
            edit,
            made: None,
            undone_by: None,
            superseded_by: None,
            is_void: plan.is_err(),
        };
        self.corrections.push(record.clone());
        self.editing = Some(number);
        let made = plan.map(|plan| match plan {
            Plan::Amend { id, acts } => self.amend(id, acts),
            Plan::Stand => {}
            Plan::Regroup(regrouping) => self.regroup_by(regrouping),
            Plan::Undo(number) => self.undo(number),
        });
        self.editing = None;
        record.made = self.corrections.record(number).and_then(|record| record.made);
        made.map(|()| record)
    }

    /// A copy in which edits can be tried, and no more than that: what only new headlines are looked up in, which is most
    /// of the memory, is not copied.
    pub fn for_rehearsal(&mut self) -> Self {
        let library = std::mem::take(&mut self.library);
        let copy = self.clone();
        self.library = library;
        copy
    }

    fn amend(&mut self, id: Id, acts: Vec<Act>) {
        for act in acts {
            let is_unpinned = matches!(act, Act::Pin { pinned: false, .. });
            self.demand(act);
            if is_unpinned {
                self.changed.extend(self.stories_of(id));
            }
        }
        self.rename(id);
        if let Some(topic) = self.topic_of(id) {
            self.shelf.stale.insert(topic);
        }
    }

    fn regroup_by(&mut self, regrouping: Regrouping) {
        let Regrouping { nodes, mut groups, named, acts, claims, made } = regrouping;
        let before = self.present(&nodes);
        let pinned = self.pinned(&named);
        let texts = &self.texts;
        for act in acts {
            self.corrections.demand(act, &|row| !texts[row as usize].copies.is_empty(), &pinned);
        }
        groups.keep(&nodes, &before, &pinned);
        let mut obeyed = self.obey(&nodes, groups.clone(), Some(&groups), &pinned);
        // What is pinned keeps its id, whatever the edit names.
        let is_held = |claim: &(Id, u32)| obeyed.claims.iter().any(|held| held.0 == claim.0);
        let claims: Vec<(Id, u32)> = claims.into_iter().filter(|claim| !is_held(claim)).collect();
        obeyed.claims.extend(claims);
        obeyed.made = made;
        if obeyed.groups == before {
            return;
        }
        let shifts = shifts(&nodes, &before, &obeyed.groups);
        let moved: Vec<u32> = shifts.iter().flat_map(|shift| &shift.rows).copied().collect();
        self.corrections.change_last(|_, trace| trace.shifts = shifts);
        self.put(&nodes, &obeyed, &moved);
    }

    /// Takes an edit back: names are as they were, texts go back to where they came from, and what is around them is put
    /// in order.
    fn undo(&mut self, number: u64) {
        let Some(record) = self.corrections.record(number) else { return };
        let ids: Vec<Id> = record.edit.ids().into_iter().chain(record.made).collect();
        let trace = self.corrections.trace(number).cloned().unwrap_or_default();
        let pinned = self.undemand(number);
        ids.iter().for_each(|&id| self.rename(id));

        let nodes = self.nodes();
        let before = self.present(&nodes);
        let mut groups = self.shifted_back(&nodes, &before, &trace.shifts).nested();
        groups.keep(&nodes, &before, &pinned);
        let obeyed = self.obey(&nodes, groups.clone(), Some(&groups), &pinned);
        let mut affected: BTreeSet<u32> =
            trace.shifts.iter().flat_map(|shift| &shift.rows).copied().collect();
        for act in &trace.acts {
            match act {
                Act::Bond { movers, anchors, .. } => affected.extend(movers.iter().chain(anchors)),
                Act::Wall { movers, others, .. } => affected.extend(movers.iter().chain(others)),
                Act::Loose { row } => _ = affected.insert(*row),
                Act::Pin { id, .. } => {
                    affected.extend(self.stories_of(*id).iter().flat_map(|&story| &self.stories[story].rows));
                }
                Act::Name { .. } => {}
            }
        }
        let affected: Vec<u32> = affected.into_iter().filter(|&row| nodes.of(row).is_some()).collect();
        if affected.is_empty() {
            return;
        }
        self.put(&nodes, &obeyed, &affected);
        self.refine(false);
    }

    /// Puts texts back to where they came from, each group of them together.
    fn shifted_back(&self, nodes: &Nodes, before: &Groups, shifts: &[Shift]) -> Groups {
        let mut groups = before.clone();
        let mut fresh = self.next_group;
        let mut back = |labels: &mut Vec<u32>, before: &[u32], rows: &[u32], origin: &Origin| {
            let Origin::With(others) = origin else { return };
            let home = others.iter().find_map(|&row| nodes.of(row)).map(|node| before[node as usize]);
            let home = home.unwrap_or_else(|| {
                fresh += 1;
                fresh
            });
            for node in rows.iter().filter_map(|&row| nodes.of(row)) {
                labels[node as usize] = home;
            }
        };
        for shift in shifts {
            back(&mut groups.stories, &before.stories, &shift.rows, &shift.story);
            back(&mut groups.topics, &before.topics, &shift.rows, &shift.topic);
        }
        groups
    }

    /// Makes a partition the present one. The stories of texts in `touched` are looked at by the next refinement.
    fn put(&mut self, nodes: &Nodes, obeyed: &Obeyed, touched: &[u32]) {
        let story = |live: &Self, row: u32| live.texts[row as usize].story;
        let pending = nodes.rows.iter().copied().filter(|&row| self.changed.contains(&story(self, row)));
        let pending: Vec<u32> = pending.chain(touched.iter().copied()).collect();
        self.adopt(nodes, obeyed);
        self.changed = pending.into_iter().map(|row| story(self, row)).collect();
    }

    /// Has the edit that is being made demand something of ids.
    pub(super) fn demand(&mut self, act: Act) {
        self.corrections.demand(act, &|_| true, &Pinned::default());
    }

    /// Has an edit demand nothing any more. Returns what stays pinned while texts go back.
    fn undemand(&mut self, number: u64) -> Pinned {
        let mut corrections = std::mem::take(&mut self.corrections);
        let is_there = |row: u32| !self.texts[row as usize].copies.is_empty();
        let pinned = corrections.undo(number, &is_there, |rules, named| self.pinned_by(rules, named));
        self.corrections = corrections;
        pinned
    }

    /// Calls a living topic or story what it is to be called, and tells if that is another name.
    fn rename(&mut self, id: Id) {
        let Some(key) = self.key_of(id) else { return };
        let name = |live: &Self| match id.level() {
            Level::Topic => live.topics[key].name().to_owned(),
            Level::Story => live.stories[key].name().to_owned(),
        };
        let from = name(self);
        self.call_by_given_name(id);
        if name(self) == from {
            return;
        }
        match id.level() {
            Level::Topic => {
                self.tell_topic(id, key, Change::Renamed { from });
                self.shelf.stale.insert(key);
            }
            Level::Story => {
                self.tell_story(id, key, Change::Renamed { from });
                self.mark(key, self.stories[key].topic);
            }
        }
    }

    /// Gives all living groups the names that they have by hand.
    pub(super) fn call_by_given_names(&mut self) {
        let ids: Vec<Id> = self.corrections.rules.names().map(|(id, _)| id).collect();
        ids.into_iter().for_each(|id| self.call_by_given_name(id));
    }

    /// Gives a living group the name it has by hand, if it has one.
    pub(super) fn call_by_given_name(&mut self, id: Id) {
        let given = self.corrections.rules.name(id).map(ToOwned::to_owned);
        let Some(key) = self.key_of(id) else { return };
        match id.level() {
            Level::Topic => {
                if let Some(group) = self.topics.get_mut(key) {
                    group.given = given;
                }
            }
            Level::Story => {
                if let Some(group) = self.stories.get_mut(key) {
                    group.given = given;
                }
            }
        }
    }

    /// The number inside of a living group.
    fn key_of(&self, id: Id) -> Option<u32> {
        match id.level() {
            Level::Topic => self.topics.iter().find(|(_, group)| group.id == Some(id)).map(|found| found.0),
            Level::Story => self.stories.iter().find(|(_, group)| group.id == Some(id)).map(|found| found.0),
        }
    }

    /// The topic that a living group is, or is in.
    fn topic_of(&self, id: Id) -> Option<u32> {
        let key = self.key_of(id)?;
        match id.level() {
            Level::Topic => Some(key),
            Level::Story => self.stories.get(key).map(|story| story.topic),
        }
    }

    /// The stories of a living group.
    fn stories_of(&self, id: Id) -> Vec<u32> {
        match (id.level(), self.key_of(id)) {
            (_, None) => Vec::new(),
            (Level::Topic, Some(key)) => self.topics[key].stories.clone(),
            (Level::Story, Some(key)) => vec![key],
        }
    }
}

/// What went where from one partition to another: texts that went the same way, and where they came from.
fn shifts(nodes: &Nodes, before: &Groups, after: &Groups) -> Vec<Shift> {
    let mut ways: BTreeMap<[u32; 4], Vec<u32>> = BTreeMap::new();
    let mut stayed: BTreeMap<(Level, u32), Vec<u32>> = BTreeMap::new();
    for (node, &row) in nodes.rows.iter().enumerate() {
        let (story, topic) = (before.stories[node], before.topics[node]);
        let (new_story, new_topic) = (after.stories[node], after.topics[node]);
        if story == new_story {
            stayed.entry((Level::Story, story)).or_default().push(row);
        }
        if topic == new_topic {
            stayed.entry((Level::Topic, topic)).or_default().push(row);
        }
        if (story, topic) != (new_story, new_topic) {
            ways.entry([story, new_story, topic, new_topic]).or_default().push(row);
        }
    }
    // The latest are in the collection longest.
    let origin = |level, old: u32, new: u32| match old == new {
        true => Origin::Same,
        false => Origin::With(
            stayed.get(&(level, old)).into_iter().flatten().rev().take(ANCHORS).copied().collect(),
        ),
    };
    let shift = |([story, new_story, topic, new_topic], rows): ([u32; 4], Vec<u32>)| Shift {
        rows,
        story: origin(Level::Story, story, new_story),
        topic: origin(Level::Topic, topic, new_topic),
    };
    ways.into_iter().map(shift).collect()
}
