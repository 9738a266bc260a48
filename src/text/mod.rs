//! text
mod gazetteer;

pub use gazetteer::{AliasKind, Entity, EntityId, EntityKind, Gazetteer, GazetteerError, Mention};
