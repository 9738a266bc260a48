//! The best of many candidates, without putting all in order.

use std::cmp::Ordering;

/// Candidates kept, in multiples of those wanted, before those that cannot be among them are dropped.
const SLACK: usize = 3;

/// Candidates as (score, row), of which the `most` best are wanted; ties go to the lower row.
#[derive(Debug)]
pub(super) struct Shortlist {
    kept: Vec<(f32, u32)>,
    most: usize,
    /// What a candidate must reach to be among the best of those seen.
    least: f32,
}

impl Shortlist {
    /// An empty list for the `most` best.
    pub fn new(most: usize) -> Self {
        Self { kept: Vec::new(), most: most.max(1), least: f32::MIN }
    }

    /// Forgets all candidates.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.least = f32::MIN;
    }

    /// Whether a candidate with this score could be among the best. Not cheaper than [`offer`](Self::offer), but than
    /// finding out more about the candidate.
    pub fn takes(&self, score: f32) -> bool {
        score >= self.least
    }

    /// Adds a candidate.
    pub fn offer(&mut self, score: f32, row: u32) {
        if self.takes(score) {
            self.kept.push((score, row));
            if self.kept.len() == SLACK * self.most {
                self.best();
                self.least = self.kept.iter().map(|candidate| candidate.0).fold(f32::MAX, f32::min);
            }
        }
    }

    /// The best candidates, in any order.
    pub fn best(&mut self) -> &[(f32, u32)] {
        if self.kept.len() > self.most {
            self.kept.select_nth_unstable_by(self.most - 1, order);
            self.kept.truncate(self.most);
        }
        &self.kept
    }

    /// The best candidates, best first.
    pub fn ranked(&mut self) -> &[(f32, u32)] {
        self.best();
        self.kept.sort_unstable_by(order);
        &self.kept
    }
}

/// Best first; ties go to the lower row.
fn order(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_sorting_all_would(scores in prop::collection::vec(0u8..40, 0..200), most in 1usize..20) {
            let all: Vec<(f32, u32)> = scores.iter().zip(0..).map(|(&score, row)| (f32::from(score), row)).collect();
            let mut list = Shortlist::new(most);
            for round in 0..2 {
                list.clear();
                // From either end, so that ties come in both orders.
                let mut offer = |&(score, row): &(f32, u32)| list.offer(score, row);
                if round == 0 { all.iter().for_each(&mut offer) } else { all.iter().rev().for_each(&mut offer) }
                let mut wanted = all.clone();
                wanted.sort_unstable_by(order);
                wanted.truncate(most);
                prop_assert_eq!(list.ranked(), &wanted[..]);
            }
        }
    }
}
