//! Shapes of the answers. They carry whole headlines, never positions in some list.

mod activity;
mod changes;
mod classify;
mod collections;
mod edits;
mod related;
mod search;
mod sources;
mod standing;
mod webhooks;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

pub use activity::{ActivitySummary, TopicTimeline, TrendSummary};
pub use changes::ChangePage;
pub use classify::{ClassifiedItem, ClassifyAnswer, ClassifyCounts, Named, RunnerUp};
pub use collections::{CollectionList, CollectionSummary};
pub use edits::{EditAnswer, EditPage, EditView};
pub use related::{RelatedTopic, RelatedTopics};
pub use search::{FoundHeadline, SearchPage};
pub use sources::{SourceFailure, SourceList, SourceStatus};
pub use standing::{StandingList, StandingPage, StandingTopic};
pub use webhooks::{CreatedWebhook, FailedList, FailedMessage, Redelivery, WebhookList, WebhookStatus};

use super::app::Started;
use crate::Headline;
use crate::engine::{
    Activity, Grouping, Headlines, Nearest, Outcome, Placement, Snapshot, Story, Topic, TopicActivity,
    TopicPlace, TopicSort,
};
use crate::ingest::Rejection;
use crate::service::{Clustered, Receipt, Rejected, Verdict, View};
use crate::track::{Event, Id, Outline, Resolution, State};

/// Answer to `POST /v1/headlines`.
#[derive(Debug, Serialize)]
pub struct PostAnswer<'a> {
    /// Version of the collection the placements are from.
    pub version: u64,
    /// How many items were created, duplicate and rejected.
    pub counts: PostCounts,
    /// One result per item, in order.
    pub results: Vec<ItemResult<'a>>,
}

/// Items by what became of them.
#[derive(Debug, Serialize)]
pub struct PostCounts {
    /// New headlines.
    pub created: usize,
    /// Headlines that were there already.
    pub duplicate: usize,
    /// Items turned away.
    pub rejected: usize,
}

/// What became of one item.
#[derive(Debug, Default, Serialize)]
pub struct ItemResult<'a> {
    /// Its place in the request, from 0.
    pub index: usize,
    /// `created`, `duplicate` or `rejected`.
    pub status: &'static str,
    /// Id of the headline, given or derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// When rejected: why.
    #[serde(flatten)]
    pub refusal: Option<Refusal>,
}

/// Why an item is turned away.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// The line on which it starts, from 1.
    pub line: usize,
    /// The stable reason.
    pub code: &'static str,
    /// The reason in words.
    pub detail: String,
}

impl Refusal {
    fn new(line: usize, reason: &Rejection) -> Self {
        Self { line, code: reason.code(), detail: reason.to_string() }
    }
}

impl<'a> From<&'a Receipt> for PostAnswer<'a> {
    fn from(receipt: &'a Receipt) -> Self {
        let (created, duplicate, rejected) = receipt.counts();
        let results = receipt.verdicts.iter().enumerate().map(ItemResult::of).collect();
        Self { version: receipt.version, counts: PostCounts { created, duplicate, rejected }, results }
    }
}

impl<'a> ItemResult<'a> {
    fn of((index, verdict): (usize, &'a Verdict)) -> Self {
        match verdict {
            Verdict::Kept { id, outcome, placement } => Self {
                index,
                status: match outcome {
                    Outcome::Created => "created",
                    Outcome::Duplicate => "duplicate",
                },
                id: Some(id),
                place: Place::from(placement),
                ..Self::default()
            },
            Verdict::Rejected { line, reason } => Self {
                index,
                status: "rejected",
                refusal: Some(Refusal::new(*line, reason)),
                ..Self::default()
            },
        }
    }
}

/// Where a headline is.
#[derive(Debug, Default, Serialize)]
pub struct Place<'a> {
    /// Its story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<Id>,
    /// Its topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Id>,
    /// Without a topic: the one that came closest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<&'a Nearest>,
}

