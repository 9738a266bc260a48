//! Term weighting: inverse document frequency over binary term frequency.

use linfa::dataset::DatasetBase;
use linfa::param_guard::ParamGuard;
use linfa::traits::{Fit, Transformer};
use thiserror::Error;

use crate::text::{ENTITY_MARK, Term};

use super::{Documents, SparseRows, background_rate};

/// What can be wrong with tf-idf parameters or input.
#[derive(Debug, Error)]
pub enum TfIdfError {
    /// The exponent is not a positive number.
    #[error("the idf exponent must be a positive number, not {0}")]
    Exponent(f32),
    /// An error of linfa's own.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Headlines with which entities have lost half of what they count for more among few. Among few headlines a shared place is
/// the best evidence there is; among many, words and headlines in between tie a subject together, and a place alone misleads.
pub const FEW: f32 = 100.0;

/// Checked parameters of [`TfIdf`].
#[derive(Debug, Clone, PartialEq)]
pub struct TfIdfValidParams {
    exponent: f32,
    min_document_frequency: u32,
    entity_weight: f32,
    background: f32,
}

/// Parameters of [`TfIdf`], to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TfIdfParams(TfIdfValidParams);

impl Default for TfIdfParams {
    fn default() -> Self {
        Self(TfIdfValidParams {
            exponent: 0.75,
            min_document_frequency: 1,
            entity_weight: 1.0,
            background: 2000.0,
        })
    }
}

impl TfIdfParams {
    /// Power of the inverse document frequency. Below 1, because in short texts a rare word is often chance.
    pub fn exponent(mut self, exponent: f32) -> Self {
        self.0.exponent = exponent;
        self
    }

    /// Weight of an entity relative to a word of the same rarity among [few](FEW) headlines; among many it is half of that.
    pub fn entity_weight(mut self, weight: f32) -> Self {
        self.0.entity_weight = weight;
        self
    }

    /// Number of headlines that the shipped background frequencies count as, beside the collection's own.
    pub fn background(mut self, headlines: f32) -> Self {
        self.0.background = headlines;
        self
    }

    /// Terms in fewer headlines than this are left out: they cannot tie anything together.
    pub fn min_document_frequency(mut self, least: u32) -> Self {
        self.0.min_document_frequency = least;
        self
    }
}

impl ParamGuard for TfIdfParams {
    type Checked = TfIdfValidParams;
    type Error = TfIdfError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let exponent = self.0.exponent;
        if exponent.is_finite() && exponent > 0.0 { Ok(&self.0) } else { Err(TfIdfError::Exponent(exponent)) }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// Weights of terms, learned from document frequencies.
#[derive(Debug, Clone)]
pub struct TfIdf {
    weights: Vec<f32>,
}

impl<T> Fit<Documents, T, TfIdfError> for TfIdfValidParams {
    type Object = TfIdf;

    fn fit(&self, dataset: &DatasetBase<Documents, T>) -> Result<TfIdf, TfIdfError> {
        Ok(self.learn(&dataset.records))
    }
}

impl TfIdfValidParams {
    /// Learns the weights of all terms of `documents`.
    pub fn learn(&self, documents: &Documents) -> TfIdf {
        let total = documents.len() as f32;
        let weights = documents
            .document_frequencies()
            .iter()
            .zip(documents.vocabulary())
            .map(|(&count, term)| {
                let is_entity = term.starts_with(ENTITY_MARK);
                self.weight(count, total, background_rate(term), is_entity)
            })
            .collect();
        TfIdf { weights }
    }

    /// Weight of an entity relative to a word of the same rarity, among `total` headlines.
    pub fn entity_weight_among(&self, total: f32) -> f32 {
        0.5 * self.entity_weight * (1.0 + FEW / (FEW + total))
    }

    /// Weight of a term that `count` of `total` headlines have, and the share `rate` of news at large.
    pub(super) fn weight(&self, count: u32, total: f32, rate: f32, is_entity: bool) -> f32 {
        if count < self.min_document_frequency {
            return 0.0;
        }
        let kind = if is_entity { self.entity_weight_among(total) } else { 1.0 };
        let common = count as f32 + self.background * rate;
        kind * ((total + self.background) / common).ln().max(0.0).powf(self.exponent)
    }
}

impl TfIdf {
    /// The entities of each headline alone, weighted by rarity and salience. Each row is divided by its length,
    /// or by `full` if that is more: what is common weighs little even where nothing else is named.
    pub fn entities(&self, documents: &Documents, full: f32) -> SparseRows {
        self.rows(documents.len(), full, |row, cells| {
            cells.extend(
                documents.entities(row).iter().map(|&(term, salience)| (term, salience * self.weight(term))),
            );
            cells.sort_unstable_by_key(|cell| cell.0);
        })
    }

    fn weight(&self, term: Term) -> f32 {
        self.weights[term as usize]
    }

    fn rows(&self, count: usize, full: f32, fill: impl Fn(usize, &mut Vec<(Term, f32)>)) -> SparseRows {
        let mut offsets = Vec::with_capacity(count + 1);
        let (mut indices, mut weights) = (Vec::new(), Vec::new());
        offsets.push(0);
        let mut cells = Vec::new();
        for row in 0..count {
            cells.clear();
            fill(row, &mut cells);
            cells.retain(|cell| cell.1 > 0.0);
            let length = cells.iter().map(|cell| cell.1 * cell.1).sum::<f32>().sqrt().max(full);
            indices.extend(cells.iter().map(|cell| cell.0));
            weights.extend(cells.iter().map(|cell| cell.1 / length));
            offsets.push(indices.len());
        }
        SparseRows::new(self.weights.len(), offsets, indices, weights)
    }
}

impl Transformer<&Documents, SparseRows> for TfIdf {
    /// One L2-normalised row per headline; a headline without a weighted term has an empty row.
    fn transform(&self, documents: &Documents) -> SparseRows {
        self.rows(documents.len(), 0.0, |row, cells| {
            cells.extend(documents.row(row).iter().map(|&term| (term, self.weight(term))));
        })
    }
}
