//! Names for topics: what a newsroom would write on the folder.

mod phrases;
mod topic_label;

pub use topic_label::{Label, label_topics};
