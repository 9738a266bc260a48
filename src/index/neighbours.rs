//! For every row its most similar others.

use rayon::prelude::*;

use super::{Cells, Postings, Similarity};

/// Candidates must have a higher cosine of words than this.
const LEAST_WORDS: f32 = 0.02;
/// Candidates must have a higher cosine of meaning than this.
const LEAST_MEANING: f32 = 0.2;
/// Neighbours must be more similar than this in all: weaker links, raised to their power, weigh nothing.
const LEAST_CONTENT: f32 = 0.1;
/// Unless they share this much of the entities they name.
const LEAST_ENTITIES: f32 = 0.3;

/// For each row its neighbours, most similar first, ties by row; never the row itself.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    offsets: Vec<usize>,
    rows: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbours {
    /// The `most` nearest of every row by similarity of content, among those that are near by words or by
    /// meaning; in parallel.
    pub fn join(similarity: &Similarity, most: usize) -> Self {
        let postings = Postings::new(similarity.words());
        let cells = similarity.meaning().map(Cells::around_leaders);
        let lists = (0..similarity.len())
            .into_par_iter()
            .map_init(
                || (postings.scratch(), Vec::new(), Vec::new()),
                |(scratch, near, others), row| {
                    postings.nearest(row, most, LEAST_WORDS, scratch, near);
                    if let Some(cells) = &cells {
                        cells.nearest(row, most, LEAST_MEANING, others);
                        near.append(others);
                    }
                    rank(row, near, similarity, most);
                    near.clone()
                },
            )
            .collect();
        Self::from_lists(lists)
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

/// Ranks candidates by similarity of content. Weak ones stay only for the entities they share.
fn rank(row: usize, near: &mut Vec<(f32, u32)>, similarity: &Similarity, most: usize) {
    near.sort_unstable_by_key(|candidate| candidate.1);
    near.dedup_by_key(|candidate| candidate.1);
    near.retain_mut(|(score, other)| {
        *score = similarity.of_content(row, *other as usize);
        *score > LEAST_CONTENT || similarity.of_entities(row, *other as usize) > LEAST_ENTITIES
    });
    keep_best(near, most);
}

/// Keeps the `most` best of `found`, best first; ties go to the lower row.
pub(super) fn keep_best(found: &mut Vec<(f32, u32)>, most: usize) {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > most && most > 0 {
        found.select_nth_unstable_by(most - 1, order);
    }
    found.truncate(most);
    found.sort_unstable_by(order);
}
