//! Where headlines would go, found out without keeping them.

use std::sync::Arc;

use super::intake::Intake;
use crate::engine::{Classification, Placement, Snapshot};
use crate::ingest::Rejection;

/// What would become of one item of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Guess {
    /// It would be new.
    New {
        /// Its id, given or derived.
        id: String,
        /// Where it would go.
        to: Classification,
    },
    /// It is in the collection.
    Known {
        /// Its id, given or derived.
        id: String,
        /// Where it is.
        placement: Placement,
    },
    /// It would be turned away.
    Rejected {
        /// The line on which it starts.
        line: usize,
        /// Why.
        reason: Rejection,
    },
}

/// One guess per item, in order.
#[derive(Debug)]
pub struct Guesses {
    /// The view that they are about.
    pub snapshot: Arc<Snapshot>,
    /// What would become of each item.
    pub guesses: Vec<Guess>,
}

/// What the writer says of headlines: for each where it would go, or nothing for one that is known.
#[derive(Debug)]
pub(super) struct Classified {
    pub found: Vec<Option<Classification>>,
    pub snapshot: Arc<Snapshot>,
}

impl Guesses {
    pub(super) fn of(intake: Intake, Classified { found, snapshot }: Classified) -> Self {
        let guess = |id: String, found: Option<Option<Classification>>| match found.flatten() {
            Some(to) => Guess::New { id, to },
            None => {
                let placement = snapshot.headline(&id).map(|(_, placement)| *placement).unwrap_or_default();
                Guess::Known { id, placement }
            }
        };
        let guesses = intake.verdicts(found, guess, |line, reason| Guess::Rejected { line, reason });
        Self { snapshot, guesses }
    }
}
