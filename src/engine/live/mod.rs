//! A collection on the move: every headline gets its place when it comes, and from time to time what changed is put in
//! order.
//!
//! All of it follows from the headlines in order of arrival and their times of receipt: how many come together is of
//! no consequence. A headline is compared with earlier ones, joins the story that pulls it most or begins one
//! (`assign`), and now and then, when the collection has grown by a tenth, a large one by a sixth, the method moves
//! stories and topics where something changed (`refine`); before that what is older than the window goes (`window`). When as many texts
//! came as there were, in a large one three times as many, all vectors and links are made anew from what is known by then
//! (`rebuild`).

mod adopt;
mod archive;
mod assign;
mod checkpoint;
mod classify;
mod edit;
mod gone;
mod groups;
mod incoming;
mod library;
mod links;
mod names;
mod obey;
mod packed;
mod pieces;
mod rebuild;
mod refine;
mod slots;
mod view;
mod why;
mod window;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use incoming::Incoming;
use library::{Library, Ready};
use links::{Degrees, Link};

use super::edit::corrections::Corrections;
use super::{Batch, Method, Placement};
use crate::Headline;
use crate::label::{Labeller, Names, Reading};
use crate::ledger::Ledger;
use crate::track::{Id, Stamp, Tracker};
pub use archive::{Archived, Left};
pub use classify::{Candidate, Classification};
pub(super) use gone::Gone;
use groups::{StoryGroup, TopicGroup};
use slots::Slots;
pub(super) use view::Shelf;

/// Headlines made ready at a time; of no consequence but for speed.
const BLOCK: usize = 256;
/// The same while what is there is put in order, which takes longer; of no consequence either.
const LONG_BLOCK: usize = 512;
/// Headlines looked at ahead of their turn, at the most; of no consequence but for speed.
const AHEAD: usize = 1024;
/// Texts from which on the collection changes slowly: frequencies and the centre are learnt anew less often, and a
/// refinement waits for somewhat more.
const SETTLED: usize = 4096;
/// How many times as many texts as at the last rebuild must have come for the next one, from [`SETTLED`] texts on; before,
/// as many are enough.
const SETTLED_REBUILD: usize = 3;
/// Texts up to which a rebuild finds the partition from nothing; later ones go on from the one there is, which is as good
/// and steadier.
const LEARNING: usize = 256;
/// The collection is refined when it has grown by one part in this many.
const GROWTH: usize = 10;
/// The same from [`SETTLED`] texts on.
const SETTLED_GROWTH: usize = 6;

/// A headline that is in the collection.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub headline: Arc<Headline>,
    /// Its text.
    pub row: u32,
    pub placement: Placement,
}

/// A distinct title among others.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// The first headline that had it.
    pub first: Arc<Headline>,
    /// Positions of the headlines that have it, in order of arrival; none when it is gone.
    pub copies: Vec<u32>,
    /// Links with others, from both ends.
    pub links: Vec<Link>,
    pub degrees: Degrees,
    /// The story it is in.
    pub story: u32,
    /// What labels know of it, once it was counted.
    pub reading: Option<Box<Reading>>,
}

impl Text {
    /// A text that has no place yet.
    fn of(first: Arc<Headline>) -> Self {
        Self {
            first,
            copies: Vec::new(),
            links: Vec::new(),
            degrees: Degrees::default(),
            story: 0,
            reading: None,
        }
    }
}

