//! An index that grows row by row: for a new row its most similar earlier ones.
//!
//! The same two sources as in the join of all rows: words by postings, meaning by cells. A search reads a bounded
//! number of the latest rows of each list, so that its work does not grow with the collection.

use std::ops::Range;

use rayon::prelude::*;

use super::scores::Scores;
use super::shortlist::Shortlist;
use super::{LEAST_CONTENT, LEAST_ENTITIES, LEAST_MEANING, LEAST_WORDS, longest};
use crate::text::Term;
use crate::vector::{DenseRows, dot};

/// Latest rows read of one cell, or of all where there are no cells.
const COMPARED: usize = 1024;
/// Rows up to which there are no cells.
const WITHOUT_CELLS: usize = 2048;
/// Most cells.
const MOST_CELLS: usize = 1024;
/// Cells in which a row stands; only the nearest is searched for it.
pub const SPREAD: usize = 4;

/// Rows that share one working memory.
const SEARCHED_TOGETHER: usize = 32;

/// Vectors of one row: words of unit length, and entities; terms ascend.
#[derive(Debug, Clone, Default)]
pub struct Vectors {
    /// tf-idf of all terms.
    pub words: Vec<(Term, f32)>,
    /// tf-idf of the entities among them.
    pub entities: Vec<(Term, f32)>,
    /// Days since 1970; NaN without a time.
    pub days: f32,
}

/// Rows in order of arrival.
#[derive(Debug, Clone, Default)]
pub struct LiveIndex {
    rows: Vec<Vectors>,
    is_gone: Vec<bool>,
    meaning: Option<DenseRows>,
    meaning_weight: f32,
    /// For each term its rows and weights there, ascending.
    postings: Vec<Vec<(u32, f32)>>,
    cells: Cells,
}

/// Rows by the leaders they are near to. Without leaders there is one cell.
#[derive(Debug, Clone, Default)]
struct Cells {
    leaders: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// The cells in which each row stands, of which the first is searched for it.
    of_rows: Vec<[u16; SPREAD]>,
}

/// Working memory of one search.
#[derive(Debug)]
struct Workspace {
    words: Scores,
    cosines: Vec<f32>,
    by_words: Shortlist,
    others: Vec<u32>,
    found: Shortlist,
}

impl LiveIndex {
    /// An index of rows given with their meaning, unless that counts nothing. Rows beyond so many get cells around
    /// leaders spaced evenly among these.
    pub fn new(rows: Vec<Vectors>, meaning: Option<DenseRows>, meaning_weight: f32) -> Self {
        let settled = rows.len();
        Self::restored(rows, meaning, meaning_weight, settled, &[])
    }

    /// The index as it was when the first `settled` rows were made an index and the others added. Which cells are nearest to
    /// a row takes long to find out: [`cells`](Self::cells) told it, unless it is of no use here.
    pub fn restored(
        rows: Vec<Vectors>,
        meaning: Option<DenseRows>,
        meaning_weight: f32,
        settled: usize,
        of_rows: &[[u16; SPREAD]],
    ) -> Self {
        let has_cells = meaning.is_some() && settled > WITHOUT_CELLS;
        let count = if has_cells { (2 * settled.isqrt()).min(MOST_CELLS) } else { 0 };
        let leaders: Vec<u32> = (0..count).map(|cell| (cell * settled / count) as u32).collect();
        let empty = meaning.as_ref().map(|_| DenseRows::default());
        let cells = Cells { members: vec![Vec::new(); count.max(1)], leaders, of_rows: Vec::new() };
        let mut index = Self { meaning: empty, meaning_weight, cells, ..Self::default() };
        if let (Some(to), Some(from)) = (&mut index.meaning, &meaning) {
            to.append(from);
        }
        let are_of_these = has_cells
            && of_rows.len() == rows.len()
            && of_rows.iter().flatten().all(|&cell| usize::from(cell) < count);
        let rows = index.append(rows);
        match are_of_these {
            true => rows.zip(of_rows).for_each(|(row, &cells)| index.cells.put(row, cells)),
            false => index.settle(rows),
        }
        index
    }

