//! Exact cosines of words and entities from an inverted index.

use std::ops::Range;

use crate::vector::SparseRows;

/// Postings read of one column. A word more common than this says little, and least of headlines far away: rows are
/// in order of time, so that the nearest rows are those of the same days. Keeps the work per row from growing with
/// the collection.
const LONGEST: usize = 512;

/// An inverted index over rows.
#[derive(Debug)]
pub struct Postings<'a> {
    rows: &'a SparseRows,
    by_column: SparseRows,
}

impl<'a> Postings<'a> {
    /// Indexes `rows`, which must be L2-normalised, so that the dot product is the cosine.
    pub fn new(rows: &'a SparseRows) -> Self {
        Self { rows, by_column: rows.by_column() }
    }

    /// Working memory for one thread.
    pub fn scores(&self) -> Scores {
        Scores { of_row: vec![0.0; self.rows.len()], touched: Vec::new() }
    }

    /// Sets `scores` to the cosines of `row` with all others; itself included. The work is the sum of the lengths
    /// of the postings of the row's columns, of which only the [`LONGEST`] nearest to the row are read.
    pub fn score(&self, row: usize, scores: &mut Scores) {
        scores.clear();
        let (columns, weights) = self.rows.row(row);
        for (&column, &weight) in columns.iter().zip(weights) {
            let (others, their_weights) = self.by_column.row(column as usize);
            let near = nearest(row as u32, others);
            for (&other, &their_weight) in others[near.clone()].iter().zip(&their_weights[near]) {
                scores.add(other, weight * their_weight);
            }
        }
    }
}

/// Where the [`LONGEST`] of `others` that are nearest to `row` stand; `others` ascend and hold `row`.
fn nearest(row: u32, others: &[u32]) -> Range<usize> {
    if others.len() <= LONGEST {
        return 0..others.len();
    }
    let at = others.partition_point(|&other| other < row);
    let start = at.saturating_sub(LONGEST / 2).min(others.len() - LONGEST);
    start..start + LONGEST
}

/// Cosines of one row with others; cleared in time proportional to what was touched. One for each thread.
#[derive(Debug)]
pub struct Scores {
    of_row: Vec<f32>,
    touched: Vec<u32>,
}

impl Scores {
    fn clear(&mut self) {
        for other in self.touched.drain(..) {
            self.of_row[other as usize] = 0.0;
        }
    }

    fn add(&mut self, other: u32, score: f32) {
        let slot = &mut self.of_row[other as usize];
        if *slot == 0.0 {
            self.touched.push(other);
        }
        *slot += score;
    }

    /// The cosine with `other`; 0 without a common column.
    pub fn of(&self, other: u32) -> f32 {
        self.of_row[other as usize]
    }

    /// All rows with a common column, each once, with their cosines.
    pub fn all(&self) -> impl Iterator<Item = (f32, u32)> + '_ {
        self.touched.iter().map(|&other| (self.of(other), other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows of up to six of forty columns, normalised.
    fn rows(lists: &[Vec<u32>]) -> SparseRows {
        let (mut offsets, mut indices, mut weights) = (vec![0], Vec::new(), Vec::new());
        for list in lists {
            let mut columns = list.clone();
            columns.sort_unstable();
            columns.dedup();
            let raw: Vec<f32> = columns.iter().map(|&column| 1.0 + column as f32).collect();
            let norm = raw.iter().map(|w| w * w).sum::<f32>().sqrt();
            indices.extend(columns);
            weights.extend(raw.iter().map(|w| w / norm));
            offsets.push(indices.len());
        }
        SparseRows::new(40, offsets, indices, weights)
    }

    proptest! {
        #[test]
        fn the_index_gives_the_dot_product_of_every_pair(
            lists in prop::collection::vec(prop::collection::vec(0u32..40, 0..6), 1..40),
        ) {
            let rows = rows(&lists);
            let postings = Postings::new(&rows);
            let mut scores = postings.scores();
            for row in 0..rows.len() {
                postings.score(row, &mut scores);
                for other in 0..rows.len() {
                    prop_assert_eq!(scores.of(other as u32), rows.dot(row, other));
                }
                let mut touched: Vec<u32> = scores.all().map(|(_, other)| other).collect();
                touched.sort_unstable();
                let wanted: Vec<u32> =
                    (0..rows.len()).filter(|&other| rows.dot(row, other) > 0.0).map(|other| other as u32).collect();
                prop_assert_eq!(touched, wanted);
            }
        }
    }

    #[test]
    fn of_a_long_column_the_nearest_rows_are_read() {
        let others: Vec<u32> = (0..LONGEST as u32 + 100).map(|row| row * 2).collect();
        assert_eq!(nearest(0, &others), 0..LONGEST);
        assert_eq!(nearest(others[others.len() - 1], &others), 100..others.len());
        let middle = nearest(others[LONGEST / 2 + 10], &others);
        assert_eq!(middle, 10..LONGEST + 10);
    }
}
