//! How much several partitions of the same rows agree with each other.

use rayon::prelude::*;
use serde::Serialize;

use super::contingency::Contingency;
use super::error::EvaluateError;
use super::pairs::ari;

/// Adjusted Rand index over all pairs among several partitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Mean over pairs.
    pub mean: f64,
    /// The pair that agrees least.
    pub least: f64,
}

/// Compares every pair of `partitions`, each of shape `(rows,)`: the stability of a method that was run on
/// shuffled input or with other seeds, its results put back into one row order.
///
/// # Errors
/// With fewer than two partitions, with partitions of different lengths, or without rows.
pub fn agreement<T: Ord + Sync, P: AsRef<[T]> + Sync>(partitions: &[P]) -> Result<Agreement, EvaluateError> {
    if partitions.len() < 2 {
        return Err(EvaluateError::TooFewPartitions(partitions.len()));
    }
    let pairs: Vec<_> =
        (1..partitions.len()).flat_map(|right| (0..right).map(move |left| (left, right))).collect();
    let mut indices = pairs
        .into_par_iter()
        .map(|(left, right)| {
            Ok(ari(&Contingency::new(partitions[left].as_ref(), partitions[right].as_ref())?))
        })
        .collect::<Result<Vec<f64>, EvaluateError>>()?;
    indices.sort_unstable_by(f64::total_cmp);
    Ok(Agreement { mean: indices.iter().sum::<f64>() / indices.len() as f64, least: indices[0] })
}
