//! B-cubed: for each row, how much of its cluster is of its class, and how much of its class is in its cluster.

use super::contingency::Contingency;
use super::scores::PrecisionRecall;

/// B-cubed precision, recall and F1 (Bagga & Baldwin, *Entity-Based Cross-Document Coreferencing Using the
/// Vector Space Model*, ACL 1998), every row weighing the same.
///
/// Precision is the mean over rows of the share of the row's cluster that has the row's class, recall the mean
/// share of the row's class that is in its cluster, each row counting itself; F1 is the harmonic mean of the
/// two means. Singleton classes and clusters thus score one by themselves: see [`bcubed_without_singletons`].
pub fn bcubed(table: &Contingency) -> PrecisionRecall {
    let total = table.total() as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    for cell in table.overlaps() {
        // `both` rows each find `both` of their kind in the cell.
        let square = (cell.both * cell.both) as f64;
        precision += square / cell.found as f64;
        recall += square / cell.gold as f64;
    }
    PrecisionRecall::new(precision / total, recall / total)
}

/// [`bcubed`] over only the rows whose gold class has at least two labelled members; `None` when there is none.
///
/// The other rows are left out altogether, also from the sizes of clusters, so neither being left alone nor
/// being drawn into a cluster counts for or against the method.
pub fn bcubed_without_singletons(table: &Contingency) -> Option<PrecisionRecall> {
    table.without_gold_singletons().as_ref().map(bcubed)
}
