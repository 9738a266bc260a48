//! How things stand when metrics are asked for.

use super::app::Context;
use crate::service::{Readiness, View};

/// Brings all gauges of state up to date.
pub(super) fn update(context: &Context) {
    let collections = context.collections.all();
    set("slugline_ready", u8::from(context.collections.readiness() == Readiness::Ready).into());
    set(
        "slugline_queue_depth",
        collections.iter().map(|service| service.queue_depth()).sum::<usize>() as f64,
    );
    set("slugline_api_keys", context.access.keys() as f64);
    set("slugline_webhooks", context.webhooks.count() as f64);
    set("slugline_clients", context.access.clients() as f64);
    set("slugline_start_time_seconds", context.started.at.as_second() as f64);
    set("slugline_collections", collections.len() as f64);
    let totals: Vec<Totals> = collections.iter().map(|service| Totals::of(&service.view())).collect();
    Totals::sum(&totals).show();
}

/// Counts of one collection, or of all together: a series for each would never go away again.
#[derive(Default)]
struct Totals {
    headlines: usize,
    stories: usize,
    topics: usize,
    /// Headlines in the largest topic, and in topics at all.
    largest: usize,
    grouped: usize,
    version: u64,
    events: u64,
    last_entry: u64,
}

impl Totals {
    fn of(view: &View) -> Self {
        let snapshot = &view.snapshot;
        let topics = snapshot.topics();
        Self {
            headlines: snapshot.len(),
            stories: topics.iter().map(|topic| topic.stories.len()).sum(),
            topics: topics.len(),
            largest: topics.iter().map(|topic| topic.size).max().unwrap_or(0),
            grouped: topics.iter().map(|topic| topic.size).sum(),
            version: snapshot.version,
            events: snapshot.lineage.last(),
            last_entry: view.last_seq,
        }
    }

    fn sum(parts: &[Self]) -> Self {
        parts.iter().fold(Self::default(), |sum, part| Self {
            headlines: sum.headlines + part.headlines,
            stories: sum.stories + part.stories,
            topics: sum.topics + part.topics,
            largest: sum.largest.max(part.largest),
            grouped: sum.grouped + part.grouped,
            version: sum.version + part.version,
            events: sum.events + part.events,
            last_entry: sum.last_entry + part.last_entry,
        })
    }

    fn show(&self) {
        let share = |part: usize| if self.headlines == 0 { 0.0 } else { part as f64 / self.headlines as f64 };
        set("slugline_headlines", self.headlines as f64);
        set("slugline_stories", self.stories as f64);
        set("slugline_topics", self.topics as f64);
        set("slugline_largest_topic_share", share(self.largest));
        set("slugline_singleton_share", share(self.headlines.saturating_sub(self.grouped)));
        set("slugline_version", self.version as f64);
        set("slugline_events", self.events as f64);
        set("slugline_last_entry", self.last_entry as f64);
    }
}

fn set(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
}
