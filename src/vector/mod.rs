//! From terms to weighted sparse vectors.

mod background;
mod documents;
mod embedding;
mod lexicon;
mod sparse;
mod tf_idf;

pub use background::background_rate;
pub use documents::Documents;
pub use embedding::{DenseRows, EmbeddingError, StaticEmbedding};
pub use lexicon::Lexicon;
pub use sparse::SparseRows;
pub(crate) use sparse::dot;
pub use tf_idf::{TfIdf, TfIdfError, TfIdfParams, TfIdfValidParams};
