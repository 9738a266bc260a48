//! What a look over all headlines tells: the time they span, and what there is to filter by.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::engine::Snapshot;

/// Languages and sources that are offered, most frequent first.
const MOST_OFFERED: usize = 60;

/// The collection at a glance.
#[derive(Default)]
pub(super) struct Survey {
    pub oldest: Timestamp,
    pub newest: Timestamp,
    /// Headlines without a topic.
    pub loose: usize,
    pub languages: Vec<String>,
    pub sources: Vec<String>,
}

impl Survey {
    /// Reads the whole collection.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut span: Option<(Timestamp, Timestamp)> = None;
        let mut loose = 0;
        let (mut languages, mut sources) = (BTreeMap::new(), BTreeMap::new());
        for (headline, placement) in snapshot.headlines() {
            if let Some(time) = headline.time {
                span = Some(span.map_or((time, time), |(from, to)| (from.min(time), to.max(time))));
            }
            loose += usize::from(placement.topic.is_none());
            count(&mut languages, headline.lang.as_deref());
            count(&mut sources, headline.source.as_deref());
        }
        let (oldest, newest) = span.unwrap_or_default();
        Self { oldest, newest, loose, languages: most_frequent(languages), sources: most_frequent(sources) }
    }
}

fn count<'a>(counts: &mut BTreeMap<&'a str, usize>, name: Option<&'a str>) {
    if let Some(name) = name {
        *counts.entry(name).or_default() += 1;
    }
}

fn most_frequent(counts: BTreeMap<&str, usize>) -> Vec<String> {
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|&(_, count)| Reverse(count));
    names.into_iter().take(MOST_OFFERED).map(|(name, _)| name.to_owned()).collect()
}
