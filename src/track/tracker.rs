//! Follows stories and topics from one partition to the next.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::change::{Present, departures};
use super::event::{Change, Event};
use super::id::{Id, Level};
use super::lineage::{Lineage, State};
use super::matching::{Flow, flows, inherit};
use crate::Headline;

/// One level of a new partition.
#[derive(Debug, Clone, Default)]
pub struct Groups<'a> {
    /// For each headline the number of its group, an index of `labels`; none if it stands alone.
    pub of_headlines: Vec<Option<u32>>,
    /// The name of each group. Every group has a headline.
    pub labels: Vec<&'a str>,
}

/// What events of one batch are marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Version of the collection.
    pub version: u64,
    /// Time of the batch, no earlier than that of the last.
    pub at: Timestamp,
}

/// A tracker written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    events: Vec<Event>,
    stories: Vec<Option<Id>>,
    topics: Vec<Option<Id>>,
}

/// The partition as it is and the lineage that led there.
#[derive(Debug)]
pub struct Tracker {
    lineage: Lineage,
    /// Story of each headline.
    stories: Vec<Option<Id>>,
    /// Topic of each headline.
    topics: Vec<Option<Id>>,
    dormant_after: SignedDuration,
}

impl Tracker {
    /// Nothing yet. Groups without a headline from within `dormant_after` of the newest headline count as dormant.
    pub fn new(dormant_after: SignedDuration) -> Self {
        Self { lineage: Lineage::default(), stories: Vec::new(), topics: Vec::new(), dormant_after }
    }

    /// What it knows.
    pub fn memory(&self) -> Memory {
        let events = self.lineage.events_since(0).cloned().collect();
        Memory { events, stories: self.stories.clone(), topics: self.topics.clone() }
    }

    /// A tracker that knows `memory`, of a collection of so many headlines; none if the memory contradicts itself.
    pub fn remembering(memory: Memory, headlines: usize, dormant_after: SignedDuration) -> Option<Self> {
        let Memory { events, stories, topics } = memory;
        let lineage = Lineage::from_events(events)?;
        let lives = |id: &Id| lineage.state(*id).is_some_and(State::is_living);
        let is_whole = |owners: &[Option<Id>], level| {
            owners.len() == headlines && owners.iter().flatten().all(|id| id.level() == level && lives(id))
        };
        let whole = is_whole(&stories, Level::Story) && is_whole(&topics, Level::Topic);
        whole.then_some(Self { lineage, stories, topics, dormant_after })
    }

    /// Everything that happened so far.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// Takes a new partition of one level: gives each of its groups an id and records what happened. `headlines` are
    /// those of the last call at this level, in the same order, and new ones after them.
    ///
    /// Events come in this order, each part by id: births; new names of old groups and what left them; growth; who
    /// fell asleep or woke up. Linear in the headlines, but for sorting groups.
    pub fn follow(
        &mut self,
        level: Level,
        groups: &Groups<'_>,
        headlines: &[Headline],
        stamp: Stamp,
    ) -> Vec<Id> {
        let before = std::mem::take(self.owners(level));
        let flows = flows(&before, &groups.of_headlines);
        let inherited = inherit(&flows, groups.labels.len());
        let fresh: Vec<bool> = inherited.iter().map(Option::is_none).collect();
        let ids: Vec<Id> =
            inherited.into_iter().map(|old| old.unwrap_or_else(|| self.lineage.issue(level))).collect();
        let (sizes, last_times) = sizes_and_last_times(groups, headlines);
        let present = Present { ids: &ids, fresh: &fresh, sizes: &sizes, headlines };
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_unstable_by_key(|&group| ids[group]);

        let lineage = &mut self.lineage;
        let mut batch = Batch { lineage, stamp, present, labels: &groups.labels, order: &order };
        batch.births();
        let sizes_before = batch.departures(&flows);
        batch.growth(&sizes_before);
        batch.rest(&last_times, self.dormant_after);

        let owner = |group: &Option<u32>| group.map(|group| ids[group as usize]);
        *self.owners(level) = groups.of_headlines.iter().map(owner).collect();
        ids
    }

