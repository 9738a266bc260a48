//! Distinct titles: what is read from a headline when it comes.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::Live;
use super::links::{Degrees, Link};
use crate::Headline;
use crate::contrast::Features;
use crate::engine::clustering::FULL_ENTITY;
use crate::engine::wording::Lists;
use crate::index::Vectors;
use crate::label::{Glance, Reading};
use crate::text::{Gazetteer, Language, Term, Terms, glossed, normalised_title};
use crate::vector::{DenseRows, StaticEmbedding};

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
    /// What labels know of it, once it was counted.
    pub reading: Option<Box<Reading>>,
    /// What could tell it from others, once somebody asked.
    pub features: OnceLock<Box<Features>>,
}

impl Text {
    /// What could tell it from titles that look like it, as clustering reads it; read at the first call.
    pub fn features(&self, lists: &Lists) -> &Features {
        self.features.get_or_init(|| Box::new(Features::of(&lists.reading(&self.first))))
    }
}

/// A headline on its way in.
pub(super) struct Arrival {
    pub headline: Arc<Headline>,
    pub row: u32,
    /// Whether it is the first with its title, and what labels see of it then.
    pub glance: Option<Glance>,
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
            (Arrival { headline: Arc::new(headline), row, glance: None }, is_new)
        };
        let mut arrivals: Vec<(Arrival, bool)> = block.into_iter().zip(titles).map(&mut arrive).collect();
        arrivals
            .par_iter_mut()
            .filter(|(_, is_new)| *is_new)
            .for_each(|(arrival, _)| arrival.glance = Some(self.labeller.glance(&arrival.headline)));
        arrivals.into_iter().map(|(arrival, _)| arrival).collect()
    }

    /// Adds the texts of new titles and their vectors. Terms weigh as they do with the headlines up to then.
    pub(super) fn vectorise(&mut self, arrivals: &[Arrival]) {
        let new: Vec<(&Arc<Headline>, &Glance)> = arrivals
            .iter()
            .filter_map(|arrival| Some((&arrival.headline, arrival.glance.as_ref()?)))
            .collect();
        let lists = self.method.lists();
        let readings: Vec<Cow<Headline>> = new.iter().map(|(headline, _)| lists.reading(headline)).collect();
        let headlines: Vec<&Headline> = readings.iter().map(AsRef::as_ref).collect();
        self.analyzer.learn(&headlines);
        let meaning = self.meaning_of(&headlines);
        let mut rows = Vec::with_capacity(new.len());
        let mut found = Terms::default();
        for ((headline, glance), reading) in new.into_iter().zip(&readings) {
            let number = |term: String| self.lexicon.number(&term);
            let mentions = match reading {
                Cow::Borrowed(_) => Cow::Borrowed(glance.mentions()),
                Cow::Owned(other) => Cow::Owned(Gazetteer::embedded().mentions(&other.text, other.time)),
            };
            self.analyzer.analyse(reading, &mentions, number, &mut found);
            let mut all = found.all.clone();
            all.sort_unstable();
            self.lexicon.add(&all);
            let text = Text {
                first: Arc::clone(headline),
                copies: Vec::new(),
                terms: all,
                entities: found.entities.clone(),
                links: Vec::new(),
                degrees: Degrees::default(),
                story: 0,
                reading: None,
                features: OnceLock::new(),
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
        let embed = |headlines: &[&Headline]| {
            StaticEmbedding::embedded().embed_around(&in_english(headlines), &self.centre)
        };
        (self.method.settings().meaning_weight > 0.0).then(|| self.method.lists().read(headlines, embed))
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
