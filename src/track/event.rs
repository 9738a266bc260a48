//! What can happen to a story or topic.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::Id;

/// Headlines that an event lists at most; it counts them all.
pub const MOVED_LISTED: usize = 20;

/// One thing that happened to one story or topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number in the collection, from 1 without gaps.
    pub number: u64,
    /// Version of the collection that it is part of. Events of one version happened together.
    pub version: u64,
    /// Time of the batch that brought it about.
    pub at: Timestamp,
    /// Whether a story or a topic is concerned.
    pub level: super::Level,
    /// Which one.
    pub id: Id,
    /// Its name afterwards, or its last one.
    pub label: Arc<str>,
    /// Number of its headlines afterwards; 0 if it is no more.
    pub size: usize,
    /// Number of the edit that brought it about, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub change: Change,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Born,
    /// It has more headlines than before.
    Grown {
        /// How many more.
        by: usize,
    },
    /// It is no more: its headlines went into another.
    Merged {
        /// The other.
        into: Id,
        /// What went there.
        moved: Moved,
    },
    /// A part of it, or all of it in parts, became others.
    Split {
        /// The others, by id.
        into: Vec<Id>,
        /// What went there.
        moved: Moved,
    },
    /// Some of its headlines went elsewhere.
    Moved {
        /// Where to; none if they stand alone now.
        to: Option<Id>,
        /// What went there.
        moved: Moved,
    },
    /// It has another name.
    Renamed {
        /// The one before.
        from: String,
    },
    /// Nothing new came for a while.
    Dormant,
    /// Something new came after it was dormant.
    Revived,
    /// Some of its headlines were deleted.
    Shrunk {
        /// How many.
        by: usize,
    },
    /// All of its headlines grew older than the window: it is kept as it was, and nothing joins it any more.
    Archived,
    /// It is no more: its headlines scattered, stand alone or were deleted.
    Dissolved {
        /// Those that stand alone now.
        moved: Moved,
    },
}

impl Event {
    /// The ids it names, its own first.
    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        std::iter::once(self.id).chain(self.change.others().iter().copied())
    }
}

impl Change {
    /// The kind of change in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Born => "born",
            Self::Grown { .. } => "grown",
            Self::Merged { .. } => "merged",
            Self::Split { .. } => "split",
            Self::Moved { .. } => "moved",
            Self::Renamed { .. } => "renamed",
            Self::Dormant => "dormant",
            Self::Revived => "revived",
            Self::Shrunk { .. } => "shrunk",
            Self::Archived => "archived",
            Self::Dissolved { .. } => "dissolved",
        }
    }

    /// Other stories or topics that have part in it.
    pub fn others(&self) -> &[Id] {
        match self {
            Self::Merged { into, .. } => std::slice::from_ref(into),
            Self::Split { into, .. } => into,
            Self::Moved { to, .. } => to.as_slice(),
            Self::Born
            | Self::Grown { .. }
            | Self::Renamed { .. }
            | Self::Dormant
            | Self::Revived
            | Self::Shrunk { .. }
            | Self::Archived
            | Self::Dissolved { .. } => &[],
        }
    }
}

/// Headlines that changed place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moved {
    /// How many.
    pub count: usize,
    /// Ids of the first of them by arrival, at most [`MOVED_LISTED`].
    pub headlines: Vec<String>,
}
