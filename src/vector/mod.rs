//! From terms to weighted sparse vectors.

mod background;
mod dense;
mod documents;
mod dots;
mod embedding;
mod lexicon;
mod sparse;
mod tf_idf;

pub use background::background_rate;
pub use dense::DenseRows;
pub use documents::Documents;
pub use embedding::{EmbeddingError, StaticEmbedding};
pub use lexicon::Lexicon;
pub use sparse::SparseRows;
pub(crate) use sparse::dot;
pub use tf_idf::{FEW, TfIdf, TfIdfError, TfIdfParams, TfIdfValidParams};
