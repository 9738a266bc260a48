//! Where a headline would go if it came next. Whatever is done to find out is undone, or done to a copy.

use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::incoming::Incoming;
use super::library::Ready;
use super::links::{Degrees, Link};
use super::{Live, Text};
use crate::Headline;
use crate::engine::explanation::explain;
use crate::engine::{Batch, Bond, Explanation, Nearest, Placement};
use crate::track::{Id, Level};

/// Texts up to which what would be put in order after a headline is put in order on a copy. In larger collections that is
/// seldom due, and costs too much for a question.
const COPIED: usize = 1_024;

/// Where a headline would go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classification {
    /// The story it would join; none if it would begin one.
    pub story: Option<Id>,
    /// The topic that would be in; none if it would begin one, or be in none.
    pub topic: Option<Id>,
    /// Whether it would be in a topic, which may be a new one with headlines that have none so far.
    pub has_topic: bool,
    /// For a headline that would be in no topic: the one that came closest.
    pub nearest: Option<Nearest>,
    /// The headlines that decide: of its story, or else of its topic. None for a headline that nothing holds.
    pub best: Option<Candidate>,
    /// Lead over the runner-up in shares of pull, as in an [`Explanation`].
    pub margin: f32,
    /// The story that came second, or first for a headline that would begin one.
    pub runner_up: Option<Candidate>,
}

/// A story, or several of a topic, that a headline is similar to.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The story, if it is shown.
    pub story: Option<Id>,
    /// Its topic.
    pub topic: Option<Id>,
    /// Similarity to the closest headlines there, 0 to 1.
    pub similarity: f32,
    /// The closest one.
    pub closest: String,
}

impl Live {
    /// Where each of these headlines would go if it came next, by itself, at the time `now`. Ids must be unknown.
    pub fn classify(&mut self, headlines: Vec<Headline>, now: Timestamp) -> Vec<Classification> {
        if self.until_refinement() <= 1 && self.alive <= COPIED {
            let live = &*self;
            return headlines.into_par_iter().map(|headline| live.clone().try_out(headline, now)).collect();
        }
        headlines.into_iter().map(|headline| self.try_on(headline)).collect()
    }

    /// What becomes of a headline when it is taken.
    fn try_out(mut self, headline: Headline, now: Timestamp) -> Classification {
        let id = headline.id.clone();
        let issued = [Level::Story, Level::Topic].map(|level| self.tracker.lineage().issued(level));
        self.insert(Batch { at: now, headlines: vec![headline] }, |_| Vec::new());
        let position = self.shelf.positions.get(id.as_str()).copied().unwrap_or(u32::MAX) as usize;
        let placed = self.placed.get(position).and_then(Option::as_ref);
        let Some((row, placement)) = placed.map(|placed| (placed.row, placed.placement)) else {
            // It is older than the window.
            return Classification::default();
        };
        let mut found = self.told(row, position);
        found.has_topic = placement.topic.is_some();
        (found.story, found.topic, found.nearest) = (placement.story, placement.topic, placement.nearest);
        found.without(|id| id.number() > issued[usize::from(id.level() == Level::Topic)])
    }

    /// Where a headline would be put before anything is put in order.
    fn try_on(&mut self, headline: Headline) -> Classification {
        let (mark, groups) = (self.library.mark(), self.next_group);
        let ready = self.library.prepare(vec![Incoming::new(headline, self.now)], &self.method, None).pop();
        let answer = match ready {
            Some(Ready { headline, row, new: Some((links, _)), .. }) => self.try_new(headline, row, links),
            Some(Ready { row, .. }) => self.would_be(row),
            None => Classification::default(),
        };
        self.library.withdraw(mark);
        self.next_group = groups;
        answer
    }

    /// Where a headline with a new title would be.
    fn try_new(&mut self, headline: Arc<Headline>, row: u32, links: Vec<Link>) -> Classification {
        let degrees: Vec<(u32, Degrees)> =
            links.iter().map(|link| (link.other, self.texts[link.other as usize].degrees)).collect();
        self.texts.push(Text::of(headline));
        self.attach(row, links);
        self.join(row);
        let answer = self.would_be(row);

        self.withdraw(row);
        for (other, degrees) in degrees {
            let other = &mut self.texts[other as usize];
            other.links.pop();
            other.degrees = degrees;
        }
        self.texts.pop();
        answer
    }

    /// Takes the last text out of the story that it joined or began.
    fn withdraw(&mut self, row: u32) {
        let story = self.texts[row as usize].story;
        let Some(group) = self.stories.get_mut(story) else { return };
        group.rows.pop();
        if !group.rows.is_empty() {
            return;
        }
        let topic = group.topic;
        self.stories.remove(story);
        if let Some(group) = self.topics.get_mut(topic) {
            group.stories.pop();
            if group.stories.is_empty() {
                self.topics.remove(topic);
            }
        }
    }

    /// Where one more headline with a text would be.
    fn would_be(&self, row: u32) -> Classification {
        let story = &self.stories[self.texts[row as usize].story];
        let topic = &self.topics[story.topic];
        let least = self.method.settings().min_topic_size.max(1);
        let has_topic = topic.id.is_some() || topic.tally.headlines + 1 >= least;
        Classification {
            story: story.id.filter(|_| topic.id.is_some()),
            topic: topic.id,
            has_topic,
            nearest: if has_topic { None } else { self.nearest(row) },
            ..self.told(row, usize::MAX)
        }
    }

    /// What holds the headline with a text at a position, by its explanation.
    fn told(&self, row: u32, position: usize) -> Classification {
        let Explanation { same_title, story, topic, runner_up, margin, .. } =
            explain(self, &self.method, row as usize, position);
        let at = |position: usize| self.placed.get(position).and_then(Option::as_ref);
        let candidate = |position: usize, similarity: f32| {
            let placed = at(position)?;
            let Placement { story, topic, .. } = placed.placement;
            Some(Candidate { story, topic, similarity, closest: placed.headline.id.clone() })
        };
        let of_story = |bond: Bond| candidate(bond.closest, bond.similarity);
        let same = same_title.first().and_then(|&position| candidate(position, 1.0));
        let best = same.or_else(|| story.and_then(of_story));
        let best = best.or_else(|| topic.and_then(|bond| candidate(bond.closest, bond.similarity)));
        Classification { best, margin, runner_up: runner_up.and_then(of_story), ..Classification::default() }
    }
}

impl Classification {
    /// Without ids that are `new`: nobody knows them, and they may never be issued.
    fn without(mut self, new: impl Fn(Id) -> bool) -> Self {
        let known = |id: Option<Id>| id.filter(|&id| !new(id));
        (self.story, self.topic) = (known(self.story), known(self.topic));
        for candidate in [&mut self.best, &mut self.runner_up].into_iter().flatten() {
            (candidate.story, candidate.topic) = (known(candidate.story), known(candidate.topic));
        }
        self
    }
}
