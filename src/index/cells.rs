//! Candidates of like meaning without a shared word: nearest by direction of the dense vectors.
//!
//! Small sets are compared pair by pair. Larger ones are divided into cells around leaders (evenly spaced rows). Each
//! row stands in the few cells nearest to it and is compared with those in the nearest: the work per row grows with
//! the square root of their number, and what is found only from one side still links both.

use rayon::prelude::*;

use crate::vector::DenseRows;

/// Rows up to which every pair is compared.
const COMPARE_ALL: usize = 3000;

/// Cells in which a row stands; only the first is searched for it. On headlines, this many in twice as many cells
/// find more for the same work than fewer in larger ones.
const SPREAD: usize = 4;

/// Rows by cell.
#[derive(Debug)]
pub struct Cells<'a> {
    rows: &'a DenseRows,
    /// The cell nearest to each row: the one that is searched for it.
    homes: Vec<u32>,
    /// Rows of each cell. A row stands in several, so that whoever is near finds it.
    members: Vec<Vec<u32>>,
}

impl<'a> Cells<'a> {
    /// Divides `rows` into cells, in parallel.
    pub fn around_leaders(rows: &'a DenseRows) -> Self {
        let count = if rows.len() <= COMPARE_ALL { 1 } else { 2 * rows.len().isqrt() };
        let leaders: Vec<u32> = (0..count).map(|cell| (cell * rows.len() / count) as u32).collect();
        let nearest: Vec<[u32; SPREAD]> =
            (0..rows.len()).into_par_iter().map(|row| nearest(row, &leaders, rows)).collect();
        let mut members = vec![Vec::new(); count];
        for (row, cells) in nearest.iter().enumerate() {
            for &cell in &cells[..SPREAD.min(count)] {
                members[cell as usize].push(row as u32);
            }
        }
        Self { rows, homes: nearest.iter().map(|cells| cells[0]).collect(), members }
    }

    /// Calls `visit` with the cosine to `row` of every other row in its cell, each once.
    pub fn compare(&self, row: usize, mut visit: impl FnMut(u32, f32)) {
        let members = &self.members[self.homes[row] as usize];
        self.rows.cosines(row, members, |other, cosine| {
            if other as usize != row {
                visit(other, cosine);
            }
        });
    }

    /// Rows by the cell that is searched for them.
    pub fn homes(&self) -> Vec<Vec<u32>> {
        let mut homes = vec![Vec::new(); self.members.len()];
        for (row, &home) in self.homes.iter().enumerate() {
            homes[home as usize].push(row as u32);
        }
        homes
    }
}

/// The cells whose leaders are nearest to `row`, nearest first, ties to the first.
fn nearest(row: usize, leaders: &[u32], rows: &DenseRows) -> [u32; SPREAD] {
    let mut best = [(f32::MIN, 0); SPREAD];
    let mut cell = 0;
    rows.cosines(row, leaders, |_, cosine| {
        if cosine > best[SPREAD - 1].0 {
            let at = best.partition_point(|&(better, _)| better >= cosine);
            best[at..].rotate_right(1);
            best[at] = (cosine, cell);
        }
        cell += 1;
    });
    best.map(|(_, cell)| cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::StaticEmbedding;

    #[test]
    fn finds_the_title_of_like_meaning_first() {
        let titles =
            ["Ferry workers walk out", "Ship crews go on strike", "Bakery wins prize", "Museum reopens"];
        let rows = StaticEmbedding::embedded().embed(&titles);
        let cells = Cells::around_leaders(&rows);
        let best = [0, 1].map(|row| {
            let mut best = (f32::MIN, 0);
            cells.compare(row, |other, cosine| {
                if cosine > best.0 {
                    best = (cosine, other);
                }
            });
            best.1
        });
        assert_eq!(best, [1, 0]);
    }

    #[test]
    fn a_pair_in_two_common_cells_is_found_once() {
        let titles: Vec<String> = (0..COMPARE_ALL + 500)
            .map(|n| format!("Port {} sees {} ferries leave late", n % 97, n % 89))
            .collect();
        let rows = StaticEmbedding::embedded().embed(&titles);
        let cells = Cells::around_leaders(&rows);
        for row in 0..rows.len() {
            let mut others = Vec::new();
            cells.compare(row, |other, _| others.push(other));
            let found = others.len();
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), found);
            assert!(!others.contains(&(row as u32)));
        }
    }
}