/// The state of a collection.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub method: Arc<Method>,
    /// Entries of the log that were applied.
    pub version: u64,
    /// Time of the last entry, which never falls.
    pub now: Timestamp,
    /// Time of the newest headline ever.
    pub newest: Option<Timestamp>,
    /// Headlines in order of arrival; none where one is gone.
    pub placed: Ledger<Option<Placed>>,
    /// Distinct titles in order of arrival, with what was read of them in `library`.
    pub texts: Vec<Text>,
    library: Library,
    labeller: Arc<Labeller>,
    names: Names,
    pub tracker: Tracker,
    pub stories: Slots<StoryGroup>,
    pub topics: Slots<TopicGroup>,
    next_group: u32,
    /// Stories that changed since the last refinement.
    changed: BTreeSet<u32>,
    /// Texts that are not gone.
    alive: usize,
    /// Texts that came since the last refinement.
    since_refined: usize,
    /// Texts that came since the last rebuild.
    since_rebuilt: usize,
    /// Headlines by time, for the window.
    by_time: BTreeSet<(Timestamp, u32)>,
    /// Groups that are awake, by the time of their last headline.
    awake: BTreeSet<(Timestamp, Id, u32)>,
    /// Headlines that left the window.
    pub gone: Gone,
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
            method: Arc::new(method),
            version: 0,
            now: Timestamp::MIN,
            newest: None,
            placed: Ledger::default(),
            texts: Vec::new(),
            library: Library::default(),
            labeller: Arc::default(),
            names: Names::default(),
            tracker: Tracker::new(dormant_after),
            stories: Slots::default(),
            topics: Slots::default(),
            next_group: 0,
            changed: BTreeSet::new(),
            alive: 0,
            since_refined: 0,
            since_rebuilt: 0,
            by_time: BTreeSet::new(),
            awake: BTreeSet::new(),
            gone: Gone::default(),
            archived: Vec::new(),
            shelf: Shelf::default(),
            corrections: Corrections::default(),
            editing: None,
        };
        live.rebuild();
        live
    }

    /// Takes headlines with ids that are not known, in order. While some arrive, or what came is put in order, which one
    /// core does for the most part, others make ready what comes next.
    ///
    /// Between steps `meanwhile` may look at how far it is, and hands over what came since; it ends when all arrived and
    /// nothing more came.
    pub fn insert(&mut self, batch: Batch, mut meanwhile: impl FnMut(&mut Self) -> Vec<Batch>) {
        let mut coming = VecDeque::from(incoming(batch));
        let mut ready: Vec<Ready> = Vec::new();
        loop {
            coming.extend(meanwhile(self).into_iter().flat_map(incoming));
            // At first nothing is ready, and all may have to be put in order already, if headlines were deleted.
            if ready.is_empty() && coming.is_empty() {
                break;
            }
            let new = ready.iter().filter(|ready| ready.new.is_some()).count();
            let room = until_refinement(self.alive + new, self.since_refined + new);
            ready = if room > 0 {
                let next = next_block(&mut coming, room.min(BLOCK));
                self.while_preparing(next, None, |live| live.take(ready))
            } else {
                self.take_looking_ahead(ready, &coming);
                self.put_in_order(&mut coming)
            };
        }
    }

    /// Works on groups, and at the same time makes headlines ready, of which groups know nothing yet; for labels as well if
    /// there is a `labeller`, which counts no more titles meanwhile.
    fn while_preparing(
        &mut self,
        block: Vec<Incoming>,
        labeller: Option<&Labeller>,
        work: impl FnOnce(&mut Self) + Send,
    ) -> Vec<Ready> {
        let mut library = std::mem::take(&mut self.library);
        let method = Arc::clone(&self.method);
        let ((), ready) = rayon::join(|| work(self), || library.prepare(block, &method, labeller));
        self.library = library;
        ready
    }

    /// Takes the last headlines before everything is put in order, when rows may be numbered anew: of what comes next
    /// titles can be read, but no more.
    fn take_looking_ahead(&mut self, ready: Vec<Ready>, coming: &VecDeque<Incoming>) {
        let next: Vec<&Incoming> =
            coming.iter().take(AHEAD).filter(|incoming| self.library.is_new(incoming)).collect();
        let method = Arc::clone(&self.method);
        rayon::join(|| self.take(ready), || next.par_iter().for_each(|incoming| incoming.look(&method)));
    }

    /// Takes headlines that are ready, in order.
    fn take(&mut self, ready: Vec<Ready>) {
        let labeller = &self.labeller;
        let apart: Vec<Ready> = ready.into_par_iter().map(|ready| ready.taken_apart(labeller)).collect();
        for Ready { headline, at, row, new } in apart {
            let new = new.map(|(links, title)| (links, title.apart(&headline, &self.labeller)));
            self.version += 1;
            self.now = self.now.max(at);
            self.newest = self.newest.max(headline.time);
            self.arrive(headline, row, new);
            self.fall_asleep();
        }
    }

    /// Texts that may come before the next refinement.
    fn until_refinement(&self) -> usize {
        until_refinement(self.alive, self.since_refined)
    }

    /// Lets go of what is old and puts the rest in order. Returns the next headlines, ready.
    fn put_in_order(&mut self, coming: &mut VecDeque<Incoming>) -> Vec<Ready> {
        self.expire();
        let is_due = match self.library.at_rebuild {
            few if few < SETTLED => self.since_rebuilt >= few,
            many => self.since_rebuilt >= SETTLED_REBUILD * many,
        };
        if is_due {
            self.rebuild();
            self.changed.extend(self.stories.keys());
        }
        self.since_refined = 0;
        let next = next_block(coming, self.until_refinement().min(LONG_BLOCK));
        let labeller = Arc::clone(&self.labeller);
        self.while_preparing(next, Some(&labeller), |live| live.refine(is_due && live.alive < LEARNING))
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

/// Texts that may come before the next refinement of a collection.
fn until_refinement(alive: usize, since_refined: usize) -> usize {
    let growth = if alive < SETTLED { GROWTH } else { SETTLED_GROWTH };
    (alive / growth).max(1).saturating_sub(since_refined)
}

fn incoming(Batch { at, headlines }: Batch) -> Vec<Incoming> {
    headlines.into_par_iter().map(|headline| Incoming::new(headline, at)).collect()
}

fn next_block(coming: &mut VecDeque<Incoming>, most: usize) -> Vec<Incoming> {
    coming.drain(..most.min(coming.len())).collect()
}
