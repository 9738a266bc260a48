//! All metrics at once.

use serde::Serialize;

use super::accuracy::accuracy;
use super::bcubed::{bcubed, bcubed_without_singletons};
use super::contingency::Contingency;
use super::error::EvaluateError;
use super::information::{ami, nmi};
use super::pairs::{ari, pair_scores};

/// Precision and recall with their harmonic mean, each in `[0, 1]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PrecisionRecall {
    /// How pure the found clusters are.
    pub precision: f64,
    /// How complete the gold classes are.
    pub recall: f64,
    /// Harmonic mean of the two; 0 when both are 0.
    pub f1: f64,
}

impl PrecisionRecall {
    /// Adds the harmonic mean to a precision and a recall.
    pub fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

/// How well found clusters match gold classes: every metric over the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    /// Number of rows scored.
    pub rows: u64,
    /// Number of gold classes among them.
    pub classes: usize,
    /// Number of found clusters among them.
    pub clusters: usize,
    /// Adjusted mutual information, see [`ami`](super::ami).
    pub ami: f64,
    /// Normalised mutual information, see [`nmi`](super::nmi).
    pub nmi: f64,
    /// Adjusted Rand index, see [`ari`](super::ari).
    pub ari: f64,
    /// Best one-to-one accuracy, see [`accuracy`](super::accuracy()).
    pub accuracy: f64,
    /// Over pairs of rows, see [`pair_scores`](super::pair_scores).
    pub pairs: PrecisionRecall,
    /// B-cubed over all rows, see [`bcubed`](super::bcubed()).
    pub bcubed: PrecisionRecall,
    /// B-cubed over rows whose class has at least two members, see
    /// [`bcubed_without_singletons`](super::bcubed_without_singletons). Absent when there is no such row.
    pub bcubed_without_singletons: Option<PrecisionRecall>,
}

impl Scores {
    /// Every metric of one cross-tabulation.
    pub fn of(table: &Contingency) -> Self {
        Self {
            rows: table.total(),
            classes: table.classes(),
            clusters: table.clusters(),
            ami: ami(table),
            nmi: nmi(table),
            ari: ari(table),
            accuracy: accuracy(table),
            pairs: pair_scores(table),
            bcubed: bcubed(table),
            bcubed_without_singletons: bcubed_without_singletons(table),
        }
    }
}

/// Scores the partition `found` against `gold`; both have shape `(rows,)` and any ordered label type.
///
/// ```
/// use slugline::evaluate::score;
///
/// let scores = score(&["war", "war", "vote"], &[1, 1, 2])?;
/// assert_eq!((scores.ami, scores.bcubed.f1, scores.accuracy), (1.0, 1.0, 1.0));
/// # Ok::<(), slugline::evaluate::EvaluateError>(())
/// ```
///
/// # Errors
/// When the lengths differ or there is no row. Drop unlabelled rows first: [`labelled`](super::labelled).
pub fn score<G: Ord, F: Ord>(gold: &[G], found: &[F]) -> Result<Scores, EvaluateError> {
    Ok(Scores::of(&Contingency::new(gold, found)?))
}
