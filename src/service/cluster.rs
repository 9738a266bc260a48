//! Clustering once, without keeping anything.

use super::intake::reject_repeated_ids;
use crate::Headline;
use crate::engine::{Grouping, Method, group};
use crate::ingest::{Document, Rejection, position_ids};

/// A document clustered by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustered {
    /// Its good headlines, in order.
    pub headlines: Vec<Headline>,
    /// Their topics; positions refer to `headlines`.
    pub grouping: Grouping,
    /// Its bad ones.
    pub rejected: Vec<Rejected>,
}

/// One item that was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the document, from 0.
    pub index: usize,
    /// The line on which it starts, from 1.
    pub line: usize,
    /// Why.
    pub reason: Rejection,
}

/// Separates the good headlines of a document from the bad ones. Those without an id get their line or place as
/// one, so equal headlines stay separate.
pub fn sort_out(mut document: Document) -> (Vec<Headline>, Vec<Rejected>) {
    reject_repeated_ids(&mut document);
    let mut entries = Vec::with_capacity(document.items.len());
    let mut rejected = Vec::new();
    for (index, item) in document.items.into_iter().enumerate() {
        match item.result {
            Ok(entry) => entries.push((item.number, entry)),
            Err(reason) => rejected.push(Rejected { index, line: item.line, reason }),
        }
    }
    (position_ids(entries), rejected)
}

/// Groups the good headlines of a document.
pub fn cluster(document: Document, method: &Method) -> Clustered {
    let (headlines, rejected) = sort_out(document);
    let grouping = group(&headlines, method);
    Clustered { headlines, grouping, rejected }
}
