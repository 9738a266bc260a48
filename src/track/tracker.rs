//! Follows stories and topics from one partition to the next.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::change::{Parting, departures};
use super::event::{Change, Event};
use super::id::{Id, Level};
use super::lineage::{Lineage, LineageMemory, State};
use super::matching::{Flow, flows, inherit};
use crate::Headline;

/// What events are marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Version of the collection.
    pub version: u64,
    /// When that came about, no earlier than the version before.
    pub at: Timestamp,
    /// Number of the edit that brings it about, if one does.
    pub edit: Option<u64>,
}

/// A story or topic as an event tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present<'a> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: &'a str,
    /// Number of its headlines.
    pub size: usize,
}

/// Which groups of a new partition carry on which old ones.
#[derive(Debug)]
pub struct Matched {
    /// Id of each new group: inherited, or issued just now.
    pub ids: Vec<Id>,
    is_fresh: Vec<bool>,
    flows: Vec<Flow>,
}

/// Gives ids and records what happens to those who have one.
#[derive(Debug, Clone)]
pub struct Tracker {
    lineage: Lineage,
    /// Events that the lineage forgot since somebody asked.
    forgotten: Vec<Arc<Event>>,
    dormant_after: SignedDuration,
}

impl Tracker {
    /// Nothing yet. Groups without a headline from within `dormant_after` of the newest headline count as dormant.
    pub fn new(dormant_after: SignedDuration) -> Self {
        Self { lineage: Lineage::default(), forgotten: Vec::new(), dormant_after }
    }

    /// A tracker that recorded what is remembered; none if that contradicts itself.
    pub fn remembering(memory: LineageMemory, dormant_after: SignedDuration) -> Option<Self> {
        Some(Self { lineage: memory.lineage()?, ..Self::new(dormant_after) })
    }

    /// Keeps so many events in memory from now on, once there are as many. Nothing else depends on it.
    pub fn keep_events(&mut self, events: usize) {
        self.lineage.keep(events);
    }

    /// Events that left memory since the last call, in order. Whoever keeps them can tell of them still.
    pub fn take_forgotten(&mut self) -> Vec<Arc<Event>> {
        std::mem::take(&mut self.forgotten)
    }

    /// Events with numbers after `since`, in order, of those that are in memory or were not [taken](Self::take_forgotten)
    /// yet.
    pub fn events_since(&self, since: u64) -> impl Iterator<Item = &Arc<Event>> {
        let forgotten = self.forgotten.iter().filter(move |event| event.number > since);
        forgotten.chain(self.lineage.events_since(since))
    }

    /// What happened so far.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// Compares a new partition of one level with the one before and gives each of its groups an id. `before` holds the
    /// id of each headline and `after` the number of its group, below `groups`; there may be more headlines after.
    /// Every group has a headline. Groups with a claim get the id of it, which lives, whatever they share. What happened
    /// is to be [recorded](Self::record) next.
    pub fn identify(
        &mut self,
        level: Level,
        (before, after): (&[Option<Id>], &[Option<u32>]),
        groups: usize,
        claims: &[(Id, u32)],
    ) -> Matched {
        let flows = flows(before, after);
        let inherited = inherit(&flows, groups, claims);
        let is_fresh: Vec<bool> = inherited.iter().map(Option::is_none).collect();
        let ids = inherited.into_iter().map(|old| old.unwrap_or_else(|| self.lineage.issue(level))).collect();
        Matched { ids, is_fresh, flows }
    }

    /// Records what a new partition means, given the name and the number of headlines of each of its groups. Events
    /// come in this order, each part by id: births; new names of old groups and what left them; growth.
    pub fn record(
        &mut self,
        matched: &Matched,
        labels: &[&str],
        sizes: &[usize],
        headlines: &[&Headline],
        stamp: Stamp,
    ) {
        let mut order: Vec<usize> = (0..matched.ids.len()).collect();
        order.sort_unstable_by_key(|&group| matched.ids[group]);
        let parting = Parting { ids: &matched.ids, fresh: &matched.is_fresh, sizes, headlines };
        let mut batch = Batch { tracker: self, stamp, parting, labels, order: &order };
        batch.births();
        let sizes_before = batch.departures(&matched.flows);
        batch.growth(&sizes_before);
    }

