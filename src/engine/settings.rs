//! Everything about the method that a user may set.

use serde::{Deserialize, Serialize};

/// Settings of the method. The default serves every corpus; nothing here needs tuning per collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewest headlines that make a topic; smaller groups are shown as headlines without a topic.
    pub min_topic_size: usize,
    /// Neighbours kept for each headline.
    pub neighbours: usize,
    /// Weight of an entity relative to a word of the same rarity.
    pub entity_weight: f32,
    /// Weight of the static embedding's cosine relative to that of words; 0 switches the embedding off.
    pub meaning_weight: f32,
    /// Power to which similarities are raised to become edge weights.
    pub sharpness: f32,
    /// Similarity that counts as much as staying alone; see [`Graph`](crate::cluster::Graph).
    pub stay: f32,
    /// Scale of stories.
    pub story: Scale,
    /// Scale of topics.
    pub topic: Scale,
}

/// How coarse one level is, and how fast it forgets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Markov time of the map equation: the larger, the coarser.
    pub markov_time: f64,
    /// Days apart at which two headlines count half as similar.
    pub half_life_days: f32,
    /// Similarity added for naming the same entities.
    pub entity_bonus: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_topic_size: 2,
            neighbours: 100,
            entity_weight: 0.7,
            meaning_weight: 1.0,
            sharpness: 3.0,
            stay: 0.3,
            story: Scale { markov_time: 0.7, half_life_days: 4.0, entity_bonus: 0.0 },
            topic: Scale { markov_time: 1.1, half_life_days: 45.0, entity_bonus: 0.2 },
        }
    }
}
