//! Dense vectors of headlines, kept in few bytes.

use super::dots::{dot, dot_each};

/// Unit vectors of small integers, one row a headline; a row of zeros has no direction.
///
/// Kept as signed bytes: what is compared is spread over all of memory, so that time goes with the bytes that are read.
/// Cosines come out within .001 of those of the vectors before they were rounded.
#[derive(Debug, Clone, Default)]
pub struct DenseRows {
    dims: usize,
    pub(super) values: Vec<i8>,
    /// By which each row must be multiplied to be of length 1.
    pub(super) scales: Vec<f32>,
}

impl DenseRows {
    /// `rows` rows without a direction, of `dims` components each.
    pub(super) fn new(dims: usize, rows: usize) -> Self {
        Self { dims, values: vec![0; dims * rows], scales: vec![0.0; rows] }
    }

    /// Adds rows of another matrix of the same width at the end; of any width to a matrix without rows.
    pub fn append(&mut self, more: &Self) {
        if self.values.is_empty() {
            self.dims = more.dims;
        }
        self.values.extend_from_slice(&more.values);
        self.scales.extend_from_slice(&more.scales);
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows * self.dims);
        self.scales.truncate(rows);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Cosine of the angle between two rows; 0 when either has no direction.
    pub fn cosine(&self, a: usize, b: usize) -> f32 {
        dot(self.bytes(a), self.bytes(b)) as f32 * (self.scales[a] * self.scales[b])
    }

    /// Sets `cosines` to those of each of `rows` with each of `others`, row by row. Faster than one call of
    /// [`cosine`](Self::cosine) for each, and the more so the more rows there are.
    pub fn cosines(&self, rows: &[u32], others: &[u32], cosines: &mut Vec<f32>) {
        cosines.clear();
        cosines.resize(rows.len() * others.len(), 0.0);
        dot_each(&self.values, self.dims, &self.scales, rows, others, cosines);
    }

    /// Components of a row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = f32> + '_ {
        self.bytes(row).iter().map(move |&value| f32::from(value) * self.scales[row])
    }

    fn bytes(&self, row: usize) -> &[i8] {
        &self.values[row * self.dims..][..self.dims]
    }
}

/// Writes the direction of `vector - centre`, and returns by what it must be multiplied to be of length 1; 0 where there is
/// no direction. The largest component takes the largest number there is.
pub(super) fn quantise(vector: &mut [f32], centre: &[f32], row: &mut [i8]) -> f32 {
    vector.iter_mut().zip(centre).for_each(|(v, c)| *v -= c);
    let largest = vector.iter().fold(0f32, |largest, v| largest.max(v.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let unit = f32::from(i8::MAX) / largest;
    for (value, v) in row.iter_mut().zip(vector) {
        *value = (*v * unit).round() as i8;
    }
    (dot(row, row) as f32).sqrt().recip()
}
