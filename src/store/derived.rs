//! What follows from the log and is kept for readers beside events: cards.

use serde_json::Value;

/// The present description of a story or topic.
#[derive(Debug, Clone, PartialEq)]
pub struct CardRow {
    /// Its id, unique among stories and topics of the collection together.
    pub id: String,
    /// Which of both it is.
    pub kind: CardKind,
    /// Where it is in its life.
    pub state: String,
    /// The description.
    pub json: Value,
}

/// What a card describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    /// One event in the news.
    Story,
    /// A running subject.
    Topic,
}

impl CardKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Topic => "topic",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Story, Self::Topic].into_iter().find(|kind| kind.name() == name)
    }
}
