//! k-means through `linfa-clustering`.

use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::traits::{Fit, Predict};
use linfa_clustering::{KMeans, KMeansError, KMeansInit};
use linfa_nn::distance::L2Dist;
use ndarray::{Array2, ArrayView1, Axis};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::error::BaselineError;
use super::points::Points;

/// Iterations after which a run that has not settled is taken as it is.
const ITERATIONS: u64 = 100;

/// Labels of the unit rows from the best of `restarts` runs of k-means.
pub(super) fn k_means(
    points: &Points,
    clusters: usize,
    restarts: usize,
    seed: u64,
) -> Result<Vec<usize>, BaselineError> {
    let rows = points.unit();
    // Old, new and best centroids beside the points.
    points.fits(clusters, rows.ncols(), 6)?;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let data = DatasetBase::from(rows.view());
    let mut best: Option<KMeans<f32, L2Dist>> = None;
    for _ in 0..restarts.max(1) {
        let centroids = plus_plus(rows, clusters, &mut rng);
        let run = KMeans::params_with_rng(clusters, rng.clone())
            .init_method(KMeansInit::Precomputed(centroids))
            .n_runs(1)
            .max_n_iterations(ITERATIONS)
            .check()
            .map_err(KMeansError::from)?
            .fit(&data)?;
        if best.as_ref().is_none_or(|best| run.inertia() < best.inertia()) {
            best = Some(run);
        }
    }
    Ok(best.map_or_else(Vec::new, |best| best.predict(rows).to_vec()))
}

/// Starting centroids by k-means++ (Arthur & Vassilvitskii 2007): each is a row drawn with a probability
/// proportional to its squared distance from those drawn before.
///
/// linfa's own measures every row against every centroid again after each draw, which is quadratic in the number
/// of clusters; here each draw costs one pass.
fn plus_plus(rows: &Array2<f32>, clusters: usize, rng: &mut Xoshiro256PlusPlus) -> Array2<f32> {
    let mut drawn = vec![rng.gen_range(0..rows.nrows())];
    let mut nearest = vec![f64::INFINITY; rows.nrows()];
    while drawn.len() < clusters {
        let last = rows.row(drawn[drawn.len() - 1]);
        nearest
            .par_iter_mut()
            .enumerate()
            .for_each(|(row, distance)| *distance = distance.min(squared_distance(rows.row(row), last)));
        drawn.push(draw(&nearest, rng));
    }
    rows.select(Axis(0), &drawn)
}

/// Draws a position with a probability proportional to its weight; the first when all weights are zero.
fn draw(weights: &[f64], rng: &mut Xoshiro256PlusPlus) -> usize {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return 0;
    }
    let mut left = rng.gen_range(0.0..total);
    let mut last = 0;
    for (at, &weight) in weights.iter().enumerate().filter(|&(_, &weight)| weight > 0.0) {
        last = at;
        if left < weight {
            break;
        }
        left -= weight;
    }
    last
}

/// For unit rows, `2 - 2 cos`, never below zero.
fn squared_distance(left: ArrayView1<'_, f32>, right: ArrayView1<'_, f32>) -> f64 {
    f64::from(2.0 - 2.0 * left.dot(&right)).max(0.0)
}
