//! Shapes for the feeds that are followed.

use jiff::Timestamp;
use serde::Serialize;

use crate::feeds::{Failure, Source, Sources};

/// Answer to `GET /v1/sources`, in the order of the configuration.
#[derive(Debug, Serialize)]
pub struct SourceList {
    /// The sources.
    pub sources: Vec<SourceStatus>,
}

/// How a source has been doing since it was first followed.
#[derive(Debug, Serialize)]
pub struct SourceStatus {
    /// The name it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is; an ellipsis stands for a query, which may hold a key.
    pub url: String,
    /// The language it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Collection that its headlines go to; absent for the default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// Seconds between two fetches.
    pub interval: u64,
    /// When it was last asked.
    pub last_fetch: Option<Timestamp>,
    /// When that last succeeded.
    pub last_success: Option<Timestamp>,
    /// The last failure, even if there were successes after it.
    pub last_error: Option<SourceFailure>,
    /// Failures since the last success.
    pub failures: u32,
    /// Items read, those of earlier fetches again.
    pub items_seen: u64,
    /// Items that were new headlines.
    pub items_new: u64,
    /// Items that were turned away, those of earlier fetches again.
    pub items_rejected: u64,
    /// When it will be asked next; absent until it was asked first.
    pub next_due: Option<Timestamp>,
}

/// What went wrong, and when.
#[derive(Debug, Serialize)]
pub struct SourceFailure {
    /// When.
    pub at: Timestamp,
    /// What, in one line.
    pub detail: String,
}

impl SourceList {
    /// The sources as they are now.
    pub fn of(sources: &Sources) -> Self {
        Self { sources: sources.iter().map(SourceStatus::of).collect() }
    }
}

impl SourceStatus {
    fn of(source: &Source) -> Self {
        let progress = source.progress();
        let failure = |Failure { at, detail }| SourceFailure { at, detail };
        Self {
            name: source.subscription.source.clone(),
            url: source.shown_url(),
            lang: source.subscription.lang.clone(),
            collection: source.collection.clone(),
            interval: source.interval.as_secs(),
            last_fetch: progress.last_fetch,
            last_success: progress.last_success,
            last_error: progress.last_error.map(failure),
            failures: progress.failures,
            items_seen: progress.items_seen,
            items_new: progress.items_new,
            items_rejected: progress.items_rejected,
            next_due: progress.next_due,
        }
    }
}
