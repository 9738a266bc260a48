//! Names of topics and stories.

use rayon::prelude::*;

use super::Live;
use crate::Headline;
use crate::label::{Draft, Reading};
use crate::track::{Change, Present};

impl Live {
    /// Names topics anew, given by their keys; those first have the first pick.
    pub(super) fn name_topics(&mut self, topics: &[u32]) {
        let rows: Vec<Vec<u32>> =
            topics.par_iter().map(|topic| self.by_centrality(&self.rows_of(*topic))).collect();
        let title = |&row: &u32| {
            let text = &self.texts[row as usize];
            Some((text.first.as_ref(), text.reading.as_deref()?))
        };
        let titles: Vec<Vec<(&Headline, &Reading)>> =
            rows.iter().map(|rows| rows.iter().filter_map(title).collect()).collect();
        let drafts: Vec<Draft> = self.labeller.draft(&titles);
        for &topic in topics {
            self.names.release(&self.topics[topic].label.name);
        }
        for ((&topic, draft), rows) in topics.iter().zip(&drafts).zip(rows) {
            let label = self.names.label(draft);
            if let Some(group) = self.topics.get_mut(topic) {
                group.label = label;
                group.representative = rows[0];
                group.tally.when_named = group.tally.headlines;
                group.tally.drift = 0;
            }
        }
    }

    /// Names a topic anew if that should not wait, and tells if it has another name now.
    pub(super) fn rename_if_overdue(&mut self, topic: u32) {
        let group = &self.topics[topic];
        if !group.tally.is_overdue() {
            return;
        }
        let from = group.name().to_owned();
        self.name_topics(&[topic]);
        let (group, stamp) = (&self.topics[topic], self.stamp());
        if let Some(id) = group.id
            && group.name() != from
        {
            let present = Present { id, label: group.name(), size: group.tally.headlines };
            self.tracker.tell(present, Change::Renamed { from }, stamp);
        }
    }

    /// Texts of a topic, ascending.
    pub(super) fn rows_of(&self, topic: u32) -> Vec<u32> {
        let stories = &self.topics[topic].stories;
        let mut rows: Vec<u32> =
            stories.iter().flat_map(|&story| &self.stories[story].rows).copied().collect();
        rows.sort_unstable();
        rows
    }

    /// Texts of a group, which ascend, those first that are most similar to the others; ties by arrival.
    pub(super) fn by_centrality(&self, rows: &[u32]) -> Vec<u32> {
        let members = Members::of(rows);
        let centrality = |&row: &u32| {
            let inside = self.texts[row as usize].links.iter().filter(|link| members.contain(link.other));
            (inside.map(|link| link.content).sum::<f32>(), row)
        };
        let mut scored: Vec<(f32, u32)> = rows.iter().map(centrality).collect();
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.into_iter().map(|(_, row)| row).collect()
    }
}

/// Rows of a group, to ask whether others are among them.
enum Members<'a> {
    Few(&'a [u32]),
    /// Which rows from the first one on are.
    Many(u32, Vec<bool>),
}

impl<'a> Members<'a> {
    /// Members up to which looking for one in order is no slower than telling by its number.
    const FEW: usize = 16;

    /// From ascending rows.
    fn of(rows: &'a [u32]) -> Self {
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Self::Few(rows) };
        if rows.len() <= Self::FEW {
            return Self::Few(rows);
        }
        let mut among = vec![false; (last - first) as usize + 1];
        rows.iter().for_each(|row| among[(row - first) as usize] = true);
        Self::Many(first, among)
    }

    fn contain(&self, row: u32) -> bool {
        match self {
            Self::Few(rows) => rows.binary_search(&row).is_ok(),
            Self::Many(first, among) => {
                row.checked_sub(*first).is_some_and(|at| among.get(at as usize) == Some(&true))
            }
        }
    }
}
