//! How webhooks are delivered.

use std::time::Duration;

use serde::Deserialize;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// How webhooks are delivered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Whether receivers may be on this machine or in a private network.
    pub allow_private: bool,
    /// Webhooks there may be.
    pub most: usize,
    /// Deliveries at the same time.
    pub deliveries: usize,
    /// Seconds that one delivery may take.
    pub timeout_seconds: u64,
    /// Times that a message is sent before it counts as failed.
    pub attempts: u32,
    /// Seconds before the second attempt; each further pause is twice as long, up to an hour.
    pub first_pause_seconds: u64,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_private: false,
            most: 64,
            deliveries: 4,
            timeout_seconds: 10,
            attempts: 8,
            first_pause_seconds: 5,
        }
    }
}

impl WebhookSettings {
    /// The pause after an attempt that failed, the first being 1.
    pub(super) fn pause_after(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(16);
        Duration::from_secs(self.first_pause_seconds).saturating_mul(1 << doublings).min(LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let settings = WebhookSettings::default();
        let pauses: Vec<u64> =
            [1, 2, 3, 10, 11, 30].map(|attempt| settings.pause_after(attempt).as_secs()).into();
        assert_eq!(pauses, [5, 10, 20, 2_560, 3_600, 3_600]);
    }
}
