//! Countries, organisations and a few people, found in a title by name.
//!
//! The tables under `data/gazetteer/` are compiled in. One pass of an Aho-Corasick automaton over the folded title
//! finds every alias; each hit must then stand between word boundaries, be written in the casing that its rule asks
//! for, be in office at the time of the headline, and not be half of a person's name. Of what remains the leftmost,
//! and there the longest, wins: "South Sudan" is not Sudan, "Jordan Love" (a line that means nothing) is not Jordan.
//!
//! A mention is the evidence that a title is *about* an entity, so a name is rather missed than misread: "us" is never
//! the US, and in a title without case information only names that are no ordinary words count.

mod fold;
mod guard;
mod table;

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use fold::Folded;
use guard::TitleCase;
use table::{Alias, CaseRule, Reading};
pub use table::{AliasKind, Entity, EntityKind, GazetteerError};

const ALIASES: &str = include_str!("../../data/gazetteer/gazetteer.tsv");
const ENTITIES: &str = include_str!("../../data/gazetteer/entities.tsv");
const GIVEN_NAMES: &str = include_str!("../../data/gazetteer/given_names.txt");

/// Index of an entity in its gazetteer. Stable for one build of the tables only: store [`Entity::code`] instead.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub struct EntityId(pub(crate) u16);

/// One entity named in a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Which entity.
    pub entity: EntityId,
    /// First byte of the name in the original title.
    pub start: usize,
    /// First byte after the name; a possessive ending is outside, that of a declined name inside.
    pub end: usize,
    /// How the entity is named: outright, by its capital, its leader, its people.
    pub kind: AliasKind,
}

/// The compiled tables. Build once, share freely: matching takes `&self` and is deterministic.
///
/// ```
/// use slugline::text::Gazetteer;
///
/// let gazetteer = Gazetteer::embedded();
/// let title = "Kremlin welcomes US–Ukraine talks";
/// let codes: Vec<&str> =
///     gazetteer.mentions(title, None).iter().map(|m| gazetteer.entity(m.entity).code.as_str()).collect();
/// assert_eq!(codes, ["RU", "US", "UA"]);
/// ```
#[derive(Debug)]
pub struct Gazetteer {
    entities: Vec<Entity>,
    by_code: FxHashMap<String, EntityId>,
    aliases: Vec<Alias>,
    given_names: FxHashSet<String>,
    /// Absent only when there are no aliases.
    automaton: Option<AhoCorasick>,
}

/// A hit that passed every test, before overlaps are settled; positions are in the folded title.
struct Candidate<'g> {
    alias: &'g Alias,
    span: Range<usize>,
}

