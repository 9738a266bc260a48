//! Everything about the method that a user may set.

use serde::{Deserialize, Serialize};

/// Settings of the method. The default serves every corpus; nothing here needs tuning per collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewest headlines that make a topic; smaller groups are shown as headlines without a topic.
    pub min_topic_size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_topic_size: 2 }
    }
}
