//! What a collection is called and how it differs from others.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::StartError;
use super::log::Log;
use crate::engine::{Method, Settings, SettingsError, Wording, WordingError};
use crate::ingest::check_lang;
use crate::store::DEFAULT;

/// Longest name.
const NAME_CHARS: usize = 40;
/// Longest window, in days.
const MOST_DAYS: f32 = 36_500.0;
/// How much finer or coarser than usual groups may be.
const FACTORS: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// A collection's name and what was set when it was created.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// When it was created; none for the default collection, which always was.
    pub created: Option<Timestamp>,
    /// What was set then.
    pub settings: CollectionSettings,
}

/// Settings of one collection. They are fixed: with others, what was made of its headlines would have been different.
/// Everything else about the method is as the configuration says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CollectionSettings {
    /// Days after which a headline leaves, counted back from the newest one; 0 keeps all. Absent when a collection is
    /// created: as the configuration says at that time.
    pub window_days: Option<f32>,
    /// How coarse stories and topics are.
    pub granularity: Granularity,
    /// Language of headlines that come without one, as two letters; else theirs is guessed.
    pub language: Option<String>,
    /// Words that say nothing: neither for clustering nor in labels.
    pub stop_words: Vec<String>,
    /// Words that do not bring headlines together.
    pub clustering_exclusions: Vec<String>,
    /// Words and names that do not stand in labels and keywords.
    pub label_exclusions: Vec<String>,
}

/// Factors on the Markov times of the method: above 1 groups are larger and fewer, below 1 smaller and more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Granularity {
    /// That of stories.
    pub stories: f64,
    /// That of topics.
    pub topics: f64,
}

impl Default for Granularity {
    fn default() -> Self {
        Self { stories: 1.0, topics: 1.0 }
    }
}

/// What can be wrong with a name or with settings.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// No name for a collection.
    #[error(
        "`name` must be 1 to {NAME_CHARS} letters a to z, digits and hyphens, and begin with a letter or digit"
    )]
    Name,
    /// A window out of range.
    #[error("`window_days` must be between 0 and {MOST_DAYS}, not {0}")]
    Window(f32),
    /// A factor out of range.
    #[error("`granularity.{level}` must be between {} and {}, not {found}", FACTORS.start(), FACTORS.end())]
    Granularity {
        /// Which one.
        level: &'static str,
        /// What it is.
        found: f64,
    },
    /// No language.
    #[error("`language` must be a two-letter language code such as en or pt-BR")]
    Language,
    /// A word that is none.
    #[error(transparent)]
    Wording(#[from] WordingError),
    /// The method refused a number.
    #[error(transparent)]
    Method(#[from] SettingsError),
}

impl Profile {
    /// A collection to be created at a time, with settings as they were asked for. What is absent is as `base` has it.
    pub(super) fn new(
        name: String,
        settings: CollectionSettings,
        base: &Settings,
        created: Timestamp,
    ) -> Result<Self, ProfileError> {
        check_name(&name)?;
        let mut settings = settings.checked()?;
        settings.window_days.get_or_insert(base.window_days);
        Ok(Self { name, created: Some(created), settings })
    }

    /// The default collection.
    pub(super) fn of_default(base: &Settings) -> Self {
        let settings =
            CollectionSettings { window_days: Some(base.window_days), ..CollectionSettings::default() };
        Self { name: DEFAULT.to_owned(), created: None, settings }
    }

    /// A collection that was created earlier, as its log says.
    pub(super) fn stored(name: String, log: &mut Log) -> Result<Self, StartError> {
        let unknown =
            |reason: String| StartError::UnknownCollectionSettings { collection: name.clone(), reason };
        let (created, settings) =
            log.settings()?.ok_or_else(|| unknown("its log does not begin with them".to_owned()))?;
        let settings = serde_json::from_value(settings).map_err(|error| unknown(error.to_string()))?;
        Ok(Self { name, created: Some(created), settings })
    }

    /// How the settings are written down.
    pub(super) fn written(&self) -> Value {
        serde_json::to_value(&self.settings).unwrap_or_default()
    }

    /// The method of a collection that differs from `base` as its settings say.
    pub(super) fn method(&self, base: &Settings) -> Result<Method, ProfileError> {
        let CollectionSettings { window_days, granularity, language: _, .. } = &self.settings;
        let mut settings = base.clone();
        settings.window_days = window_days.unwrap_or(base.window_days);
        settings.story.markov_time *= granularity.stories;
        settings.topic.markov_time *= granularity.topics;
        Ok(Method::try_from(settings)?.with_wording(self.settings.wording())?)
    }
}

impl CollectionSettings {
    /// The settings if all are in range, the language in its usual form.
    fn checked(mut self) -> Result<Self, ProfileError> {
        if let Some(days) = self.window_days.filter(|days| !(0.0..=MOST_DAYS).contains(days)) {
            return Err(ProfileError::Window(days));
        }
        for (level, found) in [("stories", self.granularity.stories), ("topics", self.granularity.topics)] {
            if !FACTORS.contains(&found) {
                return Err(ProfileError::Granularity { level, found });
            }
        }
        self.language = self.language.map(check_lang).transpose().map_err(|_| ProfileError::Language)?;
        Ok(self)
    }

    fn wording(&self) -> Wording {
        Wording {
            stop_words: self.stop_words.clone(),
            clustering_exclusions: self.clustering_exclusions.clone(),
            label_exclusions: self.label_exclusions.clone(),
        }
    }
}

/// Checks a name, which is a part of addresses and the name of a folder on any system.
///
/// # Errors
/// If it is none.
pub fn check_name(name: &str) -> Result<(), ProfileError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (1..=NAME_CHARS).contains(&name.len())
        && name.bytes().all(|byte| is_plain(byte) || byte == b'-')
        && !name.starts_with('-');
    if fits { Ok(()) } else { Err(ProfileError::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["a", "2026-elections", "sport", &"x".repeat(40)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "-a", "Sport", "a b", "a/b", "..", "a_b", "ä", &"x".repeat(41)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_written_down_is_read_back() {
        let asked: CollectionSettings = serde_json::from_value(serde_json::json!({
            "granularity": {"topics": 1.3}, "language": "PT-br", "stop_words": ["live"],
        }))
        .unwrap();
        let profile =
            Profile::new("sport".into(), asked, &Settings::default(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(profile.settings.window_days, Some(30.0));
        assert_eq!(profile.settings.language.as_deref(), Some("pt"));
        let read: CollectionSettings = serde_json::from_value(profile.written()).unwrap();
        assert_eq!(read, profile.settings);
    }

    #[test]
    fn factors_apply_to_what_is_configured() {
        let granularity = Granularity { stories: 0.5, topics: 2.0 };
        let settings =
            CollectionSettings { granularity, window_days: Some(3.0), ..CollectionSettings::default() };
        let base = Settings::default();
        let profile = Profile::new("a".into(), settings, &base, Timestamp::UNIX_EPOCH).unwrap();
        let method = profile.method(&base).unwrap();
        assert_eq!(method.settings().story.markov_time, base.story.markov_time * 0.5);
        assert_eq!(method.settings().topic.markov_time, base.topic.markov_time * 2.0);
        assert_eq!(method.settings().window_days, 3.0);
    }
}
