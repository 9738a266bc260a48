//! Titles as words that labels can be made of.

use std::ops::{Deref, Range};

use rustc_hash::FxHashMap;

use super::exclusions::Exclusions;
use super::publisher::{Signatures, publisher_spans};
use super::word_lists::{Role, is_subject, role};
use crate::Headline;
use crate::text::{
    AliasKind, ENTITY_MARK, EntityId, EntityKind, Gazetteer, Language, Mention, Vocabulary, stem, tokenise,
    without_elision,
};
use crate::vector::background_rate;

/// Number of what is said, whatever its spelling: a stem, or an entity named outright.
pub(super) type Unit = u32;

/// Short forms whose point ends no sentence.
const SHORT_FORMS: [&str; 4] = ["St", "Mt", "Ft", "Bros"];

/// One word of a title, or a name of several words that means one entity.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub span: Range<usize>,
    pub unit: Unit,
    pub role: Role,
    /// Nothing but a space, a hyphen or the point of a short form stands between this word and the one before.
    pub follows: bool,
    /// Its capital marks it as a name.
    pub is_named: bool,
    /// The entity for which its capital, its government or its leader stands here.
    pub stands_for: Option<EntityId>,
}

/// What labels need to know of a title: its words, and the entities it names.
#[derive(Debug, Clone)]
pub struct Reading {
    pub(super) language: Language,
    pub(super) casing: Casing,
    pub(super) words: Vec<Word>,
    pub(super) mentions: Vec<Mention>,
}

/// A title with its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Title<'a> {
    pub text: &'a str,
    reading: &'a Reading,
}

impl<'a> Title<'a> {
    pub(super) fn new(headline: &'a Headline, reading: &'a Reading) -> Self {
        Self { text: &headline.text, reading }
    }

    pub(super) fn words(&self) -> &'a [Word] {
        &self.reading.words
    }
}

impl Deref for Title<'_> {
    type Target = Reading;

    fn deref(&self) -> &Reading {
        self.reading
    }
}

/// What capitals mean in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Casing {
    /// Nothing, as there are none.
    Lower,
    /// Nothing, as nearly every word has one.
    Title,
    /// Names.
    Sentence,
}

/// How a unit is written in the titles of a collection.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    /// Titles that have it.
    titles: u32,
    /// Times it has a capital where only names have one.
    named: u32,
    /// Times it has none where names would.
    plain: u32,
    is_subject: bool,
    /// Share of background headlines that have it.
    background: f32,
}

/// What is seen of a title without knowing others: the part of reading that can be done ahead and in parallel.
#[derive(Debug)]
pub struct Glance {
    language: Language,
    mentions: Vec<Mention>,
    /// Where it names its publisher, as byte ranges.
    signed: Vec<Range<usize>>,
}

impl Glance {
    /// What is seen of the title of `headline`.
    pub fn at(headline: &Headline) -> Self {
        let mentions = Gazetteer::embedded().mentions(&headline.text, headline.time);
        Self { language: Language::of(headline), mentions, signed: publisher_spans(headline) }
    }

    /// The language it is in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The entities it names.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }
}

/// A title taken apart. Words that no title had before have no unit yet.
#[derive(Debug)]
pub struct Unnumbered {
    reading: Reading,
    /// Places of such words, in order, with what gets the number.
    new: Vec<(usize, New)>,
}

/// What has no unit yet.
#[derive(Debug)]
enum New {
    /// A word in lower case, what is said by it whatever its form, and what part it can play.
    Word { lower: String, said: String, role: Role },
    /// The key of an entity.
    Entity(String),
}

/// Every unit of a collection, with how it is used.
#[derive(Debug, Clone, Default)]
pub(super) struct Units {
    vocabulary: Vocabulary,
    /// Lower-case word to unit and role, per language.
    known: FxHashMap<Language, FxHashMap<String, (Unit, Role)>>,
    usage: Vec<Usage>,
}

