//! Settings of the service: flags, then `SLUGLINE_*` variables, then a TOML file, then defaults.
//!
//! Every setting has one flag, one variable and one key, but for the clustering method, feeds and webhooks, which are
//! set in the file only. `slugline.example.toml` shows all of them.

mod access;
mod network;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use thiserror::Error;

pub use access::{AccessFlags, Auth, Cors, RateLimit};
pub use network::Network;

use crate::engine::{Method, Settings, SettingsError};
use crate::feeds::{self, FeedSettings, SourceSettings, check_sources};
use crate::ingest::Rules;
use crate::service::Capacity;
use crate::track::EVENTS_KEPT;
use crate::webhooks::WebhookSettings;

/// All settings, validated by [`Config::load`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The listener and its connections.
    pub server: Server,
    /// Who may use the service.
    pub auth: Auth,
    /// How often one client may ask.
    pub rate_limit: RateLimit,
    /// Which web pages may use the service.
    pub cors: Cors,
    /// How much is taken in at once.
    pub limits: Limits,
    /// Where headlines are kept.
    pub store: Store,
    /// What is logged and how.
    pub log: Log,
    /// The clustering method.
    pub clustering: Settings,
    /// How feeds are fetched.
    pub feeds: FeedSettings,
    /// How webhooks are delivered.
    pub webhooks: WebhookSettings,
    /// Feeds that are followed.
    pub sources: Vec<SourceSettings>,
}

/// The listener and its connections.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port; port 0 takes any free one.
    pub bind: SocketAddr,
    /// Whether a non-loopback address may be bound although there are no API keys.
    pub allow_unauthenticated: bool,
    /// Proxies that are believed when they say whom a request is from.
    pub trusted_proxies: Vec<Network>,
    /// Threads that serve requests; 0 is one per core.
    pub workers: usize,
    /// Connections open at the same time.
    pub max_connections: usize,
    /// How long an idle connection stays open.
    pub keep_alive_seconds: u64,
    /// How long a client may take to send the head of a request.
    pub header_timeout_seconds: u64,
    /// How long a client may take to send a body, and how long its answer may take after that.
    pub request_timeout_seconds: u64,
    /// How long running requests may take to finish when the service stops.
    pub shutdown_timeout_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allow_unauthenticated: false,
            trusted_proxies: Vec::new(),
            workers: 0,
            max_connections: 1_024,
            keep_alive_seconds: 30,
            header_timeout_seconds: 5,
            request_timeout_seconds: 30,
            shutdown_timeout_seconds: 20,
        }
    }
}

/// How much is taken in at once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request body, after decompression.
    pub body_bytes: usize,
    /// Headlines in one request.
    pub items: usize,
    /// Characters of a title.
    pub title_chars: usize,
    /// Topics on one page.
    pub page_items: usize,
    /// Requests that may wait for the writer.
    pub queue_requests: usize,
    /// Headlines that may wait for the writer.
    pub queue_headlines: usize,
    /// Headlines after which the writer stops adding waiting requests to a batch.
    pub batch_headlines: usize,
    /// Newest events of each collection that are kept in memory.
    pub events_in_memory: usize,
    /// Stateless clusterings at the same time.
    pub cluster_jobs: usize,
    /// Streams of changes open at the same time.
    pub streams: usize,
    /// Collections, with the default one.
    pub collections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 8 * 1_024 * 1_024,
            items: 10_000,
            title_chars: Rules::default().title_chars,
            page_items: 500,
            queue_requests: 256,
            queue_headlines: 50_000,
            batch_headlines: 10_000,
            events_in_memory: EVENTS_KEPT,
            cluster_jobs: 2,
            streams: 64,
            collections: 32,
        }
    }
}

/// Where headlines are kept.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Directory of the database, made if need be; one process at a time may use it.
    pub data_dir: PathBuf,
    /// Whether they are kept in memory only, until the service stops. The directory is then of no account.
    pub memory: bool,
}

