//! Headlines as sets of terms over one shared vocabulary.

use linfa::dataset::Records;
use rayon::prelude::*;

use crate::Headline;
use crate::text::{Analyzer, Gazetteer, Language, Term, Terms, Vocabulary};

/// Headlines analysed by one worker at a time. Fixed, so that term numbers do not depend on the number of
/// threads.
const CHUNK: usize = 4096;

/// Headlines as sets of terms: binary term frequency, rows in input order.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    vocabulary: Vec<String>,
    offsets: Vec<usize>,
    terms: Vec<Term>,
    entity_offsets: Vec<usize>,
    entities: Vec<(Term, f32)>,
}

impl Documents {
    /// Analyses `headlines` in parallel. Terms are numbered in order of first appearance.
    pub fn analyse(headlines: &[&Headline]) -> Self {
        let languages: Vec<Language> = headlines.par_iter().map(|headline| Language::of(headline)).collect();
        Self::in_languages(headlines, &languages)
    }

    /// The same for headlines whose languages are known.
    pub fn in_languages(headlines: &[&Headline], languages: &[Language]) -> Self {
        let chunks = headlines.par_chunks(CHUNK).zip(languages.par_chunks(CHUNK));
        let chunks: Vec<Chunk> =
            chunks.map(|(headlines, languages)| Chunk::analyse(headlines, languages)).collect();
        let mut documents = Self { offsets: vec![0], entity_offsets: vec![0], ..Self::default() };
        let mut vocabulary = Vocabulary::default();
        for mut chunk in chunks {
            let terms = std::mem::take(&mut chunk.vocabulary);
            let global: Vec<Term> = terms.into_iter().map(|term| vocabulary.number(term)).collect();
            documents.append(&chunk, &global);
        }
        documents.vocabulary = vocabulary.into_terms();
        documents
    }

    fn append(&mut self, chunk: &Chunk, global: &[Term]) {
        let mut from = 0;
        let first_entity = self.entities.len();
        for &(to, entities_to) in &chunk.ends {
            let entities = &chunk.entities[self.entities.len() - first_entity..entities_to];
            self.entities.extend(entities.iter().map(|&(term, salience)| (global[term as usize], salience)));
            self.entity_offsets.push(self.entities.len());
            let start = self.terms.len();
            self.terms.extend(chunk.terms[from..to].iter().map(|&term| global[term as usize]));
            self.terms[start..].sort_unstable();
            self.offsets.push(self.terms.len());
            from = to;
        }
    }

    /// Number of headlines.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no headlines.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All terms; a term's number is its position.
    pub fn vocabulary(&self) -> &[String] {
        &self.vocabulary
    }

    /// Gives up all terms.
    pub fn into_vocabulary(self) -> Vec<String> {
        self.vocabulary
    }

    /// Term numbers of row `row`, ascending and distinct.
    pub fn row(&self, row: usize) -> &[Term] {
        &self.terms[self.offsets[row]..self.offsets[row + 1]]
    }

    /// Entities of row `row` with their salience, in order of appearance.
    pub fn entities(&self, row: usize) -> &[(Term, f32)] {
        &self.entities[self.entity_offsets[row]..self.entity_offsets[row + 1]]
    }

    /// For each term the number of headlines that have it.
    pub fn document_frequencies(&self) -> Vec<u32> {
        let mut counts = vec![0; self.vocabulary.len()];
        for &term in &self.terms {
            counts[term as usize] += 1;
        }
        counts
    }
}

impl Records for Documents {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.vocabulary.len()
    }
}

/// One worker's result, with term numbers of its own.
struct Chunk {
    vocabulary: Vec<String>,
    /// For each headline where its terms and its entities end.
    ends: Vec<(usize, usize)>,
    terms: Vec<Term>,
    entities: Vec<(Term, f32)>,
}

impl Chunk {
    fn analyse(headlines: &[&Headline], languages: &[Language]) -> Self {
        let (mut analyzer, mut vocabulary) = (Analyzer::default(), Vocabulary::default());
        let ends = Vec::with_capacity(headlines.len());
        let mut chunk = Self { vocabulary: Vec::new(), ends, terms: Vec::new(), entities: Vec::new() };
        let mut found = Terms::default();
        for (headline, &language) in headlines.iter().zip(languages) {
            let mentions = Gazetteer::embedded().mentions(&headline.text, headline.time);
            analyzer.analyse(
                (&headline.text, language),
                &mentions,
                |term| vocabulary.number(term),
                &mut found,
            );
            chunk.terms.extend_from_slice(&found.all);
            chunk.entities.extend_from_slice(&found.entities);
            chunk.ends.push((chunk.terms.len(), chunk.entities.len()));
        }
        chunk.vocabulary = vocabulary.into_terms();
        chunk
    }
}
