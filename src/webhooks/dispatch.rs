//! Looking for news and sending it, as long as the service runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;
use url::Url;

use super::client::{Client, DeliveryError, Message};
use super::hook::{Failed, Hook, Pending, Record};
use super::{Subscription, Webhooks};
use crate::engine::Snapshot;
use crate::service::{ChangedTopic, Service};
use crate::track::Id;

/// How often it is looked whether there is news for anybody.
const LOOK: Duration = Duration::from_millis(500);
/// Most topics in one message.
const TOPICS: usize = 50;

/// Tells the receivers of all webhooks what is new, until the future is dropped.
pub async fn dispatch(webhooks: &Webhooks, service: impl Fn(&str) -> Option<Arc<Service>>) {
    let sender = Sender {
        webhooks,
        client: Arc::new(Client::new(&webhooks.settings)),
        slots: Arc::new(Semaphore::new(webhooks.settings.deliveries)),
    };
    let mut running = FuturesUnordered::new();
    loop {
        for hook in webhooks.claim(Instant::now()) {
            match service(&hook.collection) {
                Some(service) => running.push(sender.attend(hook, service)),
                // It is being deleted, or is out of use.
                None => hook.rest(LOOK),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            Some(()) = running.next(), if !running.is_empty() => {}
        }
    }
}

/// The body of a message: a digest, and whom it is for.
#[derive(Serialize)]
struct Body<'a> {
    webhook: &'a str,
    delivery: &'a str,
    collection: &'a str,
    version: u64,
    since: u64,
    next: u64,
    topics: Vec<ChangedTopic>,
}

struct Sender<'a> {
    webhooks: &'a Webhooks,
    client: Arc<Client>,
    /// One permit per delivery that may be under way.
    slots: Arc<Semaphore>,
}

