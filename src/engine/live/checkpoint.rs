//! The state written down and read back, to the last bit: what follows from it later must not depend on a restart.
//! What can be computed again is left out, unless that takes long: vectors of meaning, postings, how words are used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};

use super::archive::Leavers;
use super::groups::{StoryGroup, Tally, TopicGroup};
use super::library::Title;
use super::links::Degrees;
use super::{Live, Placed, Text, packed, pieces};
use crate::Headline;
use crate::engine::edit::corrections::Corrections;
use crate::engine::{Method, Placement, Wording};
use crate::index::{LiveIndex, SPREAD, Vectors};
use crate::label::{Label, Labeller, Names};
use crate::text::{Language, Term, normalised_title};
use crate::track::{Id, LineageMemory, Tracker};
use crate::vector::Lexicon;

/// Everything that cannot be computed again, or takes long to. What is long is bytes by itself, `B`, so that cores write and
/// read it side by side.
#[derive(Serialize, Deserialize)]
struct Memory<B> {
    settings: String,
    version: u64,
    now: Timestamp,
    newest: Option<Timestamp>,
    placed: Vec<B>,
    texts: Vec<B>,
    text_count: usize,
    links: B,
    cells: B,
    terms: Vec<String>,
    centre: Vec<f32>,
    signatures: BTreeSet<String>,
    names: Names,
    /// With names of fields, because events are written flat.
    lineage: B,
    stories: BTreeMap<u32, StoryMemory>,
    topics: BTreeMap<u32, TopicMemory>,
    next_group: u32,
    changed: BTreeSet<u32>,
    since_refined: usize,
    since_rebuilt: usize,
    at_rebuild: usize,
    gone: Vec<[u8; 16]>,
    /// Edits with names of fields, because they are written flat.
    corrections: B,
}

/// A headline that is in the collection, or none where one is gone.
type PlacedMemory = Option<(HeadlineMemory, u32, Placement)>;

/// A headline with every field, because none may be left out where fields have no names.
#[derive(Serialize, Deserialize)]
struct HeadlineMemory(String, String, Option<Timestamp>, Option<String>, Option<String>, Option<String>);

#[derive(Serialize, Deserialize)]
struct TextMemory {
    /// The headline it was read from, unless it is the first of the copies.
    first: Option<HeadlineMemory>,
    copies: Vec<u32>,
    terms: Vec<Term>,
    entities: Vec<(Term, f32)>,
    degrees: Degrees,
    story: u32,
    words: Vec<(Term, f32)>,
    entity_weights: Vec<(Term, f32)>,
}

#[derive(Serialize, Deserialize)]
struct StoryMemory {
    id: Option<Id>,
    rows: Vec<u32>,
    topic: u32,
    tally: Tally,
    label: String,
    left: Leavers,
}

#[derive(Serialize, Deserialize)]
struct TopicMemory {
    id: Option<Id>,
    stories: Vec<u32>,
    tally: Tally,
    label: Label,
    representative: u32,
    left: Leavers,
}

/// What is remembered beside the long lists takes about this many bytes.
const SHORT: usize = 1 << 20;

impl Live {
    /// The state as bytes.
    pub fn write(&self) -> Result<Vec<u8>, rmp_serde::encode::Error> {
        let placed: Vec<&Option<Placed>> = self.placed.from(0).collect();
        let remember = |placed: &Placed| (HeadlineMemory::of(&placed.headline), placed.row, placed.placement);
        let (placed, texts) = (
            pieces::write(&placed, |_, slot| slot.as_ref().map(remember))?,
            pieces::write(&self.texts, |row, text| self.text_memory(row, text))?,
        );
        let links = packed::pack(self.texts.iter().map(|text| &text.links[..]));
        let cells = self.library.index.cells().as_flattened();
        let long: usize = placed.iter().chain(&texts).map(|piece| piece.len()).sum();
        let memory: Memory<ByteBuf> = Memory {
            settings: settings_of(&self.method),
            version: self.version,
            now: self.now,
            newest: self.newest,
            placed,
            texts,
            text_count: self.texts.len(),
            links: links.into(),
            cells: cells.iter().flat_map(|cell| cell.to_le_bytes()).collect::<Vec<u8>>().into(),
            terms: (0..self.library.lexicon.len() as u32)
                .map(|term| self.library.lexicon.term(term).to_owned())
                .collect(),
            centre: self.library.centre.clone(),
            signatures: self.labeller.signatures(),
            names: self.names.clone(),
            lineage: rmp_serde::to_vec_named(&LineageMemory::of(self.tracker.lineage()))?.into(),
            stories: self.stories.iter().map(|(key, group)| (key, StoryMemory::of(group))).collect(),
            topics: self.topics.iter().map(|(key, group)| (key, TopicMemory::of(group))).collect(),
            next_group: self.next_group,
            changed: self.changed.clone(),
            since_refined: self.since_refined,
            since_rebuilt: self.since_rebuilt,
            at_rebuild: self.library.at_rebuild,
            gone: self.gone.digests(),
            corrections: rmp_serde::to_vec_named(&self.corrections.memory())?.into(),
        };
        // Doubling a vector of that size again and again would cost as much as writing it.
        let mut bytes = Vec::with_capacity(long + memory.links.len() + memory.lineage.len() + SHORT);
        rmp_serde::encode::write(&mut bytes, &memory)?;
        Ok(bytes)
    }

