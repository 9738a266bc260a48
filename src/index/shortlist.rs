//! The best of many candidates, without putting all in order.

/// Candidates kept, in multiples of those wanted, before those that cannot be among them are dropped.
const SLACK: usize = 3;

/// Candidates of which the `most` with the highest scores are wanted; ties go to the lower row.
#[derive(Debug)]
pub(super) struct Shortlist {
    /// Score and row in one number, the best first: numbers are compared faster than pairs.
    kept: Vec<u64>,
    most: usize,
    /// What a candidate must reach to be among the best of those seen.
    least: f32,
}

impl Shortlist {
    /// An empty list for the `most` best.
    pub fn new(most: usize) -> Self {
        Self { kept: Vec::new(), most: most.max(1), least: 0.0 }
    }

    /// Forgets all candidates.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.least = 0.0;
    }

    /// Adds a candidate; its score is not negative.
    pub fn offer(&mut self, score: f32, row: u32) {
        if score >= self.least {
            self.kept.push(pack(score, row));
            if self.kept.len() == SLACK * self.most {
                self.cut();
                self.least = self.kept.iter().map(|&packed| unpack(packed).0).fold(f32::MAX, f32::min);
            }
        }
    }

    /// The best candidates as (score, row), in any order.
    pub fn best(&mut self) -> impl Iterator<Item = (f32, u32)> + '_ {
        self.cut();
        self.kept.iter().map(|&packed| unpack(packed))
    }

    /// The best candidates as (score, row), best first.
    pub fn ranked(&mut self) -> impl Iterator<Item = (f32, u32)> + '_ {
        self.cut();
        self.kept.sort_unstable();
        self.kept.iter().map(|&packed| unpack(packed))
    }

    fn cut(&mut self) {
        if self.kept.len() > self.most {
            self.kept.select_nth_unstable(self.most - 1);
            self.kept.truncate(self.most);
        }
    }
}

/// Numbers that are not negative are in the order of their bits.
fn pack(score: f32, row: u32) -> u64 {
    debug_assert!(score.is_sign_positive(), "scores are not negative");
    u64::from(!score.to_bits()) << 32 | u64::from(row)
}

fn unpack(packed: u64) -> (f32, u32) {
    (f32::from_bits(!((packed >> 32) as u32)), packed as u32)
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
                wanted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                wanted.truncate(most);
                prop_assert!(list.ranked().eq(wanted));
            }
        }
    }
}
