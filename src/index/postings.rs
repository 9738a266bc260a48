//! Candidates that share words or entities: exact top-k by cosine from an inverted index.

use super::neighbours::keep_best;
use crate::vector::SparseRows;

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
    pub fn scratch(&self) -> Scratch {
        Scratch { scores: vec![0.0; self.rows.len()], touched: Vec::new() }
    }

    /// Sets `found` to the `most` other rows with the highest cosine to `row` above `above`, best first, ties to
    /// the lower row. The work is the sum of the lengths of the postings of the row's columns.
    pub fn nearest(
        &self,
        row: usize,
        most: usize,
        above: f32,
        scratch: &mut Scratch,
        found: &mut Vec<(f32, u32)>,
    ) {
        let Scratch { scores, touched } = scratch;
        let (columns, weights) = self.rows.row(row);
        for (&column, &weight) in columns.iter().zip(weights) {
            let (others, their_weights) = self.by_column.row(column as usize);
            for (&other, &their_weight) in others.iter().zip(their_weights) {
                let score = &mut scores[other as usize];
                if *score == 0.0 {
                    touched.push(other);
                }
                *score += weight * their_weight;
            }
        }
        found.clear();
        for other in touched.drain(..) {
            let score = std::mem::take(&mut scores[other as usize]);
            if score > above && other as usize != row {
                found.push((score, other));
            }
        }
        keep_best(found, most);
    }
}

/// Working memory of one thread, reused from row to row.
#[derive(Debug)]
pub struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
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
        fn the_index_finds_what_comparing_all_pairs_finds(
            lists in prop::collection::vec(prop::collection::vec(0u32..40, 0..6), 1..40),
        ) {
            let rows = rows(&lists);
            let postings = Postings::new(&rows);
            let (mut scratch, mut found) = (postings.scratch(), Vec::new());
            for row in 0..rows.len() {
                postings.nearest(row, 5, 0.05, &mut scratch, &mut found);
                let mut wanted: Vec<(f32, u32)> = (0..rows.len())
                    .filter(|&other| other != row)
                    .map(|other| (rows.dot(row, other), other as u32))
                    .filter(|&(score, _)| score > 0.05)
                    .collect();
                keep_best(&mut wanted, 5);
                prop_assert_eq!(&found, &wanted);
            }
        }
    }
}
