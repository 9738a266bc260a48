//! Topics and headlines as feeds that readers can subscribe to.

mod atom;
mod json;

use actix_web::HttpRequest;
use jiff::Timestamp;

use crate::Headline;
use crate::engine::{Headlines, Snapshot, Topic};
use crate::http::addressed::Addressed;
use crate::store::DEFAULT;

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

/// Where the collection of a feed is, and how what is in it is told from what is in others.
#[derive(Debug, Clone)]
pub struct Place {
    /// What addresses of the service begin with for whoever asked: scheme, host and port.
    pub origin: String,
    /// What addresses of things in the collection begin with.
    pub base: String,
    /// What permanent IRIs of things in the collection begin with.
    pub urn: String,
}

/// Where a service is for whoever asked, up to the path.
pub fn origin(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    format!("{}://{}", connection.scheme(), connection.host())
}

impl Place {
    /// The place of a collection for whoever asked.
    pub fn of(request: &HttpRequest, addressed: &Addressed) -> Self {
        let origin = origin(request);
        let urn = match addressed.service.profile().name.as_str() {
            DEFAULT => "urn:slugline".to_owned(),
            name => format!("urn:slugline:{name}"),
        };
        Self { base: format!("{origin}{}", addressed.base), origin, urn }
    }
}

impl Entry {
    /// A topic, by the time of its last headline.
    pub fn of_topic(topic: &Topic, snapshot: &Snapshot, place: &Place) -> Option<Self> {
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
            id: format!("{}:{}", place.urn, topic.id),
            title: topic.label.clone(),
            link: format!("{}/topics/{}", place.base, topic.id),
            published: Some(trend.first_seen),
            updated: trend.last_seen,
            author: None,
            summary: Some(central.map_or(counts.clone(), |text| format!("{text} ({counts})"))),
        })
    }

    /// A headline that has a time. It leads to its article if it has an address that a reader may follow.
    pub fn of_headline(headline: &Headline, place: &Place) -> Option<Self> {
        let article = headline.url.as_deref().filter(|url| {
            ["http://", "https://"]
                .iter()
                .any(|scheme| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
        });
        let own = || format!("{}/headlines/{}", place.base, headline.id);
        Some(Self {
            id: format!("{}:headline:{}", place.urn, headline.id),
            title: headline.text.clone(),
            link: article.map_or_else(own, ToOwned::to_owned),
            published: headline.time,
            updated: headline.time?,
            author: headline.source.clone(),
            summary: None,
        })
    }
}
