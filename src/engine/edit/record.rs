//! What is remembered of an edit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::track::Id;

/// An edit that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRecord {
    /// Its number in the collection, from 1 without gaps.
    pub number: u64,
    /// When it was received.
    pub at: Timestamp,
    /// Who asked for it, if that was said.
    pub author: Option<String>,
    /// Why, if that was said.
    pub reason: Option<String>,
    /// What it is.
    pub edit: Edit,
    /// The topic or story that it made.
    pub made: Option<Id>,
    /// The later edit that undid it.
    pub undone_by: Option<u64>,
    /// The later edit that it gives way to where the two contradict each other.
    pub superseded_by: Option<u64>,
    /// Whether it could not be made when the log was read with other settings than when it was written.
    pub is_void: bool,
}

/// Whether an edit holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditState {
    /// It does.
    InForce,
    /// A later edit contradicts it and goes before it, as far as the two concern the same headlines.
    Superseded,
    /// It was taken back.
    Undone,
    /// It could not be made with the present settings.
    Void,
}

impl EditRecord {
    /// Whether it holds.
    pub fn state(&self) -> EditState {
        match self {
            Self { is_void: true, .. } => EditState::Void,
            Self { undone_by: Some(_), .. } => EditState::Undone,
            Self { superseded_by: Some(_), .. } => EditState::Superseded,
            _ => EditState::InForce,
        }
    }

    /// Whether it names a topic or story, or made it.
    pub fn concerns(&self, id: Id) -> bool {
        self.made == Some(id) || self.edit.ids().contains(&id)
    }
}
