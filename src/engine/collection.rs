//! One collection as a state machine: batches in, outcomes and a snapshot out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evidence, Explanation, Grouping, Method, Placement, Topic, group_with_evidence};
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
    /// What explains the grouping; none while there is no headline.
    evidence: Option<Arc<Evidence>>,
    by_id: BTreeMap<String, usize>,
}

impl Snapshot {
    /// The topic with this id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.grouping.topics.iter().find(|topic| topic.id == id)
    }

    /// The headline with this id and where it went.
    pub fn headline(&self, id: &str) -> Option<(&Headline, &Placement)> {
        let &position = self.by_id.get(id)?;
        Some((&self.headlines[position], &self.grouping.placements[position]))
    }

    /// Why the headline with this id is where it is.
    pub fn explain(&self, id: &str) -> Option<Explanation> {
        let &position = self.by_id.get(id)?;
        Some(self.evidence.as_ref()?.explain(&self.headlines, &self.grouping, position))
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
        let (grouping, evidence) = if headlines.len() == self.snapshot.headlines.len() {
            (self.snapshot.grouping.clone(), self.snapshot.evidence.clone())
        } else {
            let (grouping, evidence) = group_with_evidence(&headlines, &self.method);
            (grouping, Some(Arc::new(evidence)))
        };
        let version = self.snapshot.version + 1;
        self.snapshot = Arc::new(Snapshot { version, headlines, grouping, evidence, by_id });
        outcomes
    }

    /// The current view.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }
}
