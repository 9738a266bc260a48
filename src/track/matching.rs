//! Which new group carries on which old one.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::event::MOVED_LISTED;
use super::id::Id;

/// Headlines of an old group that are now in the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flow {
    /// The old group.
    pub from: Id,
    /// Number of the new group; none for headlines that stand alone.
    pub to: Option<u32>,
    pub count: usize,
    /// Positions of the first of them.
    pub first: Vec<usize>,
}

/// What went where, by old and new group. `before` and `after` give the group of each headline; there may be more
/// headlines after than before. Linear in the headlines but for sorting the pairs of groups that share any.
pub(super) fn flows(before: &[Option<Id>], after: &[Option<u32>]) -> Vec<Flow> {
    let mut place: FxHashMap<(Id, Option<u32>), usize> = FxHashMap::default();
    let mut flows: Vec<Flow> = Vec::new();
    for (position, (from, &to)) in before.iter().zip(after).enumerate() {
        let Some(from) = *from else { continue };
        let at = *place.entry((from, to)).or_insert_with(|| {
            flows.push(Flow { from, to, count: 0, first: Vec::new() });
            flows.len() - 1
        });
        flows[at].count += 1;
        if flows[at].first.len() < MOVED_LISTED {
            flows[at].first.push(position);
        }
    }
    flows.sort_unstable_by_key(|flow| (flow.from, flow.to));
    flows
}

/// For each new group the old one it carries on, if any: pairs are matched greedily by the headlines they share, ties
/// by the older id and then by the lower new number. Each old group is carried on once at most, those that are claimed by
/// who claims them.
pub(super) fn inherit(flows: &[Flow], groups: usize, claims: &[(Id, u32)]) -> Vec<Option<Id>> {
    let mut pairs: Vec<(Reverse<usize>, Id, u32)> =
        flows.iter().filter_map(|flow| Some((Reverse(flow.count), flow.from, flow.to?))).collect();
    pairs.sort_unstable();
    let mut taken: FxHashSet<Id> = FxHashSet::default();
    let mut inherited = vec![None; groups];
    let claims = claims.iter().map(|&(id, group)| (Reverse(usize::MAX), id, group));
    for (_, old, new) in claims.chain(pairs) {
        let heir = &mut inherited[new as usize];
        if heir.is_none() && taken.insert(old) {
            *heir = Some(old);
        }
    }
    inherited
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Level;

    fn id(number: u32) -> Id {
        Id::new(Level::Topic, number)
    }

    /// Old numbers, 0 for none, and new ones, 9 for none, headline by headline.
    fn inherited(before: &[u32], after: &[u32], groups: usize) -> Vec<Option<u32>> {
        let before: Vec<_> = before.iter().map(|&old| (old > 0).then(|| id(old))).collect();
        let after: Vec<_> = after.iter().map(|&new| (new < 9).then_some(new)).collect();
        inherit(&flows(&before, &after), groups, &[]).into_iter().map(|old| old.map(Id::number)).collect()
    }

    #[test]
    fn the_largest_overlap_keeps_the_id() {
        assert_eq!(inherited(&[1, 1, 1, 2, 2], &[0, 0, 1, 1, 1], 2), [Some(1), Some(2)]);
    }

    #[test]
    fn swapped_numbers_are_no_change() {
        assert_eq!(inherited(&[1, 1, 2, 2], &[1, 1, 0, 0], 2), [Some(2), Some(1)]);
    }

    #[test]
    fn of_two_merged_the_larger_goes_on_and_a_tie_goes_to_the_older() {
        assert_eq!(inherited(&[1, 1, 2, 2, 2], &[0; 5], 1), [Some(2)]);
        assert_eq!(inherited(&[2, 2, 1, 1], &[0; 4], 1), [Some(1)]);
    }

    #[test]
    fn what_is_claimed_goes_where_it_is_claimed() {
        let before = [1, 1, 1, 2].map(|old| Some(id(old)));
        let flows = flows(&before, &[Some(0), Some(0), Some(0), Some(0)]);
        assert_eq!(inherit(&flows, 1, &[(id(2), 0)]), [Some(id(2))]);
    }

    #[test]
    fn of_two_halves_the_first_new_one_goes_on() {
        assert_eq!(inherited(&[1, 1, 1, 1], &[1, 1, 0, 0], 2), [Some(1), None]);
    }

    #[test]
    fn the_best_left_is_inherited_though_most_went_elsewhere() {
        // Old 2 gives most to the group that carries on old 1, and its rest is all that new 1 has.
        assert_eq!(
            inherited(&[1, 1, 1, 1, 2, 2, 2, 2, 2], &[0, 0, 0, 0, 0, 0, 0, 1, 1], 2),
            [Some(1), Some(2)]
        );
    }

    #[test]
    fn headlines_alone_have_nothing_to_pass_on() {
        assert_eq!(inherited(&[0, 0, 1, 1], &[0, 0, 9, 9, 0], 1), [None]);
    }

    #[test]
    fn flows_count_all_and_list_some() {
        let before = vec![Some(id(1)); 30];
        let after = vec![None; 30];
        let flows = flows(&before, &after);
        assert_eq!((flows.len(), flows[0].count, flows[0].first.len()), (1, 30, MOVED_LISTED));
    }
}
