//! Why an edit is not made.

use thiserror::Error;

use super::MOST_SEEDS;
use crate::track::{Id, Level};

/// Why an edit is not made. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditRefusal {
    /// It asks for nothing.
    #[error("the edit names nothing that it should change")]
    Empty,
    /// A text is empty, too long, or has characters that nobody can see.
    #[error("`{field}` must be 1 to {most} characters without line breaks and without spaces at its ends")]
    BadText {
        /// Which one.
        field: &'static str,
        /// The characters that it may have.
        most: usize,
    },
    /// There is no such topic or story, nor was there ever.
    #[error("nothing has or had the id {0}")]
    UnknownGroup(Id),
    /// A topic where a story is wanted, or the other way round.
    #[error("{id} must be the id of a {}", match wanted { Level::Story => "story", Level::Topic => "topic" })]
    WrongLevel {
        /// The id.
        id: Id,
        /// What it should be one of.
        wanted: Level,
    },
    /// The topic or story is no more.
    #[error("{id} is no more: it {}", became(living))]
    Ended {
        /// Its id.
        id: Id,
        /// What it led to.
        living: Vec<Id>,
    },
    /// There is no such headline in the window.
    #[error("no headline in the window has the id `{0}`")]
    UnknownHeadline(String),
    /// What is to be merged with itself.
    #[error("{0} cannot be merged with itself")]
    WithItself(Id),
    /// What is named twice.
    #[error("`{0}` is named twice")]
    Twice(String),
    /// It is pinned and would end.
    #[error("{0} is pinned and would end; unpin it first")]
    Pinned(Id),
    /// What should be split off is not in there.
    #[error("`{member}` is not in {id}")]
    NotAMember {
        /// What should be split off.
        member: String,
        /// From what.
        id: Id,
    },
    /// Nothing would be left.
    #[error("this is all of {0}; nothing would be left of it")]
    NothingLeft(Id),
    /// A topic would have too few headlines.
    #[error("a topic needs {least} headlines or more, and one of the parts would have {found}")]
    TooSmall {
        /// What it would have.
        found: usize,
        /// What it needs.
        least: usize,
    },
    /// Two headlines that are one text.
    #[error("`{a}` and `{b}` have the same title, and so they always belong together")]
    SameTitle {
        /// The one.
        a: String,
        /// The other.
        b: String,
    },
    /// A standing topic would have too many seeds.
    #[error("a standing topic has {MOST_SEEDS} keywords and entities at most")]
    TooManySeeds,
    /// No entity is called so.
    #[error("no entity is known as `{0}`; a keyword finds the word itself")]
    UnknownEntity(String),
    /// A keyword has no word that tells anything.
    #[error("`{0}` has no word that could be looked for")]
    NoWord(String),
    /// There is no edit of this number.
    #[error("there is no edit {0}")]
    UnknownEdit(u64),
    /// It was undone before.
    #[error("edit {edit} was undone by edit {by}")]
    AlreadyUndone {
        /// Its number.
        edit: u64,
        /// The number of the edit that undid it.
        by: u64,
    },
    /// Undoing cannot be undone.
    #[error("edit {0} undid another; make that one again instead")]
    IsUndo(u64),
}

fn became(living: &[Id]) -> String {
    let ids: Vec<String> = living.iter().map(Id::to_string).collect();
    match ids[..] {
        [] => "has no headlines any more".to_owned(),
        _ => format!("became {}", ids.join(", ")),
    }
}