    fn text_memory(&self, row: u32, text: &Text) -> TextMemory {
        let is_first = |copy: &u32| {
            let placed = self.placed.get(*copy as usize).and_then(Option::as_ref);
            placed.is_some_and(|placed| Arc::ptr_eq(&placed.headline, &text.first))
        };
        let (title, vectors) = (&self.library.titles[row as usize], self.library.index.vectors(row));
        TextMemory {
            first: (!text.copies.first().is_some_and(is_first)).then(|| HeadlineMemory::of(&text.first)),
            copies: text.copies.clone(),
            terms: title.terms.clone(),
            entities: title.entities.clone(),
            degrees: text.degrees,
            story: text.story,
            words: vectors.words.clone(),
            entity_weights: vectors.entities.clone(),
        }
    }

    /// The state that was written; none if it cannot be understood. By another method than then, all is put in order
    /// anew: groups that differ inherit ids as ever, and the difference becomes events.
    pub fn read_back(method: Method, bytes: &[u8]) -> Option<Self> {
        let memory: Memory<&Bytes> = rmp_serde::from_slice(bytes).ok()?;
        let is_same_method = memory.settings == settings_of(&method);
        let (links, count) = (memory.links, memory.text_count);
        let (links, live) =
            rayon::join(|| packed::unpack(links, count), || Self::remembered_but_links(method, memory));
        let mut live = live?;
        live.texts.par_iter_mut().zip(links?).for_each(|(text, links)| {
            links.iter().for_each(|link| text.degrees.count(link));
            text.links = links;
        });
        live.watch();
        live.shelf.stale = live.topics.keys().collect();
        if !is_same_method {
            live.rebuild();
            live.refine(true);
        }
        Some(live)
    }

    /// All but links, which others read meanwhile.
    fn remembered_but_links(method: Method, memory: Memory<&Bytes>) -> Option<Self> {
        let texts: Vec<Vec<TextMemory>> = pieces::read(&memory.texts, |text| text)?;
        if texts.iter().map(Vec::len).sum::<usize>() != memory.text_count {
            return None;
        }
        let lineage: LineageMemory = rmp_serde::from_slice(memory.lineage).ok()?;
        let mut live = Self::new(method);
        live.tracker = Tracker::remembering(lineage, live.method.dormant_after())?;
        live.corrections = Corrections::remembered(rmp_serde::from_slice(memory.corrections).ok()?)?;
        (live.version, live.now, live.newest) = (memory.version, memory.now, memory.newest);
        (live.library.centre, live.library.at_rebuild) = (memory.centre, memory.at_rebuild);
        (live.names, live.next_group) = (memory.names, memory.next_group);
        live.changed = memory.changed;
        (live.since_refined, live.since_rebuilt) = (memory.since_refined, memory.since_rebuilt);
        live.gone = memory.gone.into_iter().collect();
        live.library.lexicon = Lexicon::default();
        memory.terms.iter().for_each(|term| _ = live.library.lexicon.number(term));
        live.restore_placed(&memory.placed)?;
        live.stories = memory.stories.into_iter().map(|(key, group)| (key, group.group())).collect();
        live.topics = memory.topics.into_iter().map(|(key, group)| (key, group.group())).collect();
        live.call_by_given_names();
        let cells = memory.cells.as_chunks().0.iter().map(|cell| u16::from_le_bytes(*cell));
        let cells: Vec<u16> = cells.collect();
        live.restore_texts(texts, memory.signatures, cells.as_chunks().0)?;
        Some(live)
    }

    fn restore_placed(&mut self, placed: &[&Bytes]) -> Option<()> {
        let recall = |slot: PlacedMemory| {
            slot.map(|(headline, row, placement)| Placed {
                headline: Arc::new(headline.headline()),
                row,
                placement,
            })
        };
        for slot in pieces::read(placed, recall)?.into_iter().flatten() {
            let position = self.placed.len() as u32;
            if let Some(Placed { headline, .. }) = &slot {
                self.shelf.add(&headline.id, position);
                self.by_time.extend(headline.time.map(|time| (time, position)));
            }
            self.placed.push(slot);
        }
        Some(())
    }

