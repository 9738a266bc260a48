//! What happened to topics since an event: the lineage, digested topic by topic.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::Snapshot;
use crate::track::{Change, Event, Id, Level, Phase};

/// Most events that one digest reads.
pub(super) const MOST_EVENTS: usize = 50_000;

/// A stretch of the lineage, told topic by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Number of the last event it tells of: where the next one goes on.
    pub next: u64,
    /// The topics with news, in the order of their last events.
    pub topics: Vec<ChangedTopic>,
}

/// What is new about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum News {
    /// It was born.
    New,
    /// Something came after it had been dormant.
    Revived,
    /// It, or a part of it, became others.
    Split,
    /// It went into another.
    Merged,
    /// It has another name.
    Renamed,
    /// It has grown, and faster of late than before: its phase is `growing`.
    Accelerating,
    /// It is no more, or too old for anything to join it.
    Ended,
}

/// A topic with news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedTopic {
    /// Its id.
    pub id: Id,
    /// Its name after the last of the events.
    pub label: Arc<str>,
    /// Number of its headlines then; 0 if it is no more.
    pub size: usize,
    /// What is new about it.
    pub changes: Vec<News>,
    /// Headlines that it gained by growth.
    pub grown_by: usize,
    /// Its name before, if it has another one now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// What it went into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id>,
    /// What it, or parts of it, became.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split_into: Vec<Id>,
    /// Number of the last event that is told here.
    pub last_event: u64,
}

/// Digests events, those after `since` in order, of at most `limit` topics. What was born and ended in between is left out,
/// and so is what only grew, unless it is accelerating.
pub fn digest<'e>(
    snapshot: &Snapshot,
    events: impl Iterator<Item = &'e Event>,
    since: u64,
    limit: usize,
) -> Digest {
    let mut topics: BTreeMap<Id, ChangedTopic> = BTreeMap::new();
    let mut next = since;
    for event in events {
        if event.level == Level::Topic {
            if topics.len() == limit && !topics.contains_key(&event.id) {
                break;
            }
            topics.entry(event.id).or_insert_with(|| ChangedTopic::before(event.id)).add(event);
        }
        next = event.number;
    }
    let mut topics: Vec<_> = topics.into_values().filter_map(|topic| topic.conclude(snapshot)).collect();
    topics.sort_by_key(|topic| topic.last_event);
    Digest { next, topics }
}

impl ChangedTopic {
    fn before(id: Id) -> Self {
        Self {
            id,
            label: Arc::default(),
            size: 0,
            changes: Vec::new(),
            grown_by: 0,
            renamed_from: None,
            merged_into: None,
            split_into: Vec::new(),
            last_event: 0,
        }
    }

    fn add(&mut self, event: &Event) {
        self.label = Arc::clone(&event.label);
        self.size = event.size;
        self.last_event = event.number;
        match &event.change {
            Change::Born => self.changes.push(News::New),
            Change::Revived => self.changes.push(News::Revived),
            Change::Split { into, .. } => {
                self.changes.push(News::Split);
                self.split_into.extend(into);
            }
            Change::Merged { into, .. } => {
                self.changes.push(News::Merged);
                self.merged_into = Some(*into);
            }
            Change::Renamed { from } => {
                self.renamed_from.get_or_insert_with(|| from.clone());
            }
            Change::Dissolved { .. } | Change::Archived => self.changes.push(News::Ended),
            Change::Grown { by } => self.grown_by += by,
            Change::Moved { .. } | Change::Dormant | Change::Shrunk { .. } => {}
        }
    }

    /// Settles what only the end of the stretch can tell; nothing if there is no news.
    fn conclude(mut self, snapshot: &Snapshot) -> Option<Self> {
        let is_new = self.changes.contains(&News::New);
        if is_new && self.size == 0 {
            return None;
        }
        self.renamed_from = self.renamed_from.filter(|from| !is_new && **from != *self.label);
        if self.renamed_from.is_some() {
            self.changes.push(News::Renamed);
        }
        if self.grown_by > 0 && is_growing(snapshot, self.id) {
            self.changes.push(News::Accelerating);
        }
        self.changes.sort_unstable();
        self.changes.dedup();
        self.split_into.sort_unstable();
        self.split_into.dedup();
        (!self.changes.is_empty()).then_some(self)
    }
}

fn is_growing(snapshot: &Snapshot, id: Id) -> bool {
    let topic = snapshot.topic(&id.to_string());
    let trend = topic.and_then(|topic| snapshot.topic_activity(topic).trend);
    trend.is_some_and(|trend| trend.phase == Phase::Growing)
}
