//! What readers see of a collection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::Timestamp;
use rayon::prelude::*;

use super::activity::Records;
use super::live::{Live, Placed, Shelf};
use super::state_hash::state_hash;
use super::{Activity, EditRecord, Placement, Story, Topic, TopicActivity, TopicPlace, TopicSort};
use crate::Headline;
use crate::ledger::Ledger;
use crate::track::{Id, Level, Lineage, Resolution};

/// Headlines by the positions that topics, stories and explanations name.
pub trait Headlines {
    /// The headline at a position.
    fn at(&self, position: usize) -> Option<&Headline>;
}

impl Headlines for [Headline] {
    fn at(&self, position: usize) -> Option<&Headline> {
        self.get(position)
    }
}

impl Headlines for Snapshot {
    fn at(&self, position: usize) -> Option<&Headline> {
        Some(&self.placed.get(position)?.as_ref()?.headline)
    }
}

/// An immutable view of a collection, shared with every reader. What did not change is shared with the views before, so
/// that a view costs what changed.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Number of entries of the log applied so far.
    pub version: u64,
    /// What happened to topics and stories, up to this version.
    pub lineage: Lineage,
    placed: Ledger<Option<Placed>>,
    shelf: Shelf,
    headlines: usize,
    edits: Ledger<EditRecord>,
    pinned: BTreeSet<Id>,
    /// Topics and stories with a name by hand.
    named: BTreeSet<Id>,
    /// Times of the first and the last headline there is.
    observed: Option<(Timestamp, Timestamp)>,
    by_size: OnceLock<Vec<Arc<Topic>>>,
    activity: OnceLock<Vec<TopicActivity>>,
    /// Shared with the views before and after.
    records: Arc<Records>,
    /// Of topics that were asked for one by one. Whoever asks while one is looked at waits for it.
    of_topics: RwLock<BTreeMap<Id, Arc<OnceLock<Arc<Activity>>>>>,
}

impl Snapshot {
    /// The view of a state that comes after another.
    pub(super) fn of(live: &Live, before: &Self) -> Self {
        let Shelf { topics, topics_of_stories, .. } = &live.shelf;
        before.records.forget(topics.size() + topics_of_stories.size(), |id| {
            topics.contains_key(&id) || topics_of_stories.contains_key(&id)
        });
        Self {
            version: live.version,
            lineage: live.tracker.lineage().clone(),
            placed: live.placed.clone(),
            shelf: live.shelf.clone(),
            headlines: live.len(),
            edits: live.corrections.records().clone(),
            pinned: live.corrections.rules.pinned().collect(),
            named: live.corrections.rules.names().map(|(id, _)| id).collect(),
            observed: live.observed(),
            records: Arc::clone(&before.records),
            ..Self::default()
        }
    }

    /// Number of headlines.
    pub fn len(&self) -> usize {
        self.headlines
    }

    /// Whether there are no headlines.
    pub fn is_empty(&self) -> bool {
        self.headlines == 0
    }

    /// Positions are below this number. Not all of them have a headline.
    pub fn positions(&self) -> usize {
        self.placed.len()
    }

    /// All headlines in order of arrival, and where each is.
    pub fn headlines(&self) -> impl Iterator<Item = (&Headline, &Placement)> {
        self.placed.from(0).flatten().map(|placed| (placed.headline.as_ref(), &placed.placement))
    }

