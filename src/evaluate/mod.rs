//! How good is a clustering? Metrics against a gold partition, and baselines to beat.
//!
//! ```
//! use slugline::evaluate::{bootstrap, labelled, score};
//!
//! let gold = [Some("ceasefire"), Some("ceasefire"), Some("budget"), None];
//! let found = [0, 0, 1, 1];
//! let (gold, found) = labelled(&gold, &found)?;
//! assert_eq!(score(&gold, &found)?.ami, 1.0);
//! assert_eq!(bootstrap(&gold, &found, 100, 7)?.resamples, 100);
//! # Ok::<(), slugline::evaluate::EvaluateError>(())
//! ```
//!
//! Everything follows from one sparse cross-tabulation, [`Contingency`]: [`ami`] and [`nmi`] compare
//! information, [`ari`] and [`pair_scores`] pairs of rows, [`bcubed()`] the surroundings of each row, and
//! [`accuracy()`] maps clusters to classes one to one. [`score`] gathers them, [`bootstrap()`] says how far to
//! trust them, [`agreement()`] how much runs differ among themselves. Scores depend neither on the names of
//! labels nor on the order of rows, to the last bit; bootstrap draws are by row, so intervals do depend on the
//! order of rows. [`baselines`] holds what to compare with.

mod accuracy;
mod agreement;
pub mod baselines;
mod bcubed;
mod bootstrap;
mod contingency;
mod error;
mod information;
mod pairs;
mod scores;

pub use accuracy::accuracy;
pub use agreement::{Agreement, agreement};
pub use bcubed::{bcubed, bcubed_without_singletons};
pub use bootstrap::{Interval, Intervals, PrecisionRecallIntervals, bootstrap};
pub use contingency::{Cell, Contingency, labelled};
pub use error::EvaluateError;
pub use information::{ami, expected_mutual_information, mutual_information, nmi};
pub use pairs::{ari, pair_scores};
pub use scores::{PrecisionRecall, Scores, score};
