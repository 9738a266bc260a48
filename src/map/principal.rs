//! The directions in which rows differ most.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Rounds of multiplication, and the change of an axis that is none.
const ROUNDS: usize = 300;
const STILL: f64 = 1e-10;

/// Where each row lies along the first and second principal axis, from the mean of all; zeros along an axis in which the
/// rows do not differ.
///
/// Both axes are multiplied by the covariance and made orthonormal again until they stand still (orthogonal iteration).
/// The search of linfa-reduction for the same axes divides by zero now and then once it has found them, and panics.
pub(super) fn coordinates(rows: &Array2<f64>) -> [Vec<f64>; 2] {
    let Some(mean) = rows.mean_axis(Axis(0)) else { return [Vec::new(), Vec::new()] };
    let centred = rows - &mean;
    let covariance = centred.t().dot(&centred);
    axes(covariance.view()).map(|axis| centred.dot(&axis).to_vec())
}

fn axes(covariance: ArrayView2<f64>) -> [Array1<f64>; 2] {
    let [mut first, mut second] = start(covariance);
    for _ in 0..ROUNDS {
        let next = unit(covariance.dot(&first));
        let image = covariance.dot(&second);
        let beside = unit(&image - &(&next * next.dot(&image)));
        let moved = (&next - &first).mapv(f64::abs).sum() + (&beside - &second).mapv(f64::abs).sum();
        (first, second) = (next, beside);
        if moved < STILL {
            break;
        }
    }
    [upright(first), upright(second)]
}

/// The covariances of the two features that vary most: no axis that matters is at a right angle to both.
fn start(covariance: ArrayView2<f64>) -> [Array1<f64>; 2] {
    let mut features: Vec<usize> = (0..covariance.nrows()).collect();
    features.sort_by(|&a, &b| covariance[[b, b]].total_cmp(&covariance[[a, a]]).then(a.cmp(&b)));
    let none = || Array1::zeros(covariance.nrows());
    [0, 1].map(|rank| features.get(rank).map_or_else(none, |&at| unit(covariance.row(at).to_owned())))
}

/// The vector at length 1, or none where there is next to nothing of it.
fn unit(vector: Array1<f64>) -> Array1<f64> {
    let length = vector.dot(&vector).sqrt();
    if length > 1e-12 { vector / length } else { vector * 0.0 }
}

/// Turned so that its largest component points up: a map is not mirrored from one day to the next.
fn upright(axis: Array1<f64>) -> Array1<f64> {
    let largest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
    if largest.is_some_and(|value| value < 0.0) { -axis } else { axis }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows around a point far out that differ much along one direction, less along another, hardly along the third.
    fn cloud() -> Array2<f64> {
        let row = |n: usize| {
            let (a, b, c) = ((n % 7) as f64 - 3.0, (n % 5) as f64 - 2.0, (n % 3) as f64 - 1.0);
            [100.0 + 7.0 * a, 50.0 + b, 0.01 * c]
        };
        Array2::from_shape_fn((105, 3), |(n, feature)| row(n)[feature])
    }

    #[test]
    fn rows_lie_along_the_directions_in_which_they_differ() {
        let [across, down] = coordinates(&cloud());
        for n in 0..105 {
            assert!((across[n] - 7.0 * ((n % 7) as f64 - 3.0)).abs() < 1e-6, "{n}: {}", across[n]);
            assert!((down[n] - ((n % 5) as f64 - 2.0)).abs() < 1e-6, "{n}: {}", down[n]);
        }
    }

    #[test]
    fn rows_that_do_not_differ_lie_in_one_place() {
        let line = Array2::from_shape_fn((40, 3), |(n, feature)| if feature == 1 { n as f64 } else { 5.0 });
        let [across, down] = coordinates(&line);
        assert!((across[39] - across[0] - 39.0).abs() < 1e-9);
        assert!(down.iter().all(|&place| place == 0.0), "{down:?}");
        for shape in [(9, 4), (1, 1), (0, 3), (3, 0)] {
            let [across, down] = coordinates(&Array2::from_elem(shape, 0.25));
            assert!(across.iter().chain(&down).all(|&place| place == 0.0));
        }
    }
}
