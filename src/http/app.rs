//! The listener and the application behind it.

use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tracing_actix_web::TracingLogger;

use super::access::Access;
use super::middleware::{
    RequestSpan, admit, conditional, cors, fields, observe, problems, recall, request_id, same_site,
    security_headers,
};
use super::pages::{Condition, Drawing, Latest};
use super::routes;
use crate::config::Config;
use crate::feeds::Sources;
use crate::service::Collections;
use crate::webhooks::Webhooks;

/// What every handler may use.
pub struct Context {
    /// The use cases, by collection.
    pub collections: Arc<Collections>,
    /// The feeds that are followed.
    pub sources: Sources,
    /// Who is told of news.
    pub webhooks: Webhooks,
    /// Limits and timeouts.
    pub config: Config,
    /// Who may ask, and how often.
    pub access: Access,
    /// The metrics collected so far.
    pub metrics: PrometheusHandle,
    /// One permit per stream of changes that may be open.
    pub streams: Arc<Semaphore>,
    /// When the process started.
    pub started: Started,
}

/// A moment by two clocks: one that people read, and one that is never set back.
#[derive(Debug, Clone, Copy)]
pub struct Started {
    /// By the first.
    pub at: Timestamp,
    /// By the second.
    pub instant: Instant,
}

impl Started {
    /// This moment.
    pub fn now() -> Self {
        Self { at: Timestamp::now(), instant: Instant::now() }
    }
}

/// Binds the address and prepares the server, which runs once it is awaited. Signals are left to the caller.
///
/// # Errors
/// When the address cannot be bound.
pub fn serve(context: Data<Context>) -> io::Result<(Server, std::net::SocketAddr)> {
    let config = context.config.server.clone();
    let workers = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        workers => workers,
    };
    let (drawings, conditions) = (Data::<Latest<Drawing>>::default(), Data::<Latest<Condition>>::default());
    let app = move || {
        give_way();
        // What is wrapped last sees a request first.
        App::new()
            .app_data(context.clone())
            .app_data(drawings.clone())
            .app_data(conditions.clone())
            .wrap(from_fn(fields))
            .wrap(from_fn(conditional))
            .wrap(Compress::default())
            .wrap(from_fn(recall))
            .wrap(from_fn(same_site))
            .wrap(from_fn(admit))
            .wrap(from_fn(problems))
            // Around problems, so that pages may read them; its own failures become problems as well.
            .wrap(cors(&context.config.cors))
            .wrap(from_fn(problems))
            .wrap(security_headers())
            .wrap(from_fn(observe))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(from_fn(request_id))
            .configure(routes::configure)
    };
    let server = HttpServer::new(app)
        .workers(workers)
        .max_connections(config.max_connections.div_ceil(workers))
        .keep_alive(Duration::from_secs(config.keep_alive_seconds))
        .client_request_timeout(Duration::from_secs(config.header_timeout_seconds))
        .shutdown_timeout(config.shutdown_timeout_seconds)
        .disable_signals()
        .bind(config.bind)?;
    let address = server.addrs().first().copied().unwrap_or(config.bind);
    Ok((server.run(), address))
}

/// How much the threads that answer give way to the one that keeps headlines, as `nice` counts.
#[cfg(target_os = "linux")]
const GIVE_WAY: i32 = 3;

/// Lets this thread, one that answers, wait rather than the one that keeps headlines where there are too few processors for
/// both: whoever posts waits until what was posted is kept, and reads could otherwise hold that up without end.
fn give_way() {
    // A thread that gives way more already may not take that back.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), GIVE_WAY);
}
