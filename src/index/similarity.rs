//! How alike two headlines are: words and entities, meaning, and time.

use jiff::Timestamp;

use crate::vector::{DenseRows, SparseRows};

/// The fused similarity of rows.
#[derive(Debug, Clone)]
pub struct Similarity {
    words: SparseRows,
    entities: SparseRows,
    meaning: Option<DenseRows>,
    meaning_weight: f32,
    /// Days since 1970; NaN without a time.
    days: Vec<f32>,
}

impl Similarity {
    /// `words` is L2-normalised; `meaning` counts `meaning_weight` times as much as words.
    pub fn new(
        words: SparseRows,
        entities: SparseRows,
        meaning: Option<DenseRows>,
        meaning_weight: f32,
        times: impl Iterator<Item = Option<Timestamp>>,
    ) -> Self {
        let days =
            times.map(|time| time.map_or(f32::NAN, |time| (time.as_second() as f64 / 86_400.0) as f32));
        Self { words, entities, meaning, meaning_weight, days: days.collect() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sparse rows.
    pub fn words(&self) -> &SparseRows {
        &self.words
    }

    /// The dense rows, when meaning counts.
    pub fn meaning(&self) -> Option<&DenseRows> {
        self.meaning.as_ref()
    }

    /// Similarity of content, 0 to 1, from the cosines of words and of meaning: their mean, weighted. Of words
    /// alone where meaning does not count.
    pub fn fuse(&self, words: f32, meaning: f32) -> f32 {
        match &self.meaning {
            None => words,
            Some(_) => fuse(words, meaning, self.meaning_weight),
        }
    }

    /// Sets `cosines` to those of the meaning of `row` with each of `others`; 0 where meaning does not count.
    pub fn meanings(&self, row: usize, others: &[u32], cosines: &mut Vec<f32>) {
        match &self.meaning {
            Some(meaning) => meaning.cosines(&[row as u32], others, cosines),
            None => {
                cosines.clear();
                cosines.resize(others.len(), 0.0);
            }
        }
    }

    /// How much two rows share of the entities they name, 0 to 1.
    pub fn of_entities(&self, a: usize, b: usize) -> f32 {
        // Most titles of some collections name nothing.
        if self.entities.row(a).0.is_empty() { 0.0 } else { self.entities.dot(a, b) }
    }

    /// Factor by which distance in time lessens similarity: 1 at the same time, 1/2 at `half_life` days,
    /// 1 when either time is unknown.
    pub fn decay(&self, a: usize, b: usize, half_life: f32) -> f32 {
        decay(self.days[a], self.days[b], half_life)
    }
}

/// Mean of the cosines of words and of meaning, the latter weighted.
pub(super) fn fuse(words: f32, meaning: f32, meaning_weight: f32) -> f32 {
    (words + meaning_weight * meaning.max(0.0)) / (1.0 + meaning_weight)
}

/// Factor for two times in days, NaN if unknown.
pub(super) fn decay(a: f32, b: f32, half_life: f32) -> f32 {
    let apart = (a - b).abs();
    if apart.is_nan() { 1.0 } else { half_life / (half_life + apart) }
}
