//! The deterministic core that holds a collection: headlines in, stories and topics out.

mod activity;
mod clustering;
mod collection;
mod grouping;
mod settings;
mod topic_sort;

pub use activity::{Activity, TopicActivity, activity};
pub use collection::{Engine, Outcome, Snapshot};
pub use grouping::{Grouping, Nearest, Placement, Story, Topic, group};
pub use settings::{Level, Method, Scale, Settings, SettingsError};
pub use topic_sort::TopicSort;
