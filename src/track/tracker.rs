//! Follows stories and topics from one partition to the next.

use jiff::{SignedDuration, Timestamp};

use super::change::{Present, departures};
use super::event::{Change, Event};
use super::id::{Id, Level};
use super::lineage::{Lineage, State};
use super::matching::{flows, inherit};
use crate::Headline;

/// One level of a new partition.
#[derive(Debug, Clone, Default)]
pub struct Groups<'a> {
    /// For each headline the number of its group; none if it stands alone.
    pub of_headlines: Vec<Option<u32>>,
    /// The name of each group. No group is empty.
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

    /// Everything that happened so far.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// Takes a new partition of one level: gives each of its groups an id and records what happened. `headlines` are
    /// those of the last call at this level, in the same order, and new ones after them.
    ///
    /// Events come in this order, each part by id: births; new names of old groups and what left them; growth, and
    /// who fell asleep or woke. Linear in the headlines, but for sorting groups.
    pub fn follow(
        &mut self,
        level: Level,
        groups: &Groups<'_>,
        headlines: &[Headline],
        stamp: Stamp,
    ) -> Vec<Id> {
        let before = match level {
            Level::Story => std::mem::take(&mut self.stories),
            Level::Topic => std::mem::take(&mut self.topics),
        };
        let flows = flows(&before, &groups.of_headlines);
        let inherited = inherit(&flows, groups.labels.len());
        let fresh: Vec<bool> = inherited.iter().map(Option::is_none).collect();
        let ids: Vec<Id> =
            inherited.into_iter().map(|old| old.unwrap_or_else(|| self.lineage.issue(level))).collect();
        let (sizes, last_times) = sizes_and_last_times(groups, headlines);
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_unstable_by_key(|&group| ids[group]);

        let mut batch = Batch { lineage: &mut self.lineage, stamp };
        for &group in order.iter().filter(|&&group| fresh[group]) {
            batch.add(ids[group], groups.labels[group], sizes[group], Change::Born);
        }
        let present = Present { ids: &ids, fresh: &fresh, sizes: &sizes, headlines };
        let mut sizes_before = sizes.clone();
        for flows in flows.chunk_by(|a, b| a.from == b.from) {
            let id = flows[0].from;
            let heir = order.binary_search_by_key(&id, |&group| ids[group]).ok().map(|at| order[at]);
            if let Some(group) = heir {
                sizes_before[group] = flows.iter().map(|flow| flow.count).sum();
                batch.rename(id, groups.labels[group], sizes[group]);
            }
            let size = heir.map_or(0, |group| sizes[group]);
            let label = batch.label(id);
            for change in departures(flows, &present) {
                batch.add(id, &label, size, change);
            }
        }
        let newest = headlines.iter().filter_map(|headline| headline.time).max();
        for group in order {
            let (id, label, size) = (ids[group], groups.labels[group], sizes[group]);
            if size > sizes_before[group] {
                batch.add(id, label, size, Change::Grown { by: size - sizes_before[group] });
            }
            let silence = newest.zip(last_times[group]).map(|(newest, last)| newest.duration_since(last));
            batch.rest(id, label, size, silence.is_some_and(|silence| silence > self.dormant_after));
        }

        let owners = groups.of_headlines.iter().map(|group| group.map(|group| ids[group as usize])).collect();
        match level {
            Level::Story => self.stories = owners,
            Level::Topic => self.topics = owners,
        }
        ids
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
}

impl Batch<'_> {
    fn add(&mut self, id: Id, label: &str, size: usize, change: Change) {
        let Stamp { version, at } = self.stamp;
        let label = label.to_owned();
        self.lineage.append(Event { number: 0, version, at, level: id.level(), id, label, size, change });
    }

    /// The name an id had last.
    fn label(&self, id: Id) -> String {
        self.lineage.latest(id).map(|event| event.label.clone()).unwrap_or_default()
    }

    fn rename(&mut self, id: Id, label: &str, size: usize) {
        let from = self.label(id);
        if from != label {
            self.add(id, label, size, Change::Renamed { from });
        }
    }

    fn rest(&mut self, id: Id, label: &str, size: usize, is_dormant: bool) {
        match (self.lineage.state(id), is_dormant) {
            (Some(State::Active), true) => self.add(id, label, size, Change::Dormant),
            (Some(State::Dormant), false) => self.add(id, label, size, Change::Revived),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
