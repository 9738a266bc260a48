//! The rows of the gazetteer: parsing, and the tests a hit of one alias must pass.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::EntityId;
use super::fold::fold;
use super::guard::{TitleCase, Wariness};

/// A politician is news for a while before taking office and after leaving it.
const GRACE: SignedDuration = SignedDuration::from_hours(24 * 730);
/// Most letters that may follow a stem (an alias that ends in `*`).
const MAX_ENDING: usize = 3;
/// An alias in capitals may be shouted in a mixed title if it has at least this many bytes.
const MIN_SHOUTED: usize = 4;

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GazetteerError {
    /// A line lacks columns or has an unknown word in one.
    #[error("gazetteer line {line}: {what}")]
    Line {
        /// Line number, from 1, the header included.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// More aliases or entities than the matcher can number.
    #[error("the gazetteer is too large")]
    TooLarge,
}

/// Something that headlines are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// ISO 3166-1 alpha-2 for countries and territories (`VE`), ISO 3166-2 for American states (`US-FL`), our own
    /// codes otherwise (`NATO`, `P-TRUMP`).
    pub code: String,
    /// Name in English as a newsroom writes it.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Entities whose mention supports this reading of an ambiguous alias.
    pub(super) near: Vec<EntityId>,
}

/// What an entity is.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub enum EntityKind {
    /// A sovereign state, or one in fact.
    Country,
    /// A dependent territory with a code of its own.
    Territory,
    /// A part of a country or of several.
    Region,
    /// An institution, bloc, armed group or people.
    Organisation,
    /// One person.
    Person,
}

impl EntityKind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "country" => Self::Country,
            "territory" => Self::Territory,
            "region" => Self::Region,
            "organisation" => Self::Organisation,
            "person" => Self::Person,
            _ => return None,
        })
    }
}

/// How an alias names its entity.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub enum AliasKind {
    /// Its own name: Venezuela.
    Name,
    /// Its people or adjective: Venezuelan.
    Demonym,
    /// Its capital: Caracas.
    Capital,
    /// One of its cities: Maracaibo.
    City,
    /// A seat of its government: Kremlin.
    Seat,
    /// A head of state or government, or another politician: Maduro.
    Leader,
    /// An institution or company of it: IDF.
    Organisation,
    /// What else stands for it: Brexit.
    Nickname,
    /// A part of it: Crimea.
    Region,
    /// The person who is the entity: Trump.
    Person,
}

impl AliasKind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "name" => Self::Name,
            "demonym" => Self::Demonym,
            "capital" => Self::Capital,
            "city" => Self::City,
            "seat" => Self::Seat,
            "leader" => Self::Leader,
            "organisation" => Self::Organisation,
            "nickname" => Self::Nickname,
            "region" => Self::Region,
            "person" => Self::Person,
            _ => return None,
        })
    }
}

/// How the casing of a hit is judged.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum CaseRule {
    /// Casing does not matter.
    Any,
    /// As written, or shouted; any casing where the title has none.
    Exact,
    /// As written, and nothing in a title without case information: the name is an ordinary word in lower case.
    Strict,
    /// As written or shouted, nothing in a lower-case title, and not next to a word that makes it a person's name.
    Name(Wariness),
}

impl CaseRule {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "any" => Self::Any,
            "exact" => Self::Exact,
            "strict" => Self::Strict,
            "name" => Self::Name(Wariness::Surname),
            "given" => Self::Name(Wariness::GivenName),
            _ => return None,
        })
    }
}

/// One entity that an alias may mean, and when.
#[derive(Debug)]
pub(super) struct Reading {
    /// Absent for words that are matched only to be passed over.
    pub(super) entity: Option<EntityId>,
    pub(super) kind: AliasKind,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Reading {
    fn in_force(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time <= to)
    }
}

/// A name in folded form with everything that decides whether a hit counts.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) text: String,
    pub(super) rule: CaseRule,
    left: LeftEdge,
    right: RightEdge,
    /// At least one; more when the name is ambiguous, the default first.
    readings: Vec<Reading>,
}