impl Default for Store {
    fn default() -> Self {
        Self { data_dir: "slugline-data".into(), memory: false }
    }
}

/// What is logged and how.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Notation of a log line.
    pub format: LogFormat,
    /// Levels by module, as in `info` or `warn,slugline=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// Notation of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings as flags and environment variables; what is absent falls to the file or the default.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// TOML file with settings
    #[arg(long, env = "SLUGLINE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, env = "SLUGLINE_BIND", value_name = "IP:PORT")]
    pub bind: Option<SocketAddr>,
    /// Listen on a non-loopback address although anybody who reaches it may read and post
    #[arg(long, env = "SLUGLINE_ALLOW_UNAUTHENTICATED", value_name = "BOOL", num_args = 0..=1,
          default_missing_value = "true", require_equals = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub allow_unauthenticated: Option<bool>,
    /// Threads that serve requests; 0 is one per core [default: 0]
    #[arg(long, env = "SLUGLINE_WORKERS", value_name = "N")]
    pub workers: Option<u32>,
    /// Connections open at the same time [default: 1024]
    #[arg(long, env = "SLUGLINE_MAX_CONNECTIONS", value_name = "N")]
    pub max_connections: Option<u32>,
    /// How long an idle connection stays open [default: 30]
    #[arg(long, env = "SLUGLINE_KEEP_ALIVE_SECONDS", value_name = "SECONDS")]
    pub keep_alive_seconds: Option<u32>,
    /// How long a client may take to send the head of a request [default: 5]
    #[arg(long, env = "SLUGLINE_HEADER_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub header_timeout_seconds: Option<u32>,
    /// How long a client may take to send a body, and its answer after that [default: 30]
    #[arg(long, env = "SLUGLINE_REQUEST_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub request_timeout_seconds: Option<u32>,
    /// How long running requests may take to finish on SIGTERM [default: 20]
    #[arg(long, env = "SLUGLINE_SHUTDOWN_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub shutdown_timeout_seconds: Option<u32>,
    /// Bytes of a request body, after decompression [default: 8388608]
    #[arg(long, env = "SLUGLINE_BODY_BYTES", value_name = "BYTES")]
    pub body_bytes: Option<u32>,
    /// Headlines in one request [default: 10000]
    #[arg(long, env = "SLUGLINE_ITEMS", value_name = "N")]
    pub items: Option<u32>,
    /// Characters of a title [default: 1000]
    #[arg(long, env = "SLUGLINE_TITLE_CHARS", value_name = "N")]
    pub title_chars: Option<u32>,
    /// Topics on one page [default: 500]
    #[arg(long, env = "SLUGLINE_PAGE_ITEMS", value_name = "N")]
    pub page_items: Option<u32>,
    /// Requests that may wait for the writer [default: 256]
    #[arg(long, env = "SLUGLINE_QUEUE_REQUESTS", value_name = "N")]
    pub queue_requests: Option<u32>,
    /// Headlines that may wait for the writer [default: 50000]
    #[arg(long, env = "SLUGLINE_QUEUE_HEADLINES", value_name = "N")]
    pub queue_headlines: Option<u32>,
    /// Headlines after which the writer stops adding waiting requests to a batch [default: 10000]
    #[arg(long, env = "SLUGLINE_BATCH_HEADLINES", value_name = "N")]
    pub batch_headlines: Option<u32>,
    /// Newest events of each collection that are kept in memory [default: 8192]
    #[arg(long, env = "SLUGLINE_EVENTS_IN_MEMORY", value_name = "N")]
    pub events_in_memory: Option<u32>,
    /// Stateless clusterings at the same time [default: 2]
    #[arg(long, env = "SLUGLINE_CLUSTER_JOBS", value_name = "N")]
    pub cluster_jobs: Option<u32>,
    /// Streams of changes open at the same time [default: 64]
    #[arg(long, env = "SLUGLINE_STREAMS", value_name = "N")]
    pub streams: Option<u32>,
    /// Collections, with the default one [default: 32]
    #[arg(long, env = "SLUGLINE_COLLECTIONS", value_name = "N")]
    pub collections: Option<u32>,
    /// Directory that keeps the headlines, made if need be [default: slugline-data]
    #[arg(long, env = "SLUGLINE_DATA_DIR", value_name = "DIRECTORY")]
    pub data_dir: Option<String>,
    /// Keep the headlines in memory only, until the service stops
    #[arg(long, env = "SLUGLINE_MEMORY", value_name = "BOOL", num_args = 0..=1,
          default_missing_value = "true", require_equals = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub memory: Option<bool>,
    /// Days after which a headline leaves the collection, counted back from the newest; 0 keeps all [default: 30]
    #[arg(long, env = "SLUGLINE_WINDOW_DAYS", value_name = "N")]
    pub window_days: Option<u32>,
    /// Notation of log lines [default: text]
    #[arg(long, env = "SLUGLINE_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// Levels by module, as in `info` or `warn,slugline=debug` [default: info]
    #[arg(long, env = "SLUGLINE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Who may use the service, from where and how often.
    #[command(flatten)]
    pub access: AccessFlags,
}

