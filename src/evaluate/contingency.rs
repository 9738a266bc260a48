//! The sparse table of how often each gold class meets each found cluster, from which every metric follows.

use super::EvaluateError;

/// One non-empty cell of a [`Contingency`]: the rows that are in `gold` and in `found`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Gold class, `0..gold_sizes.len()`.
    pub gold: usize,
    /// Found cluster, `0..found_sizes.len()`.
    pub found: usize,
    /// Rows in both; never zero.
    pub count: u64,
}

/// A cell without its identity: what the metrics that ignore names sum over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Overlap {
    /// Size of the gold class.
    pub gold: u64,
    /// Size of the found cluster.
    pub found: u64,
    /// Rows in both.
    pub both: u64,
}

/// Two partitions of the same rows, cross-tabulated.
///
/// Only cells that hold a row are stored, so 31,000 rows take at most 31,000 cells however many classes and
/// clusters there are. Labels may be any ordered values (ids, names); they are renumbered in sorted order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contingency {
    cells: Vec<Cell>,
    gold_sizes: Vec<u64>,
    found_sizes: Vec<u64>,
    total: u64,
}

impl Contingency {
    /// Cross-tabulates two labelings, both of shape `(rows,)`.
    ///
    /// # Errors
    /// When the lengths differ or there is no row.
    pub fn new<G: Ord, F: Ord>(gold: &[G], found: &[F]) -> Result<Self, EvaluateError> {
        let (cells, _) = cells_by_row(gold, found)?;
        Ok(Self::from_cells(cells))
    }

    /// Sums class and cluster sizes over `cells`; cells that hold no row are dropped.
    pub(super) fn from_cells(mut cells: Vec<Cell>) -> Self {
        cells.retain(|cell| cell.count > 0);
        let mut gold_sizes = Vec::new();
        let mut found_sizes = Vec::new();
        for cell in &cells {
            add(&mut gold_sizes, cell.gold, cell.count);
            add(&mut found_sizes, cell.found, cell.count);
        }
        let total = gold_sizes.iter().sum();
        Self { cells, gold_sizes, found_sizes, total }
    }

    /// Non-empty cells, by gold class, then by cluster.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Rows in each gold class. Zero for a class that a resample or a filter emptied.
    pub fn gold_sizes(&self) -> &[u64] {
        &self.gold_sizes
    }

    /// Rows in each found cluster. Zero for a cluster that a resample or a filter emptied.
    pub fn found_sizes(&self) -> &[u64] {
        &self.found_sizes
    }

    /// Number of rows.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Number of gold classes that hold a row.
    pub fn classes(&self) -> usize {
        occupied(&self.gold_sizes)
    }

    /// Number of found clusters that hold a row.
    pub fn clusters(&self) -> usize {
        occupied(&self.found_sizes)
    }

    /// Whether both partitions group the rows alike: every cell is a whole class and a whole cluster.
    pub fn is_identical(&self) -> bool {
        self.cells.iter().all(|cell| {
            cell.count == self.gold_sizes[cell.gold] && cell.count == self.found_sizes[cell.found]
        })
    }

    /// The table over only those rows whose gold class has at least two members; `None` when there is no such
    /// row. Rows left out count nowhere, neither in averages nor in the sizes of clusters.
    pub fn without_gold_singletons(&self) -> Option<Self> {
        let cells = self.cells.iter().filter(|cell| self.gold_sizes[cell.gold] > 1).copied().collect();
        Some(Self::from_cells(cells)).filter(|table| table.total > 0)
    }

    /// Sizes and overlap of every cell in ascending order, so that floating-point sums over them do not depend
    /// on the names of the labels or on the order of the rows.
    pub(super) fn overlaps(&self) -> Vec<Overlap> {
        let mut overlaps: Vec<_> = self
            .cells
            .iter()
            .map(|cell| Overlap {
                gold: self.gold_sizes[cell.gold],
                found: self.found_sizes[cell.found],
                both: cell.count,
            })
            .collect();
        overlaps.sort_unstable();
        overlaps
    }
}

