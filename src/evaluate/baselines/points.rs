//! The dense matrix that the baselines work on.

use ndarray::{Array2, ArrayView2, ArrayViewMut1, Axis, Slice};

use super::error::BaselineError;
use super::projection::Projection;

/// Rows of unit length in a dense matrix, within a memory limit.
///
/// Rows are L2-normalised, so that for any two of them `|a - b|^2 = 2 - 2 cos(a, b)`: Euclidean methods see the
/// cosine. A row without any feature has no direction; it is set aside and ends up in a cluster of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Unit rows, shape `(rows with a feature, dimensions)`.
    unit: Array2<f32>,
    /// For each row of the input, its row in `unit` if it has a feature.
    place: Vec<Option<usize>>,
    limit: usize,
}

impl Points {
    /// A memory limit in bytes that suits a small machine: 1 GiB.
    pub const LIMIT: usize = 1 << 30;

    /// Takes a matrix of shape `(rows, columns)`; `limit` bounds every matrix the baselines hold, in bytes.
    ///
    /// # Errors
    /// When there is no row, a value is not finite, or the matrix to work on would exceed the limit.
    pub fn from_dense(
        rows: ArrayView2<'_, f32>,
        projection: Option<Projection>,
        limit: usize,
    ) -> Result<Self, BaselineError> {
        let entries = rows
            .outer_iter()
            .map(|row| row.into_iter().copied().enumerate().filter(|&(_, value)| value != 0.0));
        Self::build(entries, rows.dim(), projection, limit)
    }

    /// Takes one list of `(column, value)` a row, such as tf-idf weights, with columns below `columns`. Repeated
    /// columns add up. With a projection the full width is never allocated.
    ///
    /// # Errors
    /// As for [`Points::from_dense`], and when a column is out of range.
    pub fn from_sparse<R: AsRef<[(u32, f32)]>>(
        rows: &[R],
        columns: usize,
        projection: Option<Projection>,
        limit: usize,
    ) -> Result<Self, BaselineError> {
        let entries =
            rows.iter().map(|row| row.as_ref().iter().map(|&(column, value)| (column as usize, value)));
        Self::build(entries, (rows.len(), columns), projection, limit)
    }

    /// Number of rows of the input.
    pub fn rows(&self) -> usize {
        self.place.len()
    }

    /// The unit rows, shape `(rows with a feature, dimensions)`.
    pub fn unit(&self) -> &Array2<f32> {
        &self.unit
    }

    /// Refuses a matrix of `rows` x `columns` if `half_copies / 2` copies of it exceed the limit.
    pub(super) fn fits(&self, rows: usize, columns: usize, half_copies: usize) -> Result<(), BaselineError> {
        check_size(rows, columns, half_copies, self.limit)
    }

    /// Spreads labels of the unit rows over all rows of the input: numbered by first appearance, rows without a
    /// feature alone.
    pub(super) fn spread(&self, labels: &[usize]) -> Vec<usize> {
        let mut names = vec![None; labels.iter().max().map_or(0, |&most| most + 1)];
        let mut next = 0;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        self.place
            .iter()
            .map(|place| match place {
                Some(row) => *names[labels[*row]].get_or_insert_with(&mut fresh),
                None => fresh(),
            })
            .collect()
    }

    fn build<E: Iterator<Item = (usize, f32)>>(
        rows: impl Iterator<Item = E>,
        (count, columns): (usize, usize),
        projection: Option<Projection>,
        limit: usize,
    ) -> Result<Self, BaselineError> {
        if count == 0 {
            return Err(BaselineError::Empty);
        }
        let dimensions = projection.map_or(columns, |projection| projection.dimensions);
        if projection.is_some() && dimensions == 0 {
            return Err(BaselineError::NoDimensions);
        }
        check_size(count, dimensions, 2, limit)?;
        let mut unit = Array2::zeros((count, dimensions));
        let mut place = Vec::with_capacity(count);
        let mut used = 0;
        for (row, entries) in rows.enumerate() {
            let mut target = unit.row_mut(used);
            for (column, value) in entries {
                if column >= columns {
                    return Err(BaselineError::Column { row, column, columns });
                }
                match projection {
                    Some(projection) => projection.add(&mut target, column, value),
                    None => target[column] += value,
                }
            }
            let featured = normalise(target).ok_or(BaselineError::NotFinite(row))?;
            place.push(featured.then_some(used));
            used += usize::from(featured);
        }
        unit.slice_axis_inplace(Axis(0), Slice::from(..used));
        Ok(Self { unit, place, limit })
    }
}

/// Scales a row to unit length. `Some(false)` when it is zero, `None` when it is not finite.
fn normalise(mut row: ArrayViewMut1<'_, f32>) -> Option<bool> {
    let norm = row.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
    if norm > 0.0 {
        row.mapv_inplace(|value| (f64::from(value) / norm) as f32);
    }
    norm.is_finite().then_some(norm > 0.0)
}

fn check_size(rows: usize, columns: usize, half_copies: usize, limit: usize) -> Result<(), BaselineError> {
    let needed =
        rows.saturating_mul(columns).saturating_mul(half_copies).saturating_mul(size_of::<f32>()) / 2;
    if needed > limit { Err(BaselineError::TooLarge { rows, columns, needed, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn normalises_rows_and_sets_empty_ones_aside() {
        let points =
            Points::from_dense(array![[3.0, 4.0], [0.0, 0.0], [0.0, 2.0]].view(), None, 1_000).unwrap();
        assert_eq!(points.unit(), array![[0.6, 0.8], [0.0, 1.0]]);
        assert_eq!(points.spread(&[4, 2]), [0, 1, 2]);
        assert_eq!(points.spread(&[1, 1]), [0, 1, 0]);
    }

    #[test]
    fn sparse_and_dense_input_give_the_same_points() {
        let sparse = [vec![(1, 2.0), (0, 1.0)], vec![], vec![(2, -3.0)]];
        let dense = array![[1.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -3.0]];
        for projection in [None, Some(Projection { dimensions: 8, seed: 5 })] {
            assert_eq!(
                Points::from_sparse(&sparse, 3, projection, 1_000).unwrap(),
                Points::from_dense(dense.view(), projection, 1_000).unwrap()
            );
        }
    }

    #[test]
    fn refuses_what_does_not_fit_and_projects_it_instead() {
        let rows = vec![vec![(70_000_u32, 1.0_f32)]; 20];
        let error = Points::from_sparse(&rows, 100_000, None, 1 << 20).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a matrix of 20 x 100000 needs 8000000 bytes, more than the limit of 1048576"
        );
        let points = Points::from_sparse(&rows, 100_000, Some(Projection::default()), 1 << 20).unwrap();
        assert_eq!(points.unit().dim(), (20, 256));
    }

    #[test]
    fn refuses_bad_rows() {
        let bad = |rows: &[Vec<(u32, f32)>]| Points::from_sparse(rows, 2, None, 1_000).unwrap_err();
        assert!(matches!(bad(&[]), BaselineError::Empty));
        assert!(matches!(bad(&[vec![(0, 1.0)], vec![(0, f32::NAN)]]), BaselineError::NotFinite(1)));
        assert!(matches!(bad(&[vec![(2, 1.0)]]), BaselineError::Column { row: 0, column: 2, columns: 2 }));
        let flat = Projection { dimensions: 0, seed: 1 };
        let error = Points::from_sparse(&[vec![(0, 1.0)]], 2, Some(flat), 1_000).unwrap_err();
        assert!(matches!(error, BaselineError::NoDimensions));
    }
}
