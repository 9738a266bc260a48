//! Topics and stories over time: permanent ids, and what happened to each.
//!
//! Every new clustering is a partition from nothing. [`Tracker::follow`] compares it with the one before: a group keeps
//! the id of the group it shares most headlines with, others get ids never issued before, and the difference becomes
//! numbered [`Event`]s. [`Lineage`] holds them and answers for every id ever issued.
//!
//! Nothing here knows how groups were found, and nothing reads a clock.

mod change;
mod churn;
mod event;
mod id;
mod ledger;
mod lineage;
mod matching;
mod tracker;

pub use churn::churn;
pub use event::{Change, Event, MOVED_LISTED, Moved};
pub use id::{Id, Level};
pub use lineage::{Lineage, Outline, Resolution, State};
pub use tracker::{Groups, Stamp, Tracker};
