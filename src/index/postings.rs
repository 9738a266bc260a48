//! Candidates that share words or entities: exact top-k by cosine from an inverted index.

use rayon::prelude::*;

use super::neighbours::keep_best;
use crate::vector::SparseRows;

/// For every row the `most` others with the highest cosine above `above`, in parallel.
///
/// `rows` must be L2-normalised, so that the dot product is the cosine. The work is the sum over rows of the
/// lengths of the postings of their columns. Ties go to the lower row.
pub fn nearest_by_words(rows: &SparseRows, most: usize, above: f32) -> Vec<Vec<(f32, u32)>> {
    let postings = rows.by_column();
    (0..rows.len())
        .into_par_iter()
        .map_init(
            || Scratch::new(rows.len()),
            |scratch, row| scratch.nearest(row, rows, &postings, most, above),
        )
        .collect()
}

/// Working memory of one thread, reused from row to row.
struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
    found: Vec<(f32, u32)>,
}

impl Scratch {
    fn new(rows: usize) -> Self {
        Self { scores: vec![0.0; rows], touched: Vec::new(), found: Vec::new() }
    }

    fn nearest(
        &mut self,
        row: usize,
        rows: &SparseRows,
        postings: &SparseRows,
        most: usize,
        above: f32,
    ) -> Vec<(f32, u32)> {
        let (columns, weights) = rows.row(row);
        for (&column, &weight) in columns.iter().zip(weights) {
            let (others, their_weights) = postings.row(column as usize);
            for (&other, &their_weight) in others.iter().zip(their_weights) {
                let score = &mut self.scores[other as usize];
                if *score == 0.0 {
                    self.touched.push(other);
                }
                *score += weight * their_weight;
            }
        }
        self.found.clear();
        for other in self.touched.drain(..) {
            let score = std::mem::take(&mut self.scores[other as usize]);
            if score > above && other as usize != row {
                self.found.push((score, other));
            }
        }
        keep_best(&mut self.found, most);
        self.found.clone()
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
        fn the_index_finds_what_comparing_all_pairs_finds(
            lists in prop::collection::vec(prop::collection::vec(0u32..40, 0..6), 1..40),
        ) {
            let rows = rows(&lists);
            let found = nearest_by_words(&rows, 5, 0.05);
            for (row, found) in found.iter().enumerate() {
                let mut wanted: Vec<(f32, u32)> = (0..rows.len())
                    .filter(|&other| other != row)
                    .map(|other| (rows.dot(row, other), other as u32))
                    .filter(|&(score, _)| score > 0.05)
                    .collect();
                keep_best(&mut wanted, 5);
                prop_assert_eq!(found, &wanted);
            }
        }
    }
}
