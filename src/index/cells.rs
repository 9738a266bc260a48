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

/// Most cells.
const MOST_CELLS: usize = 1024;

/// Rows whose cells are looked for together.
const BLOCK: usize = 256;

/// Most rows searched together: more would be further apart in time, and compared with more others.
const TOGETHER: usize = 64;

/// Members of a cell that a block is compared with before its first row and after its last. Rows are in order of time, so
/// that these are the nearest in time, and the work per row stops growing where cells do.
const COMPARED: usize = 192;

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
        let count = if rows.len() <= COMPARE_ALL { 1 } else { (2 * rows.len().isqrt()).min(MOST_CELLS) };
        let leaders: Vec<u32> = (0..count).map(|cell| (cell * rows.len() / count) as u32).collect();
        let all: Vec<u32> = (0..rows.len() as u32).collect();
        let nearest: Vec<[u32; SPREAD]> = all
            .par_chunks(BLOCK)
            .map_init(Vec::new, |cosines, block| {
                rows.cosines(block, &leaders, cosines);
                cosines.chunks(count).map(nearest).collect::<Vec<_>>()
            })
            .flatten()
            .collect();
        let mut members = vec![Vec::new(); count];
        for (row, cells) in nearest.iter().enumerate() {
            for &cell in &cells[..SPREAD.min(count)] {
                members[cell as usize].push(row as u32);
            }
        }
        Self { rows, homes: nearest.iter().map(|cells| cells[0]).collect(), members }
    }

    /// Rows to be searched together, because they are compared with the same others: those of one cell, or a part.
    pub fn together(&self) -> Vec<Vec<u32>> {
        let mut homes = vec![Vec::new(); self.members.len()];
        for (row, &home) in self.homes.iter().enumerate() {
            homes[home as usize].push(row as u32);
        }
        homes.iter().flat_map(|rows| rows.chunks(TOGETHER)).map(<[u32]>::to_vec).collect()
    }

    /// The members of the cell of `rows`, which are searched together and ascend, that are not far from them in time; and
    /// sets `cosines` to those of each row with each member, itself included, row by row.
    pub fn compare(&self, rows: &[u32], cosines: &mut Vec<f32>) -> &[u32] {
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return &[] };
        let members = &self.members[self.homes[first as usize] as usize];
        let members = if self.members.len() == 1 { members } else { around(members, first, last) };
        self.rows.cosines(rows, members, cosines);
        members
    }
}

/// Of ascending `members` those between two of them and [`COMPARED`] on each side.
fn around(members: &[u32], first: u32, last: u32) -> &[u32] {
    let begin = members.partition_point(|&row| row < first).saturating_sub(COMPARED);
    let end = (members.partition_point(|&row| row <= last) + COMPARED).min(members.len());
    &members[begin..end]
}

/// The cells whose leaders are nearest to a row by its cosines to all, nearest first, ties to the first.
pub(super) fn nearest(to_leaders: &[f32]) -> [u32; SPREAD] {
    let mut best = [(f32::MIN, 0); SPREAD];
    for (cell, &cosine) in (0..).zip(to_leaders) {
        if cosine > best[SPREAD - 1].0 {
            let at = best.partition_point(|&(better, _)| better >= cosine);
            best[at..].rotate_right(1);
            best[at] = (cosine, cell);
        }
    }
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
        let mut cosines = Vec::new();
        let members = cells.compare(&[0, 1], &mut cosines);
        let best = [0, 1].map(|row| {
            let to = &cosines[row * members.len()..][..members.len()];
            let others = members.iter().zip(to).filter(|(member, _)| **member as usize != row);
            others.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(&member, _)| member)
        });
        assert_eq!(best, [1, 0]);
    }

    #[test]
    fn every_row_is_searched_once_and_is_a_member_of_its_cell() {
        let titles: Vec<String> = (0..COMPARE_ALL + 500)
            .map(|n| format!("Port {} sees {} ferries leave late", n % 97, n % 89))
            .collect();
        let rows = StaticEmbedding::embedded().embed(&titles);
        let cells = Cells::around_leaders(&rows);
        let (mut searched, mut cosines) = (Vec::new(), Vec::new());
        for together in cells.together() {
            let members = cells.compare(&together, &mut cosines).to_vec();
            assert!(members.is_sorted_by(|a, b| a < b));
            for (&row, cosines) in together.iter().zip(cosines.chunks(members.len())) {
                let itself = members.binary_search(&row).unwrap();
                assert_eq!(cosines[itself], rows.cosine(row as usize, row as usize));
            }
            searched.extend(together);
        }
        searched.sort_unstable();
        assert!(searched.iter().copied().eq(0..rows.len() as u32));
    }
}
