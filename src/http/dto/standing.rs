//! Shapes of standing topics.

use jiff::Timestamp;
use serde::Serialize;

use super::FoundHeadline;
use super::search::SearchPage;
use crate::engine::Snapshot;
use crate::service::{Drift, Position, Standing, headlines_at};
use crate::track::Id;

/// A standing topic: an item of `GET /v1/standing`.
#[derive(Debug, Serialize)]
pub struct StandingTopic<'a> {
    /// Number of the edit that it was made by, which is its id.
    pub number: u64,
    /// What it is called.
    pub name: &'a str,
    /// Phrases that it is seeded by.
    pub keywords: &'a [String],
    /// Entities that it is seeded by.
    pub entities: &'a [String],
    /// Whether a title must name all of them.
    pub together: bool,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// When.
    pub since: Timestamp,
    /// Headlines in it.
    pub size: usize,
    /// Those whose own title holds a seed.
    pub seeded: usize,
    /// Time of its first headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// Time of its last headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Topics that share headlines with it, most first.
    pub topics: Vec<SharedTopic<'a>>,
    /// How the subject has moved away from its seed, if it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftNote<'a>>,
}

/// A topic that shares headlines with a standing one.
#[derive(Debug, Serialize)]
pub struct SharedTopic<'a> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: &'a str,
    /// Its headlines.
    pub size: usize,
    /// Those in both.
    pub shared: usize,
}

/// That a subject has moved.
#[derive(Debug, Serialize)]
pub struct DriftNote<'a> {
    /// Newest headlines that were asked.
    pub newest: usize,
    /// Those that no seed carries.
    pub unseeded: usize,
    /// Words that most of these share.
    pub words: &'a [String],
}

/// All standing topics: answer to `GET /v1/standing`.
#[derive(Debug, Serialize)]
pub struct StandingList<'a> {
    /// Version of the collection.
    pub version: u64,
    /// The standing topics, in the order in which they were made.
    pub standing: Vec<StandingTopic<'a>>,
}

/// One standing topic with a page of its headlines: answer to `GET /v1/standing/{number}`.
#[derive(Debug, Serialize)]
pub struct StandingPage<'a> {
    /// Version of the collection.
    pub version: u64,
    /// The standing topic.
    #[serde(flatten)]
    pub topic: StandingTopic<'a>,
    /// What to give as `cursor` for the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Its headlines, latest first.
    pub headlines: Vec<FoundHeadline<'a>>,
}

impl<'a> StandingTopic<'a> {
    /// Renders a standing topic.
    pub fn of(standing: &'a Standing<'a>, snapshot: &Snapshot) -> Self {
        let Standing { seed, headlines, seeded, topics, drift } = standing;
        let observed = standing.observed(snapshot);
        let shared = |(topic, shared): &(&'a std::sync::Arc<crate::engine::Topic>, usize)| SharedTopic {
            id: topic.id,
            label: &topic.label,
            size: topic.size,
            shared: *shared,
        };
        Self {
            number: seed.record.number,
            name: seed.name,
            keywords: seed.keywords,
            entities: seed.entities,
            together: seed.together,
            author: seed.record.author.as_deref(),
            since: seed.record.at,
            size: headlines.len(),
            seeded: *seeded,
            first_seen: observed.map(|times| times.0),
            last_seen: observed.map(|times| times.1),
            topics: topics.iter().map(shared).collect(),
            drift: drift.as_ref().map(|Drift { newest, unseeded, words }| DriftNote {
                newest: *newest,
                unseeded: *unseeded,
                words,
            }),
        }
    }
}

impl<'a> StandingPage<'a> {
    /// Renders a standing topic with its headlines after a position.
    pub fn of(
        standing: &'a Standing<'a>,
        snapshot: &'a Snapshot,
        after: Option<&Position>,
        limit: usize,
    ) -> Self {
        let found = headlines_at(snapshot, &standing.headlines, after, limit);
        let SearchPage { version, next, headlines } = SearchPage::holding(snapshot, found);
        Self { version, topic: StandingTopic::of(standing, snapshot), next, headlines }
    }
}