impl<'a> From<&'a Placement> for Place<'a> {
    fn from(placement: &'a Placement) -> Self {
        Self { story: placement.story, topic: placement.topic, nearest: placement.nearest.as_ref() }
    }
}

/// A headline and where it is: answer to `GET /v1/headlines/{id}`.
#[derive(Debug, Serialize)]
pub struct PlacedHeadline<'a> {
    /// The headline.
    #[serde(flatten)]
    pub headline: &'a Headline,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place<'a>,
}

impl<'a> PlacedHeadline<'a> {
    /// Joins a headline with its placement.
    pub fn new(headline: &'a Headline, placement: &'a Placement) -> Self {
        Self { headline, place: Place::from(placement) }
    }
}

/// One page of topics: answer to `GET /v1/topics`.
#[derive(Debug, Serialize)]
pub struct TopicPage<'a> {
    /// Version of the collection.
    pub version: u64,
    /// Number of topics there are.
    pub total: usize,
    /// Most topics on this page.
    pub limit: usize,
    /// Topics before this page, unless they are walked through by a cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
    /// What to give as `cursor` for the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The topics, in the order asked for.
    pub topics: Vec<TopicSummary<'a>>,
}

impl<'a> TopicPage<'a> {
    /// The page of a snapshot that starts at `offset`.
    pub fn of(snapshot: &'a Snapshot, sort: TopicSort, limit: usize, offset: usize) -> Self {
        let rest = snapshot.topics_placed(sort).into_iter().skip(offset);
        Self { offset: Some(offset), ..Self::first_of(rest, snapshot, sort, limit) }
    }

    /// The page of a snapshot that comes after a place in an order, or the first one.
    pub fn after(snapshot: &'a Snapshot, sort: TopicSort, place: Option<TopicPlace>, limit: usize) -> Self {
        let rest = snapshot.topics_placed(sort).into_iter();
        let rest = rest.skip_while(|(other, _)| place.is_some_and(|place| *other <= place));
        Self::first_of(rest, snapshot, sort, limit)
    }

    fn first_of(
        mut topics: impl Iterator<Item = (TopicPlace, &'a Arc<Topic>)>,
        snapshot: &'a Snapshot,
        sort: TopicSort,
        limit: usize,
    ) -> Self {
        let page: Vec<_> = topics.by_ref().take(limit).collect();
        let last = page.last().filter(|_| topics.next().is_some());
        let next = last.map(|(place, _)| place.cursor(sort));
        let summary =
            |topic: &'a Arc<Topic>| TopicSummary::current(topic, &snapshot.topic_activity(topic), snapshot);
        let (version, total) = (snapshot.version, snapshot.topics().len());
        let topics = page.into_iter().map(|(_, topic)| summary(topic)).collect();
        Self { version, total, limit, offset: None, next, topics }
    }
}

/// A topic without its headlines.
#[derive(Debug, Serialize)]
pub struct TopicSummary<'a> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: &'a str,
    /// `active` or `dormant`, in a collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Whether somebody pinned it, in a collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Terms that set it apart, best first.
    pub keywords: &'a [String],
    /// Countries and organisations it is about, most frequent first.
    pub entities: &'a [String],
    /// Number of headlines.
    pub size: usize,
    /// Number of stories.
    pub story_count: usize,
    /// What goes on in it; only in a collection.
    #[serde(flatten)]
    pub activity: Option<ActivitySummary>,
    /// Its most central headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative: Option<&'a Headline>,
}

impl<'a> TopicSummary<'a> {
    fn current(topic: &'a Topic, activity: &Activity, snapshot: &'a Snapshot) -> Self {
        Self {
            state: state_of(topic.id, snapshot),
            pinned: Some(snapshot.is_pinned(topic.id)),
            ..Self::of(topic, snapshot, Some(activity))
        }
    }

