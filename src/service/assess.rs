//! How well labelled headlines are grouped, by themselves and without keeping anything.

use crate::engine::{Level, Method, group};
use crate::evaluate::{EvaluateError, Scores, labelled, score};
use crate::ingest::Labelled;

/// The scores at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessment {
    /// The level.
    pub level: Level,
    /// How groups and labels agree, on the labelled headlines.
    pub scores: Scores,
}

/// Groups all headlines and compares with the labels, at every level that has any.
///
/// # Errors
/// When no headline is labelled.
pub fn assess(labels: &Labelled, method: &Method) -> Result<Vec<Assessment>, EvaluateError> {
    let grouping = group(&labels.headlines, method);
    let scored = labels.gold.iter().map(|gold| {
        let (wanted, found) = labelled(&gold.labels, &grouping.labels_at(gold.level))?;
        Ok(Assessment { level: gold.level, scores: score(&wanted, &found)? })
    });
    scored.collect()
}
