//! What is known of titles: their words and what those weigh, their meaning, and which are alike.
//!
//! Stories and topics have no part in it, so that what comes next can be made ready while they are put in order.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::incoming::{Incoming, Seen};
use super::links::Link;
use crate::Headline;
use crate::contrast::Features;
use crate::engine::Method;
use crate::engine::clustering::FULL_ENTITY;
use crate::engine::wording::Lists;
use crate::index::{LiveIndex, Vectors};
use crate::label::{Glance, Labeller, Unnumbered};
use crate::text::{Analyzer, Language, Term, Terms, glossed, normalised_title};
use crate::vector::{DenseRows, Lexicon, StaticEmbedding};

/// Distinct titles by their rows, in order of arrival; those made ready stand here before their headlines arrive.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Library {
    pub titles: Vec<Title>,
    /// Rows by normalised title, of those that are not gone.
    pub by_title: FxHashMap<String, u32>,
    pub lexicon: Lexicon,
    /// Words seen, with their terms in the lexicon.
    pub analyzer: Analyzer,
    /// Centre of meaning.
    pub centre: Vec<f32>,
    pub index: LiveIndex,
    /// How many titles there were when all was made anew.
    pub at_rebuild: usize,
}

/// A distinct title as it was read.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Title {
    /// The first headline that had it.
    pub first: Arc<Headline>,
    pub language: Language,
    /// Its terms and its entities with their salience.
    pub terms: Vec<Term>,
    pub entities: Vec<(Term, f32)>,
    /// What could tell it from others, once somebody asked.
    pub features: OnceLock<Box<Features>>,
}

impl Title {
    /// What could tell it from titles that look like it, as clustering reads it; read at the first call.
    pub fn features(&self, lists: &Lists) -> &Features {
        let read = || Features::in_language(&lists.reading(&self.first), self.language);
        self.features.get_or_init(|| Box::new(read()))
    }
}

/// A headline that is ready to arrive.
pub(super) struct Ready {
    pub headline: Arc<Headline>,
    /// When it was received.
    pub at: Timestamp,
    /// Row of its title.
    pub row: u32,
    /// Links of its title with those before it, and the title for labels, if it is the first with it.
    pub new: Option<(Vec<Link>, ForLabels)>,
}

/// A headline with the row of its title, and what was read of that if it is new.
struct Read {
    headline: Arc<Headline>,
    at: Timestamp,
    row: u32,
    seen: Option<Seen>,
}

/// A title for labels, taken apart or not yet.
pub(super) enum ForLabels {
    Seen(Glance),
    Apart(Unnumbered),
}

impl Ready {
    /// With its title taken apart for labels.
    pub fn taken_apart(self, labeller: &Labeller) -> Self {
        let new = self.new.map(|(links, title)| (links, title.apart(&self.headline, labeller)));
        Self { new: new.map(|(links, title)| (links, ForLabels::Apart(title))), ..self }
    }
}

impl ForLabels {
    /// Taken apart, which must be by the labeller that reads it.
    pub fn apart(self, headline: &Headline, labeller: &Labeller) -> Unnumbered {
        match self {
            Self::Seen(glance) => labeller.take_apart(headline, glance),
            Self::Apart(title) => title,
        }
    }
}

impl Library {
    /// Whether nobody had a title yet.
    pub fn is_new(&self, incoming: &Incoming) -> bool {
        !self.by_title.contains_key(&incoming.title)
    }

    /// Makes headlines ready, in order; for labels as well if there is a `labeller`.
    pub fn prepare(
        &mut self,
        block: Vec<Incoming>,
        method: &Method,
        labeller: Option<&Labeller>,
    ) -> Vec<Ready> {
        let first = self.titles.len() as u32;
        let mut block = self.read(block, method);
        let new = block.iter_mut().filter_map(|read| Some((&read.headline, read.seen.as_mut()?)));
        self.add(new.collect(), method);
        let mut links = self.links_of(first..self.titles.len() as u32, false, method).into_iter();
        let ready = |Read { headline, at, row, seen }| {
            let new = seen.and_then(|seen: Seen| Some((links.next()?, ForLabels::Seen(seen.glance))));
            Ready { headline, at, row, new }
        };
        let ready: Vec<Ready> = block.into_iter().map(ready).collect();
        match labeller {
            Some(labeller) => ready.into_par_iter().map(|ready| ready.taken_apart(labeller)).collect(),
            None => ready,
        }
    }

    /// Finds the row of each headline's title, and reads titles that are new. In parallel.
    fn read(&mut self, block: Vec<Incoming>, method: &Method) -> Vec<Read> {
        let rows = self.number(&block);
        let new = block.par_iter().zip(&rows).filter(|(_, row)| row.1);
        new.for_each(|(incoming, _)| incoming.look(method));
        let read = |(incoming, (row, is_new)): (Incoming, (u32, bool))| Read {
            headline: Arc::clone(&incoming.headline),
            at: incoming.at,
            row,
            seen: incoming.into_seen().filter(|_| is_new),
        };
        block.into_iter().zip(rows).map(read).collect()
    }

    /// Finds the row of each headline's title, and whether it is new.
    fn number(&mut self, block: &[Incoming]) -> Vec<(u32, bool)> {
        let mut next = self.titles.len() as u32;
        let row_of = |incoming: &Incoming| {
            if let Some(&row) = self.by_title.get(&incoming.title) {
                return (row, false);
            }
            self.by_title.insert(incoming.title.clone(), next);
            next += 1;
            (next - 1, true)
        };
        block.iter().map(row_of).collect()
    }