/// What may precede an alias.
#[derive(Copy, Clone, Debug)]
enum LeftEdge {
    /// No letter or digit.
    Boundary,
    /// Anything: the script has no spaces.
    Free,
    /// No other katakana: foreign names are written in them, unspaced from all but each other.
    Katakana,
    /// A boundary, perhaps with one of these one-letter words glued on (Arabic and Hebrew).
    Particle(&'static str),
}

/// What may follow an alias.
#[derive(Copy, Clone, Debug)]
enum RightEdge {
    /// No letter or digit.
    Boundary,
    /// Anything: the script has no spaces, or glues particles on.
    Free,
    /// No other katakana.
    Katakana,
    /// A boundary after at most [`MAX_ENDING`] letters.
    Ending,
}

impl Alias {
    fn new(written: &str, rule: CaseRule) -> Self {
        let stem = written.strip_suffix('*');
        let text = fold(stem.unwrap_or(written));
        let left = text.chars().next().map_or(LeftEdge::Boundary, left_edge);
        let right = match stem {
            Some(_) => RightEdge::Ending,
            None => text.chars().next_back().map_or(RightEdge::Boundary, right_edge),
        };
        Self { text, rule, left, right, readings: Vec::new() }
    }

    /// Whether the hit stands where a word may.
    pub(super) fn edges_hold(&self, text: &str, span: &Range<usize>) -> bool {
        self.left.holds(&text[..span.start]) && self.right.holds(&text[span.end..], self.ends_in_letter())
    }

    /// The hit with the ending that a stem may have.
    pub(super) fn with_ending(&self, text: &str, span: Range<usize>) -> Range<usize> {
        match self.right {
            RightEdge::Ending => {
                let after = &text[span.end..];
                let ending = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
                span.start..span.end + ending
            }
            _ => span,
        }
    }

    fn ends_in_letter(&self) -> bool {
        self.text.chars().next_back().is_some_and(char::is_alphanumeric)
    }

    /// Whether `hit` is in the casing that the rule asks for.
    pub(super) fn casing_holds(&self, hit: &str, case: TitleCase) -> bool {
        match (self.rule, case) {
            (CaseRule::Any, _) | (CaseRule::Exact, TitleCase::Lower | TitleCase::Upper) => true,
            (CaseRule::Strict | CaseRule::Name(_), TitleCase::Lower) => false,
            // "TELL US MORE" and "TURKEY VOTES": an acronym may be a word there, a name is more likely itself.
            (CaseRule::Strict | CaseRule::Name(_), TitleCase::Upper) => has_lower(&self.text),
            (CaseRule::Strict, TitleCase::Mixed) => hit == self.text,
            (CaseRule::Exact | CaseRule::Name(_), TitleCase::Mixed) => {
                hit == self.text || self.is_variant(hit)
            }
        }
    }

    /// Whether `hit` is the alias shouted, or a phrase whose small words are capitalised as titles do.
    fn is_variant(&self, hit: &str) -> bool {
        let is_shouted = hit.len() >= MIN_SHOUTED && !has_lower(hit);
        let is_phrase = self.text.contains(' ') && hit.bytes().any(|b| b.is_ascii_uppercase());
        is_shouted || is_phrase
    }

    pub(super) fn in_force(&self, time: Option<Timestamp>) -> bool {
        self.readings_at(time).next().is_some()
    }

    pub(super) fn readings_at(&self, time: Option<Timestamp>) -> impl Iterator<Item = &Reading> {
        self.readings.iter().filter(move |reading| reading.in_force(time))
    }
}

impl LeftEdge {
    fn holds(self, before: &str) -> bool {
        let mut before = before.chars().rev();
        match (self, before.next()) {
            (Self::Free, _) | (_, None) => true,
            (Self::Katakana, Some(c)) => !is_katakana(c),
            (_, Some(c)) if !c.is_alphanumeric() => true,
            (Self::Particle(letters), Some(c)) => {
                letters.contains(c) && !before.next().is_some_and(char::is_alphanumeric)
            }
            (Self::Boundary, Some(_)) => false,
        }
    }
}

impl RightEdge {
    fn holds(self, after: &str, ends_in_letter: bool) -> bool {
        let letters = || after.chars().take(MAX_ENDING + 1).take_while(|c| c.is_alphanumeric()).count();
        match self {
            Self::Free => true,
            Self::Katakana => !after.chars().next().is_some_and(is_katakana),
            Self::Ending => letters() <= MAX_ENDING,
            Self::Boundary => !ends_in_letter || letters() == 0,
        }
    }
}

fn left_edge(first: char) -> LeftEdge {
    match first {
        _ if is_katakana(first) => LeftEdge::Katakana,
        '\u{3040}'..='\u{309F}' | '\u{3400}'..='\u{9FFF}' => LeftEdge::Free,
        '\u{0600}'..='\u{06FF}' => LeftEdge::Particle("وفبلك"),
        '\u{0590}'..='\u{05FF}' => LeftEdge::Particle("ובלמהשכ"),
        _ => LeftEdge::Boundary,
    }
}

fn right_edge(last: char) -> RightEdge {
    match last {
        _ if is_katakana(last) => RightEdge::Katakana,
        '\u{3040}'..='\u{309F}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' => RightEdge::Free,
        _ => RightEdge::Boundary,
    }
}

/// Letters and the length mark, not the dot between words.
fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30A1}'..='\u{30FA}' | '\u{30FC}')
}

