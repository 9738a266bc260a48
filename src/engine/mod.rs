//! The deterministic core that holds a collection: headlines in, stories and topics out.

mod activity;
mod clustering;
mod collection;
mod explanation;
mod grouping;
mod identity;
mod settings;
mod state_hash;
mod topic_sort;

pub use activity::{Activity, TopicActivity, activity};
pub use collection::{Applied, Checkpoint, Engine, Outcome, Snapshot};
pub use explanation::{Bond, Evidence, Explanation, HeldApart, TermShare, TopicBond};
pub use grouping::{Grouping, Nearest, Placement, Story, Topic, group, group_with_evidence};
pub use settings::{Method, Scale, Settings, SettingsError};
pub use topic_sort::TopicSort;

pub use crate::track::Level;
