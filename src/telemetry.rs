//! Logs and metrics: set up once by the binary, written to from everywhere.

use std::io::IsTerminal;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Upper bounds in seconds, from a cached read to a large clustering.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Sends logs to standard error. Later calls in the same process change nothing.
pub fn init_logs(log: &Log) {
    // The filter was validated with the configuration.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let _ = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Starts collecting metrics; the handle renders them.
///
/// # Errors
/// When the process already collects metrics.
pub fn init_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    describe_counter!("slugline_http_requests_total", "Requests by method, route and status");
    describe_histogram!("slugline_http_request_duration_seconds", Unit::Seconds, "Time to answer, by route");
    describe_counter!("slugline_headlines_total", "Posted headlines by status: created, duplicate, rejected");
    describe_histogram!("slugline_batch_apply_seconds", Unit::Seconds, "Time to store and apply one batch");
    describe_histogram!("slugline_batch_store_seconds", Unit::Seconds, "Time to make one batch durable");
    describe_gauge!("slugline_queue_depth", "Requests that wait for the writer");
    describe_gauge!("slugline_topics", "Topics in the current snapshot");
    describe_gauge!("slugline_headlines", "Headlines in the current snapshot");
    for status in ["created", "duplicate", "rejected"] {
        metrics::counter!("slugline_headlines_total", "status" => status).increment(0);
    }
    Ok(handle)
}
