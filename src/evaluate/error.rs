//! What can be wrong with the input of a metric.

use thiserror::Error;

/// Why two partitions could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvaluateError {
    /// The two partitions do not label the same rows.
    #[error("the partitions label different numbers of rows: {gold} and {found}")]
    LengthMismatch {
        /// Rows in the first (gold) partition.
        gold: usize,
        /// Rows in the second (found) partition.
        found: usize,
    },
    /// There is no row to score.
    #[error("there is no labelled row to score")]
    Empty,
    /// A comparison among partitions was given fewer than two of them.
    #[error("agreement needs at least two partitions, got {0}")]
    TooFewPartitions(usize),
    /// An interval was asked for without a single resample.
    #[error("a bootstrap interval needs at least one resample")]
    NoResamples,
}