/// Why there is no usable configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is no TOML or has a key or value that means nothing.
    #[error("{origin}: {reason}")]
    Malformed {
        /// The file, or `configuration`.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// A value out of its range.
    #[error("{key} must be {wanted}, not {found}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// The range.
        wanted: String,
        /// The value.
        found: String,
    },
    /// An address others can reach, without consent to serve them unauthenticated.
    #[error(
        "server.bind is {0}, which other machines may reach, and there are no API keys: name a file of keys \
         with --keys-file (SLUGLINE_KEYS_FILE), bind a loopback address such as 127.0.0.1:8080, or consent with \
         --allow-unauthenticated (SLUGLINE_ALLOW_UNAUTHENTICATED=true)"
    )]
    Exposed(SocketAddr),
    /// The clustering method refused its settings.
    #[error("clustering: {0}")]
    Clustering(#[from] SettingsError),
    /// A feed cannot be followed.
    #[error(transparent)]
    Feeds(#[from] feeds::SettingsError),
}

impl Config {
    /// Layers flags (which hold the environment) over the file over the defaults, and validates the result.
    ///
    /// # Errors
    /// With one line that names the file or the key.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let config = Self::layer(flags)?;
        config.validate()?;
        Ok(config)
    }

    fn layer(flags: &Flags) -> Result<Self, ConfigError> {
        let origin = flags.config.as_deref().map_or("configuration".to_owned(), |p| p.display().to_string());
        let malformed = |error: config::ConfigError| ConfigError::Malformed {
            origin: origin.clone(),
            reason: one_line(&error),
        };
        let mut builder = config::Config::builder();
        if let Some(path) = &flags.config {
            builder = builder.add_source(config::File::from_str(&read(path)?, config::FileFormat::Toml));
        }
        for (key, value) in flags.overrides().into_iter().chain(flags.access.overrides()) {
            builder = builder.set_override_option(key, value).map_err(malformed)?;
        }
        builder.build().and_then(config::Config::try_deserialize).map_err(malformed)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let Self { server, auth, rate_limit, cors, limits, store, log, clustering, feeds, webhooks, sources } =
            self;
        let whole = |number: usize| number as u64;
        for (key, value, least, most) in [
            ("server.workers", whole(server.workers), 0, 1_024),
            ("server.max_connections", whole(server.max_connections), 1, 1_000_000),
            ("server.keep_alive_seconds", server.keep_alive_seconds, 1, 3_600),
            ("server.header_timeout_seconds", server.header_timeout_seconds, 1, 3_600),
            ("server.request_timeout_seconds", server.request_timeout_seconds, 1, 3_600),
            ("server.shutdown_timeout_seconds", server.shutdown_timeout_seconds, 1, 3_600),
            ("limits.body_bytes", whole(limits.body_bytes), 1_024, 1 << 30),
            ("limits.items", whole(limits.items), 1, 1_000_000),
            ("limits.title_chars", whole(limits.title_chars), 1, 100_000),
            ("limits.page_items", whole(limits.page_items), 1, 10_000),
            ("limits.queue_requests", whole(limits.queue_requests), 1, 10_000),
            ("limits.queue_headlines", whole(limits.queue_headlines), whole(limits.items), 10_000_000),
            ("limits.batch_headlines", whole(limits.batch_headlines), 1, 1_000_000),
            ("limits.events_in_memory", whole(limits.events_in_memory), 1, 100_000_000),
            ("limits.cluster_jobs", whole(limits.cluster_jobs), 1, 1_024),
            ("limits.streams", whole(limits.streams), 0, 100_000),
            ("limits.collections", whole(limits.collections), 1, 1_000),
            ("rate_limit.requests_per_second", u64::from(rate_limit.requests_per_second), 0, 1_000_000),
            ("rate_limit.burst", u64::from(rate_limit.burst), 1, 1_000_000),
            ("rate_limit.clients", whole(rate_limit.clients), 1, 1_000_000),
            ("webhooks.most", whole(webhooks.most), 0, 1_000),
            ("webhooks.deliveries", whole(webhooks.deliveries), 1, 64),
            ("webhooks.timeout_seconds", webhooks.timeout_seconds, 1, 600),
            ("webhooks.attempts", u64::from(webhooks.attempts), 1, 30),
            ("webhooks.first_pause_seconds", webhooks.first_pause_seconds, 0, 3_600),
        ] {
            if !(least..=most).contains(&value) {
                let wanted = format!("between {least} and {most}");
                return Err(ConfigError::OutOfRange { key, wanted, found: value.to_string() });
            }
        }
        if store.data_dir.as_os_str().is_empty() {
            let (wanted, found) = ("the name of a directory".to_owned(), "empty".to_owned());
            return Err(ConfigError::OutOfRange { key: "store.data_dir", wanted, found });
        }
        cors.validate()?;
        Method::try_from(clustering.clone())?;
        feeds.check()?;
        check_sources(sources)?;
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&log.filter) {
            let wanted = format!("a log filter such as `info` ({error})");
            return Err(ConfigError::OutOfRange {
                key: "log.filter",
                wanted,
                found: format!("`{}`", log.filter),
            });
        }
        let guarded = auth.needs_keys() || server.bind.ip().to_canonical().is_loopback();
        if !guarded && !server.allow_unauthenticated {
            return Err(ConfigError::Exposed(server.bind));
        }
        Ok(())
    }

    /// Limits for the parsers.
    pub fn rules(&self) -> Rules {
        Rules { items: self.limits.items, title_chars: self.limits.title_chars, ..Rules::default() }
    }

    /// Limits for the service.
    pub fn capacity(&self) -> Capacity {
        Capacity {
            queued_requests: self.limits.queue_requests,
            queued_headlines: self.limits.queue_headlines,
            batch_headlines: self.limits.batch_headlines,
            events_in_memory: self.limits.events_in_memory,
            cluster_jobs: self.limits.cluster_jobs,
            patience: self.request_timeout(),
        }
    }

    /// How long a body, and then its answer, may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.server.request_timeout_seconds)
    }
}

