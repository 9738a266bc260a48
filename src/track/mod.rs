//! Groups over time: how fast they grow, and how widely they are covered. Pure: the time to look from is given.

mod coverage;
mod near_identical;
mod predictive;
mod timeline;
mod trend;

pub use coverage::Coverage;
pub use timeline::{Bucket, Timeline};
pub use trend::{BURST, Phase, Trend};
