//! Nearest neighbours: candidates from words and from meaning, ranked by one fused similarity.

mod cells;
mod neighbours;
mod postings;
mod similarity;

pub use cells::nearest_by_direction;
pub use neighbours::Neighbours;
pub use postings::nearest_by_words;
pub use similarity::Similarity;
