//! A collection on the move: every headline gets its place when it comes, and from time to time what changed is put in
//! order.
//!
//! All of it follows from the headlines in order of arrival and their times of receipt: how many come together is of
//! no consequence. A headline is compared with earlier ones, joins the story that pulls it most or begins one
//! (`assign`), and now and then, when the collection has grown by a tenth, a large one by an eighth, the method moves
//! stories and topics where something changed (`refine`); before that what is older than the window goes (`window`). When as many texts
//! came as there were, all vectors and links are made anew from what is known by then (`rebuild`).

mod adopt;
mod archive;
mod assign;
mod checkpoint;
mod classify;
mod edit;
mod groups;
mod links;
mod names;
mod obey;
mod packed;
mod rebuild;
mod refine;
mod texts;
mod view;
mod why;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use links::Link;
use texts::Incoming;
pub(super) use texts::Text;

use super::edit::corrections::Corrections;
use super::{Method, Placement};
use crate::Headline;
use crate::index::LiveIndex;
use crate::label::{Labeller, Names};
use crate::ledger::Ledger;
use crate::text::Analyzer;
use crate::track::{Id, Stamp, Tracker};
use crate::vector::Lexicon;
pub use archive::{Archived, Left};
pub use classify::{Candidate, Classification};
use groups::{StoryGroup, TopicGroup};
pub(super) use view::Shelf;

/// Headlines compared at a time; of no consequence but for speed.
const BLOCK: usize = 256;
/// Headlines looked at ahead of their turn, at the most; of no consequence but for speed.
const AHEAD: usize = 1024;
/// Texts from which on the collection changes slowly: frequencies and the centre are learnt anew half as often, and a
/// refinement waits for somewhat more.
const SETTLED: usize = 4096;
/// Texts up to which a rebuild finds the partition from nothing; later ones go on from the one there is, which is as good
/// and steadier.
const LEARNING: usize = 256;
/// The collection is refined when it has grown by one part in this many.
const GROWTH: usize = 10;
/// The same from [`SETTLED`] texts on.
const SETTLED_GROWTH: usize = 8;

/// A headline that is in the collection.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub headline: Arc<Headline>,
    /// Its text.
    pub row: u32,
    pub placement: Placement,
}

/// The state of a collection.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub method: Method,
    /// Entries of the log that were applied.
    pub version: u64,
    /// Time of the last entry, which never falls.
    pub now: Timestamp,
    /// Time of the newest headline ever.
    pub newest: Option<Timestamp>,
    /// Headlines in order of arrival; none where one is gone.
    pub placed: Ledger<Option<Placed>>,
    /// Distinct titles in order of arrival.
    pub texts: Vec<Text>,
    /// Texts by normalised title.
    by_title: FxHashMap<String, u32>,
    pub lexicon: Lexicon,
    /// Words seen, with their terms in the lexicon.
    analyzer: Analyzer,
    centre: Vec<f32>,
    pub index: LiveIndex,
    labeller: Labeller,
    names: Names,
    pub tracker: Tracker,
    pub stories: BTreeMap<u32, StoryGroup>,
    pub topics: BTreeMap<u32, TopicGroup>,
    next_group: u32,
    /// Stories that changed since the last refinement.
    changed: BTreeSet<u32>,
    /// Texts that are not gone.
    alive: usize,
    /// Texts that came since the last refinement.
    since_refined: usize,
    /// Texts that came since the last rebuild, and how many there were then.
    since_rebuilt: usize,
    at_rebuild: usize,
    /// Headlines by time, for the window.
    by_time: BTreeSet<(Timestamp, u32)>,
    /// Groups that are awake, by the time of their last headline.
    awake: BTreeSet<(Timestamp, Id, u32)>,
    /// Digests of the ids of headlines that left the window.
    pub gone: FxHashSet<u128>,
    /// Stories and topics that left the window since somebody asked.
    pub archived: Vec<Archived>,
    pub shelf: Shelf,
    /// What was said by hand, and holds.
    pub corrections: Corrections,
    /// Number of the edit that is being made.
    editing: Option<u64>,
}

