//! All webhooks, and what may be done with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use jiff::Timestamp;
use rand::RngCore;
use rand::rngs::OsRng;
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use super::hook::{Failed, Hook, Record, Standing, Subscription};
use super::keep::{Keep, KeepError};
use super::{SigningSecret, WebhookSettings};
use crate::engine::Snapshot;
use crate::feeds::{checked_url, is_public};
use crate::service::News;
use crate::track::{Id, Level};

/// Topics that one webhook may name.
const MOST_TOPICS: usize = 100;
/// The news that count unless others are named.
const USUAL: [News; 5] = [News::New, News::Revived, News::Split, News::Merged, News::Accelerating];

/// What a webhook is made from. Not to be logged: it may hold a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where messages go.
    pub url: String,
    /// The news that count; new, revived, split, merged and accelerating topics if none are named.
    #[serde(default)]
    pub kinds: Vec<News>,
    /// Ids of the topics that count; all if none are named.
    #[serde(default)]
    pub topics: Vec<String>,
    /// The secret; a new one is made if there is none.
    pub secret: Option<String>,
    /// Number of the event after which it begins; the last one there is if none is named.
    pub since: Option<u64>,
}

/// Why a webhook could not be made or changed.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// What it should be made from is of no use. The text names the member.
    #[error("{0}")]
    Invalid(String),
    /// There are as many as there may be.
    #[error("there may be {0} webhooks at most")]
    TooMany(usize),
    /// There is none with this id, or no failed message.
    #[error("{0}")]
    NotFound(&'static str),
    /// It could not be written down, and was not done.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// There are no random bytes.
    #[error("the operating system has no random bytes")]
    Random,
}

/// The webhooks of all collections.
#[derive(Debug)]
pub struct Webhooks {
    pub(super) settings: WebhookSettings,
    pub(super) keep: Arc<Keep>,
    hooks: RwLock<BTreeMap<String, Arc<Hook>>>,
}

impl Webhooks {
    /// Those that are kept in a directory; without one they end with the process.
    ///
    /// # Errors
    /// When one cannot be read or understood.
    pub fn open(settings: WebhookSettings, directory: Option<PathBuf>) -> Result<Self, KeepError> {
        let keep = Keep::new(directory);
        let records = keep.load()?;
        let hook = |record: Record| (record.subscription.id.clone(), Arc::new(Hook::new(record)));
        let hooks = RwLock::new(records.into_iter().map(hook).collect());
        Ok(Self { settings, keep: Arc::new(keep), hooks })
    }

    /// Makes a webhook of a collection, of which this is a snapshot. Blocks until it is durable. Returns how it stands, and its secret.
    ///
    /// # Errors
    /// When it would be of no use, there are too many or it cannot be written down.
    pub fn create(
        &self,
        new: NewWebhook,
        collection: &str,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(Standing, SigningSecret), WebhookError> {
        let (url, topics, position) = self.check(&new, snapshot)?;
        let secret = match new.secret {
            None => SigningSecret::generate().map_err(|_| WebhookError::Random)?,
            Some(text) => SigningSecret::given(text).ok_or_else(|| {
                WebhookError::Invalid("`secret` must be 16 to 128 printable characters of ASCII.".to_owned())
            })?,
        };
        let mut kinds = if new.kinds.is_empty() { USUAL.to_vec() } else { new.kinds };
        kinds.sort_unstable();
        kinds.dedup();
        let mut bytes = [0; 8];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| WebhookError::Random)?;
        let id = format!("w-{:016x}", u64::from_be_bytes(bytes));
        let collection = collection.to_owned();
        let subscription =
            Subscription { id: id.clone(), collection, url: url.into(), kinds, topics, created_at: now };
        let record =
            Record { subscription, secret: secret.clone(), position, delivered: 0, failed: Vec::new() };
        let mut hooks = self.hooks.write().unwrap_or_else(PoisonError::into_inner);
        if hooks.len() >= self.settings.most {
            return Err(WebhookError::TooMany(self.settings.most));
        }
        self.keep.save(&record)?;
        let hook = Arc::new(Hook::new(record));
        hooks.insert(id, Arc::clone(&hook));
        let standing = hook.standing().ok_or(WebhookError::NotFound("The webhook was deleted meanwhile."))?;
        Ok((standing, secret))
    }

