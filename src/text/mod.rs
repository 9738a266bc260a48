//! From a title to its terms: normalise, tokenise, drop stop words, stem, find entities.

mod analyse;
mod language;
mod stop_words;
mod tokenise;

pub use analyse::{Analyzer, Term};
pub use language::Language;
pub use stop_words::is_stop_word;
pub use tokenise::{Token, tokenise};
