//! Topics and headlines as feeds that readers can subscribe to.

mod atom;
mod json;

use actix_web::HttpRequest;
use jiff::Timestamp;

use crate::Headline;
use crate::engine::{Headlines, Snapshot, Topic};

pub use atom::atom;
pub use json::json;

/// A feed, whatever its notation.
#[derive(Debug, Clone)]
pub struct Feed {
    /// A permanent IRI.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its own address.
    pub address: String,
    /// Address of what it is about.
    pub home: String,
    /// When something in it last changed.
    pub updated: Timestamp,
    /// Newest first.
    pub entries: Vec<Entry>,
}

/// One thing in a feed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// A permanent IRI.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where to read more.
    pub link: String,
    /// When it was first seen.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
}

/// Where a service is for whoever asked, up to the path.
pub fn origin(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    format!("{}://{}", connection.scheme(), connection.host())
}

impl Entry {
    /// A topic, by the time of its last headline.
    pub fn of_topic(topic: &Topic, snapshot: &Snapshot, origin: &str) -> Option<Self> {
        let trend = snapshot.topic_activity(topic).trend?;
        let told =
            |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let counts = format!(
            "{} in {}",
            told(topic.size, "headline", "headlines"),
            told(topic.stories.len(), "story", "stories")
        );
        let central = snapshot.at(topic.representative).map(|headline| headline.text.as_str());
        Some(Self {
            id: format!("urn:slugline:{}", topic.id),
            title: topic.label.clone(),
            link: format!("{origin}/v1/topics/{}", topic.id),
            published: Some(trend.first_seen),
            updated: trend.last_seen,
            author: None,
            summary: Some(central.map_or(counts.clone(), |text| format!("{text} ({counts})"))),
        })
    }

    /// A headline that has a time. It leads to its article if it has an address that a reader may follow.
    pub fn of_headline(headline: &Headline, origin: &str) -> Option<Self> {
        let article = headline.url.as_deref().filter(|url| {
            ["http://", "https://"]
                .iter()
                .any(|scheme| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
        });
        let own = || format!("{origin}/v1/headlines/{}", headline.id);
        Some(Self {
            id: format!("urn:slugline:headline:{}", headline.id),
            title: headline.text.clone(),
            link: article.map_or_else(own, ToOwned::to_owned),
            published: headline.time,
            updated: headline.time?,
            author: headline.source.clone(),
            summary: None,
        })
    }
}
