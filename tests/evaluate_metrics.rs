//! Metrics against values worked out by hand, against scikit-learn, and against the laws they obey.

use std::time::Instant;

use proptest::prelude::*;
use slugline::evaluate::{
    Contingency, EvaluateError, Intervals, Scores, agreement, ami, bootstrap, expected_mutual_information,
    mutual_information, score,
};

#[track_caller]
fn close(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-12, "{left} is not {right}");
}

/// Two classes of three rows against three clusters of two:
///
/// ```text
///          cluster 0  1  2
/// class 0          2  1  .
/// class 1          .  1  2
/// ```
const GOLD: [usize; 6] = [0, 0, 0, 1, 1, 1];
const FOUND: [usize; 6] = [0, 0, 1, 1, 2, 2];

#[test]
fn information_by_hand() {
    let table = Contingency::new(&GOLD, &FOUND).unwrap();
    let (ln2, ln3) = (2_f64.ln(), 3_f64.ln());
    // Two cells of 2: 2/6 ln(6*2 / (3*2)) = ln2 / 3 each. Two cells of 1: 1/6 ln(6*1 / (3*2)) = 0.
    let information = 2.0 / 3.0 * ln2;
    close(mutual_information(&table), information);
    // All 6 pairs have sizes 3 and 2 out of 6. P(x = 2) = C(3,2) C(3,0) / C(6,2) = 3/15 with the value ln2 / 3;
    // x = 1 has the value 0. Expected: 6 * 1/5 * ln2 / 3 = 2/5 ln2.
    let expected = 0.4 * ln2;
    close(expected_mutual_information(&table), expected);
    // Entropies: ln2 for two equal classes, ln3 for three equal clusters.
    let mean = (ln2 + ln3) / 2.0;
    let scores = Scores::of(&table);
    close(scores.nmi, information / mean);
    close(scores.ami, (information - expected) / (mean - expected));
}

#[test]
fn pairs_by_hand() {
    let scores = score(&GOLD, &FOUND).unwrap();
    // Of C(6,2) = 15 pairs, gold joins 3 + 3 = 6, found 1 + 1 + 1 = 3, both 1 + 1 = 2.
    close(scores.pairs.precision, 2.0 / 3.0);
    close(scores.pairs.recall, 2.0 / 6.0);
    close(scores.pairs.f1, 4.0 / 9.0);
    // Expected in both: 6 * 3 / 15 = 1.2; at most (6 + 3) / 2 = 4.5. (2 - 1.2) / (4.5 - 1.2) = 8/33.
    close(scores.ari, 8.0 / 33.0);
}

#[test]
fn bcubed_and_accuracy_by_hand() {
    let scores = score(&GOLD, &FOUND).unwrap();
    // Precision of the rows: 1, 1, 1/2, 1/2, 1, 1, mean 5/6. Recall: 2/3, 2/3, 1/3, 1/3, 2/3, 2/3, mean 5/9.
    close(scores.bcubed.precision, 5.0 / 6.0);
    close(scores.bcubed.recall, 5.0 / 9.0);
    close(scores.bcubed.f1, 2.0 / 3.0);
    assert_eq!(scores.bcubed_without_singletons, Some(scores.bcubed));
    // Class 0 to cluster 0 and class 1 to cluster 2: 4 of 6 rows.
    close(scores.accuracy, 4.0 / 6.0);
    assert_eq!((scores.rows, scores.classes, scores.clusters), (6, 2, 3));
}

#[test]
fn singletons_change_bcubed() {
    // Rows 0 and 1 are a class split over two clusters; row 2 is alone in its class and joins row 1.
    let scores = score(&[0, 0, 1], &[0, 1, 1]).unwrap();
    // Precision 1, 1/2, 1/2, recall 1/2, 1/2, 1.
    close(scores.bcubed.precision, 2.0 / 3.0);
    close(scores.bcubed.recall, 2.0 / 3.0);
    // Without row 2 both clusters are pure: precision 1, recall 1/2.
    let left = scores.bcubed_without_singletons.unwrap();
    close(left.precision, 1.0);
    close(left.recall, 0.5);
    assert_eq!(score(&[0, 1], &[0, 0]).unwrap().bcubed_without_singletons, None);
}

/// A linear congruential generator that is easy to repeat elsewhere, so that scikit-learn scores the same rows.
fn sequence(length: usize, labels: u64, seed: u64) -> Vec<u64> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            (state >> 16) % labels
        })
        .collect()
}

