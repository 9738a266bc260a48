//! Nearest neighbours: candidates from words and from meaning, ranked by one fused similarity.

mod cells;
mod live;
mod neighbours;
mod postings;
mod scores;
mod shortlist;
mod similarity;

pub use live::{LiveIndex, SPREAD, Vectors};
pub use neighbours::Neighbours;
use neighbours::{LEAST_CONTENT, LEAST_ENTITIES, LEAST_MEANING, LEAST_WORDS};
pub use similarity::Similarity;

/// Rows beyond which a search reads less of each word.
const MANY: u32 = 16_384;

/// Rows read of one word, at the most, in an index of so many. A word more common than this says little, and least of
/// headlines far away: rows are in order of time, so that the nearest rows are those of the same days. Keeps the work per
/// row from growing with the collection.
fn longest(rows: u32) -> usize {
    if rows > MANY { 256 } else { 384 }
}
