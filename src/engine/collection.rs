//! One collection as a state machine: batches in, outcomes and a snapshot out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::identify;
use super::state_hash::state_hash;
use super::{
    Activity, Evidence, Explanation, Grouping, Method, Placement, Story, Topic, TopicActivity, activity,
    group_with_evidence,
};
use crate::Headline;
use crate::track::{Id, Lineage, Memory, Resolution, Stamp, Tracker};

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
    /// What happened to topics and stories, up to this version.
    pub lineage: Lineage,
    /// What goes on in each topic, in the order of `grouping.topics`.
    pub activity: Vec<TopicActivity>,
    by_id: BTreeMap<String, usize>,
}

impl Snapshot {
    /// The topic with this id and what goes on in it.
    pub fn topic(&self, id: &str) -> Option<(&Topic, &TopicActivity)> {
        self.grouping.topics.iter().zip(&self.activity).find(|(topic, _)| topic.id == id)
    }

    /// The story that has this id at present, its topic and what goes on in the story.
    pub fn story(&self, id: &str) -> Option<(&Story, &Topic, &Activity)> {
        let mut stories = self.grouping.topics.iter().zip(&self.activity).flat_map(|(topic, activity)| {
            topic.stories.iter().zip(&activity.stories).map(move |(story, activity)| (story, topic, activity))
        });
        stories.find(|(story, ..)| story.id == id)
    }

    /// What became of any id ever issued, of a topic or a story; none for others.
    pub fn resolve(&self, id: &str) -> Option<(Id, Resolution)> {
        let id = Id::parse(id)?;
        Some((id, self.lineage.resolve(id)?))
    }

    /// The headline with this id and where it went.
    pub fn headline(&self, id: &str) -> Option<(&Headline, &Placement)> {
        let &position = self.by_id.get(id)?;
        Some((&self.headlines[position], &self.grouping.placements[position]))
    }

    /// SHA-256 of the state, the same whenever the same batches were applied in the same order at the same times by
    /// the same method, at any number of threads. Reads the whole collection.
    pub fn state_hash(&self) -> [u8; 32] {
        state_hash(self)
    }

    /// Why the headline with this id is where it is.
    pub fn explain(&self, id: &str) -> Option<Explanation> {
        let &position = self.by_id.get(id)?;
        Some(self.evidence.as_ref()?.explain(&self.headlines, &self.grouping, position))
    }
}

/// What a batch brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// One outcome per headline, in order.
    pub outcomes: Vec<Outcome>,
    /// Numbers of the events that are new with it.
    pub events: Range<u64>,
}

/// What an engine must remember beside its headlines, to be written down and started from again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    version: u64,
    now: Timestamp,
    tracker: Memory,
}

/// Holds a collection and clusters it anew with each batch; the tracker carries ids over.
#[derive(Debug)]
pub struct Engine {
    method: Method,
    tracker: Tracker,
    snapshot: Arc<Snapshot>,
    /// Time of the last batch.
    now: Timestamp,
}

impl Engine {
    /// An empty collection.
    pub fn new(method: Method) -> Self {
        let dormant_after = method.dormant_after();
        Self { method, tracker: Tracker::new(dormant_after), snapshot: Arc::default(), now: Timestamp::MIN }
    }

    /// What it remembers beside its headlines.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { version: self.snapshot.version, now: self.now, tracker: self.tracker.memory() }
    }

    /// An engine as it was at a checkpoint, given the headlines it had then in order of arrival. They are clustered
    /// once. By the method of then, the state is the same to the byte; by another one, groups that differ inherit ids
    /// as ever, and the difference becomes events. None if the checkpoint does not go with the headlines.
    pub fn resume(method: Method, headlines: Vec<Headline>, checkpoint: Checkpoint) -> Option<Self> {
        let Checkpoint { version, now, tracker } = checkpoint;
        let mut tracker = Tracker::remembering(tracker, headlines.len(), method.dormant_after())?;
        let by_id: BTreeMap<String, usize> =
            headlines.iter().enumerate().map(|(at, headline)| (headline.id.clone(), at)).collect();
        if by_id.len() != headlines.len() {
            return None;
        }
        let stamp = Stamp { version, at: now };
        let (grouping, activity, evidence) = regroup(&headlines, &method, &mut tracker, stamp);
        let lineage = tracker.lineage().clone();
        let snapshot =
            Arc::new(Snapshot { version, headlines, grouping, activity, evidence, lineage, by_id });
        Some(Self { method, tracker, snapshot, now })
    }

    /// Adds a batch at the time `now`. Should that be earlier than the last batch, its time is taken, so that times of
    /// events never fall. A batch of known headlines alone changes nothing but the version.
    pub fn apply(&mut self, batch: Vec<Headline>, now: Timestamp) -> Applied {
        self.now = self.now.max(now);
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
        let version = self.snapshot.version + 1;
        let first = self.tracker.lineage().last() + 1;
        let (grouping, activity, evidence) = if headlines.len() == self.snapshot.headlines.len() {
            let Snapshot { grouping, activity, evidence, .. } = &*self.snapshot;
            (grouping.clone(), activity.clone(), evidence.clone())
        } else {
            let stamp = Stamp { version, at: self.now };
            regroup(&headlines, &self.method, &mut self.tracker, stamp)
        };
        let lineage = self.tracker.lineage().clone();
        let events = first..lineage.last() + 1;
        self.snapshot =
            Arc::new(Snapshot { version, headlines, grouping, activity, evidence, lineage, by_id });
        Applied { outcomes, events }
    }

    /// The current view.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// The state's hash; see [`Snapshot::state_hash`].
    pub fn state_hash(&self) -> [u8; 32] {
        self.snapshot.state_hash()
    }
}

/// Clusters all headlines anew, carries ids over and looks at what goes on in each group.
fn regroup(
    headlines: &[Headline],
    method: &Method,
    tracker: &mut Tracker,
    stamp: Stamp,
) -> (Grouping, Vec<TopicActivity>, Option<Arc<Evidence>>) {
    let (grouping, evidence) = group_with_evidence(headlines, method);
    let grouping = identify(grouping, headlines, tracker, stamp);
    let activity = activity(headlines, &grouping);
    (grouping, activity, Some(Arc::new(evidence)))
}