/// Gold labels with singletons, and found labels that differ from them in about a fifth of the rows.
fn noisy_rows() -> (Vec<u64>, Vec<u64>) {
    let (gold, noise, other) = (sequence(600, 40, 1), sequence(600, 5, 7), sequence(600, 90, 3));
    let found = (0..600).map(|row| if noise[row] > 0 { gold[row] } else { other[row] }).collect();
    let gold = (0..600)
        .map(|row| if noise[row] == 1 && row % 3 == 0 { 1_000 + row as u64 } else { gold[row] })
        .collect();
    (gold, found)
}

/// Values from scikit-learn 1.9.1 and SciPy's `linear_sum_assignment`.
#[test]
fn agrees_with_scikit_learn() {
    let (gold, found) = noisy_rows();
    let table = Contingency::new(&gold, &found).unwrap();
    close(mutual_information(&table), 3.309_857_383_572_879);
    assert!((expected_mutual_information(&table) - 1.641_397_979_669_329).abs() < 1e-10);
    let scores = Scores::of(&table);
    assert_eq!((scores.classes, scores.clusters), (73, 81));
    assert!((scores.ami - 0.727_499_951_349_373_6).abs() < 1e-10);
    close(scores.nmi, 0.841_172_701_626_269_6);
    close(scores.ari, 0.654_324_982_571_977_5);
    close(scores.accuracy, 0.746_666_666_666_666_7);
    close(scores.pairs.precision, 0.698_699_830_412_662_5);
    close(scores.pairs.recall, 0.628_048_780_487_804_9);
    close(scores.bcubed.precision, 0.722_164_030_542_900_5);
    close(scores.bcubed.recall, 0.670_671_826_911_765);
    let left = scores.bcubed_without_singletons.unwrap();
    close(left.precision, 0.800_925_796_874_000_7);
    close(left.recall, 0.651_504_578_742_608_6);
}

#[test]
fn expected_information_of_large_uneven_groups() {
    // scikit-learn 1.9.1: classes of 500, 300 and 200 rows, clusters of 700, 299 and 1.
    let gold: Vec<u8> = [vec![0; 500], vec![1; 300], vec![2; 200]].concat();
    let found: Vec<u8> = [vec![0; 700], vec![1; 299], vec![2; 1]].concat();
    let table = Contingency::new(&gold, &found).unwrap();
    close(expected_mutual_information(&table), 0.002_033_609_750_059_867);
}

#[test]
fn one_group_against_all_apart_is_chance() {
    let scores = score(&[0; 8], &[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
    assert_eq!((scores.ami, scores.nmi, scores.ari), (0.0, 0.0, 0.0));
    close(scores.accuracy, 1.0 / 8.0);
    assert_eq!((scores.pairs.precision, scores.pairs.recall, scores.pairs.f1), (0.0, 0.0, 0.0));
}

#[test]
fn a_single_row_and_a_single_group_are_perfect() {
    for gold in [vec![4], vec![4, 4, 4]] {
        assert_eq!(perfection(&score(&gold, &gold).unwrap()), [1.0; 8]);
    }
}

#[test]
fn refuses_bad_input() {
    assert_eq!(score(&[1], &[1, 2]), Err(EvaluateError::LengthMismatch { gold: 1, found: 2 }));
    assert_eq!(score::<u32, u32>(&[], &[]), Err(EvaluateError::Empty));
    assert_eq!(bootstrap(&[1], &[1], 0, 1), Err(EvaluateError::NoResamples));
    assert_eq!(agreement(&[vec![1, 2]]), Err(EvaluateError::TooFewPartitions(1)));
}

#[test]
fn agreement_is_the_mean_over_pairs() {
    // The first two are the same under other names; each agrees with the third by 8/33 (see above).
    let other = [5, 5, 5, 2, 2, 2];
    let result = agreement(&[&GOLD, &other, &FOUND]).unwrap();
    close(result.mean, (1.0 + 8.0 / 33.0 + 8.0 / 33.0) / 3.0);
    close(result.least, 8.0 / 33.0);
}

#[test]
fn intervals_hold_the_estimate_and_do_not_depend_on_threads() {
    let (gold, found) = noisy_rows();
    let on = |threads| -> Intervals {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bootstrap(&gold, &found, 200, 11)).unwrap()
    };
    let intervals = on(1);
    assert_eq!(intervals, on(4));
    assert_ne!(intervals, bootstrap(&gold, &found, 200, 12).unwrap());
    let scores = score(&gold, &found).unwrap();
    assert!(intervals.ari.low < scores.ari && scores.ari < intervals.ari.high);
    assert!(intervals.bcubed.f1.low < scores.bcubed.f1 + 0.05 && scores.bcubed.f1 < intervals.bcubed.f1.high);
    assert!(intervals.ari.high - intervals.ari.low < 0.2);
}

#[test]
fn large_input_is_quick() {
    let gold: Vec<u64> = sequence(31_000, 1_500, 5).iter().map(|label| label * label / 1_500).collect();
    let found: Vec<u64> = gold
        .iter()
        .zip(sequence(31_000, 7_500, 9))
        .map(|(&gold, noise)| if noise < 1_500 { noise } else { gold })
        .collect();
    let start = Instant::now();
    let scores = score(&gold, &found).unwrap();
    let scored = start.elapsed();
    bootstrap(&gold, &found, 20, 1).unwrap();
    println!("score {scored:?}, 20 resamples {:?}, {scores:?}", start.elapsed() - scored);
    assert!(scores.ami > 0.5 && scored.as_secs() < 5);
}

/// Every metric that is one for a perfect result.
fn perfection(scores: &Scores) -> [f64; 8] {
    let Scores { ami, nmi, ari, accuracy, pairs, bcubed, .. } = scores;
    [*ami, *nmi, *ari, *accuracy, pairs.precision, pairs.recall, bcubed.precision, bcubed.recall]
}

fn partitions() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    (1_usize..12, 1_usize..12, 1_usize..120).prop_flat_map(|(classes, clusters, rows)| {
        (prop::collection::vec(0..classes, rows), prop::collection::vec(0..clusters, rows))
    })
}

