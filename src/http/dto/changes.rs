//! The shape of a digest of changes.

use serde::Serialize;

use crate::engine::Snapshot;
use crate::service::{ChangedTopic, Digest};

/// What happened to topics: answer to `GET /v1/changes`, and the data of an event of `GET /v1/changes/stream`.
#[derive(Debug, Serialize)]
pub struct ChangePage {
    /// Version of the collection.
    pub version: u64,
    /// Number of the last event there is.
    pub last: u64,
    /// What to give as `since` for the next page; all is told when it equals `last`.
    pub next: u64,
    /// The topics with news, in the order of their last events.
    pub topics: Vec<ChangedTopic>,
}

impl ChangePage {
    /// A digest as of a view.
    pub fn of(snapshot: &Snapshot, digest: Digest) -> Self {
        Self {
            version: snapshot.version,
            last: snapshot.lineage.last(),
            next: digest.next,
            topics: digest.topics,
        }
    }
}