impl Live {
    pub fn new(method: Method) -> Self {
        let dormant_after = method.dormant_after();
        let mut live = Self {
            method,
            version: 0,
            now: Timestamp::MIN,
            newest: None,
            placed: Ledger::default(),
            texts: Vec::new(),
            by_title: FxHashMap::default(),
            lexicon: Lexicon::default(),
            analyzer: Analyzer::default(),
            centre: Vec::new(),
            index: LiveIndex::default(),
            labeller: Labeller::default(),
            names: Names::default(),
            tracker: Tracker::new(dormant_after),
            stories: BTreeMap::new(),
            topics: BTreeMap::new(),
            next_group: 0,
            changed: BTreeSet::new(),
            alive: 0,
            since_refined: 0,
            since_rebuilt: 0,
            at_rebuild: 0,
            by_time: BTreeSet::new(),
            awake: BTreeSet::new(),
            gone: FxHashSet::default(),
            archived: Vec::new(),
            shelf: Shelf::default(),
            corrections: Corrections::default(),
            editing: None,
        };
        live.rebuild();
        live
    }

    /// Takes headlines with ids that are not known, in order.
    pub fn insert(&mut self, headlines: Vec<Headline>, now: Timestamp) {
        let mut rest: Vec<Incoming> = headlines.into_par_iter().rev().map(Incoming::new).collect();
        while !rest.is_empty() {
            // A block ends where the next refinement may be due at the earliest.
            let count = rest.len().min(BLOCK).min(self.until_refinement());
            let block = rest.drain(rest.len() - count..).rev().collect();
            self.insert_block(block, now);
            if self.until_refinement() == 0 {
                self.put_in_order_looking_ahead(&rest);
            }
        }
    }

    /// Puts the collection in order, which one core does for the most part. Meanwhile others look at what comes next,
    /// which stands last.
    fn put_in_order_looking_ahead(&mut self, rest: &[Incoming]) {
        let next = self.unknown(&rest[rest.len().saturating_sub(AHEAD)..]);
        if next.is_empty() {
            return self.put_in_order();
        }
        let method = self.method.clone();
        rayon::join(|| self.put_in_order(), || next.par_iter().for_each(|incoming| incoming.look(&method)));
    }

    /// Texts that may come before the next refinement.
    fn until_refinement(&self) -> usize {
        let growth = if self.alive < SETTLED { GROWTH } else { SETTLED_GROWTH };
        (self.alive / growth).max(1).saturating_sub(self.since_refined)
    }

    fn put_in_order(&mut self) {
        self.expire();
        let is_due = match self.at_rebuild {
            few if few < SETTLED => self.since_rebuilt >= few,
            many => self.since_rebuilt >= 2 * many,
        };
        if is_due {
            self.rebuild();
            self.changed.extend(self.stories.keys());
        }
        self.refine(is_due && self.alive < LEARNING);
        self.since_refined = 0;
    }

    fn insert_block(&mut self, block: Vec<Incoming>, now: Timestamp) {
        let mut arrivals = self.read(block);
        let first = self.index.len() as u32;
        self.vectorise(&mut arrivals);
        let links = self.links_of(first..self.index.len() as u32, false);
        let mut links = links.into_iter();
        for (headline, row, title) in self.take_apart(arrivals) {
            self.version += 1;
            self.now = self.now.max(now);
            self.newest = self.newest.max(headline.time);
            self.arrive(headline, row, title.and_then(|title| Some((links.next()?, title))));
            self.fall_asleep();
        }
    }

    /// Number of headlines in the window.
    pub fn len(&self) -> usize {
        self.shelf.positions.size()
    }

    /// Times of the first and the last headline in the window.
    pub fn observed(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.by_time.first()?.0, self.by_time.last()?.0))
    }

    fn stamp(&self) -> Stamp {
        Stamp { version: self.version, at: self.now, edit: self.editing }
    }

    fn new_group(&mut self) -> u32 {
        self.next_group += 1;
        self.next_group
    }
}
