//! Webhooks: what is new about topics, posted to whoever subscribed and signed.
//!
//! A subscription is a place in the lineage, an address and a secret. There is no queue of messages: what a receiver has
//! not been told yet is the lineage after its place, so that one that is slow or gone for a while gets longer digests and
//! costs nothing meanwhile. What is sent is a digest as `GET /v1/changes` gives it. A receiver is told in order, one
//! message at a time; one that fails is tried again after pauses that double, and a message that failed too often goes to
//! the list of the failed, from where it can be sent again.

mod client;
mod dispatch;
mod hook;
mod keep;
mod registry;
mod secret;
mod settings;

pub use dispatch::dispatch;
pub use hook::{Failed, Standing, Subscription};
pub use keep::KeepError;
pub use registry::{NewWebhook, WebhookError, Webhooks};
pub use secret::SigningSecret;
pub use settings::WebhookSettings;
