//! DBSCAN through `linfa-clustering`.

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::L2Dist;

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
    let found = Dbscan::params_with(min_points, L2Dist, CommonNearestNeighbour::LinearSearch)
        .tolerance((2.0 - 2.0 * similarity).sqrt())
        .check()?
        .transform(points.unit());
    let clusters = found.iter().flatten().max().map_or(0, |&most| most + 1);
    Ok(found.iter().enumerate().map(|(row, label)| label.unwrap_or(clusters + row)).collect())
}
