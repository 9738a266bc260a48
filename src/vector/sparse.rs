//! A sparse matrix with one row a headline, as linfa records.

use std::cmp::Ordering;

use linfa::dataset::Records;
use sprs::CsMatI;

/// Rows of (column, weight) in compressed sparse row form; columns ascend within a row.
///
/// A newtype, because linfa's `Records` cannot be implemented for a foreign matrix.
#[derive(Debug, Clone)]
pub struct SparseRows(CsMatI<f32, u32, usize>);

impl SparseRows {
    /// Wraps a matrix that is in row-major form.
    pub(crate) fn new(columns: usize, offsets: Vec<usize>, indices: Vec<u32>, weights: Vec<f32>) -> Self {
        let rows = offsets.len() - 1;
        Self(CsMatI::new((rows, columns), offsets, indices, weights))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.rows()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns and weights of row `row`.
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let offsets = self.0.indptr();
        let range = offsets.outer_inds_sz(row);
        (&self.0.indices()[range.clone()], &self.0.data()[range])
    }

    /// Weight of `column` in row `row`, 0 where it has none.
    pub fn weight(&self, row: usize, column: u32) -> f32 {
        let (columns, weights) = self.row(row);
        columns.binary_search(&column).map_or(0.0, |at| weights[at])
    }

    /// Dot product of two rows: their cosine, when rows are L2-normalised.
    pub fn dot(&self, a: usize, b: usize) -> f32 {
        let cells = |row: usize| {
            let (columns, weights) = self.row(row);
            columns.iter().copied().zip(weights.iter().copied())
        };
        dot(cells(a), cells(b))
    }

    /// The same values by column: for each column its rows, ascending.
    pub fn by_column(&self) -> SparseRows {
        Self(self.0.to_other_storage().transpose_into())
    }
}

/// Dot product of two sparse vectors, given as (column, weight) with ascending columns.
pub(crate) fn dot(mut a: impl Iterator<Item = (u32, f32)>, mut b: impl Iterator<Item = (u32, f32)>) -> f32 {
    let (mut left, mut right, mut sum) = (a.next(), b.next(), 0.0);
    while let (Some((i, x)), Some((j, y))) = (left, right) {
        match i.cmp(&j) {
            Ordering::Less => left = a.next(),
            Ordering::Greater => right = b.next(),
            Ordering::Equal => {
                sum += x * y;
                (left, right) = (a.next(), b.next());
            }
        }
    }
    sum
}

impl Records for SparseRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.0.rows()
    }

    fn nfeatures(&self) -> usize {
        self.0.cols()
    }
}
