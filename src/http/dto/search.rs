//! The shape of what a search finds.

use std::sync::Arc;

use serde::Serialize;

use super::PlacedHeadline;
use crate::engine::{Snapshot, Story, Topic};
use crate::service::{Found, Position, Search, headlines_of, search};

/// One page of headlines: answer to `GET /v1/search`, `GET /v1/topics/{id}/headlines` and
/// `GET /v1/stories/{id}/headlines`.
#[derive(Debug, Serialize)]
pub struct SearchPage<'a> {
    /// Version of the collection.
    pub version: u64,
    /// What to give as `cursor` for the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The headlines, latest first.
    pub headlines: Vec<FoundHeadline<'a>>,
}

/// A headline that was found.
#[derive(Debug, Serialize)]
pub struct FoundHeadline<'a> {
    /// The headline and where it is.
    #[serde(flatten)]
    pub placed: PlacedHeadline<'a>,
    /// Name of its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic_label: Option<&'a str>,
}

impl<'a> SearchPage<'a> {
    /// The first `limit` headlines that are found.
    pub fn of(snapshot: &'a Snapshot, wanted: &Search, limit: usize) -> Self {
        Self::holding(snapshot, search(snapshot, wanted, limit))
    }

    /// The first `limit` headlines of stories of a topic that come after a position.
    pub fn of_stories(
        snapshot: &'a Snapshot,
        topic: &'a Topic,
        stories: &'a [Arc<Story>],
        after: Option<&Position>,
        limit: usize,
    ) -> Self {
        Self::holding(snapshot, headlines_of(snapshot, topic, stories, after, limit))
    }

    pub(super) fn holding(snapshot: &Snapshot, (found, more): (Vec<Found<'a>>, bool)) -> Self {
        let last = found.last().filter(|_| more);
        let next = last.map(|last| Position::new(last.headline.time, last.headline.id.as_str()).to_string());
        let headline = |Found { headline, placement, topic_label }: Found<'a>| FoundHeadline {
            placed: PlacedHeadline::new(headline, placement),
            topic_label,
        };
        Self { version: snapshot.version, next, headlines: found.into_iter().map(headline).collect() }
    }
}
