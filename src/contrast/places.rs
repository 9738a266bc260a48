//! Where it happened.

use super::title::{Title, Word, is_bounded, overlap};
use crate::text::{AliasKind, EntityId, EntityKind, Gazetteer};

/// The places of a title.
#[derive(Debug, Clone, Default)]
pub(super) struct Places<'t> {
    /// Every country named in whatever way.
    named: Vec<EntityId>,
    /// Where it happened.
    located: Vec<(EntityId, &'t str)>,
    /// Whether parts of the world without borders are named.
    is_vague: bool,
    /// Content of the words that name no entity, ascending.
    rest: Vec<u64>,
}

/// Words before a place where something happens.
const LOCATIVES: [&str; 29] = [
    "in", "near", "off", "across", "outside", "inside", "at", "hit", "hits", "strike", "strikes", "struck",
    "rock", "rocks", "rocked", "shake", "shakes", "shook", "jolt", "jolts", "batter", "batters", "lash",
    "lashes", "sweep", "sweeps", "swept", "ravage", "slams",
];
/// Words that may stand between a locative and the place: "in the far north of".
const BETWEEN: [&str; 30] = [
    "the",
    "a",
    "an",
    "of",
    "north",
    "south",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
    "northeastern",
    "northwestern",
    "southeastern",
    "southwestern",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "central",
    "coastal",
    "rural",
    "remote",
    "coast",
    "capital",
    "city",
    "region",
    "far",
    "downtown",
];
/// Share of the shorter title's other words that both must have.
const ALIKE: f32 = 0.5;

impl<'t> Places<'t> {
    pub fn of(title: &Title<'t>) -> Self {
        let mut places = Self::default();
        for (at, word) in title.words.iter().enumerate() {
            let Some(named) = word.named else { continue };
            if !is_bounded(named.entity) {
                let kind = Gazetteer::embedded().entity(named.entity).kind;
                places.is_vague |= kind == EntityKind::Region;
                continue;
            }
            places.named.push(named.entity);
            if is_on_the_map(named.kind) && is_located(title, at) {
                places.located.push((named.entity, title.between(at, at)));
            }
        }
        if !places.located.is_empty() {
            let others = title.words.iter().filter(|word| word.named.is_none());
            places.rest = others.filter_map(Word::content).collect();
            places.rest.sort_unstable();
            places.rest.dedup();
        }
        places
    }
}

fn is_on_the_map(kind: AliasKind) -> bool {
    matches!(
        kind,
        AliasKind::Name | AliasKind::Demonym | AliasKind::Capital | AliasKind::City | AliasKind::Region
    )
}

/// Whether a locative stands before word `at`, with nothing but what belongs to the place in between.
fn is_located(title: &Title<'_>, at: usize) -> bool {
    title.words[..at]
        .iter()
        .rev()
        .take_while(|word| word.clause == title.words[at].clause)
        .find(|word| !BETWEEN.contains(&word.lower.as_str()))
        .is_some_and(|word| LOCATIVES.contains(&word.lower.as_str()))
}

/// Where two titles put much the same happening, if these are different countries.
pub(super) fn contrast<'t>(a: &Places<'t>, b: &Places<'t>) -> Option<(&'t str, &'t str)> {
    let (&(_, here), &(_, there)) = (a.located.first()?, b.located.first()?);
    if a.is_vague || b.is_vague || a.named.iter().any(|&x| b.named.iter().any(|&y| overlap(x, y))) {
        return None;
    }
    let shared = a.rest.iter().filter(|word| b.rest.binary_search(word).is_ok()).count();
    let least = ALIKE * a.rest.len().min(b.rest.len()) as f32;
    (shared > 0 && shared as f32 >= least).then_some((here, there))
}
