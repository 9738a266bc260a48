//! Names for topics: what a newsroom would write on the folder.

mod entities;
mod exclusions;
mod naming;
mod phrases;
mod publisher;
mod ranking;
mod topic_label;
mod word_lists;
mod words;

pub use exclusions::Exclusions;
pub use topic_label::{Draft, Label, Labeller, Names, label_topics};
pub use words::{Glance, Reading, Unnumbered};
