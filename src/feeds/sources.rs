//! The sources that are followed and how each is doing.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::client::Validators;
use super::keep::{Entry, Keep, Known};
use super::settings::{SettingsError, SourceSettings, checked_url};
use super::{FetchError, check_sources};
use crate::ingest::Subscription;

/// After this many failures in a row a source is not left alone for longer.
const MOST_DOUBLINGS: u32 = 6;
/// The longest a failing source is left alone, unless its interval is longer.
const LONGEST_REST: Duration = Duration::from_secs(24 * 60 * 60);
/// The file in the data directory that holds what is known of sources.
const FILE: &str = "feeds.json";

/// All sources, in the order of the configuration.
#[derive(Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
    keep: Keep,
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
                known: Mutex::default(),
            })
        };
        let list = settings.iter().enumerate().map(source).collect::<Result<_, _>>()?;
        Ok(Self { list, keep: Keep::default() })
    }

    /// The same with what is known of them from before, if anything is, and kept in a directory from now on.
    #[must_use]
    pub fn kept_in(mut self, directory: &Path) -> Self {
        let path = directory.join(FILE);
        for Entry { url, collection, known } in Keep::load(&path) {
            let is_it = |source: &&Source| source.url.as_str() == url && source.collection == collection;
            if let Some(source) = self.list.iter().find(is_it) {
                *source.known() = known;
            }
        }
        self.keep = Keep::new(path);
        self
    }

    /// Forgets which documents of collections that are gone are known, so that they are read again should there be
    /// collections of these names.
    pub fn forget_those_of(&self, is_gone: impl Fn(&str) -> bool) {
        for source in self.list.iter().filter(|source| source.collection.as_deref().is_some_and(&is_gone)) {
            source.known().validators = Validators::default();
        }
    }

    /// Writes down what is known of them.
    pub async fn save(&self) {
        let entry = |source: &Source| Entry {
            url: source.url.to_string(),
            collection: source.collection.clone(),
            known: source.known().clone(),
        };
        self.keep.save(|| self.list.iter().map(entry).collect()).await;
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
    known: Mutex<Known>,
}

/// How a source has been doing since it was first followed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        self.known().progress.clone()
    }

    /// What the server is told of the document that is known.
    pub(super) fn validators(&self) -> Validators {
        self.known().validators.clone()
    }

    /// Takes down which document was kept last.
    pub(super) fn keep(&self, validators: Validators) {
        self.known().validators = validators;
    }

    /// How long to leave it alone after a start: what failed before it rests on, anything else is asked at once.
    pub(super) fn rest_left(&self, now: Timestamp) -> Duration {
        let progress = self.progress();
        let due = progress.next_due.filter(|_| progress.failures > 0);
        let left = due.and_then(|due| Duration::try_from(due.duration_since(now)).ok());
        left.unwrap_or_default().min(LONGEST_REST.max(self.interval))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
        let progress = &mut self.known().progress;
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
    fn what_failed_before_a_restart_rests_on_within_bounds() {
        let source = source("http://a.example/feed", 60);
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        assert_eq!(source.rest_left(at(0)).as_secs(), 0);
        source.record(&failed(429, Some(3_600)), at(0));
        assert_eq!(source.rest_left(at(600)).as_secs(), 3_000);
        assert_eq!(source.rest_left(at(4_000)).as_secs(), 0);
        assert_eq!(source.rest_left(at(-1_000_000)).as_secs(), 86_400, "the clock was set back");
        source.record(&Ok(Harvest::default()), at(4_000));
        assert_eq!(source.rest_left(at(4_001)).as_secs(), 0, "what went well is asked at once");
    }

    #[test]
    fn queries_of_addresses_are_not_shown() {
        let source = source("http://a.example/feed?key=secret#x", 60);
        assert_eq!(source.label(), "http://a.example/feed?…");
    }
}