    /// All of texts but their links, and what is computed again.
    fn restore_texts(
        &mut self,
        mut texts: Vec<Vec<TextMemory>>,
        signatures: BTreeSet<String>,
        cells: &[[u16; SPREAD]],
    ) -> Option<()> {
        let first = |text: &mut TextMemory| match text.first.take() {
            Some(first) => Some(Arc::new(first.headline())),
            None => Some(Arc::clone(&self.placed.get(*text.copies.first()? as usize)?.as_ref()?.headline)),
        };
        let firsts: Vec<Arc<Headline>> = texts.iter_mut().flatten().map(first).collect::<Option<_>>()?;
        let read = |first: &Arc<Headline>| (normalised_title(&first.text), Language::of(first));
        let titles: Vec<(String, Language)> = firsts.par_iter().map(read).collect();
        let mut vectors = Vec::with_capacity(firsts.len());
        let texts = texts.into_iter().flatten();
        for (row, ((memory, first), (title, language))) in (0..).zip(texts.zip(firsts).zip(titles)) {
            if !memory.copies.is_empty() {
                self.alive += 1;
                self.library.lexicon.add(&memory.terms);
                self.library.by_title.insert(title, row);
                self.stories.get(memory.story)?;
            }
            let days = super::library::days_of(&first);
            vectors.push(Vectors { words: memory.words, entities: memory.entity_weights, days });
            self.library.titles.push(Title {
                first: Arc::clone(&first),
                language,
                terms: memory.terms,
                entities: memory.entities,
                features: OnceLock::new(),
            });
            self.texts.push(Text {
                copies: memory.copies,
                degrees: memory.degrees,
                story: memory.story,
                ..Text::of(first)
            });
        }
        self.labeller = Arc::new(Labeller::signed(signatures).leaving_out(self.method.lists().unsaid()));
        self.read_texts();
        let library = &mut self.library;
        let (meaning, weight) = (library.meaning(&self.method), self.method.settings().meaning_weight);
        library.index = LiveIndex::restored(vectors, meaning, weight, library.at_rebuild, cells);
        for (row, text) in (0..).zip(&self.texts) {
            if text.copies.is_empty() {
                library.index.remove(row);
            }
        }
        Some(())
    }

    /// Finds out by when to look again at groups that are awake.
    fn watch(&mut self) {
        let Some(newest) = self.newest else { return };
        let topics = self.topics.iter().map(|(key, group)| (group.tally.last, group.id, key));
        let stories = self.stories.iter().map(|(key, group)| (group.tally.last, group.id, key));
        self.awake = topics
            .chain(stories)
            .filter_map(|(last, id, key)| Some((last?, id?, key)))
            .filter(|(last, ..)| !self.tracker.is_dormant(*last, newest))
            .collect();
    }
}

/// The settings as text, to see whether they are still the same.
fn settings_of(method: &Method) -> String {
    let settings = format!("{:?}", method.settings());
    // Nothing more where there is none, as it was before there could be any.
    if *method.wording() == Wording::default() {
        settings
    } else {
        settings + &format!("{:?}", method.wording())
    }
}

impl HeadlineMemory {
    fn of(headline: &Headline) -> Self {
        let Headline { id, text, time, source, url, lang } = headline.clone();
        Self(id, text, time, source, url, lang)
    }

    fn headline(self) -> Headline {
        let Self(id, text, time, source, url, lang) = self;
        Headline { id, text, time, source, url, lang }
    }
}

impl StoryMemory {
    fn of(group: &StoryGroup) -> Self {
        Self {
            id: group.id,
            rows: group.rows.clone(),
            topic: group.topic,
            tally: group.tally.clone(),
            label: group.label.clone(),
            left: group.left.clone(),
        }
    }

    fn group(self) -> StoryGroup {
        let Self { id, rows, topic, tally, label, left } = self;
        StoryGroup { id, rows, topic, tally, label, given: None, left, shown: None, listed: None }
    }
}

impl TopicMemory {
    fn of(group: &TopicGroup) -> Self {
        Self {
            id: group.id,
            stories: group.stories.clone(),
            tally: group.tally.clone(),
            label: group.label.clone(),
            representative: group.representative,
            left: group.left.clone(),
        }
    }

    fn group(self) -> TopicGroup {
        let Self { id, stories, tally, label, representative, left } = self;
        TopicGroup { id, stories, tally, label, given: None, representative, left }
    }
}
