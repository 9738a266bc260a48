//! The neighbour join: for every headline its most similar others.

use rayon::prelude::*;

use crate::vector::SparseRows;

/// How many neighbours to keep, and how similar they must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeighbourParams {
    /// Most neighbours kept for a row.
    pub most: usize,
    /// Neighbours must be more similar than this cosine.
    pub above: f32,
}

impl Default for NeighbourParams {
    fn default() -> Self {
        Self { most: 100, above: 0.02 }
    }
}

/// For each row its neighbours, most similar first, ties by row; never the row itself.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    offsets: Vec<usize>,
    rows: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbours {
    /// Finds the exact nearest neighbours of every row among all rows, in parallel.
    ///
    /// `rows` must be L2-normalised, so that the dot product is the cosine. Work is the sum over rows of the
    /// lengths of the postings of their columns.
    pub fn join(rows: &SparseRows, params: NeighbourParams) -> Self {
        let postings = rows.by_column();
        let found: Vec<Vec<(f32, u32)>> = (0..rows.len())
            .into_par_iter()
            .map_init(|| Scratch::new(rows.len()), |scratch, row| scratch.nearest(row, rows, &postings, params))
            .collect();
        Self::from_lists(found)
    }

    /// From one list of (similarity, row) per row.
    pub fn from_lists(lists: Vec<Vec<(f32, u32)>>) -> Self {
        let total = lists.iter().map(Vec::len).sum();
        let mut neighbours = Self {
            offsets: Vec::with_capacity(lists.len() + 1),
            rows: Vec::with_capacity(total),
            similarities: Vec::with_capacity(total),
        };
        neighbours.offsets.push(0);
        for list in lists {
            for (similarity, row) in list {
                neighbours.rows.push(row);
                neighbours.similarities.push(similarity);
            }
            neighbours.offsets.push(neighbours.rows.len());
        }
        neighbours
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Neighbours of `row` and their similarities, most similar first.
    pub fn of(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.offsets[row]..self.offsets[row + 1];
        (&self.rows[range.clone()], &self.similarities[range])
    }
}

/// Working memory of one thread, reused from row to row.
struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
}

impl Scratch {
    fn new(rows: usize) -> Self {
        Self { scores: vec![0.0; rows], touched: Vec::new() }
    }

    fn nearest(
        &mut self,
        row: usize,
        rows: &SparseRows,
        postings: &SparseRows,
        params: NeighbourParams,
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
        let mut found = Vec::with_capacity(params.most);
        for &other in &self.touched {
            let score = std::mem::take(&mut self.scores[other as usize]);
            if score > params.above && other as usize != row {
                found.push((score, other));
            }
        }
        self.touched.clear();
        keep_best(&mut found, params.most);
        found
    }
}

/// Keeps the `most` best of `found`, best first; ties go to the lower row.
fn keep_best(found: &mut Vec<(f32, u32)>, most: usize) {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > most && most > 0 {
        found.select_nth_unstable_by(most - 1, order);
    }
    found.truncate(most);
    found.sort_unstable_by(order);
    found.shrink_to_fit();
}
