//! From a document to a batch for the writer, and from the writer's outcomes back to one verdict per item.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Applied;
use crate::Headline;
use crate::engine::{Outcome, Placement};
use crate::ingest::{Document, Entry, Rejection, content_id};

/// What became of one item of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is in the collection, new or from before.
    Kept {
        /// Its id, given or derived.
        id: String,
        /// New or known.
        outcome: Outcome,
        /// Where it is.
        placement: Placement,
    },
    /// It was turned away.
    Rejected {
        /// The line on which it starts.
        line: usize,
        /// Why.
        reason: Rejection,
    },
}

/// One verdict per item, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Version of the collection the placements are from.
    pub version: u64,
    /// What became of each item.
    pub verdicts: Vec<Verdict>,
}

impl Receipt {
    /// How many items were created, duplicate and rejected.
    pub fn counts(&self) -> (usize, usize, usize) {
        let mut counts = (0, 0, 0);
        for verdict in &self.verdicts {
            match verdict {
                Verdict::Kept { outcome: Outcome::Created, .. } => counts.0 += 1,
                Verdict::Kept { outcome: Outcome::Duplicate, .. } => counts.1 += 1,
                Verdict::Rejected { .. } => counts.2 += 1,
            }
        }
        counts
    }

    /// Adds the counts to the metrics.
    pub(super) fn count(&self) {
        let (created, duplicate, rejected) = self.counts();
        for (status, count) in [("created", created), ("duplicate", duplicate), ("rejected", rejected)] {
            metrics::counter!("slugline_headlines_total", "status" => status).increment(count as u64);
        }
    }
}

/// The items of a document on their way through the writer: an id or a rejection each.
pub(super) struct Intake {
    items: Vec<Result<String, (usize, Rejection)>>,
}

impl Intake {
    /// Splits a document into what goes to the writer and what is remembered for the answer. `received` stands in for
    /// missing times where ids are derived, and bounds those that are given.
    pub fn new(mut document: Document, received: Timestamp) -> (Self, Vec<Headline>) {
        reject_future_times(&mut document, received);
        reject_repeated_ids(&mut document);
        let mut headlines = Vec::with_capacity(document.items.len());
        let items = document.items.into_iter().map(|item| {
            let mut entry = item.result.map_err(|reason| (item.line, reason))?;
            let id = entry.id.take().unwrap_or_else(|| content_id(&entry, received));
            headlines.push(entry.into_headline(id.clone()));
            Ok(id)
        });
        let items = items.collect();
        (Self { items }, headlines)
    }

    /// Joins the outcomes, one per headline sent and in the same order, with the rejections.
    pub fn receipt(self, applied: Applied) -> Receipt {
        let Applied { outcomes, snapshot } = applied;
        let kept = |id: String, outcome: Option<Outcome>| {
            let placement = snapshot.headline(&id).map(|(_, placement)| *placement).unwrap_or_default();
            Verdict::Kept { id, outcome: outcome.unwrap_or(Outcome::Duplicate), placement }
        };
        let verdicts = self.verdicts(outcomes, kept, |line, reason| Verdict::Rejected { line, reason });
        Receipt { version: snapshot.version, verdicts }
    }

    /// One verdict per item, in order: what `kept` makes of the id and the outcome of a headline that was sent, or
    /// `rejected` of the line and the reason.
    pub fn verdicts<T, V>(
        self,
        outcomes: Vec<T>,
        kept: impl Fn(String, Option<T>) -> V,
        rejected: impl Fn(usize, Rejection) -> V,
    ) -> Vec<V> {
        let mut outcomes = outcomes.into_iter();
        let verdict = |item: Result<String, (usize, Rejection)>| match item {
            Ok(id) => kept(id, outcomes.next()),
            Err((line, reason)) => rejected(line, reason),
        };
        self.items.into_iter().map(verdict).collect()
    }
}

/// How far ahead of its receipt a headline may be dated: clocks and time zones go wrong by hours, not by days.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

fn reject_future_times(document: &mut Document, received: Timestamp) {
    let Ok(latest) = received.checked_add(AHEAD) else { return };
    for item in &mut document.items {
        if let Ok(Entry { time: Some(time), .. }) = item.result
            && time > latest
        {
            item.result = Err(Rejection::FutureTime { time });
        }
    }
}

/// Two headlines of one document that claim the same id cannot both be meant: the first one keeps it.
pub(super) fn reject_repeated_ids(document: &mut Document) {
    let mut first_with: HashMap<String, usize> = HashMap::new();
    for item in &mut document.items {
        let Ok(Some(id)) = item.result.as_ref().map(|entry| entry.id.clone()) else { continue };
        match first_with.get(&id) {
            Some(&first) => item.result = Err(Rejection::DuplicateId { id, first }),
            None => {
                first_with.insert(id, item.number);
            }
        }
    }
}