impl Flags {
    /// The flags that were given, by key of the file.
    fn overrides(&self) -> [(&'static str, Option<config::Value>); 24] {
        let number = |given: Option<u32>| given.map(|number| config::Value::from(u64::from(number)));
        let text = |given: Option<String>| given.map(config::Value::from);
        let log_format = self.log_format.map(|format| match format {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        });
        [
            ("server.bind", text(self.bind.map(|bind| bind.to_string()))),
            ("server.allow_unauthenticated", self.allow_unauthenticated.map(config::Value::from)),
            ("server.workers", number(self.workers)),
            ("server.max_connections", number(self.max_connections)),
            ("server.keep_alive_seconds", number(self.keep_alive_seconds)),
            ("server.header_timeout_seconds", number(self.header_timeout_seconds)),
            ("server.request_timeout_seconds", number(self.request_timeout_seconds)),
            ("server.shutdown_timeout_seconds", number(self.shutdown_timeout_seconds)),
            ("limits.body_bytes", number(self.body_bytes)),
            ("limits.items", number(self.items)),
            ("limits.title_chars", number(self.title_chars)),
            ("limits.page_items", number(self.page_items)),
            ("limits.queue_requests", number(self.queue_requests)),
            ("limits.queue_headlines", number(self.queue_headlines)),
            ("limits.batch_headlines", number(self.batch_headlines)),
            ("limits.events_in_memory", number(self.events_in_memory)),
            ("limits.cluster_jobs", number(self.cluster_jobs)),
            ("limits.streams", number(self.streams)),
            ("limits.collections", number(self.collections)),
            ("store.data_dir", text(self.data_dir.clone())),
            ("store.memory", self.memory.map(config::Value::from)),
            ("clustering.window_days", number(self.window_days)),
            ("log.format", text(log_format)),
            ("log.filter", text(self.log.clone())),
        ]
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })
}

