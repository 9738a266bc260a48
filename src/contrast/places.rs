//! Where it happened.

use super::title::{Title, Word, is_bounded, overlap};
use crate::text::{AliasKind, EntityId, EntityKind, Gazetteer};

/// The places of a title.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// Every country named in whatever way.
    named: Vec<EntityId>,
    /// Where it happened, as the title has it.
    located: Vec<Box<str>>,
    /// Every town named, as the title has it.
    towns: Vec<Box<str>>,
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

impl Places {
    pub fn of(title: &Title<'_>) -> Self {
        let mut places = Self::default();
        for (at, word) in title.words.iter().enumerate() {
            let Some(named) = word.named.filter(|named| named.is_first) else { continue };
            if !is_bounded(named.entity) {
                let kind = Gazetteer::embedded().entity(named.entity).kind;
                places.is_vague |= kind == EntityKind::Region;
                continue;
            }
            places.named.push(named.entity);
            if matches!(named.kind, AliasKind::Capital | AliasKind::City) {
                places.towns.push(named.name.into());
            }
            if is_on_the_map(named.kind) && is_located(title, at) {
                places.located.push(named.name.into());
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

/// Where two titles put much the same happening, if these are different countries or towns.
pub(super) fn contrast<'f>(a: &'f Places, b: &'f Places) -> Option<(&'f str, &'f str)> {
    let (here, there) = (a.located.first()?, b.located.first()?);
    let meet = a.named.iter().any(|&x| b.named.iter().any(|&y| overlap(x, y)));
    if a.is_vague || b.is_vague || meet && !are_other_towns(a, b) {
        return None;
    }
    let shared = a.rest.iter().filter(|word| b.rest.binary_search(word).is_ok()).count();
    let least = ALIKE * a.rest.len().min(b.rest.len()) as f32;
    (shared > 0 && shared as f32 >= least).then_some((&**here, &**there))
}

/// Whether both titles are set in towns, none of which could be one of the other's in another spelling.
fn are_other_towns(a: &Places, b: &Places) -> bool {
    let is_in_town = |places: &Places| places.located.iter().any(|place| places.towns.contains(place));
    let initial = |town: &str| town.chars().next();
    let meet = || a.towns.iter().any(|x| b.towns.iter().any(|y| initial(x) == initial(y)));
    is_in_town(a) && is_in_town(b) && !meet()
}

#[cfg(test)]
mod tests {
    use super::super::title::headline;
    use super::*;

    fn words(a: &str, b: &str) -> Option<(String, String)> {
        let (a, b) = (headline(a), headline(b));
        let (a, b) = (Places::of(&Title::read(&a)), Places::of(&Title::read(&b)));
        contrast(&a, &b).map(|(a, b)| (a.to_owned(), b.to_owned()))
    }

    #[test]
    fn the_same_happening_elsewhere_is_another() {
        assert_eq!(
            words("Earthquake hits Japan", "Earthquake hits the far south of Chile"),
            Some(("Japan".to_owned(), "Chile".to_owned()))
        );
        assert!(words("Bus crash in Ohio", "Bus crash in Texas").is_some());
    }

    #[test]
    fn other_towns_of_one_country_part_unless_they_may_be_one() {
        let parted = words("Blast at mill in Lahore", "Blast at mill in Karachi");
        assert_eq!(parted, Some(("Lahore".to_owned(), "Karachi".to_owned())));
        assert_eq!(words("Blast at mill in Kyiv", "Blast at mill in Kiev"), None);
        assert_eq!(words("Blast at mill in Lahore", "Blast at mill in Pakistan"), None);
    }

    #[test]
    fn names_of_several_words_are_told_whole() {
        let parted = words("Floods in South Korea", "Floods in Sri Lanka");
        assert_eq!(parted, Some(("South Korea".to_owned(), "Sri Lanka".to_owned())));
    }

    #[test]
    fn a_place_of_both_or_around_both_parts_nothing() {
        assert_eq!(words("Earthquake hits Japan", "Earthquake hits Tokyo"), None);
        assert_eq!(words("Bus crash in Ohio", "Bus crash in US"), None);
        assert_eq!(words("Floods in Spain", "Floods in Portugal, Spain next"), None);
        assert_eq!(words("Floods in Spain", "Floods in Portugal as Europe swelters"), None);
    }

    #[test]
    fn other_happenings_and_mere_origin_part_nothing() {
        assert_eq!(words("Peace talks in Egypt", "Ceasefire signed in Qatar"), None);
        assert_eq!(words("Peruvian singer wins prize", "Chilean singer wins prize"), None);
    }
}