    /// Adds rows, whose meaning is added first by [`add_meaning`](Self::add_meaning) if it counts.
    pub fn add(&mut self, rows: Vec<Vectors>) {
        let rows = self.append(rows);
        self.settle(rows);
    }

    /// Adds rows that are in no cell yet, and tells which they are.
    fn append(&mut self, rows: Vec<Vectors>) -> Range<u32> {
        let first = self.rows.len() as u32;
        for (row, vectors) in (first..).zip(&rows) {
            for &(term, weight) in &vectors.words {
                let term = term as usize;
                if self.postings.len() <= term {
                    self.postings.resize_with(term + 1, Vec::new);
                }
                self.postings[term].push((row, weight));
            }
        }
        let last = first + rows.len() as u32;
        self.rows.extend(rows);
        self.is_gone.resize(last as usize, false);
        first..last
    }

    /// Adds the meaning of rows that are added next.
    pub fn add_meaning(&mut self, more: &DenseRows) {
        if let Some(meaning) = &mut self.meaning {
            meaning.append(more);
        }
    }

    /// Puts rows into cells.
    fn settle(&mut self, rows: Range<u32>) {
        let Some(meaning) = &self.meaning else { return };
        let leaders = &self.cells.leaders;
        if leaders.is_empty() {
            self.cells.members[0].extend(rows);
            return;
        }
        let rows: Vec<u32> = rows.collect();
        let nearest: Vec<[u32; SPREAD]> = rows
            .par_chunks(64)
            .map_init(Vec::new, |cosines, rows| {
                meaning.cosines(rows, leaders, cosines);
                cosines.chunks(leaders.len()).map(super::cells::nearest).collect::<Vec<_>>()
            })
            .flatten()
            .collect();
        for (row, cells) in rows.into_iter().zip(nearest) {
            self.cells.put(row, cells.map(|cell| cell as u16));
        }
    }

    /// The cells in which each row stands; nothing where all are in one.
    pub fn cells(&self) -> &[[u16; SPREAD]] {
        &self.cells.of_rows
    }

    /// Takes a row out: no search finds it any more.
    pub fn remove(&mut self, row: u32) {
        self.is_gone[row as usize] = true;
    }

    /// Forgets all but the first `count` rows, as if the others had never been added.
    pub fn truncate(&mut self, count: usize) {
        for vectors in self.rows.drain(count.min(self.rows.len())..).rev() {
            for (term, _) in vectors.words {
                self.postings[term as usize].pop();
            }
        }
        self.is_gone.truncate(count);
        if let Some(meaning) = &mut self.meaning {
            meaning.truncate(count);
        }
        self.cells.of_rows.truncate(count);
        for members in &mut self.cells.members {
            members.truncate(members.partition_point(|&row| (row as usize) < count));
        }
    }

    /// Whether a row was taken out.
    pub fn is_gone(&self, row: u32) -> bool {
        self.is_gone[row as usize]
    }

    /// Number of rows, with those that are gone.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Vectors of a row.
    pub fn vectors(&self, row: u32) -> &Vectors {
        &self.rows[row as usize]
    }

    /// For each of `rows` the `most` nearest of those before it, with their similarity of content, most similar first,
    /// ties to the earlier. In parallel; what is found depends on the rows before alone.
    pub fn nearest(&self, rows: Range<u32>, most: usize) -> Vec<Vec<(f32, u32)>> {
        let rows: Vec<u32> = rows.collect();
        rows.par_chunks(SEARCHED_TOGETHER)
            .map(|rows| {
                let mut space = Workspace::new(self.rows.len(), most);
                let mut search = |&row: &u32| {
                    self.search(row, &mut space);
                    space.found.ranked().collect::<Vec<_>>()
                };
                rows.iter().map(&mut search).collect::<Vec<_>>()
            })
            .flatten()
            .collect()
    }

