//! For every row its most similar others.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::cells::Cells;
use super::postings::Postings;
use super::scores::Scores;
use super::shortlist::Shortlist;
use super::similarity::Similarity;

/// Candidates must have a higher cosine of words than this.
pub(super) const LEAST_WORDS: f32 = 0.02;
/// Candidates must have a higher cosine of meaning than this.
pub(super) const LEAST_MEANING: f32 = 0.2;
/// Neighbours must be more similar than this in all: weaker links, raised to their power, weigh nothing.
pub(super) const LEAST_CONTENT: f32 = 0.1;
/// Unless they share this much of the entities they name.
pub(super) const LEAST_ENTITIES: f32 = 0.3;
/// Rows searched by one worker at a time where there are no cells.
const BLOCK: usize = 256;
/// Blocks that a worker takes on at the most, so that none is left with many when the others are done.
const SHARE: usize = 16;

/// For each row its neighbours, most similar first, ties by row; never the row itself.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// For each row its block and where in it its neighbours stand.
    places: Vec<(u32, u32, u32)>,
    blocks: Vec<Block>,
}

/// Neighbours of the rows that one worker searched together, one row after another.
#[derive(Debug, Clone, Default)]
struct Block {
    rows: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbours {
    /// The `most` nearest of every row by similarity of content, among those that are near by words or by
    /// meaning; in parallel.
    pub fn join(similarity: &Similarity, most: usize) -> Self {
        let search = Search::new(similarity, most);
        let together = search.together();
        let spaces = Mutex::new(Vec::new());
        let blocks = together
            .par_iter()
            .with_max_len(SHARE)
            .map(|rows| {
                let mut space = lock(&spaces).pop().unwrap_or_else(|| Workspace::new(&search));
                let block = search.block(rows, &mut space);
                lock(&spaces).push(space);
                block
            })
            .collect::<Vec<_>>();
        let mut neighbours = Self { places: vec![(0, 0, 0); similarity.len()], blocks: Vec::new() };
        for ((number, rows), (block, ends)) in (0..).zip(&together).zip(blocks) {
            let mut start = 0;
            for (&row, end) in rows.iter().zip(ends) {
                neighbours.places[row as usize] = (number, start, end);
                start = end;
            }
            neighbours.blocks.push(block);
        }
        neighbours
    }

    /// From a list of (similarity, row) for each row, most similar first.
    #[cfg(test)]
    pub(crate) fn from_lists(lists: Vec<Vec<(f32, u32)>>) -> Self {
        let blocks: Vec<Block> = lists
            .into_iter()
            .map(|list| {
                let (similarities, rows) = list.into_iter().unzip();
                Block { rows, similarities }
            })
            .collect();
        let places = (0..).zip(&blocks).map(|(number, block)| (number, 0, block.rows.len() as u32)).collect();
        Self { places, blocks }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Neighbours of `row` and their similarities, most similar first.
    pub fn of(&self, row: usize) -> (&[u32], &[f32]) {
        let (block, start, end) = self.places[row];
        let Block { rows, similarities } = &self.blocks[block as usize];
        let range = start as usize..end as usize;
        (&rows[range.clone()], &similarities[range])
    }
}

/// Both indexes and how they are asked.
struct Search<'a> {
    similarity: &'a Similarity,
    postings: Postings<'a>,
    cells: Option<Cells<'a>>,
    most: usize,
}

/// Working memory, reused from row to row and from block to block.
struct Workspace {
    words: Scores,
    by_words: Shortlist,
    others: Vec<u32>,
    /// Of the rows searched together with the members of their cell.
    to_members: Vec<f32>,
    to_others: Vec<f32>,
    found: Shortlist,
}

impl Workspace {
    fn new(search: &Search) -> Self {
        Self {
            words: search.postings.scores(),
            by_words: Shortlist::new(search.most),
            others: Vec::new(),
            to_members: Vec::new(),
            to_others: Vec::new(),
            found: Shortlist::new(search.most),
        }
    }
}

/// What was put there is whole whatever happened to another worker.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Search<'a> {
    fn new(similarity: &'a Similarity, most: usize) -> Self {
        Self {
            similarity,
            postings: Postings::new(similarity.words()),
            cells: similarity.meaning().map(Cells::around_leaders),
            most,
        }
    }

    /// Rows to search one after another. Those of one cell are compared with much the same others, which then are
    /// in the processor's cache.
    fn together(&self) -> Vec<Vec<u32>> {
        match &self.cells {
            Some(cells) => cells.together(),
            None => {
                let rows: Vec<u32> = (0..self.similarity.len() as u32).collect();
                rows.chunks(BLOCK).map(<[u32]>::to_vec).collect()
            }
        }
    }

    /// Neighbours of `rows`, and for each row where in the block they end.
    fn block(&self, rows: &[u32], space: &mut Workspace) -> (Block, Vec<u32>) {
        let mut block = Block::default();
        let mut to_members = std::mem::take(&mut space.to_members);
        let members = self.cells.as_ref().map_or(&[][..], |cells| cells.compare(rows, &mut to_members));
        let ends = rows
            .iter()
            .enumerate()
            .map(|(at, &row)| {
                let cosines = to_members.get(at * members.len()..).unwrap_or_default();
                self.nearest(row, members.iter().copied().zip(cosines.iter().copied()), space);
                for (similarity, other) in space.found.ranked() {
                    block.rows.push(other);
                    block.similarities.push(similarity);
                }
                block.rows.len() as u32
            })
            .collect();
        space.to_members = to_members;
        block.rows.shrink_to_fit();
        block.similarities.shrink_to_fit();
        (block, ends)
    }

    /// Sets `space.found` to the neighbours of `row`: all `members` of its cell, given with their cosines, are
    /// candidates, and of the others those with the most similar words. Weak ones stay only for the entities they share.
    fn nearest(&self, row: u32, members: impl Iterator<Item = (u32, f32)>, space: &mut Workspace) {
        let Workspace { words, by_words, others, to_others, found, .. } = space;
        self.postings.score(row as usize, words);
        words.take(row);
        found.clear();
        for (other, cosine) in members {
            if cosine > LEAST_MEANING && other != row {
                let content = self.similarity.fuse(words.take(other), cosine);
                if content > LEAST_CONTENT {
                    found.offer(content, other);
                }
            }
        }
        by_words.clear();
        for (cosine, other) in words.drain().filter(|&(cosine, _)| cosine > LEAST_WORDS) {
            by_words.offer(cosine, other);
        }
        others.clear();
        others.extend(by_words.best().map(|candidate| candidate.1));
        self.similarity.meanings(row as usize, others, to_others);
        for ((cosine, other), &meaning) in by_words.best().zip(&*to_others) {
            let content = self.similarity.fuse(cosine, meaning);
            let is_near = content > LEAST_CONTENT
                || self.similarity.of_entities(row as usize, other as usize) > LEAST_ENTITIES;
            if is_near {
                found.offer(content, other);
            }
        }
    }
}