    fn owners(&mut self, level: Level) -> &mut Vec<Option<Id>> {
        match level {
            Level::Story => &mut self.stories,
            Level::Topic => &mut self.topics,
        }
    }
}

/// Number of headlines and time of the last for each group.
fn sizes_and_last_times(groups: &Groups<'_>, headlines: &[Headline]) -> (Vec<usize>, Vec<Option<Timestamp>>) {
    let mut sizes = vec![0; groups.labels.len()];
    let mut last_times = vec![None; groups.labels.len()];
    for (group, headline) in groups.of_headlines.iter().zip(headlines) {
        let Some(group) = group.map(|group| group as usize) else { continue };
        sizes[group] += 1;
        last_times[group] = last_times[group].max(headline.time);
    }
    (sizes, last_times)
}

/// Adds the events of one batch to the lineage.
struct Batch<'a> {
    lineage: &'a mut Lineage,
    stamp: Stamp,
    present: Present<'a>,
    /// Name of each group.
    labels: &'a [&'a str],
    /// The groups by id.
    order: &'a [usize],
}

impl Batch<'_> {
    fn births(&mut self) {
        for &group in self.order.iter().filter(|&&group| self.present.fresh[group]) {
            self.add_own(group, Change::Born);
        }
    }

    /// New names of old groups and what left them. Returns the size each group had before, of new ones the present.
    fn departures(&mut self, flows: &[Flow]) -> Vec<usize> {
        let mut sizes_before = self.present.sizes.to_vec();
        for flows in flows.chunk_by(|a, b| a.from == b.from) {
            let id = flows[0].from;
            let heir = self.order.binary_search_by_key(&id, |&group| self.present.ids[group]);
            let heir = heir.ok().map(|at| self.order[at]);
            let mut label = self.lineage.latest(id).map(|event| event.label.clone()).unwrap_or_default();
            if let Some(group) = heir {
                sizes_before[group] = flows.iter().map(|flow| flow.count).sum();
                if label != self.labels[group] {
                    let from = std::mem::replace(&mut label, self.labels[group].to_owned());
                    self.add_own(group, Change::Renamed { from });
                }
            }
            let size = heir.map_or(0, |group| self.present.sizes[group]);
            for change in departures(flows, &self.present) {
                self.add(id, &label, size, change);
            }
        }
        sizes_before
    }

    fn growth(&mut self, sizes_before: &[usize]) {
        for &group in self.order {
            let by = self.present.sizes[group].saturating_sub(sizes_before[group]);
            if by > 0 {
                self.add_own(group, Change::Grown { by });
            }
        }
    }

    /// Who fell asleep, and who woke up.
    fn rest(&mut self, last_times: &[Option<Timestamp>], dormant_after: SignedDuration) {
        let newest = self.present.headlines.iter().filter_map(|headline| headline.time).max();
        for &group in self.order {
            let silence = newest.zip(last_times[group]).map(|(newest, last)| newest.duration_since(last));
            let is_dormant = silence.is_some_and(|silence| silence > dormant_after);
            match (self.lineage.state(self.present.ids[group]), is_dormant) {
                (Some(State::Active), true) => self.add_own(group, Change::Dormant),
                (Some(State::Dormant), false) => self.add_own(group, Change::Revived),
                _ => {}
            }
        }
    }

    /// Adds an event of a group that is there.
    fn add_own(&mut self, group: usize, change: Change) {
        self.add(self.present.ids[group], self.labels[group], self.present.sizes[group], change);
    }

    fn add(&mut self, id: Id, label: &str, size: usize, change: Change) {
        let Stamp { version, at } = self.stamp;
        let label = label.to_owned();
        self.lineage.append(Event { number: 0, version, at, level: id.level(), id, label, size, change });
    }
}

#[cfg(test)]
mod tests;