impl Units {
    /// Takes a headline apart, without the words that `shared` signatures are made of. Nothing changes, so that many can be
    /// taken apart at a time.
    pub(super) fn take_apart(
        &self,
        headline: &Headline,
        glance: Glance,
        shared: &Signatures,
        exclusions: &Exclusions,
    ) -> Unnumbered {
        let text = headline.text.as_str();
        let Glance { language, mentions, mut signed } = glance;
        signed.extend(shared.span(text));
        let mut words: Vec<Word> = Vec::new();
        let mut new = Vec::new();
        let known = self.known.get(&language);
        let names =
            mentions.iter().filter(|mention| is_outright(mention) && exclusions.allow(mention, headline));
        let names: Vec<&Mention> = names.collect();
        let mut done = 0;
        tokenise(text, |token| {
            let said = without_elision(token.text, language);
            let start = token.start + token.text.len() - said.len();
            let name = names.iter().find(|name| (name.start..name.end).contains(&start));
            let (span, found) = match name {
                Some(name) if name.start < done => return,
                Some(name) => (name.start..name.end, self.entity(name)),
                None => (start..start + said.len(), word(said, language, known)),
            };
            let (unit, role) = found.unwrap_or_else(|unknown| {
                let role = unknown.role();
                new.push((words.len(), unknown));
                (Unit::MAX, role)
            });
            // Pairs of an unspaced script overlap: no gap at all. What is elided before a word belongs to neither.
            let gap = text.get(done..token.start).unwrap_or("-");
            let is_short = words.last().is_some_and(|last| SHORT_FORMS.contains(&&text[last.span.clone()]));
            let follows = !words.is_empty() && (matches!(gap, " " | "-") || is_short && gap == ". ");
            done = span.end;
            let stands_for =
                mentions.iter().find(|m| (m.start..m.end).contains(&span.start) && stands_for(m));
            let stands_for = stands_for.map(|mention| mention.entity);
            words.push(Word { span, unit, role, follows, is_named: name.is_some(), stands_for });
        });
        let casing = casing(text, &words);
        if casing == Casing::Sentence {
            mark_names(text, &mut words);
        }
        for word in words.iter_mut().filter(|word| signed.iter().any(|span| span.contains(&word.span.start)))
        {
            word.role = Role::Filler;
        }
        exclusions.strike(text, &mut words);
        Unnumbered { reading: Reading { language, casing, words, mentions }, new }
    }

    /// Numbers what is new in a title. It counts for nothing until it is [counted](Self::count).
    pub(super) fn number(&mut self, title: Unnumbered) -> Reading {
        let Unnumbered { mut reading, new } = title;
        for (at, new) in new {
            reading.words[at].unit = self.unit_of(new, reading.language);
        }
        reading
    }

    /// The key of a unit: a stem, or `@` and the code of an entity.
    pub(super) fn key(&self, unit: Unit) -> &str {
        self.vocabulary.term(unit)
    }

    /// The unit with this key, if a title has it.
    pub(super) fn find(&self, key: &str) -> Option<Unit> {
        self.vocabulary.find(key)
    }

    /// Number of titles read that have `unit`.
    pub(super) fn titles(&self, unit: Unit) -> u32 {
        self.usage[unit as usize].titles
    }

    /// Whether `unit` is a name: written with a capital where only names are. `None` if no title tells.
    pub(super) fn is_name(&self, unit: Unit) -> Option<bool> {
        let usage = self.usage[unit as usize];
        if self.key(unit).starts_with(ENTITY_MARK) {
            Some(true)
        } else if usage.named + usage.plain > 0 {
            Some(usage.named > usage.plain)
        } else {
            usage.is_subject.then_some(false)
        }
    }

    /// Share of headlines in news at large that have `unit`.
    pub(super) fn background(&self, unit: Unit) -> f32 {
        self.usage[unit as usize].background
    }

    /// Whether running subjects are called by this word.
    pub(super) fn is_subject(&self, unit: Unit) -> bool {
        self.usage[unit as usize].is_subject
    }

    /// The unit of what had none when its title was taken apart; an earlier title may have brought it since.
    fn unit_of(&mut self, new: New, language: Language) -> Unit {
        match new {
            New::Entity(key) => self.unit(key),
            New::Word { lower, said, role } => {
                if let Some(&(unit, _)) = self.known.get(&language).and_then(|known| known.get(&lower)) {
                    return unit;
                }
                let unit = self.unit(said);
                self.usage[unit as usize].is_subject |= language == Language::English && is_subject(&lower);
                self.known.entry(language).or_default().insert(lower, (unit, role));
                unit
            }
        }
    }

