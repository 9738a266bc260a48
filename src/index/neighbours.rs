//! For every row its most similar others.

use rayon::prelude::*;

use super::{Similarity, nearest_by_direction, nearest_by_words};

/// Candidates must have a higher cosine of words than this.
const LEAST_WORDS: f32 = 0.02;
/// Candidates must have a higher cosine of meaning than this.
const LEAST_MEANING: f32 = 0.2;

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
        let by_words = nearest_by_words(similarity.words(), most, LEAST_WORDS);
        let by_meaning = match similarity.meaning() {
            Some(meaning) => nearest_by_direction(meaning, most, LEAST_MEANING),
            None => vec![Vec::new(); by_words.len()],
        };
        let lists = by_words
            .into_par_iter()
            .zip(by_meaning)
            .enumerate()
            .map(|(row, (mut found, others))| {
                found.extend(others);
                found.sort_unstable_by_key(|candidate| candidate.1);
                found.dedup_by_key(|candidate| candidate.1);
                for (score, other) in &mut found {
                    *score = similarity.of_content(row, *other as usize);
                }
                keep_best(&mut found, most);
                found.shrink_to_fit();
                found
            })
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

/// Keeps the `most` best of `found`, best first; ties go to the lower row.
pub(super) fn keep_best(found: &mut Vec<(f32, u32)>, most: usize) {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > most && most > 0 {
        found.select_nth_unstable_by(most - 1, order);
    }
    found.truncate(most);
    found.sort_unstable_by(order);
}
