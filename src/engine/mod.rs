//! The deterministic core that holds a collection: headlines in, stories and topics out.

mod activity;
mod clustering;
mod collection;
mod edit;
mod evidence;
mod explanation;
mod feed;
mod grouping;
mod live;
mod loosen;
mod settings;
mod snapshot;
mod state_hash;
mod topic_sort;
mod wording;

pub use activity::{Activity, TopicActivity};
pub use collection::{Applied, CheckpointError, Corrected, Departed, Engine, Known, Outcome, Progress, sift};
pub use edit::{
    Edit, EditRecord, EditRefusal, EditState, MOST_AUTHOR_CHARS, MOST_LABEL_CHARS, MOST_REASON_CHARS, Order,
    Verdict,
};
pub use evidence::Evidence;
pub use explanation::{Bond, Explanation, HeldApart, TermShare, TopicBond};
pub use feed::{Batch, Fed, Feed};
pub use grouping::{Grouping, Nearest, Placement, Story, Topic, group, group_with_evidence};
pub use live::{Archived, Candidate, Classification, Left};
pub use settings::{Method, Scale, Settings, SettingsError};
pub use snapshot::{Headlines, Snapshot};
pub use topic_sort::{TopicPlace, TopicSort};
pub use wording::{Wording, WordingError};

pub use crate::track::Level;
