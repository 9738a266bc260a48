//! Shapes for collections.

use jiff::Timestamp;
use serde::Serialize;

use crate::service::{CollectionSettings, Collections, Service};

/// Answer to `GET /v1/collections`.
#[derive(Debug, Serialize)]
pub struct CollectionList {
    /// The default collection, then the others by name.
    pub collections: Vec<CollectionSummary>,
}

/// Answer to `GET /v1/collections/{collection}`.
#[derive(Debug, Serialize)]
pub struct CollectionSummary {
    /// Its name.
    pub name: String,
    /// When it was created; absent for the default one, which is always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Number of headlines in the window.
    pub headlines: usize,
    /// Number of stories.
    pub stories: usize,
    /// Number of topics.
    pub topics: usize,
    /// Version of the collection.
    pub version: u64,
    /// What was set when it was created.
    pub settings: CollectionSettings,
}

impl CollectionList {
    /// The collections as they are now.
    pub fn of(collections: &Collections) -> Self {
        let all = collections.all();
        Self { collections: all.iter().map(|service| CollectionSummary::of(service)).collect() }
    }
}

impl CollectionSummary {
    /// One collection as it is now.
    pub fn of(service: &Service) -> Self {
        let (profile, snapshot) = (service.profile(), service.snapshot());
        let topics = snapshot.topics();
        Self {
            name: profile.name.clone(),
            created_at: profile.created,
            headlines: snapshot.len(),
            stories: topics.iter().map(|topic| topic.stories.len()).sum(),
            topics: topics.len(),
            version: snapshot.version,
            settings: profile.settings.clone(),
        }
    }
}
