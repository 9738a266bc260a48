//! Shapes of trend, coverage and timeline.

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::{Activity, Headlines, Snapshot, Topic};
use crate::track::{Coverage, Id, Phase, Timeline, Trend};

/// What goes on in a topic or story.
#[derive(Debug, Serialize)]
pub struct ActivitySummary {
    /// Its pace, if any headline has a time.
    #[serde(flatten)]
    pub trend: Option<TrendSummary>,
    /// Who reports it, and how much of that is copies.
    pub coverage: Coverage,
}

impl From<&Activity> for ActivitySummary {
    fn from(activity: &Activity) -> Self {
        Self { trend: activity.trend.as_ref().map(TrendSummary::from), coverage: activity.coverage.clone() }
    }
}

/// The pace of a topic or story. Numbers are rounded to three decimals.
#[derive(Debug, Serialize)]
pub struct TrendSummary {
    /// Time of its first headline.
    pub first_seen: Timestamp,
    /// Time of its last headline.
    pub last_seen: Timestamp,
    /// Where it is in its life.
    pub phase: Phase,
    /// Headlines a day of late.
    pub velocity: f64,
    /// -log10 of the chance of as many headlines at the pace before.
    pub burst: f64,
}

impl From<&Trend> for TrendSummary {
    fn from(trend: &Trend) -> Self {
        Self {
            first_seen: trend.first_seen,
            last_seen: trend.last_seen,
            phase: trend.phase,
            velocity: rounded(trend.velocity),
            burst: rounded(trend.burst),
        }
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

/// A topic by time: answer to `GET /v1/topics/{id}/timeline`.
#[derive(Debug, Serialize)]
pub struct TopicTimeline {
    /// Version of the collection.
    pub version: u64,
    /// Id of the topic.
    pub topic: Id,
    /// Its pace.
    #[serde(flatten)]
    pub trend: Option<TrendSummary>,
    /// Headlines a day in its past, which the recent ones are compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Seconds up to the newest headline of the collection that count as recent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<i64>,
    /// Headlines and publishers by time.
    #[serde(flatten)]
    pub timeline: Timeline,
}

impl TopicTimeline {
    /// The timeline of a topic of `snapshot`.
    pub fn of(snapshot: &Snapshot, topic: &Topic) -> Self {
        let headlines = topic.stories.iter().flat_map(|story| &story.headlines);
        let activity = snapshot.topic_activity(topic);
        let trend = activity.trend.as_ref();
        Self {
            version: snapshot.version,
            topic: topic.id,
            trend: trend.map(TrendSummary::from),
            expected: trend.and_then(|trend| trend.expected).map(rounded),
            window_seconds: trend.map(|trend| trend.window_seconds),
            timeline: Timeline::of(headlines.filter_map(|&at| snapshot.at(at))),
        }
    }
}
