//! Information-theoretic agreement: normalised and adjusted mutual information.

use super::contingency::Contingency;

/// Normalised mutual information with the arithmetic mean, `MI / ((H(gold) + H(found)) / 2)`, in `[0, 1]`.
///
/// Rises with the number of clusters even for random ones, so compare it only with published values; prefer
/// [`ami`]. One when both partitions are the same, also when both are a single group.
pub fn nmi(table: &Contingency) -> f64 {
    if table.is_identical() {
        return 1.0;
    }
    (mutual_information(table) / mean_entropy(table)).clamp(0.0, 1.0)
}

/// Adjusted mutual information with the arithmetic mean (Vinh, Epps & Bailey, *Information Theoretic Measures
/// for Clusterings Comparison*, JMLR 11, 2010): `(MI - E[MI]) / ((H(gold) + H(found)) / 2 - E[MI])`.
///
/// One for the same partition, about zero for random ones, below zero for worse than random.
pub fn ami(table: &Contingency) -> f64 {
    if table.is_identical() {
        return 1.0;
    }
    let expected = expected_mutual_information(table);
    let span = mean_entropy(table) - expected;
    if span <= f64::EPSILON { 0.0 } else { (mutual_information(table) - expected) / span }
}

/// Mutual information of the two partitions, in nats.
pub fn mutual_information(table: &Contingency) -> f64 {
    let total = table.total() as f64;
    let sum: f64 = table
        .overlaps()
        .iter()
        .map(|cell| {
            let both = cell.both as f64;
            both / total * (total * both / (cell.gold as f64 * cell.found as f64)).ln()
        })
        .sum();
    sum.max(0.0)
}

/// Expected mutual information, in nats, of two random partitions with the given class and cluster sizes (the
/// permutation model of Vinh, Epps & Bailey 2010, equation 24a).
///
/// The overlap of a class of size `a` and a cluster of size `b` among `n` rows is hypergeometric, so the sum
/// depends on sizes alone: it runs once per distinct pair of sizes, weighted by how often the pair occurs.
pub fn expected_mutual_information(table: &Contingency) -> f64 {
    let gold = size_counts(table.gold_sizes());
    let found = size_counts(table.found_sizes());
    let mut sum = 0.0;
    for &(a, times_a) in &gold {
        for &(b, times_b) in &found {
            sum += (times_a * times_b) as f64 * expected_overlap_term(a, b, table.total());
        }
    }
    sum
}

/// `E[x / n ln(n x / (a b))]` for a hypergeometric `x`: the overlap of random sets of `a` and `b` out of `n`.
///
/// Probabilities are followed from the mode outwards by the ratio of neighbours and divided by their sum, which
/// needs no log-gamma and loses no digits to cancellation. Terms too small to change the sum are left out.
fn expected_overlap_term(a: u64, b: u64, n: u64) -> f64 {
    let least = (a + b).saturating_sub(n);
    let most = a.min(b);
    // (a + 1)(b + 1) / (n + 2), where the probabilities peak.
    let mode = (((a + 1) as u128 * (b + 1) as u128 / (n + 2) as u128) as u64).clamp(least, most);
    let (af, bf, nf) = (a as f64, b as f64, n as f64);
    let value = |x: u64| if x == 0 { 0.0 } else { x as f64 / nf * (nf * x as f64 / (af * bf)).ln() };
    // P(x + 1) / P(x)
    let ratio = |x: u64| {
        let xf = x as f64;
        (af - xf) * (bf - xf) / ((xf + 1.0) * ((n + x + 1) as f64 - af - bf))
    };
    let (mut mass, mut sum) = (1.0, value(mode));
    let mut weight = 1.0;
    for x in mode..most {
        weight *= ratio(x);
        if weight < NEGLIGIBLE {
            break;
        }
        mass += weight;
        sum += weight * value(x + 1);
    }
    weight = 1.0;
    for x in (least..mode).rev() {
        weight /= ratio(x);
        if weight < NEGLIGIBLE {
            break;
        }
        mass += weight;
        sum += weight * value(x);
    }
    sum / mass
}

/// Weight relative to the mode below which a hypergeometric term, and all beyond it, cannot change an `f64`.
const NEGLIGIBLE: f64 = 1e-24;

/// Mean of the entropies of the two partitions, in nats.
fn mean_entropy(table: &Contingency) -> f64 {
    f64::midpoint(entropy(table.gold_sizes(), table.total()), entropy(table.found_sizes(), table.total()))
}

fn entropy(sizes: &[u64], total: u64) -> f64 {
    let total = total as f64;
    let sum: f64 = size_counts(sizes)
        .iter()
        .map(|&(size, times)| {
            let share = size as f64 / total;
            -(times as f64) * share * share.ln()
        })
        .sum();
    sum.max(0.0)
}

/// Distinct sizes above zero, ascending, each with the number of times it occurs.
fn size_counts(sizes: &[u64]) -> Vec<(u64, u64)> {
    let mut sorted: Vec<u64> = sizes.iter().copied().filter(|&size| size > 0).collect();
    sorted.sort_unstable();
    sorted.chunk_by(|left, right| left == right).map(|run| (run[0], run.len() as u64)).collect()
}
