//! Topics and stories over time: permanent ids, what happened to each, how fast they grow and how widely they are
//! covered.
//!
//! Every new clustering is a partition from nothing. [`Tracker::identify`] compares it with the one before: a group keeps
//! the id of the group it shares most headlines with, others get ids never issued before, and the difference becomes
//! numbered [`Event`]s. [`Lineage`] holds the newest of them and answers for every id ever issued. [`Trend`], [`Timeline`] and
//! [`Coverage`] look at the headlines of one group.
//!
//! Nothing here knows how groups were found, and nothing reads a clock: the time to look from is given.

mod change;
mod churn;
mod coverage;
mod digest;
mod event;
mod id;
mod lineage;
mod matching;
mod near_identical;
mod outlines;
mod predictive;
mod timeline;
mod tracker;
mod trend;

pub use churn::churn;
pub use coverage::Coverage;
pub use event::{Change, Event, MOVED_LISTED, Moved};
pub use id::{Id, Level};
pub use lineage::{EVENTS_KEPT, Life, Lineage, LineageMemory, Resolution, State};
pub use outlines::{Outline, Outlines};
pub use timeline::{Bucket, Timeline};
pub use tracker::{Matched, Present, Stamp, Tracker};
pub use trend::{BURST, Phase, Trend};
