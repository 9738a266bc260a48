//! Trend and coverage of every topic and story of a collection.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::Headline;
use crate::text::normalised_title;
use crate::track::{Coverage, Id, Trend};

/// What goes on in a group of headlines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    /// Its pace, if any headline has a time.
    pub trend: Option<Trend>,
    /// Who reports it, and how much of that is copies.
    pub coverage: Coverage,
}

/// What goes on in a topic and its stories.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicActivity {
    /// The topic as a whole.
    pub topic: Activity,
    /// Its stories, in the order of [`Topic::stories`](super::Topic::stories).
    pub stories: Vec<Activity>,
}

/// What of an activity follows from the headlines alone, whenever it is looked at.
#[derive(Debug)]
pub(super) struct Record {
    headlines: Vec<Arc<Headline>>,
    /// Of each headline, [normalised](normalised_title).
    titles: Vec<Arc<str>>,
    /// In ascending order.
    times: Vec<Timestamp>,
    coverage: Coverage,
}

/// The records of groups that were looked at. The views of a collection share them, because most groups are the same in
/// one view as in the next.
#[derive(Debug, Default)]
pub(super) struct Records(RwLock<BTreeMap<Id, Arc<Record>>>);

/// Records beyond twice the groups there are that may stay after their groups.
const SPARE: usize = 1_024;

impl Record {
    /// Takes what it can from what is known of the group as it was.
    fn of(headlines: &[&Arc<Headline>], before: Option<&Self>) -> Self {
        let mut times: Vec<Timestamp> = headlines.iter().filter_map(|headline| headline.time).collect();
        times.sort_unstable();
        let known: FxHashMap<*const Headline, &Arc<str>> = before.map(Self::titled).unwrap_or_default();
        let title = |headline: &&Arc<Headline>| match known.get(&Arc::as_ptr(headline)) {
            Some(title) => Arc::clone(title),
            None => normalised_title(&headline.text).into(),
        };
        let titles: Vec<Arc<str>> = headlines.iter().map(title).collect();
        let titled =
            headlines.iter().zip(&titles).map(|(headline, title)| (headline.as_ref(), title.as_ref()));
        let coverage = Coverage::of_titled(titled.collect());
        Self {
            headlines: headlines.iter().map(|headline| Arc::clone(headline)).collect(),
            titles,
            times,
            coverage,
        }
    }

    fn titled(&self) -> FxHashMap<*const Headline, &Arc<str>> {
        self.headlines.iter().map(Arc::as_ptr).zip(&self.titles).collect()
    }

    /// Whether it is of these headlines: the very same, as ids of groups and positions of headlines may be handed on.
    fn is_of(&self, headlines: &[&Arc<Headline>]) -> bool {
        let same = |(mine, other): (&Arc<Headline>, &&Arc<Headline>)| Arc::ptr_eq(mine, other);
        self.headlines.len() == headlines.len() && self.headlines.iter().zip(headlines).all(same)
    }

    /// What goes on in the group, seen from the last of the times observed.
    pub fn seen(&self, observed: Option<(Timestamp, Timestamp)>) -> Activity {
        let trend = observed.and_then(|(since, now)| Trend::of(&self.times, since, now));
        Activity { trend, coverage: self.coverage.clone() }
    }
}

