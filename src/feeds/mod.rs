//! Feeds over the network: subscriptions that are polled while the service runs, and single fetches.
//!
//! [`Fetcher`] gets one document within bounds of time, size and redirections, one request at a time per host. [`Sources`]
//! are the subscriptions with what is known of each. [`follow`] polls them and hands on what it reads; a feed that fails
//! waits longer and costs no other anything. What is known of each outlasts a restart.

mod address;
mod client;
mod error;
mod fetcher;
mod keep;
mod poller;
mod settings;
mod sources;
mod turns;

pub(crate) use address::guarded_agent;
pub use address::is_public;
pub use client::{Fetched, Validators, retry_after_of};
pub use error::FetchError;
pub use fetcher::Fetcher;
pub use poller::follow;
pub use settings::{FeedSettings, SettingsError, SourceSettings, check_sources, checked_url};
pub use sources::{Failure, Progress, Source, Sources};
