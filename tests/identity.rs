//! Properties of ids and events that hold for any headlines in any batches.

mod invented;

use std::collections::{BTreeMap, BTreeSet};

use invented::titles;
use jiff::Timestamp;
use proptest::prelude::*;
use slugline::Headline;
use slugline::engine::{Batch, Engine, Fed, Feed, Headlines, Method, Outcome, Settings, Snapshot};
use slugline::track::{Change, Id, Level, State};

const START: i64 = 1_760_000_000;

/// Up to six batches, each later than the one before; ids may repeat.
fn batches() -> impl Strategy<Value = Vec<Vec<Headline>>> {
    let part = (0..50usize, titles(), prop::option::of(0i64..12));
    let batch = prop::collection::vec(part, 0..14);
    let headline = |(id, text, day): (usize, String, Option<i64>)| Headline {
        id: format!("h{id:02}"),
        text,
        time: day.and_then(|day| Timestamp::from_second(START + day * 86_400).ok()),
        source: None,
        url: None,
        lang: Some("en".to_owned()),
    };
    prop::collection::vec(
        batch.prop_map(move |parts| parts.into_iter().map(headline).collect::<Vec<_>>()),
        1..6,
    )
}

/// A headline in English of so many days after the first day.
fn on_day(id: &str, text: &str, day: i64) -> Headline {
    Headline {
        id: id.to_owned(),
        text: text.to_owned(),
        time: Timestamp::from_second(START + day * 86_400).ok(),
        source: None,
        url: None,
        lang: Some("en".to_owned()),
    }
}

fn time_of(batch: usize) -> Timestamp {
    Timestamp::from_second(START + batch as i64 * 3_600).unwrap_or_default()
}

/// The hash after each batch and the last view.
fn replay(batches: &[Vec<Headline>]) -> (Vec<[u8; 32]>, std::sync::Arc<Snapshot>) {
    let mut engine = Engine::new(Method::default());
    let mut hashes = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        engine.apply(batch.clone(), time_of(number));
        hashes.push(engine.state_hash());
    }
    (hashes, engine.snapshot())
}

/// The state after batches without known headlines, each applied when the one before was.
fn applied(batches: &[Batch]) -> Engine {
    let mut engine = Engine::new(Method::default());
    for batch in batches {
        engine.apply(batch.headlines.clone(), batch.at);
    }
    engine
}

/// The state after the same batches, fed while others are given their places: `at_once` more at each report, of which there
/// is one for every half of a batch, and the versions reported.
fn followed(batches: &[Batch], at_once: usize) -> (Engine, Vec<u64>) {
    let mut engine = Engine::new(Method::default());
    let (feed, mut coming, mut versions) = (Feed::default(), batches.iter(), Vec::new());
    let mut push = |more: usize| {
        for batch in coming.by_ref().take(more) {
            let all = batch.headlines.len();
            let fed = Fed { batch: batch.clone(), ends: vec![all / 2, all] };
            assert_eq!(feed.push(fed), Ok(()), "a feed goes on while it is reported from");
        }
    };
    push(1);
    engine.follow(&feed, |progress| {
        versions.push(progress.snapshot.version);
        push(at_once);
    });
    (engine, versions)
}

fn states_are_the_same(one: &Engine, other: &Engine) -> bool {
    one.state_hash() == other.state_hash() && one.checkpoint().ok() == other.checkpoint().ok()
}