    fn check(&self, new: &NewWebhook, snapshot: &Snapshot) -> Result<(Url, Vec<Id>, u64), WebhookError> {
        let invalid = WebhookError::Invalid;
        let url = checked_url(&new.url).map_err(|reason| invalid(format!("`url`: {reason}.")))?;
        if !self.settings.allow_private && is_plainly_private(&url) {
            return Err(invalid(
                "`url` leads to this machine or into a private network, which the setting \
                 `webhooks.allow_private` would permit."
                    .to_owned(),
            ));
        }
        if new.topics.len() > MOST_TOPICS {
            return Err(invalid(format!("`topics` must name {MOST_TOPICS} topics at most.")));
        }
        let topic = |text: &String| {
            let id = Id::parse(text).filter(|id| id.level() == Level::Topic);
            id.filter(|id| snapshot.lineage.state(*id).is_some())
                .ok_or_else(|| invalid("`topics` must be ids that a topic has or had.".to_owned()))
        };
        let topics = new.topics.iter().map(topic).collect::<Result<_, _>>()?;
        let last = snapshot.lineage.last();
        let position = new.since.unwrap_or(last);
        if position > last {
            return Err(invalid(format!("`since` is event {position}, but the last one is {last}.")));
        }
        Ok((url, topics, position))
    }

    /// Those of a collection, in order of their making.
    pub fn list(&self, collection: &str) -> Vec<Standing> {
        let of_it = self.all().into_iter().filter(|hook| hook.collection == collection);
        let mut all: Vec<Standing> = of_it.filter_map(|hook| hook.standing()).collect();
        all.sort_by(|a, b| {
            let (a, b) = (&a.subscription, &b.subscription);
            (a.created_at, &a.id).cmp(&(b.created_at, &b.id))
        });
        all
    }

    /// How one stands.
    ///
    /// # Errors
    /// When the collection has none with this id.
    pub fn get(&self, collection: &str, id: &str) -> Result<Standing, WebhookError> {
        self.hook(collection, id)?.standing().ok_or(GONE)
    }

    /// Messages of a webhook that could not be delivered, the oldest first.
    ///
    /// # Errors
    /// When the collection has none with this id.
    pub fn failed(&self, collection: &str, id: &str) -> Result<Vec<Failed>, WebhookError> {
        Ok(self.hook(collection, id)?.record().ok_or(GONE)?.failed)
    }

    /// Deletes a webhook with all that was kept of it. Blocks until that is durable.
    ///
    /// # Errors
    /// When the collection has none with this id, or the file cannot be removed.
    pub fn delete(&self, collection: &str, id: &str) -> Result<(), WebhookError> {
        self.hook(collection, id)?.remove(&self.keep)?;
        self.hooks.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(())
    }

    /// Deletes the webhooks of collections that are gone. Blocks until that is durable.
    pub fn delete_those_of(&self, is_gone: impl Fn(&str) -> bool) {
        self.hooks.write().unwrap_or_else(PoisonError::into_inner).retain(|id, hook| {
            let is_gone = is_gone(&hook.collection);
            if is_gone && let Err(error) = hook.remove(&self.keep) {
                tracing::error!(webhook = id, %error, "the webhook of a collection that is gone cannot be removed");
            }
            !is_gone
        });
    }

    /// Has failed messages sent once more, one of them or all. Returns how many. Blocks until that is durable.
    ///
    /// # Errors
    /// When there is no such webhook or message, or it cannot be written down.
    pub fn redeliver(
        &self,
        collection: &str,
        id: &str,
        delivery: Option<&str>,
    ) -> Result<usize, WebhookError> {
        let hook = self.hook(collection, id)?;
        let mut count = 0;
        hook.update(&self.keep, |record| {
            for failed in &mut record.failed {
                if delivery.is_none_or(|delivery| delivery == failed.delivery) {
                    failed.again = true;
                    count += 1;
                }
            }
        })?;
        if count == 0 && delivery.is_some() {
            return Err(WebhookError::NotFound("No failed message of this webhook has this id."));
        }
        hook.wake();
        Ok(count)
    }

    /// Number of webhooks of all collections.
    pub fn count(&self) -> usize {
        self.hooks.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Those with which something may be done now; the caller does it.
    pub(super) fn claim(&self, now: Instant) -> Vec<Arc<Hook>> {
        self.all().into_iter().filter(|hook| hook.claim(now)).collect()
    }

    fn all(&self) -> Vec<Arc<Hook>> {
        self.hooks.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn hook(&self, collection: &str, id: &str) -> Result<Arc<Hook>, WebhookError> {
        let hook = self.hooks.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        hook.filter(|hook| hook.collection == collection).ok_or(GONE)
    }
}

const GONE: WebhookError = WebhookError::NotFound("No webhook of this collection has this id.");

/// Whether an address is a private one as it stands. Names are looked up with each delivery, and checked then.
fn is_plainly_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => true,
    }
}