    /// How much two rows share of the entities they name, 0 to 1.
    pub fn of_entities(&self, a: u32, b: u32) -> f32 {
        let entities = |row: u32| self.rows[row as usize].entities.iter().copied();
        dot(entities(a), entities(b))
    }

    /// Factor by which distance in time lessens similarity; see [`Similarity::decay`](super::Similarity::decay).
    pub fn decay(&self, a: u32, b: u32, half_life: f32) -> f32 {
        super::similarity::decay(self.rows[a as usize].days, self.rows[b as usize].days, half_life)
    }

    /// Cosine of the meaning of two rows; 0 where meaning does not count.
    pub fn of_meaning(&self, a: u32, b: u32) -> f32 {
        self.meaning.as_ref().map_or(0.0, |meaning| meaning.cosine(a as usize, b as usize))
    }

    /// Similarity of content; see [`Similarity::fuse`](super::Similarity::fuse).
    pub fn fuse(&self, words: f32, meaning: f32) -> f32 {
        match &self.meaning {
            None => words,
            Some(_) => super::similarity::fuse(words, meaning, self.meaning_weight),
        }
    }

    /// Sets `space.found` to the nearest of the rows before `row`.
    fn search(&self, row: u32, space: &mut Workspace) {
        self.score_words(row, &mut space.words);
        self.compare_meaning(row, space);
        let Workspace { words, cosines, by_words, others, found } = space;
        by_words.clear();
        for (cosine, other) in words.drain().filter(|&(cosine, _)| cosine > LEAST_WORDS) {
            by_words.offer(cosine, other);
        }
        others.clear();
        others.extend(by_words.best().map(|candidate| candidate.1));
        match &self.meaning {
            Some(meaning) => meaning.cosines(&[row], others, cosines),
            None => {
                cosines.clear();
                cosines.resize(others.len(), 0.0);
            }
        }
        for ((words, other), &meaning) in by_words.best().zip(&*cosines) {
            let content = self.fuse(words, meaning);
            if content > LEAST_CONTENT || self.of_entities(row, other) > LEAST_ENTITIES {
                found.offer(content, other);
            }
        }
    }

    /// Adds the cosines of words with rows before `row`.
    fn score_words(&self, row: u32, scores: &mut Scores) {
        let most = longest(row);
        for &(term, weight) in &self.rows[row as usize].words {
            let postings = &self.postings[term as usize];
            for &(other, theirs) in latest_before(postings, row, most, |entry| entry.0) {
                if !self.is_gone[other as usize] {
                    scores.add(other, weight * theirs);
                }
            }
        }
    }

    /// Sets `space.found` to the rows of the cell of `row` that are near in meaning, and takes their cosines of words out.
    fn compare_meaning(&self, row: u32, space: &mut Workspace) {
        let Workspace { words, cosines, others, found, .. } = space;
        found.clear();
        let Some(meaning) = &self.meaning else { return };
        let latest = latest_before(self.cells.searched_for(row), row, COMPARED, |&other| other);
        others.clear();
        others.extend(latest.iter().filter(|&&other| !self.is_gone[other as usize]));
        meaning.cosines(&[row], others, cosines);
        for (&other, &cosine) in others.iter().zip(&*cosines) {
            if cosine > LEAST_MEANING {
                let content = self.fuse(words.take(other), cosine);
                if content > LEAST_CONTENT {
                    found.offer(content, other);
                }
            }
        }
    }
}

impl Cells {
    /// Puts the next row into its cells.
    fn put(&mut self, row: u32, cells: [u16; SPREAD]) {
        self.of_rows.push(cells);
        cells.iter().for_each(|&cell| self.members[usize::from(cell)].push(row));
    }

