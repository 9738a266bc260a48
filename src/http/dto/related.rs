//! The shape of what is related to a topic.

use serde::Serialize;

use crate::engine::{Snapshot, Topic};
use crate::service::{Related, related};
use crate::track::Id;

/// Topics that have to do with one: answer to `GET /v1/topics/{id}/related`.
#[derive(Debug, Serialize)]
pub struct RelatedTopics<'a> {
    /// Version of the collection.
    pub version: u64,
    /// Id of the topic.
    pub topic: Id,
    /// The others, closest first.
    pub related: Vec<RelatedTopic<'a>>,
}

/// A topic that has to do with another.
#[derive(Debug, Serialize)]
pub struct RelatedTopic<'a> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: &'a str,
    /// Number of its headlines.
    pub size: usize,
    /// How much of what both are about they share, 0 to 1.
    pub score: f64,
    /// Countries and organisations that both are about, rarest first.
    pub entities: Vec<&'a str>,
    /// Words that both have in common, rarest first.
    pub terms: Vec<&'a str>,
}

impl<'a> RelatedTopics<'a> {
    /// The `limit` topics closest to one.
    pub fn of(snapshot: &'a Snapshot, topic: &Topic, limit: usize) -> Self {
        let related = related(snapshot, topic, limit);
        let one = |Related { topic, score, entities, terms }: Related<'a>| RelatedTopic {
            id: topic.id,
            label: &topic.label,
            size: topic.size,
            score: (score * 1e4).round() / 1e4,
            entities,
            terms,
        };
        Self { version: snapshot.version, topic: topic.id, related: related.into_iter().map(one).collect() }
    }
}
