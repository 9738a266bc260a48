//! Shapes for webhooks.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::service::News;
use crate::track::Id;
use crate::webhooks::{Failed, SigningSecret, Standing};

/// Answer to `GET /v1/webhooks`, in order of their making.
#[derive(Debug, Serialize)]
pub struct WebhookList {
    /// The webhooks.
    pub webhooks: Vec<WebhookStatus>,
}

/// A webhook and how it is doing.
#[derive(Debug, Serialize)]
pub struct WebhookStatus {
    /// Its id.
    pub id: String,
    /// The collection whose news it is.
    pub collection: String,
    /// Where messages go.
    pub url: String,
    /// The news that count.
    pub kinds: Vec<News>,
    /// The topics that count; all if there are none.
    pub topics: Vec<Id>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Number of the last event that it was told of, or that did not concern it.
    pub position: u64,
    /// Messages delivered so far.
    pub delivered: u64,
    /// Failed messages that are kept.
    pub failed: usize,
    /// Times that the message on its way was sent in vain.
    pub attempts: u32,
    /// Why the last attempt failed, if none has succeeded since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Answer to `POST /v1/webhooks`: the only one with the secret.
#[derive(Serialize)]
pub struct CreatedWebhook<'a> {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookStatus,
    /// What signatures are made with.
    pub secret: &'a str,
}

/// Answer to `GET /v1/webhooks/{id}/failed`, the oldest first.
#[derive(Debug, Serialize)]
pub struct FailedList {
    /// The messages.
    pub failed: Vec<FailedMessage>,
}

/// A message that could not be delivered.
#[derive(Debug, Serialize)]
pub struct FailedMessage {
    /// Its id.
    pub delivery: String,
    /// When it was given up.
    pub at: Timestamp,
    /// Times it was sent.
    pub attempts: u32,
    /// Why the last of them failed.
    pub error: String,
    /// Whether it is about to be sent once more.
    pub again: bool,
    /// Its body.
    pub message: Option<Box<RawValue>>,
}

/// Answer to `POST /v1/webhooks/{id}/redeliver`.
#[derive(Debug, Serialize)]
pub struct Redelivery {
    /// Number of messages that are sent once more.
    pub redelivering: usize,
}

impl From<Standing> for WebhookStatus {
    fn from(standing: Standing) -> Self {
        let Standing { subscription, position, delivered, failed, attempts, last_error } = standing;
        Self {
            id: subscription.id,
            collection: subscription.collection,
            url: subscription.url,
            kinds: subscription.kinds,
            topics: subscription.topics,
            created_at: subscription.created_at,
            position,
            delivered,
            failed,
            attempts,
            last_error,
        }
    }
}

impl<'a> CreatedWebhook<'a> {
    /// A webhook that was just made, with its secret.
    pub fn new(standing: Standing, secret: &'a SigningSecret) -> Self {
        Self { webhook: standing.into(), secret: secret.reveal() }
    }
}

impl From<Failed> for FailedMessage {
    fn from(Failed { delivery, body, at, attempts, error, again }: Failed) -> Self {
        Self { delivery, at, attempts, error, again, message: RawValue::from_string(body).ok() }
    }
}
