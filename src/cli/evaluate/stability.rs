//! Whether a method minds the order in which headlines come.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::algorithm::cluster;
use super::corpus::Corpus;
use super::report::{Plan, classes};
use crate::Headline;
use crate::evaluate::{Agreement, agreement};
use crate::ingest::Gold;

/// Clusters shuffled copies of a corpus and compares all results with each other and with `found`, the result in
/// the order of the file; all rows count, labelled or not.
pub(super) fn stability(
    corpus: &Corpus,
    gold: &Gold,
    found: &[usize],
    plan: &Plan<'_>,
) -> anyhow::Result<Agreement> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(plan.seed);
    let mut partitions = vec![found.to_vec()];
    for _ in 0..plan.shuffles {
        let mut order: Vec<usize> = (0..corpus.headlines.len()).collect();
        order.shuffle(&mut rng);
        let copy = shuffled(&corpus.headlines, &order);
        let labels = cluster(&copy, gold.level, classes(gold), plan)?;
        partitions.push(unshuffled(&labels, &order));
    }
    Ok(agreement(&partitions)?)
}

/// The headlines in another order, their ids replaced by their new positions: sorting by id, as the method does
/// where nothing else tells headlines apart, cannot undo the shuffle.
fn shuffled(headlines: &[Headline], order: &[usize]) -> Vec<Headline> {
    let moved = |(at, &from): (usize, &usize)| Headline { id: format!("{at:08}"), ..headlines[from].clone() };
    order.iter().enumerate().map(moved).collect()
}

/// Labels of a shuffled copy, put back into the order of the file.
fn unshuffled(labels: &[usize], order: &[usize]) -> Vec<usize> {
    let mut back = vec![0; labels.len()];
    for (&label, &from) in labels.iter().zip(order) {
        back[from] = label;
    }
    back
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffling_renames_and_unshuffling_restores() {
        let headline = |text: &str| Headline {
            id: text.to_owned(),
            text: text.to_owned(),
            time: None,
            source: None,
            url: None,
            lang: None,
        };
        let order = [2, 0, 1];
        let copy = shuffled(&["a", "b", "c"].map(headline), &order);
        let seen: Vec<_> = copy.iter().map(|headline| (&headline.id[..], &headline.text[..])).collect();
        assert_eq!(seen, [("00000000", "c"), ("00000001", "a"), ("00000002", "b")]);
        assert_eq!(unshuffled(&[7, 8, 9], &order), [8, 9, 7]);
    }
}
