//! From phrases and places to the names a topic may have.

use super::ranking::Ranked;
use super::words::{Unit, Units};
use crate::text::ENTITY_MARK;

/// Most words in a name.
const LONGEST: usize = 5;
/// Share of titles that must have what is put beside the places of a subject: "Hong Kong *fire*".
const BESIDE_PLACE: f32 = 0.4;
/// The same where a place would else stand alone: "Venezuela" says less than "Venezuela oil tanker".
const BESIDE_LONE: f32 = 0.2;
/// Share of titles that must have both parts of a name made of two phrases.
const BESIDE_PHRASE: f32 = 0.3;
/// The same where a single word would else stand alone.
const BESIDE_WORD: f32 = 0.2;
/// The same for who is in the news so much that the name says little.
const BESIDE_COMMON: f32 = 0.5;
/// Share of background headlines from which on a name is that common.
const COMMON: f32 = 0.03;
/// Share of the titles with a word, or with a phrase, that must have a longer one around it to replace it.
const AROUND_WORD: f32 = 0.2;
const AROUND_PHRASE: f32 = 0.5;
/// Endings of words that are derived from others: two stems that differ by them are of one family.
const DERIVED: [&str; 14] =
    ["", "er", "or", "ion", "ment", "ist", "ism", "al", "an", "ian", "ish", "ship", "ness", "s"];
/// Shortest stem of a family, in bytes.
const FAMILY: usize = 4;

/// A possible name.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: String,
    /// What it says.
    pub units: Vec<Unit>,
}

/// What names are made from.
pub(super) struct Material<'a> {
    pub units: &'a Units,
    /// The places a topic is about, joined, if any.
    pub places: Option<Name>,
    /// Phrases without the places, best first.
    pub phrases: &'a [Ranked],
    /// Longer phrases with the place in them, if it is a single one: "Kentucky State University".
    pub around_places: &'a [Ranked],
    /// Titles they are from.
    pub titles: usize,
}