#[test]
fn many_headlines_fed_while_others_are_placed_get_the_same_places() {
    let headline = |number: usize| Headline {
        id: format!("o{number}"),
        text: format!("Owl {} nests in depot {} near {}", number % 211, number % 37, number * 7 % 101),
        time: Timestamp::from_second(START + number as i64 * 60).ok(),
        source: None,
        url: None,
        lang: Some("en".into()),
    };
    let batches: Vec<Batch> = (0..40)
        .map(|batch| Batch {
            at: time_of(batch),
            headlines: (batch * 60..batch * 60 + 60).map(headline).collect(),
        })
        .collect();
    let apart = applied(&batches);
    for at_once in [1, 3, batches.len()] {
        let (together, versions) = followed(&batches, at_once);
        assert!(states_are_the_same(&apart, &together), "{at_once} at a report");
        assert!(versions.is_sorted() && versions.last() == Some(&(60 * batches.len() as u64)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn headlines_fed_while_others_are_placed_get_the_same_places(batches in batches(), at_once in 1usize..4) {
        let mut ids = BTreeSet::new();
        let new = batches.into_iter().enumerate().map(|(number, mut headlines)| {
            headlines.retain(|headline| ids.insert(headline.id.clone()));
            Batch { at: time_of(number), headlines }
        });
        let batches: Vec<Batch> = new.filter(|batch| !batch.headlines.is_empty()).collect();
        prop_assume!(!batches.is_empty());
        prop_assert!(states_are_the_same(&applied(&batches), &followed(&batches, at_once).0));
    }

    #[test]
    fn events_are_gapless_and_name_only_ids_that_resolve(batches in batches()) {
        let mut engine = Engine::new(Method::default());
        let mut last = 0;
        for (number, batch) in batches.iter().enumerate() {
            let applied = engine.apply(batch.clone(), time_of(number));
            let snapshot = engine.snapshot();
            prop_assert_eq!(applied.outcomes.len(), batch.len());
            prop_assert_eq!(applied.events.start, last + 1);
            last = snapshot.lineage.last();
            prop_assert_eq!(applied.events.end, last + 1);
            let numbers: Vec<u64> = snapshot.lineage.events_since(0).map(|event| event.number).collect();
            prop_assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
            for event in snapshot.lineage.events_since(0) {
                for id in std::iter::once(event.id).chain(event.change.others().to_vec()) {
                    prop_assert!(snapshot.resolve(&id.to_string()).is_some(), "{} dangles", id);
                    prop_assert!(snapshot.lineage.life_of(id, 0, usize::MAX).events.contains(&event));
                }
            }
        }
    }

    #[test]
    fn an_id_is_born_once_and_lives_as_long_as_it_has_headlines(batches in batches()) {
        let (_, snapshot) = replay(&batches);
        for level in [Level::Story, Level::Topic] {
            let births: Vec<Id> = snapshot
                .lineage
                .events_since(0)
                .filter(|event| event.level == level && event.change == Change::Born)
                .map(|event| event.id)
                .collect();
            let issued: Vec<Id> = (1..=snapshot.lineage.issued(level)).map(|number| Id::new(level, number)).collect();
            prop_assert_eq!(births, issued.clone());
            for id in issued {
                let Some((_, resolution)) = snapshot.resolve(&id.to_string()) else {
                    return Err(TestCaseError::fail("an issued id does not resolve"));
                };
                let text = id.to_string();
                let is_there = snapshot.topic(&text).is_some() || snapshot.story(&text).is_some();
                prop_assert_eq!(resolution.state.is_living(), is_there);
                for living in resolution.living {
                    let text = living.to_string();
                    prop_assert!(snapshot.topic(&text).is_some() || snapshot.story(&text).is_some());
                }
            }
        }
    }

    #[test]
    fn every_headline_has_one_placement_with_living_ids(batches in batches()) {
        let (_, snapshot) = replay(&batches);
        let ids: BTreeSet<&str> = batches.iter().flatten().map(|headline| headline.id.as_str()).collect();
        prop_assert_eq!(snapshot.len(), ids.len());
        prop_assert_eq!(snapshot.headlines().count(), ids.len());
        let mut seen = BTreeMap::new();
        for topic in snapshot.topics() {
            prop_assert_eq!(topic.size, topic.stories.iter().map(|story| story.headlines.len()).sum::<usize>());
            for story in &topic.stories {
                for headline in story.headlines.iter().filter_map(|&at| snapshot.at(at)) {
                    *seen.entry(headline.id.as_str()).or_insert(0) += 1;
                    let Some((_, placement)) = snapshot.headline(&headline.id) else {
                        return Err(TestCaseError::fail("a headline without a place"));
                    };
                    prop_assert_eq!(placement.topic, Some(topic.id));
                    prop_assert_eq!(placement.story, Some(story.id));
                }
            }
        }
        for (headline, placement) in snapshot.headlines() {
            let seen = seen.get(headline.id.as_str()).copied().unwrap_or(0);
            prop_assert_eq!(seen, usize::from(placement.topic.is_some()));
            if let Some(nearest) = &placement.nearest {
                prop_assert!(snapshot.topic(&nearest.topic.to_string()).is_some());
            }
        }
    }

    #[test]
    fn the_events_tell_the_present_and_every_past(batches in batches()) {
        let mut engine = Engine::new(Method::default());
        let mut pasts = Vec::new();
        for (number, batch) in batches.iter().enumerate() {
            engine.apply(batch.clone(), time_of(number));
            let snapshot = engine.snapshot();
            let topics: Vec<_> = snapshot.topics().iter()
                .map(|topic| (topic.id, topic.label.clone(), topic.size)).collect();
            pasts.push((snapshot.version, topics));
        }
        let snapshot = engine.snapshot();
        for (version, topics) in pasts {
            let Some(past) = snapshot.lineage.as_of(version) else { return Err(TestCaseError::fail("forgotten")) };
            let told: Vec<_> = past.at(Level::Topic).into_iter()
                .map(|outline| (outline.id, outline.label.to_string(), outline.size)).collect();
            prop_assert_eq!(told, topics);
        }
    }

    #[test]
    fn the_same_batches_give_the_same_state_at_any_number_of_threads(batches in batches()) {
        let (wanted, _) = replay(&batches);
        for threads in [1, 2, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let Ok(pool) = pool else { return Err(TestCaseError::fail("no threads")) };
            prop_assert_eq!(&pool.install(|| replay(&batches).0), &wanted);
        }
    }

    #[test]
    fn however_many_come_together_the_state_is_the_same(batches in batches(), size in 1usize..7) {
        let all: Vec<Headline> = batches.concat();
        let mut one_by_one = Engine::new(Method::default());
        for headline in &all {
            one_by_one.apply(vec![headline.clone()], time_of(0));
        }
        let mut together = Engine::new(Method::default());
        for batch in all.chunks(size) {
            together.apply(batch.to_vec(), time_of(0));
        }
        prop_assert_eq!(together.state_hash(), one_by_one.state_hash());
    }

    #[test]
    fn identical_titles_share_a_story(batches in batches()) {
        let (_, snapshot) = replay(&batches);
        let mut stories = BTreeMap::new();
        for (headline, placement) in snapshot.headlines() {
            let title = slugline::text::normalised_title(&headline.text);
            prop_assert_eq!(*stories.entry(title).or_insert(placement.story), placement.story);
        }
    }

    #[test]
    fn a_deleted_headline_leaves_no_trace_in_what_readers_see(batches in batches(), which in any::<prop::sample::Index>()) {
        let mut engine = Engine::new(Method::default());
        for (number, batch) in batches.iter().enumerate() {
            engine.apply(batch.clone(), time_of(number));
        }
        let all: Vec<String> = engine.snapshot().headlines().map(|placed| placed.0.id.clone()).collect();
        if all.is_empty() {
            return Ok(());
        }
        let id = which.get(&all);
        prop_assert!(engine.delete(id, time_of(9)));
        prop_assert!(!engine.delete(id, time_of(9)));
        let snapshot = engine.snapshot();
        prop_assert!(snapshot.headline(id).is_none());
        prop_assert_eq!(snapshot.len(), all.len() - 1);
        prop_assert!(snapshot.headlines().all(|placed| placed.0.id != *id));
        prop_assert!(engine.explain(id).is_none());
        for topic in snapshot.topics() {
            prop_assert!(topic.size > 0);
            for story in &topic.stories {
                let ids: Vec<&str> = story.headlines.iter()
                    .filter_map(|&at| snapshot.at(at)).map(|headline| headline.id.as_str()).collect();
                prop_assert_eq!(ids.len(), story.headlines.len());
                prop_assert!(!ids.contains(&id.as_str()));
            }
        }
    }
}

#[test]
fn known_headlines_change_nothing() {
    let batch: Vec<Headline> = ["Ferry strike enters second week", "Ferry strike: talks fail"]
        .iter()
        .map(|text| Headline {
            id: (*text).to_owned(),
            text: (*text).to_owned(),
            time: None,
            source: None,
            url: None,
            lang: None,
        })
        .collect();
    let mut engine = Engine::new(Method::default());
    let first = engine.apply(batch.clone(), time_of(5));
    assert_eq!(first.events, 1..3, "a topic and a story are born");
    let again = engine.apply(batch, time_of(6));
    assert_eq!(again.outcomes, [Outcome::Duplicate, Outcome::Duplicate]);
    assert!(again.events.is_empty());
    assert_eq!(engine.snapshot().version, 2, "a version for each headline");
}

#[test]
fn times_of_events_never_fall() {
    let headline = |id: &str, text: &str| Headline {
        id: id.to_owned(),
        text: text.to_owned(),
        time: None,
        source: None,
        url: None,
        lang: None,
    };
    let mut engine = Engine::new(Method::default());
    engine.apply(
        vec![headline("a", "Ferry strike enters second week"), headline("b", "Ferry strike: talks fail")],
        time_of(5),
    );
    engine.apply(vec![headline("c", "Ferry strike: talks go on")], time_of(1));
    let snapshot = engine.snapshot();
    assert!(snapshot.lineage.last() > 2);
    assert!(snapshot.lineage.events_since(0).all(|event| event.at == time_of(5)));
}

#[test]
fn groups_fall_asleep_in_order_of_their_last_headline_after_a_restart_too() {
    let mut engine = Engine::new(Method::default());
    let first =
        [on_day("a", "Ferry strike enters second week", 0), on_day("b", "Ferry strike: talks fail", 0)];
    let second = [on_day("c", "Owl nests in tram depot", 1), on_day("d", "Tram depot closed for owl", 1)];
    engine.apply(first.to_vec(), time_of(0));
    engine.apply(second.to_vec(), time_of(1));
    // The first topic grows without anything being put in order, since the title is known.
    engine.apply(vec![on_day("e", "Ferry strike: talks fail", 2)], time_of(2));
    let mut resumed = Engine::resume(Method::default(), &engine.checkpoint().unwrap()).unwrap();
    for engine in [&mut engine, &mut resumed] {
        engine.apply(vec![on_day("f", "Comet seen above lighthouse", 25)], time_of(3));
    }
    let dormant = |engine: &Engine| -> Vec<Id> {
        let snapshot = engine.snapshot();
        let events = snapshot.lineage.events_since(0);
        let dormant = events.filter(|event| event.change == Change::Dormant && event.level == Level::Topic);
        dormant.map(|event| event.id).collect()
    };
    let topic_of = |id| engine.snapshot().headline(id).and_then(|(_, placement)| placement.topic).unwrap();
    assert_eq!(dormant(&engine), [topic_of("c"), topic_of("e")]);
    assert_eq!(dormant(&resumed), dormant(&engine));
    assert_eq!(resumed.checkpoint().unwrap(), engine.checkpoint().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_engine_resumed_at_any_checkpoint_goes_on_as_if_nothing_had_happened(batches in batches()) {
        let (hashes, _) = replay(&batches);
        for stop in 1..=batches.len() {
            let mut engine = Engine::new(Method::default());
            for (number, batch) in batches[..stop].iter().enumerate() {
                engine.apply(batch.clone(), time_of(number));
            }
            let Ok(checkpoint) = engine.checkpoint() else { return Err(TestCaseError::fail("not written")) };
            let resumed = Engine::resume(Method::default(), &checkpoint);
            let Some(mut resumed) = resumed else { return Err(TestCaseError::fail("refused")) };
            prop_assert!(resumed.checkpoint().is_ok_and(|again| again == checkpoint));
            prop_assert_eq!(resumed.state_hash(), hashes[stop - 1]);
            for (number, batch) in batches.iter().enumerate().skip(stop) {
                resumed.apply(batch.clone(), time_of(number));
                prop_assert_eq!(resumed.state_hash(), hashes[number]);
            }
        }
    }

    #[test]
    fn ids_outlast_a_change_of_method(batches in batches()) {
        let (_, before) = replay(&batches);
        let mut engine = Engine::new(Method::default());
        for (number, batch) in batches.iter().enumerate() {
            engine.apply(batch.clone(), time_of(number));
        }
        let settings = Settings { stay: 0.1, belong: 0.0, ..Settings::default() };
        let Ok(method) = Method::try_from(settings) else { return Err(TestCaseError::fail("refused")) };
        let Ok(checkpoint) = engine.checkpoint() else { return Err(TestCaseError::fail("not written")) };
        let resumed = Engine::resume(method, &checkpoint);
        let Some(resumed) = resumed else { return Err(TestCaseError::fail("refused")) };
        let after = resumed.snapshot();
        for event in before.lineage.events_since(0) {
            prop_assert_eq!(after.lineage.event(event.number), Some(event));
            prop_assert!(after.lineage.resolve(event.id).is_some());
        }
    }

    #[test]
    fn a_damaged_checkpoint_is_refused(batches in batches(), cut in any::<prop::sample::Index>()) {
        let mut engine = Engine::new(Method::default());
        for (number, batch) in batches.iter().enumerate() {
            engine.apply(batch.clone(), time_of(number));
        }
        let Ok(checkpoint) = engine.checkpoint() else { return Err(TestCaseError::fail("not written")) };
        prop_assert!(Engine::resume(Method::default(), &checkpoint[..cut.index(checkpoint.len())]).is_none());
    }
}

#[test]
fn what_is_older_than_the_window_leaves_and_its_ids_still_resolve() {
    let headline = |id: usize, text: &str, day: i64| on_day(&format!("h{id}"), text, day);
    let old = ["Ferry strike enters second week", "Ferry strike: talks fail"];
    let mut engine = Engine::new(Method::default());
    engine.apply(old.iter().enumerate().map(|(at, text)| headline(at, text, 0)).collect(), time_of(0));
    let topic = engine.snapshot().topics()[0].id;
    for (at, text) in
        ["Owl nests in tram depot", "Tram depot closed for owl", "Owl chicks hatch in tram depot"]
            .iter()
            .enumerate()
    {
        engine.apply(vec![headline(10 + at, text, 40 + at as i64)], time_of(1));
    }
    let snapshot = engine.snapshot();
    assert_eq!(snapshot.len(), 3, "what is forty days old is out");
    assert!(snapshot.headline("h0").is_none() && snapshot.topic(&topic.to_string()).is_none());
    assert_eq!(snapshot.resolve(&topic.to_string()).map(|found| found.1.state), Some(State::Archived));
    assert!(engine.knows("h0"));
    let again = engine.apply(vec![headline(0, old[0], 0)], time_of(2));
    assert_eq!(again.outcomes, [Outcome::Duplicate]);
}

#[test]
fn what_comes_after_deletions_is_taken_however_many_there_were() {
    let headline = |number: usize| Headline {
        id: format!("o{number}"),
        text: format!("Owl number {number} nests in depot {}", number * 7),
        time: None,
        source: None,
        url: None,
        lang: Some("en".into()),
    };
    // Some of these make it due to put all in order, before anything else comes.
    for (posted, deleted) in (20..32).flat_map(|posted| (0..posted).map(move |deleted| (posted, deleted))) {
        let mut engine = Engine::new(Method::default());
        engine.apply((0..posted).map(headline).collect(), Timestamp::UNIX_EPOCH);
        for number in 0..deleted {
            assert!(engine.delete(&format!("o{number}"), Timestamp::UNIX_EPOCH));
        }
        engine.apply(vec![headline(100), headline(101)], Timestamp::UNIX_EPOCH);
        for id in ["o100", "o101"] {
            assert!(engine.snapshot().headline(id).is_some(), "{id} after {deleted} of {posted}");
        }
    }
}
