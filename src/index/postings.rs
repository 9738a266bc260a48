//! Exact cosines of words and entities from an inverted index.

use std::ops::Range;

use super::longest;
use super::scores::Scores;
use crate::vector::SparseRows;

/// An inverted index over rows.
#[derive(Debug)]
pub struct Postings<'a> {
    rows: &'a SparseRows,
    by_column: SparseRows,
    /// Postings read of one column.
    most: usize,
}

impl<'a> Postings<'a> {
    /// Indexes `rows`, which must be L2-normalised, so that the dot product is the cosine.
    pub fn new(rows: &'a SparseRows) -> Self {
        Self { rows, by_column: rows.by_column(), most: longest(rows.len() as u32) }
    }

    /// Working memory for one thread.
    pub fn scores(&self) -> Scores {
        Scores::new(self.rows.len())
    }

    /// Adds the cosines of `row` with all others to `scores`, from which all were taken out; itself included. The work is the sum of the lengths
    /// of the postings of the row's columns, of which only [so many](longest) nearest to the row are read.
    pub fn score(&self, row: usize, scores: &mut Scores) {
        let (columns, weights) = self.rows.row(row);
        for (&column, &weight) in columns.iter().zip(weights) {
            let (others, their_weights) = self.by_column.row(column as usize);
            let near = nearest(row as u32, others, self.most);
            for (&other, &their_weight) in others[near.clone()].iter().zip(&their_weights[near]) {
                scores.add(other, weight * their_weight);
            }
        }
    }
}

/// Where the `most` of `others` that are nearest to `row` stand; `others` ascend and hold `row`.
fn nearest(row: u32, others: &[u32], most: usize) -> Range<usize> {
    if others.len() <= most {
        return 0..others.len();
    }
    let at = others.partition_point(|&other| other < row);
    let start = at.saturating_sub(most / 2).min(others.len() - most);
    start..start + most
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
                prop_assert_eq!(scores.take(0), rows.dot(row, 0));
                let mut left: Vec<(f32, u32)> = scores.drain().filter(|&(cosine, _)| cosine > 0.0).collect();
                left.sort_unstable_by_key(|&(_, other)| other);
                let wanted: Vec<(f32, u32)> = (1..rows.len() as u32)
                    .map(|other| (rows.dot(row, other as usize), other))
                    .filter(|&(cosine, _)| cosine > 0.0)
                    .collect();
                prop_assert_eq!(left, wanted);
            }
        }
    }

    #[test]
    fn of_a_long_column_the_nearest_rows_are_read() {
        let others: Vec<u32> = (0..150).map(|row| row * 2).collect();
        assert_eq!(nearest(0, &others, 50), 0..50);
        assert_eq!(nearest(others[149], &others, 50), 100..150);
        assert_eq!(nearest(others[35], &others, 50), 10..60);
    }
}
