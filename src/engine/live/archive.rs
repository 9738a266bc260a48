//! What is kept of stories and topics that leave the window.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Live;
use crate::Headline;
use crate::track::Id;

/// Titles, or stories, listed of a group that left; all are counted.
const LISTED: usize = 200;

/// A headline that left the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Its id, under which the store has all of it.
    pub id: String,
    /// Its title.
    pub text: String,
    /// When it was published or seen.
    pub time: Option<Timestamp>,
    /// Its publisher.
    pub source: Option<String>,
}

/// What left a group so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct Leavers {
    /// Number of headlines.
    pub count: usize,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Of a story: the first headlines that left.
    pub headlines: Vec<Left>,
    /// Of a topic: the first stories that left.
    pub stories: Vec<Id>,
}

/// A story or topic all of whose headlines left the window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Archived {
    /// Its id.
    pub id: Id,
    /// The name it had last.
    pub label: String,
    /// Of a story: the topic it was in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Id>,
    /// Of a topic: terms that set it apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Of a topic: the entities in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<String>,
    /// Number of headlines that left under this id.
    pub size: usize,
    /// Time of the first of them.
    pub first_seen: Option<Timestamp>,
    /// Time of the last of them.
    pub last_seen: Option<Timestamp>,
    /// Of a topic: its stories that left, in order, at most 200.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stories: Vec<Id>,
    /// Of a story: its headlines, in order of leaving, at most 200.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headlines: Vec<Left>,
}

impl Leavers {
    fn count(&mut self, time: Option<Timestamp>) {
        self.count += 1;
        self.first = self.first.into_iter().chain(time).min();
        self.last = self.last.max(time);
    }
}

impl Live {
    /// Notes that a headline leaves a story and its topic.
    pub(super) fn note_leaver(&mut self, story: u32, headline: &Headline) {
        let Some(group) = self.stories.get_mut(story) else { return };
        let Headline { id, text, time, source, .. } = headline;
        group.left.count(*time);
        if group.left.headlines.len() < LISTED {
            let left = Left { id: id.clone(), text: text.clone(), time: *time, source: source.clone() };
            group.left.headlines.push(left);
        }
        if let Some(group) = self.topics.get_mut(group.topic) {
            group.left.count(*time);
        }
    }

    /// Keeps what is known of a story that leaves as a whole.
    pub(super) fn archive_story(&mut self, story: u32) {
        let group = &self.stories[story];
        let Some(id) = group.id else { return };
        let left = group.left.clone();
        let card = Archived {
            id,
            label: group.name().to_owned(),
            topic: self.topics[group.topic].id,
            keywords: Vec::new(),
            entities: Vec::new(),
            size: left.count,
            first_seen: left.first,
            last_seen: left.last,
            stories: Vec::new(),
            headlines: left.headlines,
        };
        if let Some(topic) = self.topics.get_mut(group.topic)
            && topic.left.stories.len() < LISTED
        {
            topic.left.stories.push(id);
        }
        self.archived.push(card);
    }

    /// Keeps what is known of a topic that leaves as a whole.
    pub(super) fn archive_topic(&mut self, topic: u32) {
        let group = &self.topics[topic];
        let Some(id) = group.id else { return };
        let left = group.left.clone();
        self.archived.push(Archived {
            id,
            label: group.name().to_owned(),
            topic: None,
            keywords: group.label.keywords.clone(),
            entities: group.label.entities.clone(),
            size: left.count,
            first_seen: left.first,
            last_seen: left.last,
            stories: left.stories,
            headlines: Vec::new(),
        });
    }
}