    fn of(topic: &'a Topic, headlines: &'a (impl Headlines + ?Sized), activity: Option<&Activity>) -> Self {
        Self {
            id: topic.id,
            label: &topic.label,
            state: None,
            pinned: None,
            keywords: &topic.keywords,
            entities: &topic.entities,
            size: topic.size,
            story_count: topic.stories.len(),
            activity: activity.map(ActivitySummary::from),
            representative: headlines.at(topic.representative),
        }
    }
}

/// A topic with all its stories: answer to `GET /v1/topics/{id}`.
#[derive(Debug, Serialize)]
pub struct TopicDetail<'a> {
    /// What the list of topics says too.
    #[serde(flatten)]
    pub summary: TopicSummary<'a>,
    /// Its stories, largest first.
    pub stories: Vec<StoryDetail<'a>>,
}

impl<'a> TopicDetail<'a> {
    /// A topic of a collection.
    pub fn current(topic: &'a Topic, snapshot: &'a Snapshot) -> Self {
        let activity = snapshot.activity(topic);
        let summary = TopicSummary::current(topic, &activity.topic, snapshot);
        Self { summary, ..Self::of(topic, snapshot, Some(&activity)) }
    }

    /// A topic whose positions refer to `headlines`, with what goes on in it where that is known.
    pub fn of(
        topic: &'a Topic,
        headlines: &'a (impl Headlines + ?Sized),
        activity: Option<&TopicActivity>,
    ) -> Self {
        let story = |(at, story): (usize, &'a Arc<Story>)| {
            StoryDetail::of(story, headlines, activity.and_then(|activity| activity.stories.get(at)))
        };
        Self {
            summary: TopicSummary::of(topic, headlines, activity.map(|activity| &activity.topic)),
            stories: topic.stories.iter().enumerate().map(story).collect(),
        }
    }
}

/// A story with its headlines.
#[derive(Debug, Serialize)]
pub struct StoryDetail<'a> {
    /// Its id.
    pub id: Id,
    /// Title of its most central headline, or the name that somebody gave it.
    pub label: &'a str,
    /// Number of headlines.
    pub size: usize,
    /// What goes on in it; only in a collection.
    #[serde(flatten)]
    pub activity: Option<ActivitySummary>,
    /// Its headlines, by time.
    pub headlines: Vec<&'a Headline>,
}

impl<'a> StoryDetail<'a> {
    fn of(story: &'a Story, headlines: &'a (impl Headlines + ?Sized), activity: Option<&Activity>) -> Self {
        let headlines: Vec<_> = story.headlines.iter().filter_map(|&at| headlines.at(at)).collect();
        Self {
            id: story.id,
            label: &story.label,
            size: headlines.len(),
            activity: activity.map(ActivitySummary::from),
            headlines,
        }
    }
}

/// A story and the topic it is in: answer to `GET /v1/stories/{id}`.
#[derive(Debug, Serialize)]
pub struct StoryInTopic<'a> {
    /// Id of its topic.
    pub topic: Id,
    /// `active` or `dormant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Whether somebody pinned it.
    pub pinned: bool,
    /// The story.
    #[serde(flatten)]
    pub story: StoryDetail<'a>,
}

impl<'a> StoryInTopic<'a> {
    /// A story of a collection.
    pub fn of(story: &'a Story, topic: &Topic, snapshot: &'a Snapshot) -> Self {
        let (state, activity) = (state_of(story.id, snapshot), snapshot.story_activity(story));
        let pinned = snapshot.is_pinned(story.id);
        Self { topic: topic.id, state, pinned, story: StoryDetail::of(story, snapshot, Some(&activity)) }
    }
}

fn state_of(id: Id, snapshot: &Snapshot) -> Option<&'static str> {
    snapshot.lineage.state(id).map(State::name)
}

