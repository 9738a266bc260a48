//! DBSCAN through `linfa-clustering`.

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::Distance;
use ndarray::{ArrayView, Dimension, aview1};

use super::error::BaselineError;
use super::points::Points;

/// Labels of the unit rows. Noise gets a label for each row.
///
/// Unit rows have a cosine above `similarity` exactly when they are nearer than `sqrt(2 - 2 similarity)`.
/// Neighbours come from a full scan: in hundreds of dimensions trees visit every leaf anyway.
pub(super) fn dbscan(
    points: &Points,
    similarity: f32,
    min_points: usize,
) -> Result<Vec<usize>, BaselineError> {
    let found = Dbscan::params_with(min_points, Chord, CommonNearestNeighbour::LinearSearch)
        .tolerance((2.0 - 2.0 * similarity).sqrt())
        .check()?
        .transform(points.unit());
    let clusters = found.iter().flatten().max().map_or(0, |&most| most + 1);
    Ok(found.iter().enumerate().map(|(row, label)| label.unwrap_or(clusters + row)).collect())
}

/// Euclidean distance of unit rows, by way of their dot product: several times as fast as linfa's `L2Dist`.
#[derive(Debug, Clone)]
struct Chord;

impl Distance<f32> for Chord {
    fn distance<D: Dimension>(&self, left: ArrayView<f32, D>, right: ArrayView<f32, D>) -> f32 {
        self.rdist_to_dist(self.rdistance(left, right))
    }

    fn rdistance<D: Dimension>(&self, left: ArrayView<f32, D>, right: ArrayView<f32, D>) -> f32 {
        let cosine = match (left.as_slice(), right.as_slice()) {
            (Some(left), Some(right)) => aview1(left).dot(&aview1(right)),
            _ => left.iter().zip(&right).map(|(left, right)| left * right).sum(),
        };
        2.0 - 2.0 * cosine
    }

    fn rdist_to_dist(&self, squared: f32) -> f32 {
        squared.max(0.0).sqrt()
    }

    fn dist_to_rdist(&self, distance: f32) -> f32 {
        distance * distance
    }
}