    /// Rows of the cell that is searched for a row.
    fn searched_for(&self, row: u32) -> &[u32] {
        let cell = self.of_rows.get(row as usize).map_or(0, |cells| cells[0]);
        &self.members[usize::from(cell)]
    }
}

impl Workspace {
    fn new(rows: usize, most: usize) -> Self {
        Self {
            words: Scores::new(rows),
            cosines: Vec::new(),
            by_words: Shortlist::new(most),
            others: Vec::new(),
            found: Shortlist::new(most),
        }
    }
}

/// The last `most` entries of an ascending list whose row comes before `row`.
fn latest_before<T>(list: &[T], row: u32, most: usize, row_of: impl Fn(&T) -> u32) -> &[T] {
    let end = list.partition_point(|entry| row_of(entry) < row);
    &list[end.saturating_sub(most)..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::StaticEmbedding;

    /// Titles of which no two are the same, by what words they have.
    fn titles(count: usize) -> Vec<String> {
        const WHO: [&str; 7] = ["ferry", "miller", "senate", "orchard", "glacier", "teacher", "harbour"];
        const WHAT: [&str; 11] = [
            "strike", "flood", "vote", "harvest", "merger", "trial", "festival", "fire", "truce", "audit",
            "tax",
        ];
        const WHERE: [&str; 31] = [
            "Oslo", "Lima", "Accra", "Hanoi", "Quito", "Riga", "Perth", "Cairo", "Delhi", "Osaka", "Turin",
            "Porto", "Lagos", "Dakar", "Sofia", "Minsk", "Tunis", "Havana", "Bogota", "Manila", "Athens",
            "Dublin", "Prague", "Vienna", "Warsaw", "Zagreb", "Ankara", "Nairobi", "Jakarta", "Seoul",
            "Malmo",
        ];
        let title = |n: usize| format!("{} {} in {}", WHO[n % 7], WHAT[n % 11], WHERE[n % 31]);
        (0..count).map(title).collect()
    }

    fn found(index: &LiveIndex, rows: Range<u32>) -> Vec<Vec<(f32, u32)>> {
        index.nearest(rows, 20)
    }

    #[test]
    fn an_index_is_the_same_again_whether_or_not_its_cells_are_remembered() {
        let (settled, all) = (WITHOUT_CELLS + 52, WITHOUT_CELLS + 252);
        let titles = titles(all);
        let embedding = StaticEmbedding::embedded();
        let centre = embedding.centre_of(&titles);
        let meaning = |range: Range<usize>| embedding.embed_around(&titles[range], &centre);
        let mut index = LiveIndex::new(vec![Vectors::default(); settled], Some(meaning(0..settled)), 0.5);
        index.add_meaning(&meaning(settled..all));
        index.add(vec![Vectors::default(); all - settled]);
        assert_eq!(index.cells().len(), all);
        let last = settled as u32..all as u32;
        assert!(found(&index, last.clone()).iter().filter(|found| !found.is_empty()).count() > 150);

        let mut beyond = index.cells().to_vec();
        beyond[7] = [u16::MAX; SPREAD];
        let wrong = [&beyond[..], &index.cells()[..5], &[]];
        for cells in wrong.into_iter().chain([index.cells()]) {
            let rows = vec![Vectors::default(); all];
            let again = LiveIndex::restored(rows, Some(meaning(0..all)), 0.5, settled, cells);
            assert_eq!((again.cells(), &again.cells.members), (index.cells(), &index.cells.members));
            assert_eq!(found(&again, last.clone()), found(&index, last.clone()));
        }
        // What is remembered is taken at its word.
        let mut moved = index.cells().to_vec();
        moved.rotate_left(1);
        let rows = vec![Vectors::default(); all];
        let other = LiveIndex::restored(rows, Some(meaning(0..all)), 0.5, settled, &moved);
        assert_eq!(other.cells(), moved);
        assert_ne!(found(&other, last.clone()), found(&index, last));
    }
}