fn has_lower(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_lowercase())
}

/// Reads entities.tsv: code, name, kind, supporting codes.
pub(super) fn parse_entities(
    table: &str,
) -> Result<(Vec<Entity>, FxHashMap<String, EntityId>), GazetteerError> {
    let mut entities = Vec::new();
    let mut by_code = FxHashMap::default();
    for (line, row) in rows(table) {
        let [code, name, kind, _] = columns(line, row, 3)?;
        let kind = EntityKind::parse(kind).ok_or(GazetteerError::Line { line, what: "unknown kind" })?;
        let id = u16::try_from(entities.len()).map_err(|_| GazetteerError::TooLarge)?;
        by_code.insert(code.to_owned(), EntityId(id));
        entities.push(Entity { code: code.to_owned(), name: name.to_owned(), kind, near: Vec::new() });
    }
    for ((line, row), entity) in rows(table).zip(&mut entities) {
        let [_, _, _, near] = columns(line, row, 3)?;
        for code in near.split_whitespace() {
            entity.near.push(lookup(line, code, &by_code)?);
        }
    }
    Ok((entities, by_code))
}

/// Reads gazetteer.tsv: alias, code, kind, rule, from, to (the dates may be left off). Rows of one alias become its readings, in their order.
pub(super) fn parse_aliases(
    table: &str,
    by_code: &FxHashMap<String, EntityId>,
) -> Result<Vec<Alias>, GazetteerError> {
    let mut aliases: Vec<Alias> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for (line, row) in rows(table) {
        let [written, code, kind, rule, from, to] = columns(line, row, 4)?;
        let bad = |what| GazetteerError::Line { line, what };
        let rule = CaseRule::parse(rule).ok_or_else(|| bad("unknown case rule"))?;
        let reading = Reading {
            entity: if code == "-" { None } else { Some(lookup(line, code, by_code)?) },
            kind: AliasKind::parse(kind).ok_or_else(|| bad("unknown kind"))?,
            from: parse_date(from).map_err(bad)?.map(|from| from - GRACE),
            to: parse_date(to).map_err(bad)?.map(|to| to + GRACE),
        };
        let alias = Alias::new(written, rule);
        if alias.text.is_empty() {
            return Err(bad("empty alias"));
        }
        let at = *known.entry(alias.text.to_lowercase()).or_insert(aliases.len());
        if at == aliases.len() {
            aliases.push(alias);
        }
        aliases[at].readings.push(reading);
    }
    Ok(aliases)
}

/// Reads a list of words, some to a line, `#` starting a comment.
pub(super) fn parse_words(list: &str) -> FxHashSet<String> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// The rows after the header with their line numbers.
fn rows(table: &str) -> impl Iterator<Item = (usize, &str)> {
    table.lines().enumerate().skip(1).map(|(at, row)| (at + 1, row))
}

/// The columns of a row, of which all but `required` may be left off at its end.
fn columns<const N: usize>(line: usize, row: &str, required: usize) -> Result<[&str; N], GazetteerError> {
    let mut columns = [""; N];
    let mut count = 0;
    for field in row.split('\t') {
        *columns.get_mut(count).ok_or(GazetteerError::Line { line, what: "too many columns" })? = field;
        count += 1;
    }
    if count < required {
        return Err(GazetteerError::Line { line, what: "too few columns" });
    }
    Ok(columns)
}

fn lookup(
    line: usize,
    code: &str,
    by_code: &FxHashMap<String, EntityId>,
) -> Result<EntityId, GazetteerError> {
    by_code.get(code).copied().ok_or(GazetteerError::Line { line, what: "unknown entity" })
}

fn parse_date(date: &str) -> Result<Option<Timestamp>, &'static str> {
    if date.is_empty() {
        return Ok(None);
    }
    let date: Date = date.parse().map_err(|_| "not a date")?;
    date.to_zoned(TimeZone::UTC).map(|zoned| Some(zoned.timestamp())).map_err(|_| "date out of range")
}
