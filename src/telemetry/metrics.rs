//! Every metric there is: name, unit and meaning in one place. `docs/operations.md` lists the same.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds in seconds, from a cached read to a large clustering.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What only rises while the process runs.
const COUNTERS: [(&str, &str); 9] = [
    ("slugline_http_requests_total", "Requests by method, route and status"),
    ("slugline_problems_total", "Failed requests by code of the problem"),
    ("slugline_headlines_total", "Posted headlines by status: created, duplicate, rejected"),
    ("slugline_edits_total", "Edits by kind: amend, merge, split, move, judge, undo"),
    ("slugline_feed_fetches_total", "Fetches of feeds by outcome: read, unchanged, failed"),
    ("slugline_webhook_deliveries_total", "Messages to webhooks by outcome: delivered, retried, failed"),
    ("slugline_webhook_store_errors_total", "Times that what a webhook was told could not be written down"),
    ("slugline_store_errors_total", "Batches that the store refused, by kind: full, failed"),
    ("slugline_checkpoint_errors_total", "Checkpoints that could not be written"),
];

/// Times, all in seconds.
const HISTOGRAMS: [(&str, &str); 4] = [
    ("slugline_http_request_duration_seconds", "Time to answer, by method and route"),
    ("slugline_batch_apply_seconds", "Time to store and apply one batch"),
    ("slugline_batch_store_seconds", "Time to make one batch durable"),
    ("slugline_checkpoint_seconds", "Time to write a checkpoint"),
];

/// What is as it is, mostly taken when metrics are asked for.
const GAUGES: [(&str, &str); 17] = [
    ("slugline_ready", "1 if new headlines are welcome, else 0"),
    ("slugline_queue_depth", "Requests that wait for a writer"),
    ("slugline_collections", "Collections, with the default one"),
    ("slugline_headlines", "Headlines in the current snapshots of all collections"),
    ("slugline_stories", "Stories in the current snapshots"),
    ("slugline_topics", "Topics in the current snapshots"),
    ("slugline_largest_topic_share", "Share of all headlines that the largest topic holds, 0 to 1"),
    ("slugline_singleton_share", "Share of all headlines without a topic, 0 to 1"),
    ("slugline_version", "Entries applied so far, in all collections together"),
    ("slugline_events", "Number of the last event of the lineage, added up over collections"),
    ("slugline_last_entry", "Number of the last entry of the log, added up over collections"),
    ("slugline_checkpoint_bytes", "Size of the last checkpoint written by this process"),
    ("slugline_webhooks", "Webhooks there are"),
    ("slugline_api_keys", "Accepted API keys"),
    ("slugline_clients", "Clients whose allowance is kept track of"),
    ("slugline_start_time_seconds", "When the process started, in seconds since 1970"),
    ("slugline_build_info", "1, with the version as a label"),
];

/// Starts collecting metrics; the handle renders them.
///
/// # Errors
/// When the process already collects metrics.
pub fn init_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    COUNTERS.iter().for_each(|&(name, meaning)| describe_counter!(name, meaning));
    HISTOGRAMS.iter().for_each(|&(name, meaning)| describe_histogram!(name, Unit::Seconds, meaning));
    GAUGES.iter().for_each(|&(name, meaning)| describe_gauge!(name, meaning));
    // There from the start, so that the first one shows as a rise.
    for status in ["created", "duplicate", "rejected"] {
        counter!("slugline_headlines_total", "status" => status).increment(0);
    }
    for kind in ["amend", "merge", "split", "move", "move_story", "judge", "undo"] {
        counter!("slugline_edits_total", "kind" => kind).increment(0);
    }
    for kind in ["full", "failed"] {
        counter!("slugline_store_errors_total", "kind" => kind).increment(0);
    }
    counter!("slugline_checkpoint_errors_total").increment(0);
    for outcome in ["read", "unchanged", "failed"] {
        counter!("slugline_feed_fetches_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["delivered", "retried", "failed"] {
        counter!("slugline_webhook_deliveries_total", "outcome" => outcome).increment(0);
    }
    counter!("slugline_webhook_store_errors_total").increment(0);
    gauge!("slugline_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}
