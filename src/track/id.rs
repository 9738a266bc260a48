//! Ids of stories and topics.

use std::fmt;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The two levels of clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One event.
    Story,
    /// A running subject.
    Topic,
}

impl Level {
    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Topic => "topic",
        }
    }

    fn prefix(self) -> char {
        match self {
            Self::Story => 's',
            Self::Topic => 't',
        }
    }
}

/// Id of a story or topic within a collection: `s-` or `t-` and a counter from 1 in base 32, six digits wide, so that
/// ids sort as they were issued and need no escaping in addresses. Digits are Crockford's, which leave out `i`, `l`,
/// `o` and `u`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    level: Level,
    number: u32,
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const WIDTH: usize = 6;

impl Id {
    /// The id that is the `number`th of its level.
    pub const fn new(level: Level, number: u32) -> Self {
        Self { level, number }
    }

    /// Reads an id as it is displayed, in no other form.
    ///
    /// ```
    /// use slugline::track::{Id, Level};
    /// assert_eq!(Id::parse("t-00001z"), Some(Id::new(Level::Topic, 63)));
    /// assert_eq!(Id::parse("t-1z"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, digits) = text.split_once('-')?;
        let level = [Level::Story, Level::Topic].into_iter().find(|level| {
            let mut letters = prefix.chars();
            letters.next() == Some(level.prefix()) && letters.next().is_none()
        })?;
        let number = digits.bytes().try_fold(0_u32, |number, digit| {
            let value = DIGITS.iter().position(|&known| known == digit)?;
            number.checked_mul(32)?.checked_add(value as u32)
        })?;
        let id = Self { level, number };
        (id.to_string() == text).then_some(id)
    }

    /// Whether it is a story's or a topic's.
    pub fn level(self) -> Level {
        self.level
    }

    /// Its place among the ids of its level, from 1.
    pub fn number(self) -> u32 {
        self.number
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A seventh digit only beyond a thousand million ids.
        let width = if self.number >> (5 * WIDTH) == 0 { WIDTH } else { WIDTH + 1 };
        let digit = |place: usize| char::from(DIGITS[(self.number >> (5 * place)) as usize & 31]);
        let digits: String = (0..width).rev().map(digit).collect();
        write!(formatter, "{}-{digits}", self.level.prefix())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| Error::invalid_value(Unexpected::Str(&text), &"an id such as t-00001z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_sorts_as_issued() {
        let numbers = [1, 31, 32, 1 << 20, (1 << 30) - 1];
        let ids = numbers.map(|number| Id::new(Level::Story, number));
        assert_eq!(ids[0].to_string(), "s-000001");
        let texts = ids.map(|id| id.to_string());
        assert!(texts.is_sorted());
        for id in ids.into_iter().chain([Id::new(Level::Topic, 1 << 30), Id::new(Level::Topic, u32::MAX)]) {
            assert_eq!(Id::parse(&id.to_string()), Some(id));
        }
    }

    #[test]
    fn nothing_else_is_an_id() {
        for text in [
            "",
            "t",
            "t-",
            "t-00001",
            "t-0000001",
            "T-000001",
            "t-00000I",
            "x-000001",
            "tt-000001",
            "t-7zzzzzz",
        ] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
