//! `slugline serve`: from settings to a running service, and down again in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::Data;
use anyhow::Context as _;
use clap::CommandFactory;
use tokio::sync::Semaphore;

use crate::config::{self, Config, Flags};
use crate::feeds::{Fetcher, Source, Sources, follow};
use crate::http::{self, Access, Context, Started};
use crate::service::{Collections, ServiceError};
use crate::store::{DEFAULT, MemoryStores, SqliteStores, Stores};
use crate::telemetry;
use crate::webhooks::{KeepError, Webhooks, dispatch};

/// How often histograms are compacted between scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// Settings of the service.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    flags: Flags,
    /// File to write the port to once the service listens, for --bind with port 0
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = Config::load(&args.flags)?;
    let _traces = telemetry::init_logs(&config.log)?;
    warn_of_unknown_variables();
    let metrics = telemetry::init_metrics().context("cannot collect metrics")?;
    let started = Started::now();
    let access = Access::new(&config)?;
    announce_access(&config, &access);
    let base = config.clustering.clone();
    let collections =
        Collections::start(base, &config.capacity(), config.limits.collections, stores(&config.store))?;
    let sources = Sources::new(&config.sources)?;
    let webhooks = open_webhooks(&config)?;
    let streams = Arc::new(Semaphore::new(config.limits.streams));
    let context = Data::new(Context {
        collections: Arc::new(collections),
        sources,
        webhooks,
        config,
        access,
        metrics,
        streams,
        started,
    });
    rt::System::new().block_on(run_until_stopped(context, args.port_file.as_deref()))
}

fn announce_access(config: &Config, access: &Access) {
    let file = config.auth.keys_file.display();
    match access.keys() {
        0 if config.server.bind.ip().to_canonical().is_loopback() => {
            tracing::info!("no API keys: whoever is on this machine may read and post");
        }
        0 => tracing::warn!("no API keys: whoever reaches the service may read and post"),
        keys => tracing::info!(%file, keys, "requests need an API key"),
    }
}

fn stores(settings: &config::Store) -> Box<dyn Stores> {
    if settings.memory {
        tracing::warn!("collections are kept in memory and lost when the service stops");
        return Box::new(MemoryStores::default());
    }
    tracing::info!(directory = %settings.data_dir.display(), "opening the store");
    Box::new(SqliteStores::new(&settings.data_dir))
}

/// Webhooks are kept in the data directory, which is locked once the store is open.
fn open_webhooks(config: &Config) -> Result<Webhooks, KeepError> {
    let directory = (!config.store.memory).then(|| config.store.data_dir.join("webhooks"));
    Webhooks::open(config.webhooks.clone(), directory)
}

async fn run_until_stopped(context: Data<Context>, port_file: Option<&Path>) -> anyhow::Result<()> {
    // Before the address is known to anybody, so that no signal finds the default action.
    let mut signals = Signals::listen().context("cannot listen for signals")?;
    let bind = context.config.server.bind;
    let (server, address) =
        http::serve(context.clone()).with_context(|| format!("cannot listen on {bind}"))?;
    let handle = server.handle();
    let running = rt::spawn(server);
    rt::spawn(keep_up(context.clone()));
    #[cfg(unix)]
    if context.config.auth.needs_keys() {
        rt::spawn(reload_keys(context.clone(), hang_ups()?));
    }
    announce(address, port_file)?;
    let following = rt::spawn(follow_sources(context.clone()));
    let telling = rt::spawn(tell_webhooks(context.clone()));

    let failed = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "stopping: finishing what was accepted");
            false
        }
        () = context.collections.failed() => true,
    };
    rt::spawn(async move {
        let signal = signals.next().await;
        tracing::warn!(signal, "stopping at once");
        std::process::exit(130);
    });
    following.abort();
    telling.abort();
    context.collections.announce_stop();
    handle.stop(true).await;
    running.await.context("the server panicked")?.context("the server failed")?;
    // No handler is left that could queue more; the writers finish what is queued, close their stores and end.
    let finished = rt::task::spawn_blocking(move || context.collections.close()).await.unwrap_or(false);
    anyhow::ensure!(finished && !failed, "a writer thread failed; what was acknowledged is stored");
    tracing::info!("stopped");
    Ok(())
}

fn announce(address: SocketAddr, port_file: Option<&Path>) -> anyhow::Result<()> {
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
    let Some(path) = port_file else { return Ok(()) };
    // Renamed into place, so that whoever polls never reads half a number.
    let partial = path.with_extension("partial");
    std::fs::write(&partial, address.port().to_string())
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Posts what the configured feeds bring, the same way as requests do.
async fn follow_sources(context: Data<Context>) {
    let Context { collections, sources, config, .. } = &**context;
    if sources.is_empty() {
        return;
    }
    tracing::info!(sources = sources.iter().count(), "following feeds");
    let fetcher = Fetcher::new(&config.feeds, config.limits.body_bytes);
    let deliver = async |source: &Source, document, received| {
        let name = source.collection.as_deref().unwrap_or(DEFAULT);
        let collection = collections.find(name).ok_or(ServiceError::UnknownCollection)?;
        match collection.post(document, received).await {
            // It was deleted meanwhile; the service goes on.
            Err(ServiceError::Stopped) if collections.find(name).is_none() => {
                Err(ServiceError::UnknownCollection)
            }
            posted => posted,
        }
    };
    follow(sources, &fetcher, &config.rules(), &deliver).await;
}

/// Sends news to those who subscribed to it.
async fn tell_webhooks(context: Data<Context>) {
    dispatch(&context.webhooks, context.collections.default_one()).await;
}

async fn keep_up(context: Data<Context>) {
    loop {
        rt::time::sleep(UPKEEP).await;
        context.metrics.run_upkeep();
        context.access.forget_idle_clients();
    }
}

/// SIGHUP, which is listened for before the address is known: its default action would end the service. Without keys it
/// does, so that a service in a terminal ends with it.
#[cfg(unix)]
fn hang_ups() -> anyhow::Result<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .context("cannot listen for signals")
}

/// Reads the file of keys again with every SIGHUP, so that a key is given or taken without a restart.
#[cfg(unix)]
async fn reload_keys(context: Data<Context>, mut hang_ups: tokio::signal::unix::Signal) {
    while hang_ups.recv().await.is_some() {
        match context.access.reload(&context.config.auth.keys_file) {
            Ok(()) => tracing::info!(keys = context.access.keys(), "API keys read again"),
            Err(error) => tracing::error!(%error, "API keys cannot be read again; those of before stay"),
        }
    }
}

/// A misspelt variable would otherwise be ignored in silence. Not an error: Kubernetes sets `SLUGLINE_PORT` and
/// the like for a service of this name.
fn warn_of_unknown_variables() {
    let command = super::Cli::command();
    let known: Vec<_> = command
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter_map(clap::Arg::get_env)
        .collect();
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SLUGLINE_") && !known.contains(&name.as_os_str()) {
            tracing::warn!(variable = %name.to_string_lossy(), "unknown variable ignored; see `slugline serve --help`");
        }
    }
}

/// SIGTERM and SIGINT, or Ctrl-C where there are no signals.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> &'static str {
        let _ = tokio::signal::ctrl_c().await;
        "Ctrl-C"
    }
}
