//! How things stand when metrics are asked for.

use super::app::Context;
use crate::service::{Readiness, View};

/// Brings all gauges of state up to date.
pub(super) fn update(context: &Context) {
    let service = &context.service;
    set("slugline_ready", u8::from(service.readiness() == Readiness::Ready).into());
    set("slugline_queue_depth", service.queue_depth() as f64);
    set("slugline_api_keys", context.access.keys() as f64);
    set("slugline_webhooks", context.webhooks.count() as f64);
    set("slugline_clients", context.access.clients() as f64);
    set("slugline_start_time_seconds", context.started.at.as_second() as f64);
    of_collection(&service.view());
}

fn of_collection(view: &View) {
    let snapshot = &view.snapshot;
    let topics = snapshot.topics();
    let headlines = snapshot.len();
    let share = |part: usize| if headlines == 0 { 0.0 } else { part as f64 / headlines as f64 };
    let largest = topics.iter().map(|topic| topic.size).max().unwrap_or(0);
    let grouped: usize = topics.iter().map(|topic| topic.size).sum();
    let stories: usize = topics.iter().map(|topic| topic.stories.len()).sum();
    set("slugline_headlines", headlines as f64);
    set("slugline_stories", stories as f64);
    set("slugline_topics", topics.len() as f64);
    set("slugline_largest_topic_share", share(largest));
    set("slugline_singleton_share", share(headlines.saturating_sub(grouped)));
    set("slugline_version", snapshot.version as f64);
    set("slugline_events", snapshot.lineage.last() as f64);
    set("slugline_last_entry", view.last_seq as f64);
}

fn set(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
}