proptest! {
    #[test]
    fn names_of_labels_do_not_matter((gold, found) in partitions(), shift in 1_usize..11) {
        let rename = |labels: &[usize]| -> Vec<usize> { labels.iter().map(|label| label * 7 * shift % 13).collect() };
        prop_assert_eq!(score(&gold, &found).unwrap(), score(&rename(&gold), &rename(&found)).unwrap());
    }

    #[test]
    fn order_of_rows_does_not_matter((gold, found) in partitions(), turn in 0_usize..120) {
        let reorder = |labels: &[usize]| -> Vec<usize> {
            let mut labels = labels.to_vec();
            let turn = turn % labels.len();
            labels.rotate_left(turn);
            labels[turn / 2..].reverse();
            labels
        };
        prop_assert_eq!(score(&gold, &found).unwrap(), score(&reorder(&gold), &reorder(&found)).unwrap());
    }

    #[test]
    fn the_same_partition_is_perfect((gold, _) in partitions()) {
        let renamed: Vec<usize> = gold.iter().map(|label| 100 - label).collect();
        for value in perfection(&score(&gold, &renamed).unwrap()) {
            prop_assert!((value - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn swapping_sides_swaps_precision_and_recall((gold, found) in partitions()) {
        let (one, other) = (score(&gold, &found).unwrap(), score(&found, &gold).unwrap());
        for (left, right) in [
            (one.ami, other.ami),
            (one.nmi, other.nmi),
            (one.ari, other.ari),
            (one.accuracy, other.accuracy),
            (one.pairs.precision, other.pairs.recall),
            (one.bcubed.precision, other.bcubed.recall),
            (one.bcubed.f1, other.bcubed.f1),
        ] {
            prop_assert!((left - right).abs() < 1e-9, "{} {}", left, right);
        }
    }

    #[test]
    fn values_stay_in_bounds((gold, found) in partitions()) {
        let scores = score(&gold, &found).unwrap();
        for value in &perfection(&scores)[1..] {
            prop_assert!(*value <= 1.0 + 1e-12 && *value >= -0.5 - 1e-12);
        }
        prop_assert!(scores.ami <= 1.0 + 1e-12 && scores.ami.is_finite());
        prop_assert!(scores.nmi >= 0.0 && scores.accuracy > 0.0 && scores.bcubed.f1 > 0.0);
    }

    #[test]
    fn random_partitions_agree_by_chance_only(seed in 0_u64..1_000) {
        let (gold, found) = (sequence(3_000, 30, seed), sequence(3_000, 20, seed + 5_000_011));
        let scores = score(&gold, &found).unwrap();
        prop_assert!(scores.ami.abs() < 0.03 && scores.ari.abs() < 0.03, "{} {}", scores.ami, scores.ari);
        prop_assert!((ami(&Contingency::new(&gold, &found).unwrap()) - scores.ami).abs() < 1e-15);
    }
}
