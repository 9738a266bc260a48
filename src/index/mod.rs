//! Nearest neighbours by cosine, exact, from postings.

mod neighbours;

pub use neighbours::{NeighbourParams, Neighbours};
