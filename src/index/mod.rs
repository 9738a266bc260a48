//! Nearest neighbours: candidates from words and from meaning, ranked by one fused similarity.

mod cells;
mod neighbours;
mod postings;
mod similarity;

pub use neighbours::Neighbours;
pub use similarity::Similarity;