impl Sender<'_> {
    /// Sends a webhook one message, if there is one to send.
    async fn attend(&self, hook: Arc<Hook>, service: Arc<Service>) {
        let pause = self.step(&hook, &service).await;
        hook.rest(pause);
    }

    /// Returns how long to leave the webhook alone.
    async fn step(&self, hook: &Arc<Hook>, service: &Service) -> Duration {
        let Some(record) = hook.record() else { return LOOK };
        if let Some(failed) = record.failed.iter().find(|failed| failed.again) {
            return self.send_again(hook, &record, failed.clone()).await;
        }
        let pending = match hook.pending() {
            Some(pending) => pending,
            None => match news(hook, &record, service).await {
                Some(pending) => pending,
                None => return LOOK,
            },
        };
        self.send_pending(hook, &record, pending).await
    }

    async fn send_pending(&self, hook: &Arc<Hook>, record: &Record, mut pending: Pending) -> Duration {
        let webhook = record.subscription.id.as_str();
        let Pending { next, .. } = pending;
        match self.send(record, &pending.delivery, &pending.body).await {
            Ok(()) => {
                count("delivered");
                tracing::debug!(webhook, delivery = pending.delivery, "webhook told");
                hook.set_pending(None);
                hook.set_error(None);
                self.write(hook, move |record| {
                    record.position = next;
                    record.delivered += 1;
                })
                .await;
                Duration::ZERO
            }
            Err(error) => {
                pending.attempts += 1;
                let attempts = pending.attempts;
                hook.set_error(Some(error.to_string()));
                if attempts < self.webhooks.settings.attempts {
                    count("retried");
                    let pause = self.webhooks.settings.pause_after(attempts);
                    tracing::info!(webhook, attempts, %error, ?pause, "webhook not told; to be tried again");
                    hook.set_pending(Some(pending));
                    return pause;
                }
                count("failed");
                tracing::warn!(webhook, delivery = pending.delivery, attempts, %error, "webhook not told; given up");
                hook.set_pending(None);
                let Pending { delivery, body, .. } = pending;
                let failed = Failed {
                    delivery,
                    body,
                    at: Timestamp::now(),
                    attempts,
                    error: error.to_string(),
                    again: false,
                };
                self.write(hook, move |record| {
                    record.position = next;
                    record.give_up(failed);
                })
                .await;
                LOOK
            }
        }
    }

    /// Sends a failed message once more, which is forgotten if that succeeds.
    async fn send_again(&self, hook: &Arc<Hook>, record: &Record, failed: Failed) -> Duration {
        let sent = self.send(record, &failed.delivery, &failed.body).await;
        count(if sent.is_ok() { "delivered" } else { "failed" });
        self.write(hook, move |record| match sent {
            Ok(()) => {
                record.delivered += 1;
                record.failed.retain(|other| other.delivery != failed.delivery);
            }
            Err(error) => {
                if let Some(kept) = record.failed.iter_mut().find(|kept| kept.delivery == failed.delivery) {
                    kept.again = false;
                    kept.attempts += 1;
                    kept.error = error.to_string();
                }
            }
        })
        .await;
        Duration::ZERO
    }

    /// One attempt, in a thread of its own: nothing has to wait for it when the program ends.
    async fn send(&self, record: &Record, delivery: &str, body: &str) -> Result<(), DeliveryError> {
        let stopped = |reason: &str| DeliveryError::Stopped(reason.to_owned());
        let url = Url::parse(&record.subscription.url).map_err(|_| stopped("its address is none"))?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| stopped("no slot"))?;
        let message = Message {
            url,
            delivery: delivery.to_owned(),
            signature: record.secret.sign(Timestamp::now().as_second(), body.as_bytes()),
            body: body.to_owned(),
        };
        let (reply, answer) = oneshot::channel();
        let client = Arc::clone(&self.client);
        let work = move || {
            let sent = client.post(&message);
            // Held until the request is over, even if nobody waits for it any more.
            drop(slot);
            let _ = reply.send(sent);
        };
        let thread = std::thread::Builder::new().name("webhook".to_owned()).spawn(work);
        thread.map_err(|error| stopped(&error.to_string()))?;
        answer.await.map_err(|_| stopped("its thread ended"))?
    }

    /// Changes what is kept of a webhook. What cannot be written down is done all the same, and repeated after a restart.
    async fn write(&self, hook: &Arc<Hook>, change: impl FnOnce(&mut Record) + Send + 'static) {
        let (hook, keep) = (Arc::clone(hook), Arc::clone(&self.webhooks.keep));
        let written = spawn_blocking(move || hook.update(&keep, change)).await;
        if let Ok(Err(error)) = written {
            metrics::counter!("slugline_webhook_store_errors_total").increment(1);
            tracing::error!(%error, "what a webhook was told cannot be written down");
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("slugline_webhook_deliveries_total", "outcome" => outcome).increment(1);
}

/// The next message for a webhook, if something happened that concerns it.
async fn news(hook: &Hook, record: &Record, service: &Service) -> Option<Pending> {
    let snapshot = service.snapshot();
    let last = snapshot.lineage.last();
    if record.position == last {
        return None;
    }
    // A lineage that ends earlier is another one: its store was replaced.
    let mut since = record.position.min(last);
    while since < last {
        // Should that fail, it is tried again at the next look.
        let digest = service.changes(&snapshot, since, TOPICS).await.ok()?;
        let topics = wanted(&record.subscription, &snapshot, digest.topics);
        if !topics.is_empty() {
            return message(&record.subscription, &snapshot, since, digest.next, topics);
        }
        if digest.next == since {
            break;
        }
        since = digest.next;
    }
    hook.pass(since);
    None
}

/// What a subscription asks for. Topics that it names are followed through mergers and splits.
fn wanted(subscription: &Subscription, snapshot: &Snapshot, topics: Vec<ChangedTopic>) -> Vec<ChangedTopic> {
    let Subscription { kinds, topics: named, .. } = subscription;
    let mut followed: Vec<Id> = named.clone();
    for id in named {
        followed.extend(snapshot.lineage.resolve(*id).into_iter().flat_map(|resolution| resolution.living));
    }
    let is_wanted = |topic: &ChangedTopic| {
        topic.changes.iter().any(|news| kinds.contains(news))
            && (named.is_empty() || followed.contains(&topic.id))
    };
    topics.into_iter().filter(is_wanted).collect()
}

fn message(
    subscription: &Subscription,
    snapshot: &Snapshot,
    since: u64,
    next: u64,
    topics: Vec<ChangedTopic>,
) -> Option<Pending> {
    let delivery = format!("{}-{next}", subscription.id);
    let body = Body {
        webhook: &subscription.id,
        delivery: &delivery,
        collection: &subscription.collection,
        version: snapshot.version,
        since,
        next,
        topics,
    };
    let body = serde_json::to_string(&body);
    Some(Pending { delivery, body: body.ok()?, next, attempts: 0 })
}
