//! The sources that are followed and how each is doing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::settings::{SettingsError, SourceSettings, checked_url};
use super::{FetchError, check_sources};
use crate::ingest::Subscription;

/// After this many failures in a row a source is not left alone for longer.
const MOST_DOUBLINGS: u32 = 6;
/// The longest a failing source is left alone, unless its interval is longer.
const LONGEST_REST: Duration = Duration::from_secs(24 * 60 * 60);

/// All sources, in the order of the configuration.
#[derive(Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// The sources that the configuration names; none has been fetched.
    ///
    /// # Errors
    /// When one cannot be followed.
    pub fn new(settings: &[SourceSettings]) -> Result<Self, SettingsError> {
        check_sources(settings)?;
        let source = |(index, settings): (usize, &SourceSettings)| {
            let invalid =
                |reason: &str| SettingsError::Source { index, key: "url", reason: reason.to_owned() };
            Ok(Source {
                url: checked_url(&settings.url).map_err(invalid)?,
                subscription: settings.subscription(),
                interval: Duration::from_secs(settings.interval),
                collection: settings.collection.clone(),
                progress: Mutex::default(),
            })
        };
        Ok(Self { list: settings.iter().enumerate().map(source).collect::<Result<_, _>>()? })
    }

    /// Each source.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.list.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// One source.
#[derive(Debug)]
pub struct Source {
    /// Where it is.
    pub url: Url,
    /// What takes the place of what the feed says of itself.
    pub subscription: Subscription,
    /// Time between two fetches.
    pub interval: Duration,
    /// Collection that its headlines go to; none for the default one.
    pub collection: Option<String>,
    progress: Mutex<Progress>,
}

/// How a source has been doing since the service started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// When it was last asked.
    pub last_fetch: Option<Timestamp>,
    /// When that last succeeded.
    pub last_success: Option<Timestamp>,
    /// The last failure, even if there were successes after it.
    pub last_error: Option<Failure>,
    /// Failures since the last success.
    pub failures: u32,
    /// Items read, those of earlier fetches again.
    pub items_seen: u64,
    /// Items that were new headlines.
    pub items_new: u64,
    /// Items that were turned away, those of earlier fetches again.
    pub items_rejected: u64,
    /// When it will be asked next.
    pub next_due: Option<Timestamp>,
}

/// What went wrong, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// What, in one line.
    pub detail: String,
}

/// What one fetch brought: numbers of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Harvest {
    pub seen: u64,
    pub new: u64,
    pub rejected: u64,
}

impl Source {
    /// How it is doing.
    pub fn progress(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How messages call it: its name or its address, in which a query may be a key and is left out.
    pub fn label(&self) -> String {
        self.subscription.source.clone().unwrap_or_else(|| self.shown_url())
    }

    /// Its address, an ellipsis for its query.
    pub fn shown_url(&self) -> String {
        let mut url = self.url.clone();
        let has_query = url.query().is_some();
        url.set_query(None);
        url.set_fragment(None);
        if has_query { format!("{url}?…") } else { url.into() }
    }

    /// Takes down how a fetch went that ended at `now`. Returns how long to wait for the next one.
    pub(super) fn record(&self, outcome: &Result<Harvest, FetchError>, now: Timestamp) -> Duration {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.last_fetch = Some(now);
        let wait = match outcome {
            Ok(harvest) => {
                progress.last_success = Some(now);
                progress.failures = 0;
                progress.items_seen += harvest.seen;
                progress.items_new += harvest.new;
                progress.items_rejected += harvest.rejected;
                self.interval
            }
            Err(error) => {
                progress.last_error = Some(Failure { at: now, detail: error.to_string() });
                progress.failures = progress.failures.saturating_add(1);
                self.rest(progress.failures).max(error.retry_after().unwrap_or_default())
            }
        };
        progress.next_due = SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok());
        wait
    }

    /// The interval, doubled with every failure after the first, within bounds.
    fn rest(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(MOST_DOUBLINGS);
        self.interval.saturating_mul(1 << doublings).min(LONGEST_REST.max(self.interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: &str, interval: u64) -> Source {
        let settings =
            SourceSettings { url: url.to_owned(), name: None, interval, lang: None, collection: None };
        Sources::new(&[settings]).unwrap().list.remove(0)
    }

    fn failed(status: u16, retry_after: Option<u64>) -> Result<Harvest, FetchError> {
        Err(FetchError::Status { status, retry_after: retry_after.map(Duration::from_secs) })
    }

    #[test]
    fn failures_make_a_source_rest_longer_up_to_a_day_and_a_success_ends_that() {
        let source = source("http://a.example/feed", 900);
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<u64> = (0..9).map(|_| source.record(&failed(500, None), now).as_secs()).collect();
        assert_eq!(waits, [900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 57_600, 57_600]);
        assert_eq!(source.progress().failures, 9);
        let harvest = Harvest { seen: 3, new: 2, rejected: 1 };
        assert_eq!(source.record(&Ok(harvest), now).as_secs(), 900);
        let progress = source.progress();
        assert_eq!((progress.failures, progress.items_seen, progress.items_new), (0, 3, 2));
        assert_eq!(progress.last_error.unwrap().detail, "the server answered with status 500");
    }

    #[test]
    fn a_server_that_wants_to_be_left_alone_is() {
        let source = source("http://a.example/feed", 60);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(source.record(&failed(429, Some(3_600)), now).as_secs(), 3_600);
        assert_eq!(source.progress().next_due.unwrap().as_second(), 3_600);
        assert_eq!(source.record(&failed(503, Some(1)), now).as_secs(), 120);
    }

    #[test]
    fn queries_of_addresses_are_not_shown() {
        let source = source("http://a.example/feed?key=secret#x", 60);
        assert_eq!(source.label(), "http://a.example/feed?…");
    }
}
