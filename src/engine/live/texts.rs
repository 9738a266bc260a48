//! Distinct titles: what is read from a headline when it comes.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::Live;
use super::links::{Degrees, Link};
use crate::Headline;
use crate::engine::clustering::FULL_ENTITY;
use crate::index::Vectors;
use crate::text::{Language, Term, glossed, normalised_title};
use crate::vector::{DenseRows, Documents, StaticEmbedding};

/// A distinct title.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Text {
    /// The first headline that had it.
    pub first: Arc<Headline>,
    /// Positions of the headlines that have it, in order of arrival; none when it is gone.
    pub copies: Vec<u32>,
    /// Its terms and its entities with their salience.
    pub terms: Vec<Term>,
    pub entities: Vec<(Term, f32)>,
    /// Links with others, from both ends.
    pub links: Vec<Link>,
    pub degrees: Degrees,
    /// The story it is in.
    pub story: u32,
}

/// A headline on its way in.
pub(super) struct Arrival {
    pub headline: Arc<Headline>,
    pub row: u32,
    /// Whether it is the first with its title.
    pub is_new: bool,
}

impl Live {
    /// Finds the text of each headline; those with a title not seen begin one.
    pub(super) fn read(&mut self, block: Vec<Headline>) -> Vec<Arrival> {
        let titles: Vec<String> = block.par_iter().map(|headline| normalised_title(&headline.text)).collect();
        let mut next = self.index.len() as u32;
        let mut arrive = |(headline, title): (Headline, String)| {
            let row = *self.by_title.entry(title).or_insert(next);
            let is_new = row == next;
            next += u32::from(is_new);
            Arrival { headline: Arc::new(headline), row, is_new }
        };
        block.into_iter().zip(titles).map(&mut arrive).collect()
    }

    /// Adds the texts of new titles and their vectors. Terms weigh as they do with the headlines up to then.
    pub(super) fn vectorise(&mut self, arrivals: &[Arrival]) {
        let new: Vec<&Arc<Headline>> =
            arrivals.iter().filter(|arrival| arrival.is_new).map(|arrival| &arrival.headline).collect();
        let headlines: Vec<&Headline> = new.iter().map(|headline| headline.as_ref()).collect();
        let documents = Documents::analyse(&headlines);
        let meaning = self.meaning_of(&headlines);
        let terms: Vec<Term> = documents.vocabulary().iter().map(|term| self.lexicon.number(term)).collect();
        let mut rows = Vec::with_capacity(new.len());
        for (at, &headline) in new.iter().enumerate() {
            let mut all: Vec<Term> = documents.row(at).iter().map(|&term| terms[term as usize]).collect();
            all.sort_unstable();
            let entities: Vec<(Term, f32)> = documents
                .entities(at)
                .iter()
                .map(|&(term, salience)| (terms[term as usize], salience))
                .collect();
            self.lexicon.add(&all);
            let text = Text {
                first: Arc::clone(headline),
                copies: Vec::new(),
                terms: all,
                entities,
                links: Vec::new(),
                degrees: Degrees::default(),
                story: 0,
            };
            rows.push(self.vectors_of(&text));
            self.texts.push(text);
        }
        if let Some(meaning) = meaning {
            self.index.add_meaning(&meaning);
        }
        self.index.add(rows);
    }

    /// Vectors of a text by the weights of now.
    pub(super) fn vectors_of(&self, text: &Text) -> Vectors {
        let (settings, params) = (self.method.settings(), self.method.tf_idf());
        let full = settings.entity_weight * FULL_ENTITY;
        let days = days_of(&text.first);
        Vectors {
            words: self.lexicon.weigh(&text.terms, params),
            entities: self.lexicon.weigh_entities(&text.entities, full, params),
            days,
        }
    }

    /// Meaning of titles around the present centre; none if it counts nothing.
    pub(super) fn meaning_of(&self, headlines: &[&Headline]) -> Option<DenseRows> {
        (self.method.settings().meaning_weight > 0.0)
            .then(|| StaticEmbedding::embedded().embed_around(&in_english(headlines), &self.centre))
    }
}

/// Days since 1970; NaN without a time.
pub(super) fn days_of(headline: &Headline) -> f32 {
    headline.time.map_or(f32::NAN, |time| (time.as_second() as f64 / 86_400.0) as f32)
}

/// Titles with the words of other languages in English.
pub(super) fn in_english<'t>(headlines: &[&'t Headline]) -> Vec<Cow<'t, str>> {
    headlines.par_iter().map(|headline| glossed(&headline.text, Language::of(headline))).collect()
}