    /// Topics, largest first, ties by id.
    pub fn topics(&self) -> &[Arc<Topic>] {
        self.by_size.get_or_init(|| {
            let mut topics: Vec<Arc<Topic>> = self.shelf.topics.values().map(Arc::clone).collect();
            topics.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.id.cmp(&b.id)));
            topics
        })
    }

    /// Topics in another order; see [`TopicSort`].
    pub fn topics_by(&self, sort: TopicSort) -> Vec<&Arc<Topic>> {
        let topics = self.topics();
        match sort {
            TopicSort::Size => topics.iter().collect(),
            _ => self.topics_placed(sort).into_iter().map(|placed| placed.1).collect(),
        }
    }

    /// Topics in an order with the place of each.
    pub fn topics_placed(&self, sort: TopicSort) -> Vec<(TopicPlace, &Arc<Topic>)> {
        let topics = self.topics();
        let mut placed: Vec<_> = match sort.needs_activity() {
            true => topics
                .par_iter()
                .map(|topic| (sort.place(topic, Some(&self.topic_activity(topic))), topic))
                .collect(),
            false => topics.iter().map(|topic| (sort.place(topic, None), topic)).collect(),
        };
        placed.sort_unstable_by_key(|placed| placed.0);
        placed
    }

    /// What goes on in each topic, in the order of [`topics`](Self::topics). Looked at once, on demand.
    pub fn activities(&self) -> &[TopicActivity] {
        self.activity.get_or_init(|| self.topics().par_iter().map(|topic| self.activity(topic)).collect())
    }

    /// What goes on in a topic of this view and in its stories, seen from the newest headline of all.
    pub fn activity(&self, topic: &Topic) -> TopicActivity {
        TopicActivity {
            topic: Activity::clone(&self.topic_activity(topic)),
            stories: topic.stories.iter().map(|story| self.story_activity(story)).collect(),
        }
    }

    /// What goes on in a topic of this view as a whole. Looked at once.
    pub fn topic_activity(&self, topic: &Topic) -> Arc<Activity> {
        let known =
            self.of_topics.read().unwrap_or_else(PoisonError::into_inner).get(&topic.id).map(Arc::clone);
        let place = known.unwrap_or_else(|| {
            let mut known = self.of_topics.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(topic.id).or_default())
        });
        let positions = || topic.stories.iter().flat_map(|story| &story.headlines);
        Arc::clone(place.get_or_init(|| Arc::new(self.activity_of(topic.id, positions()))))
    }

    /// What goes on in a story of this view.
    pub fn story_activity(&self, story: &Story) -> Activity {
        self.activity_of(story.id, story.headlines.iter())
    }

    fn activity_of<'p>(&self, id: Id, positions: impl Iterator<Item = &'p usize>) -> Activity {
        let headline = |&at: &usize| Some(&self.placed.get(at)?.as_ref()?.headline);
        self.records.of(id, positions.filter_map(headline).collect()).seen(self.observed)
    }

    /// The topic with this id.
    pub fn topic(&self, id: &str) -> Option<&Arc<Topic>> {
        self.shelf.topics.get(&Id::parse(id).filter(|id| id.level() == Level::Topic)?)
    }

    /// The topic that has this id at present.
    pub fn topic_of(&self, id: Id) -> Option<&Arc<Topic>> {
        self.shelf.topics.get(&id)
    }

    /// The story that has this id at present, and its topic.
    pub fn story(&self, id: &str) -> Option<(&Arc<Story>, &Arc<Topic>)> {
        let id = Id::parse(id)?;
        let topic = self.shelf.topics.get(self.shelf.topics_of_stories.get(&id)?)?;
        Some((topic.stories.iter().find(|story| story.id == id)?, topic))
    }

    /// What became of any id ever issued, of a topic or a story; none for others.
    pub fn resolve(&self, id: &str) -> Option<(Id, Resolution)> {
        let id = Id::parse(id)?;
        Some((id, self.lineage.resolve(id)?))
    }

    /// Where the headline at a position is.
    pub fn placement(&self, position: usize) -> Option<&Placement> {
        Some(&self.placed.get(position)?.as_ref()?.placement)
    }

    /// What became of an id ever issued at this level; none for others.
    pub fn resolve_at(&self, level: Level, id: &str) -> Option<(Id, Resolution)> {
        self.resolve(id).filter(|(id, _)| id.level() == level)
    }

    /// The headline with this id and where it is.
    pub fn headline(&self, id: &str) -> Option<(&Headline, &Placement)> {
        let position = *self.shelf.positions.get(id)? as usize;
        let placed = self.placed.get(position)?.as_ref()?;
        Some((&placed.headline, &placed.placement))
    }

    /// The edit of this number.
    pub fn edit(&self, number: u64) -> Option<&EditRecord> {
        self.edits.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Edits with numbers after `since`, in order.
    pub fn edits_since(&self, since: u64) -> impl Iterator<Item = &EditRecord> {
        self.edits.from(usize::try_from(since).unwrap_or(usize::MAX))
    }

    /// Number of the last edit; 0 before the first.
    pub fn last_edit(&self) -> u64 {
        self.edits.len() as u64
    }

    /// Whether a topic or story is pinned.
    pub fn is_pinned(&self, id: Id) -> bool {
        self.pinned.contains(&id)
    }

    /// Whether the name of a topic or story was given by hand.
    pub fn is_named(&self, id: Id) -> bool {
        self.named.contains(&id)
    }

    /// SHA-256 of the state, the same whenever the same entries were applied in the same order at the same times by
    /// the same method, at any number of threads and however many came together. Reads the whole collection.
    pub fn state_hash(&self) -> [u8; 32] {
        state_hash(self)
    }
}