    /// Gives a new group its id.
    pub fn born(&mut self, level: Level, label: &str, size: usize, stamp: Stamp) -> Id {
        let id = self.lineage.issue(level);
        self.tell(Present { id, label, size }, Change::Born, stamp);
        id
    }

    /// Records that something happened to a group.
    pub fn tell(&mut self, group: Present<'_>, change: Change, stamp: Stamp) {
        let Present { id, label, size } = group;
        let Stamp { version, at, edit } = stamp;
        let known = self.lineage.label(id).filter(|known| ***known == *label);
        let label = known.map_or_else(|| Arc::from(label), Arc::clone);
        let forgotten = self.lineage.append(Event {
            number: 0,
            version,
            at,
            level: id.level(),
            id,
            label,
            size,
            edit,
            change,
        });
        self.forgotten.extend(forgotten);
    }

    /// Records that a group fell asleep or woke up, if it did: given the times of its last headline and of the newest
    /// of all.
    pub fn rest(
        &mut self,
        group: Present<'_>,
        last: Option<Timestamp>,
        newest: Option<Timestamp>,
        stamp: Stamp,
    ) {
        let is_dormant = last.zip(newest).is_some_and(|(last, newest)| self.is_dormant(last, newest));
        match (self.lineage.state(group.id), is_dormant) {
            (Some(State::Active), true) => self.tell(group, Change::Dormant, stamp),
            (Some(State::Dormant), false) => self.tell(group, Change::Revived, stamp),
            _ => {}
        }
    }

    /// Whether a group with its last headline at `last` is dormant when the newest of all is from `newest`.
    pub fn is_dormant(&self, last: Timestamp, newest: Timestamp) -> bool {
        newest.duration_since(last) > self.dormant_after
    }
}

/// Adds the events of one new partition to the lineage.
struct Batch<'a> {
    tracker: &'a mut Tracker,
    stamp: Stamp,
    parting: Parting<'a>,
    /// Name of each group.
    labels: &'a [&'a str],
    /// The groups by id.
    order: &'a [usize],
}

impl Batch<'_> {
    fn births(&mut self) {
        for &group in self.order.iter().filter(|&&group| self.parting.fresh[group]) {
            self.add_own(group, Change::Born);
        }
    }

    /// New names of old groups and what left them. Returns the size each group had before, of new ones the present.
    fn departures(&mut self, flows: &[Flow]) -> Vec<usize> {
        let mut sizes_before = self.parting.sizes.to_vec();
        for flows in flows.chunk_by(|a, b| a.from == b.from) {
            let id = flows[0].from;
            let heir = self.order.binary_search_by_key(&id, |&group| self.parting.ids[group]);
            let heir = heir.ok().map(|at| self.order[at]);
            let mut label = self.tracker.lineage.label(id).map(Arc::clone).unwrap_or_default();
            if let Some(group) = heir {
                sizes_before[group] = flows.iter().map(|flow| flow.count).sum();
                if *label != *self.labels[group] {
                    let from = std::mem::replace(&mut label, Arc::from(self.labels[group])).to_string();
                    self.add_own(group, Change::Renamed { from });
                }
            }
            let size = heir.map_or(0, |group| self.parting.sizes[group]);
            for change in departures(flows, &self.parting) {
                self.tracker.tell(Present { id, label: &label, size }, change, self.stamp);
            }
        }
        sizes_before
    }

    fn growth(&mut self, sizes_before: &[usize]) {
        for &group in self.order {
            let by = self.parting.sizes[group].saturating_sub(sizes_before[group]);
            if by > 0 {
                self.add_own(group, Change::Grown { by });
            }
        }
    }

    /// Adds an event of a group that is there.
    fn add_own(&mut self, group: usize, change: Change) {
        let (id, label, size) = (self.parting.ids[group], self.labels[group], self.parting.sizes[group]);
        self.tracker.tell(Present { id, label, size }, change, self.stamp);
    }
}

#[cfg(test)]
mod tests;
