//! Candidates of like meaning without a shared word: nearest by direction of the dense vectors.
//!
//! Small sets are compared pair by pair. Larger ones are divided into cells around leaders (evenly spaced
//! rows), each row standing in its two nearest cells, and only rows that share a cell are compared: the work
//! per row grows with the square root of their number.

use rayon::prelude::*;

use super::neighbours::keep_best;
use crate::vector::DenseRows;

/// Rows up to which every pair is compared.
const COMPARE_ALL: usize = 3000;

fn scan(row: usize, others: &[u32], rows: &DenseRows, above: f32, found: &mut Vec<(f32, u32)>) {
    for &other in others {
        let cosine = rows.cosine(row, other as usize);
        if cosine > above && other as usize != row {
            found.push((cosine, other));
        }
    }
}

/// Rows by cell.
#[derive(Debug)]
pub struct Cells<'a> {
    rows: &'a DenseRows,
    of_row: Vec<[u32; 2]>,
    members: Vec<Vec<u32>>,
}

impl<'a> Cells<'a> {
    /// Sets `found` to at most `most` other rows with the highest cosine to `row` above `above`, best first, ties
    /// to the lower row.
    pub fn nearest(&self, row: usize, most: usize, above: f32, found: &mut Vec<(f32, u32)>) {
        found.clear();
        let [home, second] = self.of_row[row];
        scan(row, &self.members[home as usize], self.rows, above, found);
        if second != home {
            let first = found.len();
            scan(row, &self.members[second as usize], self.rows, above, found);
            let mut at = 0;
            found.retain(|&(_, other)| {
                at += 1;
                at <= first || !self.of_row[other as usize].contains(&home)
            });
        }
        keep_best(found, most);
    }

    /// Divides `rows` into cells, in parallel.
    pub fn around_leaders(rows: &'a DenseRows) -> Self {
        let count = if rows.len() <= COMPARE_ALL { 1 } else { (rows.len() as f64).sqrt() as usize };
        let leaders: Vec<usize> = (0..count).map(|cell| cell * rows.len() / count).collect();
        let of_row: Vec<[u32; 2]> =
            (0..rows.len()).into_par_iter().map(|row| two_nearest(row, &leaders, rows)).collect();
        let mut members = vec![Vec::new(); count];
        for (row, &[home, second]) in of_row.iter().enumerate() {
            members[home as usize].push(row as u32);
            if second != home {
                members[second as usize].push(row as u32);
            }
        }
        Self { rows, of_row, members }
    }
}

fn two_nearest(row: usize, leaders: &[usize], rows: &DenseRows) -> [u32; 2] {
    if leaders.len() == 1 {
        return [0, 0];
    }
    let mut best = [(f32::MIN, 0); 2];
    for (cell, &leader) in leaders.iter().enumerate() {
        let cosine = rows.cosine(row, leader);
        if cosine > best[0].0 {
            best = [(cosine, cell as u32), best[0]];
        } else if cosine > best[1].0 {
            best[1] = (cosine, cell as u32);
        }
    }
    [best[0].1, best[1].1]
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
        let found = [0, 1].map(|row| {
            let mut found = Vec::new();
            cells.nearest(row, 2, 0.1, &mut found);
            found
        });
        assert_eq!(found[0][0].1, 1);
        assert_eq!(found[1][0].1, 0);
    }

    #[test]
    fn a_pair_in_two_common_cells_is_found_once() {
        let titles: Vec<String> = (0..COMPARE_ALL + 500)
            .map(|n| format!("Port {} sees {} ferries leave late", n % 97, n % 89))
            .collect();
        let rows = StaticEmbedding::embedded().embed(&titles);
        let cells = Cells::around_leaders(&rows);
        let mut found = Vec::new();
        for row in 0..rows.len() {
            cells.nearest(row, 50, 0.2, &mut found);
            let mut others: Vec<u32> = found.iter().map(|&(_, other)| other).collect();
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), found.len());
            assert!(!others.contains(&(row as u32)));
        }
    }
}
