//! Document frequencies that grow with every headline that comes and shrink with every one that goes.

use crate::text::{ENTITY_MARK, Term, Vocabulary};

use super::{TfIdfValidParams, background_rate};

/// Terms of a collection on the move, with the number of headlines that have each.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    vocabulary: Vocabulary,
    terms: Vec<Frequency>,
    headlines: u32,
}

/// How common one term is.
#[derive(Debug, Clone, Copy)]
struct Frequency {
    headlines: u32,
    /// Share of news at large.
    background: f32,
    is_entity: bool,
}

impl Lexicon {
    /// The number of a term, the next free one if it is new.
    pub fn number(&mut self, term: &str) -> Term {
        if let Some(known) = self.vocabulary.find(term) {
            return known;
        }
        let is_entity = term.starts_with(ENTITY_MARK);
        self.terms.push(Frequency { headlines: 0, background: background_rate(term), is_entity });
        self.vocabulary.number(term.to_owned())
    }

    /// The term with this number.
    ///
    /// # Panics
    /// When the number was not given out here.
    pub fn term(&self, number: Term) -> &str {
        self.vocabulary.term(number)
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Number of headlines counted.
    pub fn headlines(&self) -> f32 {
        self.headlines as f32
    }

    /// Counts a headline that has these distinct terms.
    pub fn add(&mut self, terms: &[Term]) {
        self.headlines += 1;
        terms.iter().for_each(|&term| self.terms[term as usize].headlines += 1);
    }

    /// Counts a headline no more.
    pub fn remove(&mut self, terms: impl Iterator<Item = Term>) {
        self.headlines -= 1;
        terms.for_each(|term| self.terms[term as usize].headlines -= 1);
    }

    /// Forgets all but the first `count` terms, which no headline that is counted has.
    pub fn truncate(&mut self, count: usize) {
        self.vocabulary.truncate(count);
        self.terms.truncate(count);
    }

    /// Weights of distinct terms as of now, as a vector of unit length; terms ascend.
    pub fn weigh(&self, terms: &[Term], params: &TfIdfValidParams) -> Vec<(Term, f32)> {
        unit(terms.iter().map(|&term| (term, self.weight(term, params))).collect(), 0.0)
    }

    /// Weights of entities times their salience, divided by their length, or by `full` if that is more; see
    /// [`TfIdf::entities`](super::TfIdf::entities).
    pub fn weigh_entities(
        &self,
        entities: &[(Term, f32)],
        full: f32,
        params: &TfIdfValidParams,
    ) -> Vec<(Term, f32)> {
        let weigh = |&(term, salience): &(Term, f32)| (term, salience * self.weight(term, params));
        unit(entities.iter().map(weigh).collect(), full)
    }

    fn weight(&self, term: Term, params: &TfIdfValidParams) -> f32 {
        let Frequency { headlines, background, is_entity } = self.terms[term as usize];
        params.weight(headlines, self.headlines(), background, is_entity)
    }
}

/// Sorted by term, without zeros, divided by the length or by `full`, whichever is more.
fn unit(mut cells: Vec<(Term, f32)>, full: f32) -> Vec<(Term, f32)> {
    cells.retain(|cell| cell.1 > 0.0);
    cells.sort_unstable_by_key(|cell| cell.0);
    let length = cells.iter().map(|cell| cell.1 * cell.1).sum::<f32>().sqrt().max(full);
    cells.iter_mut().for_each(|cell| cell.1 /= length);
    cells
}

#[cfg(test)]
mod tests {
    use linfa::param_guard::ParamGuard;

    use super::*;
    use crate::vector::TfIdfParams;

    #[test]
    fn weights_are_those_of_the_headlines_counted_at_the_time() {
        let params = TfIdfParams::default().check().unwrap();
        let mut lexicon = Lexicon::default();
        let [ferry, strike] = ["ferri", "strike"].map(|term| lexicon.number(term));
        lexicon.add(&[ferry, strike]);
        let once = lexicon.weigh(&[ferry, strike], &params);
        (0..500).for_each(|_| lexicon.add(&[ferry]));
        let often = lexicon.weigh(&[strike, ferry], &params);
        assert!(often[0].1 < once[0].1 && often[1].1 > once[1].1);
        assert!((often.iter().map(|cell| cell.1 * cell.1).sum::<f32>() - 1.0).abs() < 1e-5);
        (0..500).for_each(|_| lexicon.remove(std::iter::once(ferry)));
        assert_eq!(lexicon.weigh(&[ferry, strike], &params), once);
    }

    #[test]
    fn common_entities_weigh_little_even_alone() {
        let params = TfIdfParams::default().check().unwrap();
        let mut lexicon = Lexicon::default();
        let [us, tuvalu] = ["@US", "@TV"].map(|term| lexicon.number(term));
        (0..100).for_each(|_| lexicon.add(&[]));
        lexicon.add(&[us, tuvalu]);
        let weight = |entity| lexicon.weigh_entities(&[(entity, 1.0)], 3.0, &params)[0].1;
        assert!(weight(us) < 0.8 && weight(tuvalu) > 0.99);
    }
}
