//! One collection as a state machine: batches in, outcomes and a snapshot out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Grouping, Method, Placement, Topic, TopicActivity, activity, group};
use crate::Headline;

/// What became of one posted headline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Stored and placed.
    Created,
    /// A headline with this id was already there; nothing changed.
    Duplicate,
}

/// An immutable view of a collection, shared with every reader.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Number of batches applied so far.
    pub version: u64,
    /// Headlines in arrival order.
    pub headlines: Vec<Headline>,
    /// Their topics; positions refer to `headlines`.
    pub grouping: Grouping,
    /// What goes on in each topic, in the order of `grouping.topics`.
    pub activity: Vec<TopicActivity>,
    by_id: BTreeMap<String, usize>,
}

impl Snapshot {
    /// The topic with this id and what goes on in it.
    pub fn topic(&self, id: &str) -> Option<(&Topic, &TopicActivity)> {
        self.grouping.topics.iter().zip(&self.activity).find(|(topic, _)| topic.id == id)
    }

    /// The headline with this id and where it went.
    pub fn headline(&self, id: &str) -> Option<(&Headline, &Placement)> {
        let &position = self.by_id.get(id)?;
        Some((&self.headlines[position], &self.grouping.placements[position]))
    }
}

/// Holds a collection and clusters it anew with each batch.
#[derive(Debug)]
pub struct Engine {
    method: Method,
    snapshot: Arc<Snapshot>,
}

impl Engine {
    /// An empty collection.
    pub fn new(method: Method) -> Self {
        Self { method, snapshot: Arc::default() }
    }

    /// Adds a batch and returns one outcome per headline, in order.
    pub fn apply(&mut self, batch: Vec<Headline>) -> Vec<Outcome> {
        let mut headlines = self.snapshot.headlines.clone();
        let mut by_id = self.snapshot.by_id.clone();
        let mut outcomes = Vec::with_capacity(batch.len());
        for headline in batch {
            if by_id.contains_key(&headline.id) {
                outcomes.push(Outcome::Duplicate);
                continue;
            }
            by_id.insert(headline.id.clone(), headlines.len());
            headlines.push(headline);
            outcomes.push(Outcome::Created);
        }
        let (grouping, activity) = if headlines.len() == self.snapshot.headlines.len() {
            (self.snapshot.grouping.clone(), self.snapshot.activity.clone())
        } else {
            let grouping = group(&headlines, &self.method);
            let activity = activity(&headlines, &grouping);
            (grouping, activity)
        };
        let version = self.snapshot.version + 1;
        self.snapshot = Arc::new(Snapshot { version, headlines, grouping, activity, by_id });
        outcomes
    }

    /// The current view.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }
}
