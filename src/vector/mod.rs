//! From terms to weighted sparse vectors.

mod documents;
mod sparse;
mod tf_idf;

pub use documents::Documents;
pub use sparse::SparseRows;
pub use tf_idf::{TfIdf, TfIdfError, TfIdfParams, TfIdfValidParams};
