//! From a title to its terms: tokenise, drop stop words, stem, find entities.

mod analyse;
mod elision;
mod gazetteer;
mod gloss;
mod language;
mod romanise;
mod stem;
mod stop_words;
mod title;
mod tokenise;
mod vocabulary;
mod word_set;

pub use analyse::{Analyzer, ENTITY_MARK, Terms, term, terms_of};
pub(crate) use elision::without_elision;
pub use gazetteer::{AliasKind, Entity, EntityId, EntityKind, Gazetteer, GazetteerError, Mention};
use gloss::gloss_in;
pub use gloss::{gloss, glossed, has_gloss};
pub use language::Language;
pub use romanise::romanised;
pub use stem::stem;
pub use stop_words::is_stop_word;
pub use title::normalised_title;
pub use tokenise::{Token, tokenise};
pub use vocabulary::{Term, Vocabulary};
pub use word_set::WordSet;
pub(crate) use word_set::folded;