    /// The unit with this key, which may be new.
    fn unit(&mut self, key: String) -> Unit {
        let unit = self.vocabulary.number(key);
        if self.usage.len() == unit as usize {
            self.usage.push(Usage { background: background_rate(self.key(unit)), ..Usage::default() });
        }
        unit
    }

    fn entity(&self, mention: &Mention) -> Result<(Unit, Role), New> {
        let code = &Gazetteer::embedded().entity(mention.entity).code;
        let key = format!("{ENTITY_MARK}{code}");
        self.vocabulary.find(&key).map(|unit| (unit, Role::Content)).ok_or(New::Entity(key))
    }

    /// Counts the words of a title.
    pub(super) fn count(&mut self, title: Title) {
        for (at, word) in title.words.iter().enumerate() {
            let usage = &mut self.usage[word.unit as usize];
            usage.titles += u32::from(title.words[..at].iter().all(|other| other.unit != word.unit));
            if title.casing == Casing::Sentence {
                usage.named += u32::from(word.is_named);
                usage.plain += u32::from(title.text[word.span.clone()].starts_with(char::is_lowercase));
            }
        }
    }
}

impl New {
    fn role(&self) -> Role {
        match self {
            Self::Word { role, .. } => *role,
            Self::Entity(_) => Role::Content,
        }
    }
}

/// Unit and role of a word, if it is among those `known` in its language.
fn word(
    word: &str,
    language: Language,
    known: Option<&FxHashMap<String, (Unit, Role)>>,
) -> Result<(Unit, Role), New> {
    let lower = word.to_lowercase();
    if let Some(&known) = known.and_then(|known| known.get(&lower)) {
        return Ok(known);
    }
    let stem = stem(&lower, language);
    let role = role(&lower, stem.as_deref(), language);
    Err(New::Word { said: stem.unwrap_or_else(|| lower.clone()), lower, role })
}

/// Whether a mention names its entity rather than something that stands for it: "Venezuelan", not "Maduro" or, a
/// region of Ukraine, "Crimea".
fn is_outright(mention: &Mention) -> bool {
    let kind = Gazetteer::embedded().entity(mention.entity).kind;
    match mention.kind {
        AliasKind::Name | AliasKind::Demonym | AliasKind::Person => true,
        AliasKind::Organisation => kind == EntityKind::Organisation,
        AliasKind::Region => kind == EntityKind::Region,
        _ => false,
    }
}

fn stands_for(mention: &Mention) -> bool {
    matches!(mention.kind, AliasKind::Capital | AliasKind::Seat | AliasKind::Leader)
}

/// Judges by the words that may begin with a capital or not; the first always does.
fn casing(text: &str, words: &[Word]) -> Casing {
    let initial = |word: &Word| text[word.span.clone()].chars().next().unwrap_or_default();
    if !words.iter().any(|word| initial(word).is_uppercase()) {
        return Casing::Lower;
    }
    let telling = |word: &&Word| !matches!(word.role, Role::Joining | Role::Stop | Role::Number);
    let initials: Vec<char> = words.iter().skip(1).filter(telling).map(initial).collect();
    let capitals = initials.iter().filter(|initial| !initial.is_lowercase()).count();
    if capitals * 10 >= initials.len() * 8 { Casing::Title } else { Casing::Sentence }
}

/// In a title in sentence case, capitals inside a sentence mark names; one may hold a verb or a weak word.
fn mark_names(text: &str, words: &mut [Word]) {
    let mut done = 0;
    for (at, word) in words.iter_mut().enumerate() {
        let gap = text.get(done..word.span.start).unwrap_or_default();
        done = word.span.end;
        let is_inside = at > 0 && gap.chars().all(|c| matches!(c, ' ' | '-' | ',' | '\'' | '\u{2019}' | 's'));
        let mut letters = text[word.span.clone()].chars();
        if !is_inside || !letters.next().is_some_and(char::is_uppercase) {
            continue;
        }
        word.is_named = true;
        if matches!(word.role, Role::Verb | Role::Weak) && letters.next().is_some_and(char::is_lowercase) {
            word.role = Role::Content;
        }
    }
}
