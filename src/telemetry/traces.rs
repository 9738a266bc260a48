//! Spans for an OpenTelemetry collector, over HTTP as protocol buffers.
//!
//! The variables are those of the OpenTelemetry specification. What a span holds is what the log holds: ids of requests
//! and names of keys, never a title or a key.

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use super::TracesError;

/// Variables that name the collector, the one that wins first.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// The variable that names the service.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// How long the collector may take for one batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends what is left when it is dropped.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        // Nobody is left who could do anything about it.
        let _ = self.0.shutdown();
    }
}

impl Traces {
    /// Nothing if no variable names a collector.
    pub(super) fn from_environment() -> Result<Option<Self>, TracesError> {
        let Some((name, endpoint)) =
            ENDPOINTS.iter().find_map(|name| Some((*name, std::env::var(name).ok()?)))
        else {
            return Ok(None);
        };
        if !["http://", "https://"].iter().any(|scheme| endpoint.starts_with(scheme)) {
            return Err(TracesError(format!("{name} must begin with http:// or https://")));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new())
            .build()
            .map_err(|error| TracesError(error.to_string()))?;
        let mut resource = Resource::builder();
        if std::env::var_os(SERVICE_NAME).is_none() {
            resource = resource.with_service_name("slugline");
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Some(Self(provider)))
    }

    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> OpenTelemetryLayer<S, Tracer> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("slugline"))
    }
}

/// Sends batches by the HTTP client that is there anyway, on the thread that the exporter keeps for this.
#[derive(Debug)]
struct Client(ureq::Agent);

impl Client {
    fn new() -> Self {
        let settings = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0);
        Self(settings.build().new_agent())
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let response = self.0.run(Request::from_parts(parts, &body[..]))?;
        let (parts, mut body) = response.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}

impl HttpClient for Client {
    fn send_bytes<'client, 'sent>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'client: 'sent,
        Self: 'sent,
    {
        Box::pin(ready(self.send(request)))
    }
}