impl Material<'_> {
    /// Names from the shortest that says what the topic is about to longer ones that tell it from others.
    pub(super) fn names(&self) -> Vec<Name> {
        let Some(base) = self.base() else { return Vec::new() };
        let place = self.places.as_ref().filter(|place| place.text != base.text);
        let longer = self.others(&base).map(|other| {
            let separator = if other.is_name == Some(false) { " " } else { ": " };
            join(&base, separator, other)
        });
        std::iter::once(base.clone())
            .chain(longer)
            .chain(
                place
                    .into_iter()
                    .flat_map(|place| self.others(place).map(move |other| join(place, ": ", other))),
            )
            .collect()
    }

    /// The places alone, and each phrase alone.
    pub(super) fn parts(&self) -> impl Iterator<Item = Name> {
        self.places.iter().cloned().chain(self.phrases.iter().map(name))
    }

    fn base(&self) -> Option<Name> {
        match &self.places {
            Some(places) => Some(self.beside_places(places)),
            None => self.phrases.first().map(|first| self.around(first)).map(|lead| self.beside_phrase(lead)),
        }
    }

    /// The places, with the best phrase that is no name if many titles have it.
    fn beside_places(&self, places: &Name) -> Name {
        let fits = |other: &&Ranked| {
            let count = other.phrase.count();
            let is_plain = other.is_name == Some(false) || other.is_caseless;
            is_plain && count > 1 && self.share(count) >= BESIDE_PLACE
        };
        let beside = self.others(places).find(fits);
        let around = self.around_places.iter().find(|other| {
            let count = other.phrase.count();
            words(&other.text).count() <= LONGEST && count > 1 && self.share(count) >= BESIDE_PLACE
        });
        match (beside, around) {
            (Some(other), Some(around)) if other.phrase.count() >= around.phrase.count() => {
                join(places, " ", other)
            }
            (_, Some(around)) => name(around),
            (Some(other), None) => join(places, " ", other),
            (None, None) => self.beside_lone_place(places),
        }
    }

    /// A place of one word with the best phrase that several titles have: a happening if there is one, else the best
    /// name, unless it is in the news so much that it says nothing.
    fn beside_lone_place(&self, place: &Name) -> Name {
        if words(&place.text).count() > 1 {
            return place.clone();
        }
        let fits = |other: &&Ranked| {
            let count = other.phrase.count();
            let says = other.phrase.units.iter().any(|&unit| !self.is_common(unit));
            says && count > 1 && self.share(count) >= BESIDE_LONE
        };
        let is_plain = |other: &&Ranked| other.is_name == Some(false) || other.is_caseless;
        match self.others(place).filter(fits).find(is_plain) {
            Some(happening) => join(place, " ", happening),
            None => {
                self.others(place).find(fits).map_or_else(|| place.clone(), |other| join(place, " & ", other))
            }
        }
    }

    /// The best longer phrase around one that is no name, or around half a name, if enough of its titles have it.
    fn around<'p>(&'p self, lead: &'p Ranked) -> &'p Ranked {
        let length = lead.phrase.units.len();
        let share = if length == 1 { AROUND_WORD } else { AROUND_PHRASE };
        let least = (share * lead.phrase.count() as f32).max(2.0);
        let longer = |other: &&Ranked| {
            other.phrase.units.len() > length
                && other.phrase.count() as f32 >= least
                && lead.phrase.units.iter().all(|unit| other.phrase.units.contains(unit))
                && other
                    .phrase
                    .units
                    .iter()
                    .any(|unit| !lead.phrase.units.contains(unit) && !self.is_common(*unit))
        };
        match lead.is_name {
            Some(true) if length > 1 || self.is_entity(lead) => lead,
            _ => self.phrases.iter().find(longer).unwrap_or(lead),
        }
    }

    /// A name with what happens to it, a happening with who or where: two phrases that many titles share, and a
    /// third if neither is what subjects are called by: "Malta harbour" and "strike". A word that finds no partner is
    /// named together with the next best.
    fn beside_phrase(&self, lead: &Ranked) -> Name {
        let alone = name(lead);
        let Some(partner) = self.others(&alone).find(|other| self.is_partner(lead, other)) else {
            let second =
                self.others(&alone).find(|other| other.phrase.count() > 1 && other.is_name == lead.is_name);
            return match second {
                Some(other) if is_word(lead) && lead.is_name != Some(true) => join(&alone, " & ", other),
                _ => alone,
            };
        };
        if lead.is_subject || partner.is_subject {
            return self.in_order(lead, partner);
        }
        if lead.is_name == Some(false) && partner.is_name == Some(false) {
            return join(&alone, " & ", partner);
        }
        let both = self.in_order(lead, partner);
        let happening = self.others(&both).find(|other| {
            other.is_subject
                && other.is_name == Some(false)
                && self.share(lead.phrase.together(&other.phrase).0) >= BESIDE_PHRASE
        });
        happening.map_or_else(|| both.clone(), |other| join(&both, " ", other))
    }

    fn in_order(&self, lead: &Ranked, partner: &Ranked) -> Name {
        if self.comes_first(partner, lead) {
            join(&name(partner), " ", lead)
        } else {
            join(&name(lead), " ", partner)
        }
    }

    fn is_partner(&self, lead: &Ranked, other: &Ranked) -> bool {
        let fits = match (lead.is_name, other.is_name) {
            (Some(true), other) => other == Some(false),
            (Some(false), Some(false)) => {
                is_word(lead) && !other.is_subject || other.is_subject && !lead.is_subject
            }
            (None, Some(true)) => is_word(lead),
            _ => true,
        };
        let share = match () {
            () if other.phrase.units.iter().all(|&unit| self.is_common(unit)) => BESIDE_COMMON,
            () if is_word(lead) => BESIDE_WORD,
            () => BESIDE_PHRASE,
        };
        let both = lead.phrase.together(&other.phrase).0;
        fits && both > 1 && self.share(both) >= share
    }

    /// Whether a name is in the news so much that it says little.
    fn is_common(&self, unit: Unit) -> bool {
        self.units.background(unit) >= COMMON
    }

    fn is_entity(&self, phrase: &Ranked) -> bool {
        phrase.phrase.units.iter().any(|&unit| self.units.key(unit).starts_with(ENTITY_MARK))
    }

    /// Names come before happenings, what they happen to before words like "strike"; else what comes first in most titles.
    fn comes_first(&self, phrase: &Ranked, other: &Ranked) -> bool {
        match (phrase.is_name, other.is_name) {
            (Some(true), Some(false)) => true,
            (Some(false), Some(true)) => false,
            _ if phrase.is_subject != other.is_subject => other.is_subject,
            _ => {
                let (both, before) = phrase.phrase.together(&other.phrase);
                2 * before > both
            }
        }
    }

    /// Phrases that add something to a name and leave it short.
    fn others(&self, name: &Name) -> impl Iterator<Item = &Ranked> {
        self.phrases.iter().filter(move |phrase| {
            words(&name.text).count() + words(&phrase.text).count() <= LONGEST
                && !overlap(name, &self::name(phrase), self.units)
        })
    }

    fn share(&self, count: usize) -> f32 {
        count as f32 / self.titles as f32
    }
}

/// A phrase as a name.
pub(super) fn name(phrase: &Ranked) -> Name {
    Name { text: phrase.text.clone(), units: phrase.phrase.units.clone() }
}

fn join(name: &Name, separator: &str, phrase: &Ranked) -> Name {
    Name {
        text: format!("{}{separator}{}", name.text, phrase.text),
        units: name.units.iter().chain(&phrase.phrase.units).copied().collect(),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '–', '-'])
}

fn is_word(phrase: &Ranked) -> bool {
    phrase.phrase.units.len() == 1
}

/// Whether two names have a word in common, or words of one family such as "printer" & "printing".
pub(super) fn overlap(some: &Name, other: &Name, units: &Units) -> bool {
    let is_same = |&a: &Unit, &b: &Unit| a == b || is_family(units.key(a), units.key(b));
    some.units.iter().any(|a| other.units.iter().any(|b| is_same(a, b)))
        || words(&some.text)
            .any(|a| words(&other.text).any(|b| a.chars().count() > 3 && a.eq_ignore_ascii_case(b)))
}

fn is_family(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let common = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let is_derived = |ending: &[u8]| DERIVED.iter().any(|derived| derived.as_bytes() == ending);
    common >= FAMILY
        && !short.starts_with(ENTITY_MARK)
        && is_derived(&short.as_bytes()[common..])
        && is_derived(&long.as_bytes()[common..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_family_are_known_by_their_endings() {
        assert!(is_family("print", "printer") && is_family("elector", "elect"));
        assert!(!is_family("port", "portugal") && !is_family("car", "care") && !is_family("@GB", "@GB-SCT"));
    }
}
