//! Percentile bootstrap intervals over rows.

use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use super::bcubed::bcubed;
use super::contingency::{Cell, Contingency, cells_by_row};
use super::error::EvaluateError;
use super::scores::{PrecisionRecall, Scores};

/// The middle 95 % of a metric over resamples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// [`Interval`]s of a [`PrecisionRecall`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PrecisionRecallIntervals {
    /// Of the precision.
    pub precision: Interval,
    /// Of the recall.
    pub recall: Interval,
    /// Of the F1.
    pub f1: Interval,
}

/// One [`Interval`] for each metric in [`Scores`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intervals {
    /// Number of resamples drawn.
    pub resamples: usize,
    /// Of [`Scores::ami`].
    pub ami: Interval,
    /// Of [`Scores::nmi`].
    pub nmi: Interval,
    /// Of [`Scores::ari`].
    pub ari: Interval,
    /// Of [`Scores::accuracy`].
    pub accuracy: Interval,
    /// Of [`Scores::pairs`].
    pub pairs: PrecisionRecallIntervals,
    /// Of [`Scores::bcubed`].
    pub bcubed: PrecisionRecallIntervals,
    /// Of [`Scores::bcubed_without_singletons`]; absent when a resample draws no row of a repeated class.
    pub bcubed_without_singletons: Option<PrecisionRecallIntervals>,
}

/// 95 % percentile intervals (Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993) of every metric:
/// rows are drawn with replacement, as many as there are, and scored anew, `resamples` times.
///
/// The seed decides the result, whatever the number of threads. A row drawn twice agrees with itself, so
/// metrics over pairs and small classes sit a little higher in resamples than in the sample: read the width as
/// the uncertainty, and the estimate from [`score`](super::score()). The singletons that
/// [`Scores::bcubed_without_singletons`] leaves out are those of the sample, not those of each resample.
///
/// # Errors
/// When the lengths differ, there is no row or `resamples` is zero.
pub fn bootstrap<G: Ord, F: Ord>(
    gold: &[G],
    found: &[F],
    resamples: usize,
    seed: u64,
) -> Result<Intervals, EvaluateError> {
    if resamples == 0 {
        return Err(EvaluateError::NoResamples);
    }
    let sample = Sample::new(gold, found)?;
    let mut seeds = Xoshiro256PlusPlus::seed_from_u64(seed);
    let seeds: Vec<u64> = (0..resamples).map(|_| seeds.next_u64()).collect();
    let scores: Vec<Scores> = seeds.into_par_iter().map(|seed| sample.rescore(seed)).collect();
    Ok(intervals(&scores))
}

/// The rows of a sample by the cell they fall in.
struct Sample {
    cells: Vec<Cell>,
    cell_of_row: Vec<usize>,
    /// For each cell, whether its gold class has at least two members.
    repeated: Vec<bool>,
}

impl Sample {
    fn new<G: Ord, F: Ord>(gold: &[G], found: &[F]) -> Result<Self, EvaluateError> {
        let (cells, cell_of_row) = cells_by_row(gold, found)?;
        let table = Contingency::from_cells(cells.clone());
        let repeated = cells.iter().map(|cell| table.gold_sizes()[cell.gold] > 1).collect();
        Ok(Self { cells, cell_of_row, repeated })
    }

    /// Draws as many rows as there are, with replacement, and scores them.
    fn rescore(&self, seed: u64) -> Scores {
        let drawn = self.draw(seed);
        let repeated =
            drawn.iter().zip(&self.repeated).filter(|&(_, &kept)| kept).map(|(&cell, _)| cell).collect();
        let repeated = Some(Contingency::from_cells(repeated)).filter(|table| table.total() > 0);
        Scores {
            bcubed_without_singletons: repeated.as_ref().map(bcubed),
            ..Scores::of(&Contingency::from_cells(drawn))
        }
    }

    fn draw(&self, seed: u64) -> Vec<Cell> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut drawn: Vec<Cell> = self.cells.iter().map(|&cell| Cell { count: 0, ..cell }).collect();
        for _ in &self.cell_of_row {
            drawn[self.cell_of_row[rng.gen_range(0..self.cell_of_row.len())]].count += 1;
        }
        drawn
    }
}

fn intervals(scores: &[Scores]) -> Intervals {
    let of = |metric: fn(&Scores) -> f64| interval(scores.iter().map(metric).collect());
    let of_three = |metric: fn(&Scores) -> PrecisionRecall| three(scores.iter().map(metric).collect());
    Intervals {
        resamples: scores.len(),
        ami: of(|scores| scores.ami),
        nmi: of(|scores| scores.nmi),
        ari: of(|scores| scores.ari),
        accuracy: of(|scores| scores.accuracy),
        pairs: of_three(|scores| scores.pairs),
        bcubed: of_three(|scores| scores.bcubed),
        bcubed_without_singletons: scores
            .iter()
            .map(|scores| scores.bcubed_without_singletons)
            .collect::<Option<Vec<_>>>()
            .map(three),
    }
}

fn three(values: Vec<PrecisionRecall>) -> PrecisionRecallIntervals {
    let of = |part: fn(&PrecisionRecall) -> f64| interval(values.iter().map(part).collect());
    PrecisionRecallIntervals {
        precision: of(|value| value.precision),
        recall: of(|value| value.recall),
        f1: of(|value| value.f1),
    }
}

fn interval(mut values: Vec<f64>) -> Interval {
    values.sort_unstable_by(f64::total_cmp);
    Interval { low: quantile(&values, 0.025), high: quantile(&values, 0.975) }
}

/// Quantile of sorted values by linear interpolation between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_quantiles_between_neighbours() {
        // Four values sit at 0, 1/3, 2/3 and 1; a half is midway between the second and the third.
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.5), 3.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 1.0), 8.0);
        assert_eq!(quantile(&[5.0], 0.975), 5.0);
    }

    #[test]
    fn singletons_of_the_sample_stay_left_out_when_drawn_twice() {
        // Class 2 has one row, in the cluster of class 1: left out, the rest is perfect in every resample.
        let intervals = bootstrap(&[0, 0, 0, 1, 1, 1, 2], &[0, 0, 0, 1, 1, 1, 1], 200, 3).unwrap();
        let left = intervals.bcubed_without_singletons.unwrap();
        assert_eq!((left.f1.low, left.f1.high), (1.0, 1.0));
        assert!(intervals.bcubed.f1.low < 1.0);
    }
}
