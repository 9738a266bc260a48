//! Nearest neighbours: candidates from words and from meaning, ranked by one fused similarity.

mod cells;
mod live;
mod neighbours;
mod postings;
mod scores;
mod shortlist;
mod similarity;

pub use live::{LiveIndex, Vectors};
pub use neighbours::Neighbours;
use neighbours::{LEAST_CONTENT, LEAST_ENTITIES, LEAST_MEANING, LEAST_WORDS};
pub use similarity::Similarity;
