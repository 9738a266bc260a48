//! What may be fetched, and how politely.

use std::collections::HashSet;

use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::ingest::Subscription;
use crate::service::check_name;

/// Most sources that are followed.
const MOST_SOURCES: usize = 1_000;
/// Longest address of a source.
const MOST_URL_BYTES: usize = 2_048;

/// How feeds are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedSettings {
    /// Whether sources may be on this machine or in a private network.
    pub allow_private_sources: bool,
    /// Seconds between the end of one request to a host and the next one.
    pub host_pause_seconds: u64,
    /// Seconds that one request may take, from the name to the last byte.
    pub timeout_seconds: u64,
    /// Requests at the same time.
    pub fetches: usize,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { allow_private_sources: false, host_pause_seconds: 2, timeout_seconds: 20, fetches: 4 }
    }
}

/// A feed to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Where it is.
    pub url: String,
    /// Publisher of its headlines, instead of the title of the feed.
    pub name: Option<String>,
    /// Seconds between two fetches.
    #[serde(default = "quarter_of_an_hour")]
    pub interval: u64,
    /// Language of its headlines, instead of what the feed says.
    pub lang: Option<String>,
    /// Collection that its headlines go to, instead of the default one.
    pub collection: Option<String>,
}

fn quarter_of_an_hour() -> u64 {
    900
}

/// What is wrong with the settings of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A number out of its range.
    #[error("{key} must be between {least} and {most}, not {found}")]
    OutOfRange {
        /// The key.
        key: String,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
        /// What it is.
        found: u64,
    },
    /// More sources than are followed.
    #[error("sources: at most {MOST_SOURCES} are followed, not {0}")]
    TooMany(usize),
    /// A source that cannot be followed.
    #[error("sources[{index}].{key}: {reason}")]
    Source {
        /// Its place in the list, from 0.
        index: usize,
        /// The key.
        key: &'static str,
        /// What is wrong; the address is not repeated, as it may hold a key.
        reason: String,
    },
}

impl FeedSettings {
    /// Checks all numbers.
    ///
    /// # Errors
    /// When one is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        check_range("feeds.host_pause_seconds", self.host_pause_seconds, 0, 3_600)?;
        check_range("feeds.timeout_seconds", self.timeout_seconds, 1, 600)?;
        check_range("feeds.fetches", self.fetches as u64, 1, 64)
    }
}

/// Checks sources: addresses, intervals, names and languages, and that no address is there twice.
///
/// # Errors
/// With the first thing that is wrong.
pub fn check_sources(sources: &[SourceSettings]) -> Result<(), SettingsError> {
    if sources.len() > MOST_SOURCES {
        return Err(SettingsError::TooMany(sources.len()));
    }
    let mut seen = HashSet::new();
    for (index, source) in sources.iter().enumerate() {
        let wrong = |key, reason: &str| SettingsError::Source { index, key, reason: reason.to_owned() };
        let url = checked_url(&source.url).map_err(|reason| wrong("url", reason))?;
        if !seen.insert(url) {
            return Err(wrong("url", "the same address is there twice"));
        }
        check_range(&format!("sources[{index}].interval"), source.interval, 1, 7 * 86_400)?;
        if let Some(Err(error)) = source.collection.as_deref().map(check_name) {
            return Err(wrong("collection", &error.to_string()));
        }
        source.subscription().check().map_err(|(field, rejection)| {
            wrong(if field == "source" { "name" } else { field }, &rejection.to_string())
        })?;
    }
    Ok(())
}

impl SourceSettings {
    /// What takes the place of what the feed says of itself.
    pub fn subscription(&self) -> Subscription {
        Subscription { source: self.name.clone(), lang: self.lang.clone() }
    }
}

/// An address that may be asked, or what is wrong with it.
///
/// # Errors
/// When it is too long, not of HTTP or holds a user name or a password.
pub fn checked_url(text: &str) -> Result<Url, &'static str> {
    if text.len() > MOST_URL_BYTES {
        return Err("the address is longer than 2048 bytes");
    }
    let url = Url::parse(text).map_err(|_| "this is no address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the address must begin with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not hold a user name or a password");
    }
    Ok(url)
}

fn check_range(key: &str, found: u64, least: u64, most: u64) -> Result<(), SettingsError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(SettingsError::OutOfRange { key: key.to_owned(), least, most, found })
}