/// Keeps the rows that have a gold label: `gold` and `found` have shape `(rows,)`, the result has one entry per
/// labelled row in both halves.
///
/// # Errors
/// When the lengths differ. No labelled row at all gives two empty vectors, which the metrics refuse.
pub fn labelled<G: Clone, F: Clone>(
    gold: &[Option<G>],
    found: &[F],
) -> Result<(Vec<G>, Vec<F>), EvaluateError> {
    same_length(gold.len(), found.len())?;
    Ok(gold.iter().zip(found).filter_map(|(gold, found)| Some((gold.clone()?, found.clone()))).unzip())
}

/// The non-empty cells, and for each row the position of its cell.
pub(super) fn cells_by_row<G: Ord, F: Ord>(
    gold: &[G],
    found: &[F],
) -> Result<(Vec<Cell>, Vec<usize>), EvaluateError> {
    same_length(gold.len(), found.len())?;
    if gold.is_empty() {
        return Err(EvaluateError::Empty);
    }
    let pairs: Vec<_> = renumber(gold).into_iter().zip(renumber(found)).collect();
    let cell_of_row = renumber(&pairs);
    let mut cells: Vec<Cell> = Vec::new();
    for (&(gold, found), &at) in pairs.iter().zip(&cell_of_row) {
        if cells.len() <= at {
            cells.resize(at + 1, Cell { gold: 0, found: 0, count: 0 });
        }
        cells[at] = Cell { gold, found, count: cells[at].count + 1 };
    }
    Ok((cells, cell_of_row))
}

/// Renames labels to `0..k` in sorted order.
fn renumber<T: Ord>(labels: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_unstable_by(|&left, &right| labels[left].cmp(&labels[right]));
    let mut names = vec![0; labels.len()];
    for pair in order.windows(2) {
        names[pair[1]] = names[pair[0]] + usize::from(labels[pair[0]] != labels[pair[1]]);
    }
    names
}

fn same_length(gold: usize, found: usize) -> Result<(), EvaluateError> {
    if gold == found { Ok(()) } else { Err(EvaluateError::LengthMismatch { gold, found }) }
}

fn add(sizes: &mut Vec<u64>, at: usize, count: u64) {
    if sizes.len() <= at {
        sizes.resize(at + 1, 0);
    }
    sizes[at] += count;
}

fn occupied(sizes: &[u64]) -> usize {
    sizes.iter().filter(|&&size| size > 0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_rows_in_cells_classes_and_clusters() {
        let table = Contingency::new(&["x", "x", "y", "y", "y"], &[7_u32, 7, 7, 3, 3]).unwrap();
        assert_eq!(
            table.cells(),
            [
                Cell { gold: 0, found: 1, count: 2 },
                Cell { gold: 1, found: 0, count: 2 },
                Cell { gold: 1, found: 1, count: 1 },
            ]
        );
        assert_eq!((table.gold_sizes(), table.found_sizes(), table.total()), (&[2, 3][..], &[2, 3][..], 5));
        assert_eq!((table.classes(), table.clusters()), (2, 2));
        assert!(!table.is_identical());
    }

    #[test]
    fn leaves_out_rows_of_singleton_classes_everywhere() {
        // The row of class 1 also sat in cluster 5, which shrinks from three rows to two.
        let table = Contingency::new(&[0, 0, 1], &[5, 5, 5]).unwrap().without_gold_singletons().unwrap();
        assert_eq!((table.total(), table.classes(), table.found_sizes()), (2, 1, &[2][..]));
        assert_eq!(Contingency::new(&[0, 1], &[0, 0]).unwrap().without_gold_singletons(), None);
    }

    #[test]
    fn refuses_rows_that_do_not_line_up_and_empty_input() {
        assert_eq!(Contingency::new(&[1, 2], &[1]), Err(EvaluateError::LengthMismatch { gold: 2, found: 1 }));
        assert_eq!(Contingency::new::<u32, u32>(&[], &[]), Err(EvaluateError::Empty));
    }

    #[test]
    fn keeps_only_labelled_rows() {
        let kept = labelled(&[Some("a"), None, Some("b")], &[1, 2, 3]).unwrap();
        assert_eq!(kept, (vec!["a", "b"], vec![1, 3]));
        assert!(labelled(&[Some(1)], &[1, 2]).is_err());
    }
}