/// What became of a topic or story that is no more: answer for its id instead of the topic or story.
#[derive(Debug, Serialize)]
pub struct Ended<'a> {
    /// Its id.
    pub id: Id,
    /// The last name it had.
    pub label: &'a str,
    /// `merged`, `split`, `dissolved` or `archived`.
    pub state: &'static str,
    /// What it was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id>,
    /// What it was split into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_into: Option<&'a [Id]>,
    /// What that led to in the end: ids that have headlines at present.
    pub living: &'a [Id],
    /// What is kept of one that left the window: size, times, keywords, stories or headlines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<serde_json::Value>,
}

impl<'a> Ended<'a> {
    /// Renders a resolution.
    pub fn of(id: Id, Resolution { state, label, living }: &'a Resolution) -> Self {
        let (merged_into, split_into) = match state {
            State::Merged(into) => (Some(*into), None),
            State::Split(into) => (None, Some(into.as_slice())),
            State::Active | State::Dormant | State::Dissolved | State::Archived => (None, None),
        };
        Self { id, label, state: state.name(), merged_into, split_into, living, archived: None }
    }
}

/// One page of events: answer to `GET /v1/events` and its kin.
#[derive(Debug, Serialize)]
pub struct EventPage<'a> {
    /// Version of the collection.
    pub version: u64,
    /// Number of the last event there is.
    pub last: u64,
    /// What to give as `since` for the next page: the last event on this one.
    pub next: u64,
    /// Most events on this page.
    pub limit: usize,
    /// The events, in order.
    pub events: Vec<&'a Event>,
}

impl<'a> EventPage<'a> {
    /// The first events, at most `limit`, with numbers after `since`.
    pub fn of(snapshot: &Snapshot, since: u64, limit: usize, events: &'a [Arc<Event>]) -> Self {
        let events: Vec<&Event> = events.iter().map(Arc::as_ref).collect();
        let next = events.last().map_or(since, |event| event.number);
        Self { version: snapshot.version, last: snapshot.lineage.last(), next, limit, events }
    }
}

/// One page of topics as they were: answer to `GET /v1/topics?as_of=`.
#[derive(Debug, Serialize)]
pub struct PastTopicPage {
    /// Version of the collection of then; 0 for the empty one before the first event.
    pub version: u64,
    /// Number of topics there were.
    pub total: usize,
    /// Most topics on this page.
    pub limit: usize,
    /// Topics before this page.
    pub offset: usize,
    /// The topics, largest first.
    pub topics: Vec<Outline>,
}

impl PastTopicPage {
    /// The page that starts at `offset`.
    pub fn of(version: u64, all: Vec<Outline>, limit: usize, offset: usize) -> Self {
        let total = all.len();
        Self { version, total, limit, offset, topics: all.into_iter().skip(offset).take(limit).collect() }
    }
}

/// Groups of a document: answer to `POST /v1/cluster`, and the JSON of `slugline cluster`.
#[derive(Debug, Serialize)]
pub struct ClusterAnswer<'a> {
    /// How many headlines went where.
    pub counts: ClusterCounts,
    /// The topics, largest first.
    pub topics: Vec<TopicDetail<'a>>,
    /// Headlines without a topic.
    pub unassigned: Vec<PlacedHeadline<'a>>,
    /// Items turned away.
    pub rejected: Vec<RejectedItem>,
}

/// How many headlines went where.
#[derive(Debug, Serialize)]
pub struct ClusterCounts {
    /// Topics.
    pub topics: usize,
    /// Headlines in topics.
    pub assigned: usize,
    /// Headlines without a topic.
    pub unassigned: usize,
    /// Items turned away.
    pub rejected: usize,
}

/// An item that was turned away.
#[derive(Debug, Serialize)]
pub struct RejectedItem {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Why.
    #[serde(flatten)]
    pub refusal: Refusal,
}

