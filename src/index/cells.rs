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

/// For every row up to `most` others with the highest cosine above `above`, in parallel.
pub fn nearest_by_direction(rows: &DenseRows, most: usize, above: f32) -> Vec<Vec<(f32, u32)>> {
    let cells = Cells::around_leaders(rows);
    (0..rows.len())
        .into_par_iter()
        .map_init(Vec::new, |found: &mut Vec<(f32, u32)>, row| {
            found.clear();
            let [home, second] = cells.of_row[row];
            scan(row, &cells.members[home as usize], rows, above, found);
            if second != home {
                let first = found.len();
                scan(row, &cells.members[second as usize], rows, above, found);
                let shared = |other: u32| cells.of_row[other as usize].contains(&home);
                let mut at = 0;
                found.retain(|&(_, other)| {
                    at += 1;
                    at <= first || !shared(other)
                });
            }
            keep_best(found, most);
            found.clone()
        })
        .collect()
}

fn scan(row: usize, others: &[u32], rows: &DenseRows, above: f32, found: &mut Vec<(f32, u32)>) {
    for &other in others {
        let cosine = rows.cosine(row, other as usize);
        if cosine > above && other as usize != row {
            found.push((cosine, other));
        }
    }
}

struct Cells {
    of_row: Vec<[u32; 2]>,
    members: Vec<Vec<u32>>,
}

impl Cells {
    fn around_leaders(rows: &DenseRows) -> Self {
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
        Self { of_row, members }
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
        let found = nearest_by_direction(&rows, 2, 0.1);
        assert_eq!(found[0][0].1, 1);
        assert_eq!(found[1][0].1, 0);
    }

    #[test]
    fn a_pair_in_two_common_cells_is_found_once() {
        let titles: Vec<String> = (0..COMPARE_ALL + 500)
            .map(|n| format!("Port {} sees {} ferries leave late", n % 97, n % 89))
            .collect();
        let rows = StaticEmbedding::embedded().embed(&titles);
        for (row, found) in nearest_by_direction(&rows, 50, 0.2).iter().enumerate() {
            let mut others: Vec<u32> = found.iter().map(|&(_, other)| other).collect();
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), found.len());
            assert!(!others.contains(&(row as u32)));
        }
    }
}