    /// Adds new titles and their vectors. Terms weigh as they do with the titles up to then.
    fn add(&mut self, new: Vec<(&Arc<Headline>, &mut Seen)>, method: &Method) {
        let titles: Vec<(&str, Language)> = new.iter().map(|(headline, seen)| seen.title(headline)).collect();
        self.analyzer.learn(&titles);
        if method.settings().meaning_weight > 0.0 {
            let directions: Vec<&[f32]> = new.iter().map(|(_, seen)| &seen.meaning[..]).collect();
            self.index.add_meaning(&StaticEmbedding::embedded().centred(&directions, &self.centre));
        }
        let mut rows = Vec::with_capacity(new.len());
        let mut found = Terms::default();
        for (headline, seen) in new {
            let number = |term: String| self.lexicon.number(&term);
            self.analyzer.analyse(seen.title(headline), seen.mentions(), number, &mut found);
            let mut terms = found.all.clone();
            terms.sort_unstable();
            self.lexicon.add(&terms);
            let title = Title {
                first: Arc::clone(headline),
                language: seen.glance.language(),
                terms,
                entities: found.entities.clone(),
                features: seen.features.take().map(OnceLock::from).unwrap_or_default(),
            };
            rows.push(self.vectors_of(&title, method));
            self.titles.push(title);
        }
        self.index.add(rows);
    }

    /// Forgets a title that no headline has any more. Its row stays until all is made anew.
    pub fn drop_title(&mut self, row: u32) {
        self.index.remove(row);
        let title = &self.titles[row as usize];
        self.lexicon.remove(title.terms.iter().copied());
        self.by_title.remove(&normalised_title(&title.first.text));
    }

    /// What [`withdraw`](Self::withdraw) takes back.
    pub fn mark(&mut self) -> Mark {
        // Terms that are new get numbers that are taken back, which the analyser must not learn.
        Mark {
            terms: self.lexicon.len(),
            titles: self.titles.len(),
            analyzer: std::mem::take(&mut self.analyzer),
        }
    }

    /// Makes titles and terms as they were at a mark.
    pub fn withdraw(&mut self, mark: Mark) {
        self.analyzer = mark.analyzer;
        self.index.truncate(mark.titles);
        for title in self.titles.drain(mark.titles..) {
            self.lexicon.remove(title.terms.iter().copied());
            self.by_title.remove(&normalised_title(&title.first.text));
        }
        self.lexicon.truncate(mark.terms);
    }

    /// Counts terms from nothing.
    pub fn recount(&mut self) {
        let old = std::mem::take(&mut self.lexicon);
        for title in &mut self.titles {
            let mut number = |term: &mut Term| *term = self.lexicon.number(old.term(*term));
            title.terms.iter_mut().for_each(&mut number);
            title.entities.iter_mut().for_each(|entry| number(&mut entry.0));
            title.terms.sort_unstable();
            self.lexicon.add(&title.terms);
        }
        self.analyzer = Analyzer::default();
    }

    /// Vectors and meaning of all titles made anew, from all that is known by now.
    pub fn reweigh(&mut self, method: &Method) {
        self.at_rebuild = self.titles.len();
        let titles = in_english(&self.titles, method);
        self.centre = StaticEmbedding::embedded().centre_of(&titles);
        let meaning = meaning_of(&titles, &self.centre, method);
        let vectors = self.titles.iter().map(|title| self.vectors_of(title, method)).collect();
        self.index = LiveIndex::new(vectors, meaning, method.settings().meaning_weight);
    }

    /// Meaning of all titles around the present centre; none if it counts nothing.
    pub fn meaning(&self, method: &Method) -> Option<DenseRows> {
        meaning_of(&in_english(&self.titles, method), &self.centre, method)
    }

    /// Vectors of a title by the weights of now.
    fn vectors_of(&self, title: &Title, method: &Method) -> Vectors {
        let params = method.tf_idf();
        let full = params.entity_weight_among(self.lexicon.headlines()) * FULL_ENTITY;
        Vectors {
            words: self.lexicon.weigh(&title.terms, params),
            entities: self.lexicon.weigh_entities(&title.entities, full, params),
            days: days_of(&title.first),
        }
    }
}

/// Titles as clustering reads them, with the words of other languages in English.
fn in_english<'t>(titles: &'t [Title], method: &Method) -> Vec<Cow<'t, str>> {
    let lists = method.lists();
    let english = titles.par_iter().map(|title| match lists.reading(&title.first) {
        Cow::Borrowed(headline) => glossed(&headline.text, title.language),
        Cow::Owned(headline) => Cow::Owned(glossed(&headline.text, title.language).into_owned()),
    });
    english.collect()
}

fn meaning_of(titles: &[Cow<str>], centre: &[f32], method: &Method) -> Option<DenseRows> {
    let embed = || StaticEmbedding::embedded().embed_around(titles, centre);
    (method.settings().meaning_weight > 0.0).then(embed)
}

/// A state of a library to go back to.
pub(super) struct Mark {
    terms: usize,
    titles: usize,
    analyzer: Analyzer,
}

/// Days since 1970; NaN without a time.
pub(super) fn days_of(headline: &Headline) -> f32 {
    headline.time.map_or(f32::NAN, |time| (time.as_second() as f64 / 86_400.0) as f32)
}
