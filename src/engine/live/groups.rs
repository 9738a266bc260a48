//! Stories and topics as they are, whether or not they are large enough to be shown.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Live;
use super::archive::Leavers;
use crate::engine::Story;
use crate::label::Label;
use crate::track::{Change, Id, Level, Present};

/// A story: texts about one event.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct StoryGroup {
    /// Once it is in a topic that is shown.
    pub id: Option<Id>,
    /// Its texts, ascending.
    pub rows: Vec<u32>,
    /// The topic it is in.
    pub topic: u32,
    pub tally: Tally,
    /// Its name, unless it has one by hand: the title of its most typical text.
    pub label: String,
    /// The name that somebody gave it.
    pub given: Option<String>,
    /// Its headlines that left the window.
    pub left: Leavers,
    /// As last shown.
    pub shown: Option<Arc<Story>>,
    /// The topic in which readers find it.
    pub listed: Option<Id>,
}

/// A topic: stories on one subject.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct TopicGroup {
    /// Once it is large enough to be shown.
    pub id: Option<Id>,
    /// Its stories, ascending.
    pub stories: Vec<u32>,
    pub tally: Tally,
    pub label: Label,
    /// The name that somebody gave it.
    pub given: Option<String>,
    /// Its most typical text.
    pub representative: u32,
    /// Its headlines that left the window.
    pub left: Leavers,
}

impl StoryGroup {
    /// The name it is shown by.
    pub fn name(&self) -> &str {
        self.given.as_deref().unwrap_or(&self.label)
    }
}

impl TopicGroup {
    /// The name it is shown by.
    pub fn name(&self) -> &str {
        self.given.as_deref().unwrap_or(&self.label.name)
    }
}

/// What is counted of a group.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Tally {
    /// Headlines in it.
    pub headlines: usize,
    /// Time of the last that came.
    pub last: Option<Timestamp>,
    /// Headlines that it had when it got its name, and how many came and went since.
    pub when_named: usize,
    pub drift: usize,
}

impl Tally {
    /// Whether so much changed that another name may be better: half of it.
    pub fn is_due(&self) -> bool {
        self.drift > 0 && self.drift * 2 >= self.when_named
    }

    /// Whether so much changed that another name should not wait until all is put in order: all of it.
    pub fn is_overdue(&self) -> bool {
        self.drift > 0 && self.drift >= self.when_named
    }
}

impl Live {
    /// Counts a headline that came to a story, and tells of it. A topic that is large enough now is shown.
    pub(super) fn grow(&mut self, story: u32, time: Option<Timestamp>) {
        let Some(topic) = self.stories.get(story).map(|group| group.topic) else { return };
        for tally in self.tallies(story, topic) {
            tally.headlines += 1;
            tally.drift += 1;
            tally.last = tally.last.max(time);
        }
        let least = self.method.settings().min_topic_size.max(1);
        let group = &self.topics[topic];
        match group.id {
            None if group.tally.headlines >= least && !self.stands_alone(story) => self.show(topic),
            None => return,
            Some(id) => {
                self.rename_if_overdue(topic);
                self.tell_topic(id, topic, Change::Grown { by: 1 });
                match self.stories[story].id {
                    Some(id) => self.tell_story(id, story, Change::Grown { by: 1 }),
                    None => self.bear_story(story),
                }
            }
        }
        self.stay_awake(topic, story);
        self.mark(story, topic);
    }

    fn tallies(&mut self, story: u32, topic: u32) -> impl Iterator<Item = &mut Tally> {
        let story = self.stories.get_mut(story).map(|group| &mut group.tally);
        let topic = self.topics.get_mut(topic).map(|group| &mut group.tally);
        story.into_iter().chain(topic)
    }

    /// Gives a topic and its stories their ids.
    fn show(&mut self, topic: u32) {
        self.name_topics(&[topic]);
        let group = &self.topics[topic];
        let (label, size) = (group.name().to_owned(), group.tally.headlines);
        let id = self.tracker.born(Level::Topic, &label, size, self.stamp());
        let stories = group.stories.clone();
        if let Some(group) = self.topics.get_mut(topic) {
            group.id = Some(id);
        }
        for story in stories {
            self.bear_story(story);
            self.mark(story, topic);
            self.stay_awake(topic, story);
            for row in self.stories[story].rows.clone() {
                self.place_text(row);
            }
        }
    }

    /// Whether a story is a text that an edit has stand alone.
    fn stands_alone(&self, story: u32) -> bool {
        self.stories[story].rows.first().is_some_and(|&row| self.corrections.rules.is_loose(row))
    }

    fn bear_story(&mut self, story: u32) {
        let stamp = self.stamp();
        let Some(group) = self.stories.get_mut(story) else { return };
        group.id = Some(self.tracker.born(Level::Story, group.name(), group.tally.headlines, stamp));
    }

    pub(super) fn tell_topic(&mut self, id: Id, topic: u32, change: Change) {
        let stamp = self.stamp();
        let group = &self.topics[topic];
        let present = Present { id, label: group.name(), size: group.tally.headlines };
        self.tracker.tell(present, change, stamp);
    }

    pub(super) fn tell_story(&mut self, id: Id, story: u32, change: Change) {
        let stamp = self.stamp();
        let group = &self.stories[story];
        let present = Present { id, label: group.name(), size: group.tally.headlines };
        self.tracker.tell(present, change, stamp);
    }

    /// Both groups have news: they are not dormant, or no longer, unless the news is old.
    fn stay_awake(&mut self, topic: u32, story: u32) {
        self.rest(Level::Topic, topic);
        self.rest(Level::Story, story);
    }

    /// Records whether a group is awake and by when to look at it again.
    pub(super) fn rest(&mut self, level: Level, key: u32) {
        let (newest, stamp) = (self.newest, self.stamp());
        let (id, label, tally) = match level {
            Level::Topic => {
                let Some(group) = self.topics.get(key) else { return };
                (group.id, group.name(), &group.tally)
            }
            Level::Story => {
                let Some(group) = self.stories.get(key) else { return };
                (group.id, group.name(), &group.tally)
            }
        };
        let Some(id) = id else { return };
        self.tracker.rest(Present { id, label, size: tally.headlines }, tally.last, newest, stamp);
        if let Some(last) = tally.last
            && newest.is_some_and(|newest| !self.tracker.is_dormant(last, newest))
        {
            self.awake.insert((last, id, key));
        }
    }

    /// Lets groups fall asleep whose last headline is long ago.
    pub(super) fn fall_asleep(&mut self) {
        let Some(newest) = self.newest else { return };
        while let Some(&(last, id, key)) = self.awake.first()
            && self.tracker.is_dormant(last, newest)
        {
            self.awake.pop_first();
            // A group that had news since has a later entry. Taking heed of this one, too, would tell of groups in an order
            // that depends on when each grew, which a restart forgets.
            let tallied = match id.level() {
                Level::Topic => self.topics.get(key).map(|group| (group.id, group.tally.last)),
                Level::Story => self.stories.get(key).map(|group| (group.id, group.tally.last)),
            };
            if tallied == Some((Some(id), Some(last))) {
                self.rest(id.level(), key);
            }
        }
    }
}
