//! Distinct titles: what is read from a headline when it comes.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::Live;
use super::links::{Degrees, Link};
use crate::Headline;
use crate::contrast::Features;
use crate::engine::Method;
use crate::engine::clustering::FULL_ENTITY;
use crate::engine::wording::Lists;
use crate::index::Vectors;
use crate::label::{Glance, Reading, Unnumbered};
use crate::text::{Gazetteer, Language, Mention, Term, Terms, glossed, normalised_title};
use crate::vector::{DenseRows, StaticEmbedding};

/// A distinct title.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Text {
    /// The first headline that had it.
    pub first: Arc<Headline>,
    pub language: Language,
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
        let read = || Features::in_language(&lists.reading(&self.first), self.language);
        self.features.get_or_init(|| Box::new(read()))
    }
}

/// A headline on its way in, and what is read of it by itself, ahead of its turn.
#[derive(Debug)]
pub(super) struct Incoming {
    headline: Arc<Headline>,
    /// Its normalised title.
    title: String,
    seen: OnceLock<Seen>,
}

/// What is read of a title by itself.
#[derive(Debug)]
pub(super) struct Seen {
    pub glance: Glance,
    /// As clustering reads it, with the entities that are named there, where that is not the title itself.
    reading: Option<(String, Vec<Mention>)>,
    features: Option<Box<Features>>,
    /// Direction of its meaning, if that counts.
    meaning: Vec<f32>,
}

/// A headline whose text is known.
pub(super) struct Arrival {
    pub headline: Arc<Headline>,
    pub row: u32,
    /// What is read of its title, if it is the first with it.
    pub seen: Option<Seen>,
}

impl Incoming {
    pub fn new(headline: Headline) -> Self {
        let title = normalised_title(&headline.text);
        Self { headline: Arc::new(headline), title, seen: OnceLock::new() }
    }

    /// Reads the title, unless that was done.
    pub fn look(&self, method: &Method) {
        self.seen.get_or_init(|| Seen::of(&self.headline, method));
    }
}

impl Seen {
    fn of(headline: &Headline, method: &Method) -> Self {
        let glance = Glance::at(headline);
        let (settings, language) = (method.settings(), glance.language());
        let reading = method.lists().reading(headline);
        let guarded = settings.contrast < 1.0;
        let embedded = || StaticEmbedding::embedded().direction(&glossed(&reading.text, language));
        Self {
            features: guarded.then(|| Box::new(Features::in_language(&reading, language))),
            meaning: if settings.meaning_weight > 0.0 { embedded() } else { Vec::new() },
            reading: match reading {
                Cow::Borrowed(_) => None,
                Cow::Owned(other) => {
                    let mentions = Gazetteer::embedded().mentions(&other.text, other.time);
                    Some((other.text, mentions))
                }
            },
            glance,
        }
    }

    /// The title as clustering reads it, and its language.
    fn title<'s>(&'s self, headline: &'s Headline) -> (&'s str, Language) {
        let reading = self.reading.as_ref().map_or(&headline.text, |(text, _)| text);
        (reading, self.glance.language())
    }

    /// The entities that are named there.
    fn mentions(&self) -> &[Mention] {
        self.reading.as_ref().map_or(self.glance.mentions(), |(_, mentions)| mentions)
    }
}

impl Live {
    /// Those whose titles nobody had yet.
    pub(super) fn unknown<'i>(&self, incoming: &'i [Incoming]) -> Vec<&'i Incoming> {
        incoming.iter().filter(|incoming| !self.by_title.contains_key(&incoming.title)).collect()
    }

    /// Finds the text of each headline; those with a title not seen begin one.
    pub(super) fn read(&mut self, block: Vec<Incoming>) -> Vec<Arrival> {
        let mut next = self.index.len() as u32;
        let rows: Vec<(u32, bool)> = block
            .iter()
            .map(|incoming| {
                if let Some(&row) = self.by_title.get(&incoming.title) {
                    return (row, false);
                }
                self.by_title.insert(incoming.title.clone(), next);
                next += 1;
                (next - 1, true)
            })
            .collect();
        let method = &self.method;
        block.par_iter().zip(&rows).filter(|(_, row)| row.1).for_each(|(incoming, _)| incoming.look(method));
        block
            .into_iter()
            .zip(rows)
            .map(|(incoming, (row, is_new))| Arrival {
                headline: incoming.headline,
                row,
                seen: incoming.seen.into_inner().filter(|_| is_new),
            })
            .collect()
    }

    /// Adds the texts of new titles and their vectors. Terms weigh as they do with the headlines up to then.
    pub(super) fn vectorise(&mut self, arrivals: &mut [Arrival]) {
        let new: Vec<(&Arc<Headline>, &mut Seen)> = arrivals
            .iter_mut()
            .filter_map(|arrival| Some((&arrival.headline, arrival.seen.as_mut()?)))
            .collect();
        let titles: Vec<(&str, Language)> = new.iter().map(|(headline, seen)| seen.title(headline)).collect();
        self.analyzer.learn(&titles);
        if self.method.settings().meaning_weight > 0.0 {
            let directions: Vec<&[f32]> = new.iter().map(|(_, seen)| &seen.meaning[..]).collect();
            self.index.add_meaning(&StaticEmbedding::embedded().centred(&directions, &self.centre));
        }
        let mut rows = Vec::with_capacity(new.len());
        let mut found = Terms::default();
        for (headline, seen) in new {
            let number = |term: String| self.lexicon.number(&term);
            self.analyzer.analyse(seen.title(headline), seen.mentions(), number, &mut found);
            let mut all = found.all.clone();
            all.sort_unstable();
            self.lexicon.add(&all);
            let text = Text {
                first: Arc::clone(headline),
                language: seen.glance.language(),
                copies: Vec::new(),
                terms: all,
                entities: found.entities.clone(),
                links: Vec::new(),
                degrees: Degrees::default(),
                story: 0,
                reading: None,
                features: seen.features.take().map(OnceLock::from).unwrap_or_default(),
            };
            rows.push(self.vectors_of(&text));
            self.texts.push(text);
        }
        self.index.add(rows);
    }

    /// Headlines with their texts, and for labels the titles that are new taken apart. In parallel.
    pub(super) fn take_apart(&self, arrivals: Vec<Arrival>) -> Vec<(Arc<Headline>, u32, Option<Unnumbered>)> {
        let apart = |Arrival { headline, row, seen }: Arrival| {
            let title = seen.map(|seen| self.labeller.take_apart(&headline, seen.glance));
            (headline, row, title)
        };
        arrivals.into_par_iter().map(apart).collect()
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

    /// Meaning of all texts around the present centre; none if it counts nothing.
    pub(super) fn meaning(&self) -> Option<DenseRows> {
        let embed = |titles: &[Cow<str>]| StaticEmbedding::embedded().embed_around(titles, &self.centre);
        (self.method.settings().meaning_weight > 0.0).then(|| embed(&self.in_english()))
    }

    /// All titles as clustering reads them, with the words of other languages in English.
    pub(super) fn in_english(&self) -> Vec<Cow<'_, str>> {
        let lists = self.method.lists();
        let titles = self.texts.par_iter().map(|text| match lists.reading(&text.first) {
            Cow::Borrowed(headline) => glossed(&headline.text, text.language),
            Cow::Owned(headline) => Cow::Owned(glossed(&headline.text, text.language).into_owned()),
        });
        titles.collect()
    }
}

/// Days since 1970; NaN without a time.
pub(super) fn days_of(headline: &Headline) -> f32 {
    headline.time.map_or(f32::NAN, |time| (time.as_second() as f64 / 86_400.0) as f32)
}