impl Records {
    /// The record of a group that has these headlines.
    pub fn of(&self, id: Id, headlines: Vec<&Arc<Headline>>) -> Arc<Record> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone);
        match known {
            Some(record) if record.is_of(&headlines) => record,
            known => {
                let record = Arc::new(Record::of(&headlines, known.as_deref()));
                self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&record));
                record
            }
        }
    }

    /// Forgets groups that are no more, once there may be more of them than of those there are, `groups`.
    pub fn forget(&self, groups: usize, is_there: impl Fn(Id) -> bool) {
        let is_due = self.0.read().unwrap_or_else(PoisonError::into_inner).len() > 2 * groups + SPARE;
        if is_due {
            self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|id, _| is_there(*id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Method};
    use crate::track::{Level, Phase};

    const STRIKE: [&str; 3] = [
        "Harbour strike enters second week",
        "Dockers walk out as harbour strike spreads",
        "HARBOUR STRIKE enters second week!",
    ];

    fn headlines(time: impl Fn(i64) -> Option<i64>) -> Vec<Headline> {
        let headline = |(at, text): (i64, &&str)| Headline {
            id: format!("h-{at}"),
            text: (*text).to_owned(),
            time: time(at).map(|seconds| Timestamp::from_second(seconds).unwrap()),
            source: Some(format!("Paper {}", at % 2)),
            url: None,
            lang: None,
        };
        let all = STRIKE.iter().chain(&["Owl nests in tram depot"]);
        (0..).zip(all).map(headline).collect()
    }

    #[test]
    fn topics_and_stories_are_looked_at_from_the_newest_headline_of_all() {
        // The owl, in no topic, comes eight days after the strike.
        let headlines = headlines(|at| Some(if at < 3 { at * 60 } else { 8 * 86_400 }));
        let mut engine = Engine::new(Method::default());
        engine.apply(headlines.clone(), Timestamp::UNIX_EPOCH);
        let snapshot = engine.snapshot();
        let activity = snapshot.activities();
        assert_eq!(activity.len(), 1);
        let topic = &activity[0].topic;
        assert_eq!(topic.trend.unwrap().phase, Phase::Dormant);
        assert_eq!(topic.trend.unwrap().last_seen, headlines[2].time.unwrap());
        assert_eq!((topic.coverage.headlines, topic.coverage.reprints, topic.coverage.publishers), (3, 1, 2));
        assert_eq!(topic.coverage.first_publisher.as_deref(), Some("Paper 0"));
        let of_stories: usize = activity[0].stories.iter().map(|story| story.coverage.headlines).sum();
        assert_eq!((activity[0].stories.len(), of_stories), (snapshot.topics()[0].stories.len(), 3));
    }

    #[test]
    fn a_record_is_used_again_for_the_very_headlines_it_is_of_and_no_others() {
        let records = Records::default();
        let id = Id::new(Level::Topic, 1);
        let all: Vec<Arc<Headline>> = headlines(|at| Some(at * 60)).into_iter().map(Arc::new).collect();
        let record = |headlines: &[Arc<Headline>]| records.of(id, headlines.iter().collect());
        let coverage = |headlines: &[Arc<Headline>]| Coverage::of(headlines.iter().map(Arc::as_ref));
        let two = record(&all[..2]);
        assert!(Arc::ptr_eq(&two, &record(&all[..2])));
        // It grows, loses the first, and has others in the same places.
        let others: Vec<Arc<Headline>> =
            all.iter().map(|it| Arc::new(Headline { source: None, ..Headline::clone(it) })).collect();
        for headlines in [&all[..], &all[1..], &others[1..]] {
            let record = record(headlines);
            assert_eq!(record.coverage, coverage(headlines));
            assert_eq!(record.times, headlines.iter().filter_map(|it| it.time).collect::<Vec<_>>());
        }
    }

    #[test]
    fn records_of_groups_that_are_no_more_are_forgotten_by_and_by() {
        let records = Records::default();
        let count = || records.0.read().unwrap().len();
        (1..=SPARE as u32 + 3).for_each(|number| _ = records.of(Id::new(Level::Story, number), Vec::new()));
        records.forget(2, |id| id.number() < 3);
        assert_eq!(count(), SPARE + 3, "few enough");
        records.forget(1, |id| id.number() < 3);
        assert_eq!(count(), 2);
    }

    #[test]
    fn headlines_without_times_have_coverage_but_no_trend() {
        let headlines = headlines(|_| None);
        let mut engine = Engine::new(Method::default());
        engine.apply(headlines, Timestamp::UNIX_EPOCH);
        let snapshot = engine.snapshot();
        let activity = snapshot.activities();
        assert_eq!(activity[0].topic.trend, None);
        assert_eq!((activity[0].topic.coverage.headlines, activity[0].topic.coverage.distinct_texts), (3, 2));
    }
}
