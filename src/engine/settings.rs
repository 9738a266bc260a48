//! Everything about the method that a user may set.

use jiff::SignedDuration;
use linfa::param_guard::ParamGuard;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::wording::{Lists, Wording, WordingError};
use crate::cluster::{MapEquationError, MapEquationParams, MapEquationValidParams};
use crate::track::Level;
use crate::vector::{TfIdfError, TfIdfParams, TfIdfValidParams};

/// Settings of the method. The default serves every corpus; nothing here needs tuning per collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewest headlines that make a topic; smaller groups are shown as headlines without a topic.
    pub min_topic_size: usize,
    /// Neighbours kept for each headline, or two thirds as many where there are more than 16,384.
    pub neighbours: usize,
    /// Weight of an entity relative to a word of the same rarity among few headlines; among many it is half of that.
    pub entity_weight: f32,
    /// Weight of the static embedding's cosine relative to that of words; 0 switches the embedding off.
    pub meaning_weight: f32,
    /// Power to which similarities are raised to become edge weights.
    pub sharpness: f32,
    /// Similarity that counts as much as staying alone; see [`Graph`](crate::cluster::Graph).
    pub stay: f32,
    /// Similarity to its topic below which a headline that is a story of its own is let go.
    pub belong: f32,
    /// Factor on the similarity of two headlines that a [`guard`](crate::contrast::guard) holds apart, when stories
    /// are formed; 1 switches the guards off.
    pub contrast: f32,
    /// Days without a new headline, counted back from the newest of the collection, after which a story or topic is
    /// dormant.
    pub dormant_days: f32,
    /// Days, counted back from the newest headline, after which a headline leaves the collection and is only kept in
    /// the store; 0 keeps all. What is clustered once has no window.
    pub window_days: f32,
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
            sharpness: 2.85,
            stay: 0.4,
            belong: 0.2,
            contrast: 0.3,
            dormant_days: 7.0,
            window_days: 30.0,
            story: Scale { markov_time: 0.7, half_life_days: 5.0, entity_bonus: 0.0 },
            topic: Scale { markov_time: 1.1, half_life_days: 45.0, entity_bonus: 0.4 },
        }
    }
}

/// Titles beyond which fewer neighbours are kept of each: links are what time and memory go with, and in a collection as
/// large a topic holds together without them.
const MANY: usize = 16_384;

impl Settings {
    /// Neighbours kept for each of so many titles.
    pub(super) fn neighbours_among(&self, titles: usize) -> usize {
        if titles > MANY { (2 * self.neighbours).div_ceil(3) } else { self.neighbours }
    }

    pub(super) fn scale(&self, level: Level) -> &Scale {
        match level {
            Level::Story => &self.story,
            Level::Topic => &self.topic,
        }
    }

    fn numbers(&self) -> [(&'static str, f32); 12] {
        [
            ("entity_weight", self.entity_weight),
            ("meaning_weight", self.meaning_weight),
            ("sharpness", self.sharpness),
            ("stay", self.stay),
            ("belong", self.belong),
            ("contrast", self.contrast),
            ("dormant_days", self.dormant_days),
            ("window_days", self.window_days),
            ("story.half_life_days", self.story.half_life_days),
            ("story.entity_bonus", self.story.entity_bonus),
            ("topic.half_life_days", self.topic.half_life_days),
            ("topic.entity_bonus", self.topic.entity_bonus),
        ]
    }
}

/// What can be wrong with settings.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A setting that must be a number of at least 0 is not.
    #[error("`{name}` must be a number of at least 0, not {value}")]
    Negative {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: f32,
    },
    /// A share of similarity is above 1.
    #[error("`{name}` must be at most 1, not {value}")]
    AboveOne {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: f32,
    },
    /// A setting that must be at least 1 is 0.
    #[error("`{0}` must be at least 1")]
    Zero(&'static str),
    /// The term weighting refused its parameters.
    #[error(transparent)]
    TfIdf(#[from] TfIdfError),
    /// The map equation refused its parameters.
    #[error(transparent)]
    MapEquation(#[from] MapEquationError),
}

/// Checked [`Settings`]: whoever holds one can cluster without further errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    settings: Settings,
    tf_idf: TfIdfValidParams,
    story: MapEquationValidParams,
    topic: MapEquationValidParams,
    lists: Lists,
}

impl Method {
    /// The same method with words that count for less.
    ///
    /// # Errors
    /// When one of them is no word.
    pub fn with_wording(self, wording: Wording) -> Result<Self, WordingError> {
        Ok(Self { lists: wording.try_into()?, ..self })
    }

    /// Words that count for less.
    pub fn wording(&self) -> &Wording {
        self.lists.wording()
    }

    pub(super) fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The settings as given.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn dormant_after(&self) -> SignedDuration {
        SignedDuration::from_secs((f64::from(self.settings.dormant_days) * 86_400.0) as i64)
    }

    /// How far back the window reaches from the newest headline; none if it is endless.
    pub(super) fn window(&self) -> Option<SignedDuration> {
        let days = f64::from(self.settings.window_days);
        (days > 0.0).then(|| SignedDuration::from_secs((days * 86_400.0) as i64))
    }

    pub(super) fn tf_idf(&self) -> &TfIdfValidParams {
        &self.tf_idf
    }

    pub(super) fn map_equation(&self, level: Level) -> &MapEquationValidParams {
        match level {
            Level::Story => &self.story,
            Level::Topic => &self.topic,
        }
    }
}

impl TryFrom<Settings> for Method {
    type Error = SettingsError;

    fn try_from(settings: Settings) -> Result<Self, SettingsError> {
        if let Some((name, value)) =
            settings.numbers().into_iter().find(|(_, value)| !(0.0..=1e6).contains(value))
        {
            return Err(SettingsError::Negative { name, value });
        }
        if settings.contrast > 1.0 {
            return Err(SettingsError::AboveOne { name: "contrast", value: settings.contrast });
        }
        for (name, value) in
            [("min_topic_size", settings.min_topic_size), ("neighbours", settings.neighbours)]
        {
            if value == 0 {
                return Err(SettingsError::Zero(name));
            }
        }
        let map_equation =
            |scale: &Scale| MapEquationParams::default().markov_time(scale.markov_time).check();
        Ok(Self {
            tf_idf: TfIdfParams::default().entity_weight(settings.entity_weight).check()?,
            story: map_equation(&settings.story)?,
            topic: map_equation(&settings.topic)?,
            lists: Lists::default(),
            settings,
        })
    }
}

impl Default for Method {
    #[allow(clippy::expect_used, reason = "the default settings are constants, checked by a test")]
    fn default() -> Self {
        Self::try_from(Settings::default()).expect("the default settings are in range")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_in_range() {
        assert_eq!(Method::default().settings(), &Settings::default());
    }

    #[test]
    fn each_setting_out_of_range_is_named() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            Method::try_from(settings).unwrap_err().to_string()
        };
        assert!(refused(|s| s.stay = f32::NAN).contains("`stay`"));
        assert!(refused(|s| s.meaning_weight = -1.0).contains("`meaning_weight`"));
        assert!(refused(|s| s.dormant_days = -1.0).contains("`dormant_days`"));
        assert!(refused(|s| s.contrast = -0.1).contains("`contrast`"));
        assert!(refused(|s| s.contrast = 1.5).contains("`contrast` must be at most 1"));
        assert!(refused(|s| s.neighbours = 0).contains("`neighbours`"));
        assert!(refused(|s| s.topic.markov_time = 0.0).contains("Markov time"));
    }
}
