//! Why a baseline could not run.

use linfa_clustering::{DbscanParamsError, KMeansError};
use linfa_hierarchical::HierarchicalError;
use thiserror::Error;

/// Why points could not be built or a baseline could not cluster them.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// There is no row to cluster.
    #[error("there is no row to cluster")]
    Empty,
    /// A value is infinite or not a number.
    #[error("row {0} holds a value that is not finite")]
    NotFinite(usize),
    /// A sparse row names a column that does not exist.
    #[error("row {row} has column {column}, beyond the {columns} there are")]
    Column {
        /// The row.
        row: usize,
        /// Its column.
        column: usize,
        /// Number of columns announced.
        columns: usize,
    },
    /// Random projection to no dimension at all.
    #[error("random projection needs at least one dimension")]
    NoDimensions,
    /// The working matrix would not fit the limit.
    #[error("a matrix of {rows} x {columns} needs {needed} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
        /// Bytes it takes, with working copies.
        needed: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// More clusters than rows, or none.
    #[error("cannot make {clusters} clusters of {rows} rows that have a feature")]
    Clusters {
        /// Clusters asked for.
        clusters: usize,
        /// Rows with at least one feature.
        rows: usize,
    },
    /// A similarity threshold outside `-1..1`.
    #[error("a similarity threshold must be at least -1 and below 1, got {0}")]
    Similarity(f32),
    /// k-means refused its parameters or failed.
    #[error("k-means: {0}")]
    KMeans(#[from] KMeansError),
    /// DBSCAN refused its parameters.
    #[error("DBSCAN: {0}")]
    Dbscan(#[from] DbscanParamsError),
    /// Average link refused its parameters.
    #[error("average link: {0}")]
    AverageLink(#[from] HierarchicalError<f32>),
}
