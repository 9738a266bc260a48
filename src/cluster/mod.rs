//! From neighbours to communities: the neighbour graph and the map equation on it.

mod graph;
mod map_equation;
mod partition;

pub(crate) use graph::LEAST_SHARE;
pub use graph::{Edge, Graph, Size};
pub use map_equation::{MapEquation, MapEquationError, MapEquationParams, MapEquationValidParams};
pub use partition::Partition;
