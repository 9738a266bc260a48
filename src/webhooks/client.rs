//! One delivery, blocking.

use thiserror::Error;
use ureq::Agent;
use ureq::http::header;
use url::Url;

use super::WebhookSettings;
use crate::feeds::{FetchError, guarded_agent};

/// Header with the signature.
const SIGNATURE: &str = "slugline-signature";
/// Header with the id of the message, the same in every attempt.
const DELIVERY: &str = "slugline-delivery";

/// Why a message was not delivered. Texts hold no addresses, which may carry keys.
#[derive(Debug, Error)]
pub(super) enum DeliveryError {
    #[error("{host} is on this machine or in a private network, which webhooks.allow_private would permit")]
    Private { host: String },
    #[error("the receiver answered with status {0}")]
    Status(u16),
    #[error(transparent)]
    Other(FetchError),
    #[error("the delivery stopped: {0}")]
    Stopped(String),
}

impl From<FetchError> for DeliveryError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Private { host } => Self::Private { host },
            other => Self::Other(other),
        }
    }
}

/// A message as it is sent.
#[derive(Debug)]
pub(super) struct Message {
    pub url: Url,
    pub delivery: String,
    pub signature: String,
    pub body: String,
}

/// A client for messages.
#[derive(Debug)]
pub(super) struct Client(Agent);

impl Client {
    pub fn new(settings: &WebhookSettings) -> Self {
        Self(guarded_agent(settings.timeout_seconds, settings.allow_private, |config| config))
    }

    /// Sends a message once. What the receiver answers is not read beyond the status, which must be one of success.
    pub fn post(&self, message: &Message) -> Result<(), DeliveryError> {
        let request = self
            .0
            .post(message.url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header(SIGNATURE, &message.signature)
            .header(DELIVERY, &message.delivery);
        let status = request.send(&message.body).map_err(FetchError::from)?.status();
        if status.is_success() { Ok(()) } else { Err(DeliveryError::Status(status.as_u16())) }
    }
}
