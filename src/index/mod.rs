//! Nearest neighbours: candidates from words and from meaning, ranked by one fused similarity.

mod cells;
mod neighbours;
mod postings;
mod similarity;

pub use cells::Cells;
pub use neighbours::Neighbours;
pub use postings::Postings;
pub use similarity::Similarity;
