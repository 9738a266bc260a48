//! Headlines by words of their titles and of the labels of their topics.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::Headline;
use crate::engine::{Headlines, Placement, Snapshot, Story, Topic};
use crate::track::{Id, Phase};

/// What is looked for. What is absent excludes nothing.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Words, each of which must begin a word of the title or of the label of the topic, whatever its case and accents.
    pub words: Vec<String>,
    /// Earliest time.
    pub from: Option<Timestamp>,
    /// The time before which.
    pub to: Option<Timestamp>,
    /// Publisher, whatever its case and accents.
    pub source: Option<String>,
    /// Language code.
    pub lang: Option<String>,
    /// A country or organisation that the topic is about, whatever its case and accents.
    pub entity: Option<String>,
    /// Phase of the topic.
    pub phase: Option<Phase>,
    /// Least number of headlines of the topic.
    pub min_size: usize,
    /// The last headline of the page before.
    pub after: Option<Position>,
}

/// The place of a headline in the results: latest first, ties by id. It stays when others come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(Reverse<Option<Timestamp>>, String);

/// A headline that was found.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The headline.
    pub headline: &'a Headline,
    /// Where it is.
    pub placement: &'a Placement,
    /// Name of its topic.
    pub topic_label: Option<&'a str>,
}

impl Position {
    /// The place of a headline with this id and time.
    pub fn new(time: Option<Timestamp>, id: impl Into<String>) -> Self {
        Self(Reverse(time), id.into())
    }

    /// Reads what [`Display`](std::fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (time, id) = text.split_once('_')?;
        let time = match time {
            "" => None,
            nanoseconds => Some(Timestamp::from_nanosecond(nanoseconds.parse().ok()?).ok()?),
        };
        (!id.is_empty()).then(|| Self::new(time, id))
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.0.0.map(|time| time.as_nanosecond().to_string()).unwrap_or_default();
        write!(formatter, "{time}_{}", self.1)
    }
}

/// The words of a text as they are compared: lower case, without accents.
pub fn words_of(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What is found, latest first, `limit` at most, and whether there is more. Reads every headline.
pub fn search<'a>(snapshot: &'a Snapshot, search: &Search, limit: usize) -> (Vec<Found<'a>>, bool) {
    let topics = Topics::of(snapshot, search);
    let found = snapshot.headlines().filter_map(|(headline, placement)| {
        let topic = placement.topic.and_then(|id| topics.all.get(&id));
        let wanted =
            is_wanted(headline, search) && (!topics.needed || topic.is_some_and(|topic| topic.wanted));
        let hit = wanted && has_words(headline, topic, &search.words);
        let topic_label = topic.map(|topic| topic.label);
        hit.then_some(Found { headline, placement, topic_label })
    });
    page(found, search.after.as_ref(), limit)
}

/// Headlines of stories of a topic, latest first, `limit` at most, and whether there is more.
pub fn headlines_of<'a>(
    snapshot: &'a Snapshot,
    topic: &'a Topic,
    stories: &'a [Arc<Story>],
    after: Option<&Position>,
    limit: usize,
) -> (Vec<Found<'a>>, bool) {
    let positions = stories.iter().flat_map(|story| &story.headlines);
    let found = positions.filter_map(|&at| {
        let (headline, placement) = snapshot.headline(&snapshot.at(at)?.id)?;
        Some(Found { headline, placement, topic_label: Some(&topic.label) })
    });
    page(found, after, limit)
}

/// Headlines at positions, latest first, `limit` at most, and whether there is more.
pub fn headlines_at<'a>(
    snapshot: &'a Snapshot,
    positions: &[usize],
    after: Option<&Position>,
    limit: usize,
) -> (Vec<Found<'a>>, bool) {
    let found = positions.iter().filter_map(|&at| {
        let (headline, placement) = (snapshot.at(at)?, snapshot.placement(at)?);
        let topic = placement.topic.and_then(|id| snapshot.topic_of(id));
        Some(Found { headline, placement, topic_label: topic.map(|topic| topic.label.as_str()) })
    });
    page(found, after, limit)
}

/// The first of those that come after a position, latest first, and whether there is more.
fn page<'a>(
    found: impl Iterator<Item = Found<'a>>,
    after: Option<&Position>,
    limit: usize,
) -> (Vec<Found<'a>>, bool) {
    let position = |found: &Found<'_>| Position::new(found.headline.time, found.headline.id.as_str());
    let mut found: Vec<(Position, Found<'a>)> = found.map(|found| (position(&found), found)).collect();
    found.retain(|(position, _)| after.is_none_or(|after| position > after));
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = found.len() > limit;
    (found.into_iter().take(limit).map(|(_, found)| found).collect(), more)
}

/// The topics as far as a search asks about them.
struct Topics<'a> {
    all: HashMap<Id, Candidate<'a>>,
    /// Whether a headline must be in one.
    needed: bool,
}

struct Candidate<'a> {
    label: &'a str,
    words: Vec<String>,
    wanted: bool,
}

impl<'a> Topics<'a> {
    fn of(snapshot: &'a Snapshot, search: &Search) -> Self {
        let candidate = |topic: &'a Arc<Topic>| {
            let wanted = is_wanted_topic(topic, snapshot, search);
            (topic.id, Candidate { label: &topic.label, words: words_of(&topic.label), wanted })
        };
        let needed = search.entity.is_some() || search.phase.is_some() || search.min_size > 0;
        Self { all: snapshot.topics().iter().map(candidate).collect(), needed }
    }
}

fn is_wanted_topic(topic: &Topic, snapshot: &Snapshot, search: &Search) -> bool {
    let phase = || snapshot.topic_activity(topic).trend.as_ref().map(|trend| trend.phase);
    topic.size >= search.min_size
        && search
            .entity
            .as_ref()
            .is_none_or(|wanted| topic.entities.iter().any(|entity| is_same(entity, wanted)))
        && search.phase.is_none_or(|wanted| phase() == Some(wanted))
}

fn is_wanted(headline: &Headline, search: &Search) -> bool {
    search.from.is_none_or(|from| headline.time.is_some_and(|time| time >= from))
        && search.to.is_none_or(|to| headline.time.is_some_and(|time| time < to))
        && search.lang.as_ref().is_none_or(|lang| headline.lang.as_ref() == Some(lang))
        && search
            .source
            .as_ref()
            .is_none_or(|wanted| headline.source.as_ref().is_some_and(|source| is_same(source, wanted)))
}

fn is_same(a: &str, b: &str) -> bool {
    words_of(a) == words_of(b)
}

fn has_words(headline: &Headline, topic: Option<&Candidate<'_>>, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let title = words_of(&headline.text);
    let label = topic.map_or(&[][..], |topic| topic.words.as_slice());
    wanted.iter().all(|wanted| title.iter().chain(label).any(|word| word.starts_with(wanted)))
}
