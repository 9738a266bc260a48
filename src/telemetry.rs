//! Logs, metrics and traces: set up once by the binary, written to from everywhere.

mod metrics;
#[cfg(feature = "otlp")]
mod traces;

use std::io::IsTerminal;

use thiserror::Error;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::{Log, LogFormat};

pub use metrics::init_metrics;
#[cfg(feature = "otlp")]
pub use traces::Traces;

/// Stands in for traces where the program was built without them.
#[cfg(not(feature = "otlp"))]
#[derive(Debug)]
pub struct Traces;

/// Why traces cannot be sent, in one line.
#[derive(Debug, Error)]
#[error("traces: {0}")]
pub struct TracesError(String);

/// Sends logs to standard error and, where the environment names a collector, spans to that for as long as the answer is
/// held. Later calls in the same process change nothing.
///
/// # Errors
/// When the collector cannot be used.
pub fn init_logs(log: &Log) -> Result<Option<Traces>, TracesError> {
    // The filter was validated with the configuration.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let subscriber = registry().with(filter).with(lines);
    #[cfg(feature = "otlp")]
    let (traces, subscriber) = {
        let traces = Traces::from_environment()?;
        let layer = traces.as_ref().map(Traces::layer);
        (traces, subscriber.with(layer))
    };
    #[cfg(not(feature = "otlp"))]
    let traces = None;
    let _ = subscriber.try_init();
    #[cfg(not(feature = "otlp"))]
    if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
        tracing::warn!("OTEL_EXPORTER_OTLP_ENDPOINT is ignored: built without the feature `otlp`");
    }
    Ok(traces)
}
