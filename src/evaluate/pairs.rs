//! Agreement over pairs of rows: are they together in both partitions?

use super::contingency::Contingency;
use super::scores::PrecisionRecall;

/// Pairs of rows by whether each partition puts them together.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pairs {
    /// Together in both.
    both: f64,
    /// Together in the gold partition only.
    gold_only: f64,
    /// Together in the found partition only.
    found_only: f64,
    /// Apart in both.
    neither: f64,
}

impl Pairs {
    fn of(table: &Contingency) -> Self {
        let both: u64 = table.cells().iter().map(|cell| choose_two(cell.count)).sum();
        let gold: u64 = table.gold_sizes().iter().copied().map(choose_two).sum();
        let found: u64 = table.found_sizes().iter().copied().map(choose_two).sum();
        let neither = choose_two(table.total()) + both - gold - found;
        Self {
            both: both as f64,
            gold_only: (gold - both) as f64,
            found_only: (found - both) as f64,
            neither: neither as f64,
        }
    }
}

/// Adjusted Rand index (Hubert & Arabie, *Comparing partitions*, Journal of Classification 2, 1985): pair
/// agreement corrected for chance. One for the same partition, about zero for random ones, at least -0.5.
pub fn ari(table: &Contingency) -> f64 {
    let Pairs { both, gold_only, found_only, neither } = Pairs::of(table);
    if gold_only == 0.0 && found_only == 0.0 {
        return 1.0;
    }
    let chance = (both + gold_only) * (gold_only + neither) + (both + found_only) * (found_only + neither);
    2.0 * (both * neither - gold_only * found_only) / chance
}

/// Precision, recall and F1 over pairs of rows that are together.
///
/// Where a partition has no pair at all the share is undefined: it counts as 1 when the other has none either,
/// and as 0 otherwise.
pub fn pair_scores(table: &Contingency) -> PrecisionRecall {
    let Pairs { both, gold_only, found_only, .. } = Pairs::of(table);
    if both + gold_only + found_only == 0.0 {
        return PrecisionRecall::new(1.0, 1.0);
    }
    PrecisionRecall::new(share(both, both + found_only), share(both, both + gold_only))
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn choose_two(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}
