//! How likely a count is, given what an earlier stretch of the same process held.

/// Predictive distribution of a Poisson count over `window` whose rate is unknown, after `past` events over
/// `exposure` (same unit as `window`), under a flat prior on the rate (Gamma with shape 1, rate 0).
///
/// It is negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6). With this prior the upper
/// tail is, term by term, the conditional test of two Poisson counts: `P(X >= k)` equals
/// `P(Binomial(past + k, q) >= k)` with `q = window / (exposure + window)` (Przyborowski & Wilenski, Biometrika 1940).
/// A steady process therefore falls below a level of significance no oftener than that level, whatever its rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Predictive {
    /// Shape of the posterior: `past + 1`.
    shape: f64,
    /// Share of the window in the whole stretch, and the rest.
    q: f64,
    p: f64,
}

/// Share of the sum so far below which further terms are left out.
const NEGLIGIBLE: f64 = 1e-15;

impl Predictive {
    pub(super) fn new(past: usize, exposure: i64, window: i64) -> Self {
        let whole = (exposure + window) as f64;
        Self { shape: past as f64 + 1.0, q: window as f64 / whole, p: exposure as f64 / whole }
    }

    /// -log10 of the probability of `count` or more.
    pub(super) fn surprise_at_least(&self, count: usize) -> f64 {
        surprise(self.ln_at_least(count))
    }

    /// -log10 of the probability of `count` or fewer.
    pub(super) fn surprise_at_most(&self, count: usize) -> f64 {
        surprise(self.ln_at_most(count))
    }

    fn ln_at_least(&self, count: usize) -> f64 {
        match count {
            0 => 0.0,
            // Each tail is summed from the side on which its terms shrink.
            _ if count as f64 <= self.mean() => (-self.lower_tail(count - 1).exp()).ln_1p(),
            _ => self.upper_tail(count),
        }
    }

    fn ln_at_most(&self, count: usize) -> f64 {
        if count as f64 <= self.mean() {
            self.lower_tail(count)
        } else {
            (-self.upper_tail(count + 1).exp()).ln_1p()
        }
    }

    fn mean(&self) -> f64 {
        self.shape * self.q / self.p
    }

    /// Logarithm of the probability of exactly `count`.
    fn ln_mass(&self, count: usize) -> f64 {
        (0..count).fold(self.shape * self.p.ln(), |ln, at| ln + self.step_up(at).ln())
    }

    /// Probability of `at + 1` over that of `at`.
    fn step_up(&self, at: usize) -> f64 {
        (at as f64 + self.shape) / (at as f64 + 1.0) * self.q
    }

    fn upper_tail(&self, count: usize) -> f64 {
        self.ln_mass(count) + sum_of_products((count..).map(|at| self.step_up(at))).ln()
    }

    fn lower_tail(&self, count: usize) -> f64 {
        self.ln_mass(count) + sum_of_products((0..count).rev().map(|at| 1.0 / self.step_up(at))).ln()
    }
}

/// 1 + r1 + r1 r2 + r1 r2 r3 + ..., up to the first negligible term.
fn sum_of_products(ratios: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
    }
    sum
}

fn surprise(ln_probability: f64) -> f64 {
    // Rounding may put a certainty a little above 1; adding zero turns -0 into 0.
    (-ln_probability / std::f64::consts::LN_10).max(0.0) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(Binomial(trials, q) >= least), term by term.
    fn binomial_tail(trials: usize, q: f64, least: usize) -> f64 {
        let mass = |successes: usize| {
            (0..trials).fold(1.0, |mass, at| {
                let choose =
                    if at < successes { (trials - at) as f64 / (successes - at) as f64 * q } else { 1.0 - q };
                mass * choose
            })
        };
        (least..=trials).map(mass).sum()
    }

    #[test]
    fn the_upper_tail_is_the_conditional_binomial_test() {
        for (past, exposure, window) in [(0, 3, 1), (4, 28, 1), (30, 3, 1), (7, 2, 5)] {
            let predictive = Predictive::new(past, exposure, window);
            let q = window as f64 / (exposure + window) as f64;
            for count in [1, 2, 5, 12, 25] {
                let wanted = -binomial_tail(past + count, q, count).log10();
                let found = predictive.surprise_at_least(count);
                assert!((found - wanted).abs() < 1e-9, "{past} {count}: {found} is not {wanted}");
            }
        }
    }

    #[test]
    fn both_tails_cover_everything_once() {
        for (past, exposure, window) in [(0, 3, 1), (4, 28, 1), (90, 3, 1), (3, 1, 40)] {
            let predictive = Predictive::new(past, exposure, window);
            for count in 0..60 {
                let sum = predictive.ln_at_most(count).exp() + predictive.ln_at_least(count + 1).exp();
                assert!((sum - 1.0).abs() < 1e-12, "{past} {exposure} {window} {count}: {sum}");
            }
        }
    }

    #[test]
    fn without_a_past_nothing_is_surprising_but_silence() {
        let predictive = Predictive::new(0, 0, 1);
        assert_eq!(predictive.surprise_at_least(1_000), 0.0);
        assert_eq!(predictive.surprise_at_most(1_000), f64::INFINITY);
    }

    #[test]
    fn far_tails_stay_finite() {
        let score = Predictive::new(0, 27, 1).surprise_at_least(5_000);
        assert!((score - 5_000.0 * 28f64.log10()).abs() < 1e-6, "{score}");
        let lull = Predictive::new(5_000, 27, 1).surprise_at_most(0);
        assert!((lull - 5_001.0 * (28f64 / 27.0).log10()).abs() < 1e-6, "{lull}");
    }
}