impl<'a> From<&'a Clustered> for ClusterAnswer<'a> {
    fn from(clustered: &'a Clustered) -> Self {
        let Clustered { headlines, grouping, rejected } = clustered;
        let topics: Vec<_> =
            grouping.topics.iter().map(|topic| TopicDetail::of(topic, headlines.as_slice(), None)).collect();
        let unassigned: Vec<_> = unassigned(headlines, grouping).collect();
        let counts = ClusterCounts {
            topics: topics.len(),
            assigned: headlines.len() - unassigned.len(),
            unassigned: unassigned.len(),
            rejected: rejected.len(),
        };
        Self { counts, topics, unassigned, rejected: rejected.iter().map(RejectedItem::from).collect() }
    }
}

impl From<&Rejected> for RejectedItem {
    fn from(Rejected { index, line, reason }: &Rejected) -> Self {
        Self { index: *index, refusal: Refusal::new(*line, reason) }
    }
}

/// Headlines that belong to no topic, in input order.
fn unassigned<'a>(
    headlines: &'a [Headline],
    grouping: &'a Grouping,
) -> impl Iterator<Item = PlacedHeadline<'a>> {
    let placed = headlines.iter().zip(&grouping.placements);
    placed
        .filter(|(_, placement)| placement.topic.is_none())
        .map(|(headline, placement)| PlacedHeadline::new(headline, placement))
}

/// How far the collection is and where it is kept: answer to `GET /v1/status`.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Version of the collection.
    pub version: u64,
    /// Number of headlines.
    pub headlines: usize,
    /// Number of stories.
    pub stories: usize,
    /// Number of topics.
    pub topics: usize,
    /// Number of the last entry in the log.
    pub last_entry: u64,
    /// What keeps the log: `sqlite` or `memory`.
    pub store: &'static str,
    /// SHA-256 of the state, in hexadecimal: equal for equal states.
    pub state_hash: String,
    /// When the process started.
    pub started_at: Timestamp,
    /// Seconds since then.
    pub uptime_seconds: u64,
}

impl Status {
    /// The status of a service that shows this view.
    pub fn of(view: &View, store: &'static str, started: &Started) -> Self {
        let topics = view.snapshot.topics();
        Self {
            version: view.snapshot.version,
            headlines: view.snapshot.len(),
            stories: topics.iter().map(|topic| topic.stories.len()).sum(),
            topics: topics.len(),
            last_entry: view.last_seq,
            store,
            state_hash: view.state_hash().iter().map(|byte| format!("{byte:02x}")).collect(),
            started_at: started.at,
            uptime_seconds: started.instant.elapsed().as_secs(),
        }
    }
}

/// Answer to `GET /`.
#[derive(Debug, Serialize)]
pub struct Index {
    /// Name of the service.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What may be asked.
    pub routes: &'static [&'static str],
}

/// Answer of the health checks.
#[derive(Debug, Serialize)]
pub struct Health {
    /// `live`, `ready`, `read-only` or `stopping`.
    pub status: &'static str,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::track::Level;

    #[test]
    fn an_ended_topic_says_where_it_went() {
        let id = |number| Id::new(Level::Topic, number);
        let ended = |state, living: &[u32]| {
            let living = living.iter().map(|&number| id(number)).collect();
            let resolution = Resolution { state, label: "Harbour strike".into(), living };
            serde_json::to_value(Ended::of(id(1), &resolution)).unwrap()
        };
        assert_eq!(
            ended(State::Split(vec![id(2), id(3)]), &[3, 4]),
            json!({"id": "t-000001", "label": "Harbour strike", "state": "split",
                "split_into": ["t-000002", "t-000003"], "living": ["t-000003", "t-000004"]})
        );
        assert_eq!(
            ended(State::Merged(id(2)), &[]),
            json!({"id": "t-000001", "label": "Harbour strike", "state": "merged",
                "merged_into": "t-000002", "living": []})
        );
        assert_eq!(
            ended(State::Dissolved, &[]),
            json!({"id": "t-000001", "label": "Harbour strike", "state": "dissolved", "living": []})
        );
    }
}