/// TOML errors draw the line they are about; one line must do here: the first says where, the last what.
fn one_line(error: &config::ConfigError) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next_back()) {
        (Some(first), Some(last)) => format!("{first}: {last}"),
        (Some(first), None) => first.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn with_file(text: &str, flags: Flags) -> Result<Config, ConfigError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Config::load(&Flags { config: Some(file.path().to_owned()), ..flags })
    }

    fn complaint(text: &str) -> String {
        let message = with_file(text, Flags::default()).unwrap_err().to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    }

    #[test]
    fn defaults_are_valid() {
        assert_eq!(Config::load(&Flags::default()).unwrap(), Config::default());
    }

    #[test]
    fn the_example_file_equals_the_defaults_and_names_every_key() {
        let example = include_str!("../slugline.example.toml");
        assert_eq!(with_file(example, Flags::default()).unwrap(), Config::default());
        let flags = Flags::default();
        for (key, _) in flags.overrides().into_iter().chain(flags.access.overrides()) {
            let name = key.rsplit('.').next().unwrap();
            assert!(example.contains(&format!("\n{name} = ")), "{key}");
        }
    }

    #[test]
    fn the_source_of_the_example_file_can_be_followed() {
        let example = include_str!("../slugline.example.toml");
        let keys = ["[[sources]]", "url = ", "name = ", "interval = ", "lang = ", "collection = "];
        let lines = example.lines().filter_map(|line| line.strip_prefix("# "));
        let lines: Vec<&str> = lines.filter(|line| keys.iter().any(|key| line.starts_with(key))).collect();
        assert_eq!(lines.len(), keys.len());
        let sources = with_file(&lines.join("\n"), Flags::default()).unwrap().sources;
        assert_eq!((sources.len(), sources[0].name.as_deref()), (1, Some("Dock Post")));
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = "[limits]\nitems = 5\ntitle_chars = 50\n";
        let config = with_file(file, Flags { items: Some(7), ..Flags::default() }).unwrap();
        assert_eq!((config.limits.items, config.limits.title_chars), (7, 50));
    }

    #[test]
    fn the_store_is_chosen_by_file_or_flag() {
        let file = "[store]\ndata_dir = \"archive\"\nmemory = true\n";
        let store = with_file(file, Flags::default()).unwrap().store;
        assert_eq!((store.data_dir, store.memory), ("archive".into(), true));
        let flags = Flags { data_dir: Some("other".into()), memory: Some(false), ..Flags::default() };
        let store = with_file(file, flags).unwrap().store;
        assert_eq!((store.data_dir, store.memory), ("other".into(), false));
    }

    #[test]
    fn every_complaint_is_one_line_that_names_its_subject() {
        for (text, part) in [
            ("[server]\nbnid = 1\n", "bnid"),
            ("[sever]\n", "sever"),
            ("[server]\nbind = \"localhost\"\n", "server.bind"),
            ("[server\n", "line 1"),
            ("[server]\ntrusted_proxies = [\"proxy.example\"]\n", "`proxy.example` is no address"),
            ("[limits]\nitems = 0\n", "limits.items must be between 1 and"),
            ("[limits]\nitems = -1\n", "limits.items"),
            ("[store]\ndata_dir = \"\"\n", "store.data_dir must be the name of a directory"),
            ("[store]\nmemory = \"yes please\"\n", "store.memory"),
            ("[log]\nformat = \"xml\"\n", "xml"),
            ("[log]\nfilter = \"a=b=c\"\n", "log.filter"),
            ("[clustering]\nmin_size = 1\n", "min_size"),
            ("[clustering]\ncontrast = 2.0\n", "contrast"),
            ("[server]\nbind = \"0.0.0.0:8080\"\n", "--allow-unauthenticated"),
            ("[rate_limit]\nburst = 0\n", "rate_limit.burst must be between 1 and"),
            ("[cors]\norigins = [\"*\"]\n", "cors.origins must be origins as browsers send them"),
            ("[feeds]\nfetches = 0\n", "feeds.fetches must be between 1 and 64, not 0"),
            ("[webhooks]\nattempts = 0\n", "webhooks.attempts must be between 1 and 30, not 0"),
            ("[[sources]]\nname = \"Dock Post\"\n", "url"),
            ("[[sources]]\nurl = \"feed.xml\"\n", "sources[0].url: this is no address"),
            ("[[sources]]\nurl = \"ftp://a.example/\"\n", "sources[0].url: the address must begin with http"),
            ("[[sources]]\nurl = \"http://u:p@a.example/\"\n", "must not hold a user name"),
            (
                "[[sources]]\nurl = \"http://a.example/\"\ninterval = 0\n",
                "sources[0].interval must be between 1",
            ),
            ("[[sources]]\nurl = \"http://a.example/\"\nlang = \"klingon\"\n", "sources[0].lang"),
            ("[[sources]]\nurl = \"http://a.example/\"\nname = \"\\u0007\"\n", "sources[0].name"),
            ("[[sources]]\nurl = \"http://a.example/\"\nevery = 1\n", "every"),
            ("[[sources]]\nurl = \"http://a.example/\"\ncollection = \"A b\"\n", "sources[0].collection"),
            ("[limits]\ncollections = 0\n", "limits.collections must be between 1 and"),
            (
                "[[sources]]\nurl = \"http://A.example\"\n[[sources]]\nurl = \"http://a.example/\"\n",
                "sources[1].url",
            ),
        ] {
            let message = complaint(text);
            assert!(message.contains(part), "{text:?}: {message}");
        }
    }

    #[test]
    fn exposure_needs_consent_and_mapped_loopback_does_not() {
        let flags = |bind: &str, consent| Flags {
            bind: Some(bind.parse().unwrap()),
            allow_unauthenticated: consent,
            ..Flags::default()
        };
        assert!(Config::load(&flags("[::]:0", None)).is_err());
        assert!(Config::load(&flags("[::]:0", Some(true))).is_ok());
        assert!(Config::load(&flags("[::ffff:127.0.0.1]:0", None)).is_ok());
        let access = AccessFlags { keys_file: Some("keys.jsonl".into()), ..AccessFlags::default() };
        assert!(Config::load(&Flags { access, ..flags("[::]:0", None) }).is_ok());
    }
}
