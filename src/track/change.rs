//! What the going of headlines means for the groups they left.

use super::event::{Change, MOVED_LISTED, Moved};
use super::id::Id;
use super::matching::Flow;
use crate::Headline;

/// One part in this many of a group is enough to speak of its heir rather than of some headlines that moved.
const SHARE: usize = 4;

/// The new partition as far as it matters to the groups that headlines left.
pub(super) struct Parting<'a> {
    /// Id of each new group.
    pub ids: &'a [Id],
    /// Whether it was issued just now.
    pub fresh: &'a [bool],
    /// Its headlines.
    pub sizes: &'a [usize],
    /// All headlines, in order.
    pub headlines: &'a [&'a Headline],
}

/// Changes of one old group, given all that flowed from it. Each headline that went is part of one of them:
///
/// - of a group that lives on, parts that became groups of their own are a split;
/// - of one that does not, heirs are the groups that hold a considerable part of it: one is a merger, several are a
///   split, none is a dissolution;
/// - the rest moved.
pub(super) fn departures(flows: &[Flow], present: &Parting<'_>) -> Vec<Change> {
    let total: usize = flows.iter().map(|flow| flow.count).sum();
    let id_of = |flow: &Flow| flow.to.map(|group| present.ids[group as usize]);
    let lives = flows.iter().any(|flow| id_of(flow) == Some(flow.from));
    let is_part = |flow: &Flow| {
        let Some(group) = flow.to.map(|group| group as usize) else { return false };
        let considerable = flow.count * SHARE >= total;
        if !lives {
            return considerable;
        }
        let makes_it = 2 * flow.count >= present.sizes[group];
        present.fresh[group] && flow.count > 1 && (considerable || makes_it)
    };
    let gone = flows.iter().filter(|flow| id_of(flow) != Some(flow.from));
    let (parts, rest): (Vec<&Flow>, Vec<&Flow>) = gone.partition(|flow| is_part(flow));
    let dissolves = !lives && parts.is_empty();

    let mut changes: Vec<Change> = rest
        .iter()
        .filter(|flow| flow.to.is_some() || !dissolves)
        .map(|flow| Change::Moved { to: id_of(flow), moved: moved(&[flow], present.headlines) })
        .collect();
    let mut into: Vec<Id> = parts.iter().filter_map(|flow| id_of(flow)).collect();
    into.sort_unstable();
    match into[..] {
        [] if dissolves => {
            let alone: Vec<&Flow> = rest.into_iter().filter(|flow| flow.to.is_none()).collect();
            changes.push(Change::Dissolved { moved: moved(&alone, present.headlines) });
        }
        [] => {}
        [into] if !lives => changes.push(Change::Merged { into, moved: moved(&parts, present.headlines) }),
        _ => changes.push(Change::Split { into, moved: moved(&parts, present.headlines) }),
    }
    changes
}

/// Counts the headlines of some flows and lists the first of them by arrival.
fn moved(flows: &[&Flow], headlines: &[&Headline]) -> Moved {
    let mut first: Vec<usize> = flows.iter().flat_map(|flow| &flow.first).copied().collect();
    first.sort_unstable();
    Moved {
        count: flows.iter().map(|flow| flow.count).sum(),
        headlines: first.into_iter().take(MOVED_LISTED).map(|at| headlines[at].id.clone()).collect(),
    }
}