impl Gazetteer {
    /// The gazetteer of the tables compiled into the library, built on first use (tens of milliseconds, some
    /// 10 MB).
    ///
    /// A test holds that the tables parse; were they broken all the same, the gazetteer would know no names.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Gazetteer> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            Self::from_tables(ALIASES, ENTITIES, GIVEN_NAMES).unwrap_or_else(|_| Self::empty())
        })
    }

    /// Builds a gazetteer from tables in the format of `data/gazetteer/README.md`.
    ///
    /// # Errors
    /// Names the first line that has too few columns, an unknown word in one of them, or an unknown entity.
    pub fn from_tables(aliases: &str, entities: &str, given_names: &str) -> Result<Self, GazetteerError> {
        let (entities, by_code) = table::parse_entities(entities)?;
        let aliases = table::parse_aliases(aliases, &by_code)?;
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(aliases.iter().map(|alias| alias.text.as_str()))
            .map_err(|_| GazetteerError::TooLarge)?;
        let given_names = table::parse_words(given_names);
        Ok(Self { entities, by_code, aliases, given_names, automaton: Some(automaton) })
    }

    fn empty() -> Self {
        Self {
            entities: Vec::new(),
            by_code: FxHashMap::default(),
            aliases: Vec::new(),
            given_names: FxHashSet::default(),
            automaton: None,
        }
    }

    /// The entities named in `title`, in order of appearance; one that is named twice is listed twice.
    ///
    /// `time` is when the headline appeared: it rules out leaders long out of office or not yet near it.
    /// Without it every name counts.
    pub fn mentions(&self, title: &str, time: Option<Timestamp>) -> Vec<Mention> {
        let folded = Folded::new(title);
        let candidates = leftmost_longest(self.candidates(folded.text(), time));
        if candidates.is_empty() {
            return Vec::new();
        }
        let certain = certain_entities(&candidates, time);
        candidates
            .iter()
            .filter_map(|candidate| {
                let reading = self.read(candidate.alias, time, &certain)?;
                let original = folded.original(&candidate.span);
                let (start, end) = (original.start, original.end);
                Some(Mention { entity: reading.entity?, start, end, kind: reading.kind })
            })
            .collect()
    }

    /// What an id of this gazetteer stands for.
    ///
    /// # Panics
    /// When `id` comes from another gazetteer and is out of range here.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[usize::from(id.0)]
    }

    /// The entity that a whole text names, or whose code it is.
    pub fn named(&self, name: &str) -> Option<EntityId> {
        let whole = |mention: &Mention| mention.start == 0 && mention.end == name.len();
        let named = || self.mentions(name, None).into_iter().find(whole).map(|mention| mention.entity);
        self.by_code(name).or_else(named)
    }

    /// The entity with this code (`VE`, `US-FL`, `NATO`).
    pub fn by_code(&self, code: &str) -> Option<EntityId> {
        self.by_code.get(code).copied()
    }

    /// Number of entities; their ids run from 0 in the order of their codes.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there are no entities at all.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Every entity with its id.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, &Entity)> {
        (0..=u16::MAX).map(EntityId).zip(&self.entities)
    }

    fn candidates<'g>(&'g self, text: &str, time: Option<Timestamp>) -> Vec<Candidate<'g>> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found = Vec::new();
        let mut case = None;
        for hit in automaton.find_overlapping_iter(text) {
            let alias = &self.aliases[hit.pattern().as_usize()];
            let span = hit.start()..hit.end();
            // The cheapest test first: most hits are inside words.
            if !alias.edges_hold(text, &span) {
                continue;
            }
            let case = *case.get_or_insert_with(|| TitleCase::of(text));
            if self.is_written_right(alias, text, &span, case) && alias.in_force(time) {
                found.push(Candidate { alias, span: alias.with_ending(text, span) });
            }
        }
        found
    }

    fn is_written_right(&self, alias: &Alias, text: &str, span: &Range<usize>, case: TitleCase) -> bool {
        if !alias.casing_holds(&text[span.clone()], case) {
            return false;
        }
        match alias.rule {
            CaseRule::Name(wariness) => !guard::is_in_person_name(text, span, &self.given_names, wariness),
            _ => true,
        }
    }

    /// Chooses between the readings of an ambiguous alias: the first, unless the title supports only a later one.
    fn read<'g>(
        &self,
        alias: &'g Alias,
        time: Option<Timestamp>,
        certain: &[EntityId],
    ) -> Option<&'g Reading> {
        let mut readings = alias.readings_at(time);
        let first = readings.next()?;
        if first.entity.is_some_and(|entity| certain.contains(&entity)) {
            return Some(first);
        }
        Some(readings.find(|reading| self.is_supported(reading, certain)).unwrap_or(first))
    }

    fn is_supported(&self, reading: &Reading, certain: &[EntityId]) -> bool {
        let Some(id) = reading.entity else { return false };
        certain.iter().any(|other| *other == id || self.entity(id).near.contains(other))
    }
}

/// Settles overlaps: what starts first wins, and of those the longest.
fn leftmost_longest(mut candidates: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    candidates.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
    let mut free = 0;
    candidates.retain(|candidate| {
        let is_free = candidate.span.start >= free;
        if is_free {
            free = candidate.span.end;
        }
        is_free
    });
    candidates
}

/// Entities of the aliases that can be read one way only.
fn certain_entities(candidates: &[Candidate<'_>], time: Option<Timestamp>) -> Vec<EntityId> {
    let mut certain = Vec::new();
    for candidate in candidates {
        let mut readings = candidate.alias.readings_at(time);
        if let (Some(Reading { entity: Some(entity), .. }), None) = (readings.next(), readings.next()) {
            certain.push(*entity);
        }
    }
    certain
}

#[cfg(test)]
mod tests;
