//! Corrections by hand hold through whatever comes later: headlines, refinements, rebuilds, restarts, expiry.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod invented;

use std::collections::{BTreeMap, BTreeSet};

use invented::titles;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use slugline::Headline;
use slugline::engine::{
    Corrected, Edit, EditRefusal, EditState, Engine, Headlines, Method, Order, Settings, Snapshot, Story,
    Topic, Verdict,
};
use slugline::text::normalised_title;
use slugline::track::{Change, Id, Level, State};

const START: i64 = 1_760_000_000;
const HOUR: i64 = 3_600;

const HARBOUR: [&str; 4] = [
    "Harbour strike enters second week",
    "Harbour strike: dockers vote to go on",
    "Harbour strike hits coal imports",
    "Dockers and owners talk as harbour strike goes on",
];
const ORCHARD: [&str; 4] = [
    "Orchard blight spreads in the valley",
    "Orchard blight: growers ask for aid",
    "Orchard blight kills half of the valley's trees",
    "Growers in the valley burn trees to stop orchard blight",
];
const OWL: [&str; 3] =
    ["Owl nests in tram depot", "Tram depot closes for nesting owl", "Owl chicks hatch in tram depot"];

/// Somebody who posts headlines and corrects what comes of them.
struct Desk {
    engine: Engine,
    hour: i64,
    posted: usize,
}

fn method(window_days: f32) -> Method {
    Method::try_from(Settings { window_days, ..Settings::default() }).unwrap()
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self { engine: Engine::new(method(0.0)), hour: 0, posted: 0 };
        desk.post("h", &HARBOUR);
        desk.post("o", &ORCHARD);
        desk.post("w", &OWL);
        desk
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(START + self.hour * HOUR).unwrap()
    }

    fn post(&mut self, prefix: &str, titles: &[&str]) {
        self.hour += 1;
        let time = Some(self.now());
        let headline = |(at, text): (usize, &&str)| Headline {
            id: format!("{prefix}{}", at + 1),
            text: (*text).to_owned(),
            time,
            source: None,
            url: None,
            lang: Some("en".to_owned()),
        };
        self.engine.apply(titles.iter().enumerate().map(headline).collect(), self.now());
    }

    /// More on the same subjects and on others: enough for several refinements and a rebuild now and then.
    fn post_more(&mut self) {
        let subjects = ["Harbour strike", "Orchard blight", "Tram depot owl", "Cheese fair", "Quarry flood"];
        let ends = ["divides the council", "draws crowds", "goes on", "costs more than planned", "ends"];
        for subject in subjects {
            let titles: Vec<String> =
                ends.iter().map(|end| format!("{subject} {end} on day {}", self.hour)).collect();
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            self.posted += 1;
            self.post(&format!("more-{}-", self.posted), &titles);
        }
    }

    fn order(edit: Value) -> Order {
        serde_json::from_value(json!({"author": "Ada", "reason": "seen by eye", "edit": edit})).unwrap()
    }

    fn edit(&mut self, edit: Value) -> Corrected {
        self.hour += 1;
        let order = Self::order(edit);
        assert_eq!(self.engine.check(&order), Ok(()));
        let rehearsed = self.engine.rehearse(order.clone(), self.now()).unwrap();
        let before = self.engine.checkpoint().unwrap();
        assert_eq!(self.engine.rehearse(order.clone(), self.now()).unwrap(), rehearsed);
        assert_eq!(self.engine.checkpoint().unwrap(), before, "a rehearsal changes nothing");
        let corrected = self.engine.edit(order, self.now()).unwrap();
        assert_eq!(corrected, rehearsed, "what was foretold comes about");
        let number = corrected.record.number;
        assert!(corrected.events.iter().all(|event| event.edit == Some(number)));
        corrected
    }

    fn refused(&self, edit: Value) -> EditRefusal {
        self.engine.check(&Self::order(edit)).unwrap_err()
    }

    fn snapshot(&self) -> std::sync::Arc<Snapshot> {
        self.engine.snapshot()
    }

    fn topic(&self, headline: &str) -> Option<Id> {
        self.snapshot().headline(headline).unwrap().1.topic
    }

    fn story(&self, headline: &str) -> Option<Id> {
        self.snapshot().headline(headline).unwrap().1.story
    }

    fn topic_of(&self, id: Id) -> std::sync::Arc<Topic> {
        self.snapshot().topic(&id.to_string()).unwrap().clone()
    }

    fn story_of(&self, id: Id) -> std::sync::Arc<Story> {
        self.snapshot().story(&id.to_string()).unwrap().0.clone()
    }

    fn state(&self, id: Id) -> State {
        self.snapshot().resolve(&id.to_string()).unwrap().1.state
    }

    fn edit_state(&self, number: u64) -> EditState {
        self.snapshot().edit(number).unwrap().state()
    }

    fn restart(&mut self) {
        let checkpoint = self.engine.checkpoint().unwrap();
        let hash = self.engine.state_hash();
        self.engine = Engine::resume(method(0.0), &checkpoint).unwrap();
        assert_eq!(self.engine.state_hash(), hash);
        assert!(self.engine.checkpoint().unwrap() == checkpoint);
    }

    /// Headlines come in, and between them the service restarts, once with other settings.
    fn holds(mut self, what: impl Fn(&Self)) -> Self {
        what(&self);
        for round in 0..4 {
            self.post_more();
            what(&self);
            match round {
                2 => {
                    let settings = Settings { stay: 0.1, ..Settings::default() };
                    let other = Method::try_from(Settings { window_days: 0.0, ..settings }).unwrap();
                    let checkpoint = self.engine.checkpoint().unwrap();
                    self.engine = Engine::resume(other, &checkpoint).unwrap();
                    what(&self);
                    let checkpoint = self.engine.checkpoint().unwrap();
                    self.engine = Engine::resume(method(0.0), &checkpoint).unwrap();
                }
                _ => self.restart(),
            }
            what(&self);
        }
        self
    }
}

#[test]
fn subjects_are_topics_of_their_own_to_begin_with() {
    let desk = Desk::new();
    let topics = ["h", "o", "w"].map(|prefix| desk.topic(&format!("{prefix}1")).unwrap());
    assert!(topics[0] != topics[1] && topics[1] != topics[2] && topics[0] != topics[2]);
    for (prefix, count, topic) in [("h", 4, topics[0]), ("o", 4, topics[1]), ("w", 3, topics[2])] {
        for number in 1..=count {
            assert_eq!(desk.topic(&format!("{prefix}{number}")), Some(topic), "{prefix}{number}");
        }
    }
}

#[test]
fn a_name_by_hand_stays() {
    let mut desk = Desk::new();
    let id = desk.topic("h1").unwrap();
    let automatic = desk.topic_of(id).label.clone();
    let corrected = desk.edit(json!({"kind": "amend", "id": id, "label": "Dock dispute"}));
    assert_eq!((corrected.moved, corrected.events.len()), (0, 1));
    assert_eq!(corrected.events[0].change, Change::Renamed { from: automatic.clone() });
    let story = desk.story("h1").unwrap();
    desk.edit(json!({"kind": "amend", "id": story, "label": "First week"}));
    let mut desk = desk.holds(|desk| {
        assert_eq!(desk.topic_of(id).label, "Dock dispute");
        if let Some((story, _)) = desk.snapshot().story(&story.to_string()) {
            assert_eq!(story.label, "First week");
        }
    });
    let second = desk.edit(json!({"kind": "amend", "id": id, "label": "Harbour row"}));
    assert_eq!(second.supersedes, [1]);
    assert_eq!(desk.edit_state(1), EditState::Superseded);
    desk.edit(json!({"kind": "undo", "edit": 3}));
    assert_eq!(desk.topic_of(id).label, "Dock dispute");
    assert_eq!((desk.edit_state(1), desk.edit_state(3)), (EditState::InForce, EditState::Undone));
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert_ne!(desk.topic_of(id).label, "Dock dispute");
    desk.edit(json!({"kind": "amend", "id": id, "label": "Quays"}));
    desk.edit(json!({"kind": "amend", "id": id, "label": null}));
    assert!(!["Quays", "Dock dispute", "Harbour row"].contains(&desk.topic_of(id).label.as_str()));
}

#[test]
fn merged_topics_stay_one() {
    let mut desk = Desk::new();
    let (from, into) = (desk.topic("h1").unwrap(), desk.topic("w1").unwrap());
    let corrected = desk.edit(json!({"kind": "merge", "from": [from], "into": into}));
    assert_eq!(
        (corrected.ended.as_slice(), corrected.born.as_slice(), corrected.moved),
        (&[from][..], &[][..], 4)
    );
    assert_eq!(desk.state(from), State::Merged(into), "the smaller one lives on if it is to");
    let one = |desk: &Desk| {
        for headline in ["h1", "h2", "h3", "h4", "w1", "w2", "w3"] {
            assert_eq!(desk.topic(headline), Some(into), "{headline}");
        }
        assert_ne!(desk.topic("o1"), Some(into));
    };
    let mut desk = desk.holds(one);
    let undone = desk.edit(json!({"kind": "undo", "edit": 1}));
    assert!(!undone.born.is_empty());
    assert_ne!(desk.topic("h1"), desk.topic("w1"));
    assert_eq!(desk.state(from), State::Merged(into), "an id that ended has ended");
}

#[test]
fn merged_stories_stay_one_wherever_they_were() {
    let mut desk = Desk::new();
    let (from, into) = (desk.story("o1").unwrap(), desk.story("h1").unwrap());
    let topic = desk.topic("h1").unwrap();
    let moved: Vec<usize> = desk.story_of(from).headlines.clone();
    let moved: Vec<String> = moved.iter().map(|&at| desk.snapshot().at(at).unwrap().id.clone()).collect();
    let corrected = desk.edit(json!({"kind": "merge", "from": [from], "into": into}));
    assert_eq!(corrected.moved, moved.len());
    assert_eq!((desk.story("o1"), desk.topic("o1")), (Some(into), Some(topic)));
    desk.holds(|desk| {
        let home = desk.story("h1");
        moved.iter().for_each(|id| assert_eq!(desk.story(id), home, "{id}"));
    });
}

#[test]
fn what_was_split_off_stays_apart() {
    let mut desk = Desk::new();
    let id = desk.topic("h1").unwrap();
    let split = json!({"kind": "split", "id": id, "headlines": ["h1", "h2"], "label": "Ballots"});
    let corrected = desk.edit(split);
    let part = corrected.record.made.unwrap();
    assert_eq!((corrected.born.contains(&part), corrected.moved), (true, 2));
    assert_eq!((desk.topic("h1"), desk.topic("h3")), (Some(part), Some(id)));
    assert_eq!(desk.topic_of(part).label, "Ballots");
    let mut desk = desk.holds(|desk| {
        assert!(desk.topic("h1").is_some() && desk.topic("h1") == desk.topic("h2"));
        for other in ["h3", "h4"] {
            assert_ne!(desk.topic(other), desk.topic("h1"));
        }
    });
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert_eq!(desk.topic("h1"), desk.topic("h3"));
}

#[test]
fn a_story_splits_within_its_topic() {
    let mut desk = Desk::new();
    let topic = desk.topic("h1").unwrap();
    let all: Vec<Id> = ["h1", "h2", "h3", "h4"].iter().map(|id| desk.story(id).unwrap()).collect();
    if all[1..].iter().any(|id| *id != all[0]) {
        let from: BTreeSet<Id> = all.iter().copied().filter(|id| *id != all[0]).collect();
        desk.edit(json!({"kind": "merge", "from": from, "into": all[0]}));
    }
    let corrected = desk.edit(json!({"kind": "split", "id": all[0], "headlines": ["h2", "h3"]}));
    let part = corrected.record.made.unwrap();
    assert_eq!((desk.story("h2"), desk.topic("h2")), (Some(part), Some(topic)));
    desk.holds(|desk| {
        assert_eq!(desk.story("h2"), desk.story("h3"));
        assert_ne!(desk.story("h2"), desk.story("h1"));
        assert_ne!(desk.story("h2"), desk.story("h4"));
    });
}

#[test]
fn a_moved_headline_stays_where_it_was_put() {
    let mut desk = Desk::new();
    let (story, topic) = (desk.story("o1").unwrap(), desk.topic("o1").unwrap());
    let origin = desk.topic("h2");
    let corrected = desk.edit(json!({"kind": "move", "headline": "h2", "to": story}));
    assert_eq!(corrected.moved, 1);
    assert_eq!((desk.story("h2"), desk.topic("h2")), (Some(story), Some(topic)));
    let mut desk = desk.holds(|desk| {
        assert_eq!((desk.story("h2"), desk.topic("h2")), (desk.story("o1"), desk.topic("o1")));
        assert_ne!(desk.topic("h2"), desk.topic("h1"));
    });
    let again = desk.edit(json!({"kind": "move", "headline": "h2", "to": desk.topic("w1")}));
    assert_eq!(again.supersedes, [1]);
    let mut desk = desk.holds(|desk| assert_eq!(desk.topic("h2"), desk.topic("w1")));
    desk.edit(json!({"kind": "undo", "edit": 2}));
    assert_eq!(desk.topic("h2"), desk.topic("o1"), "the earlier edit holds again");
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert_eq!(desk.topic("h2"), origin);
}

#[test]
fn a_moved_story_stays_in_the_topic_it_was_put_into() {
    let mut desk = Desk::new();
    let (story, origin) = (desk.story("h1").unwrap(), desk.topic("h1").unwrap());
    let goal = desk.topic("o1").unwrap();
    let members = members(&desk.snapshot(), story);
    let corrected = desk.edit(json!({"kind": "move_story", "story": story, "to": goal}));
    assert_eq!((corrected.moved, corrected.record.edit.ids()), (members.len(), vec![story, goal]));
    assert_eq!((desk.story("h1"), desk.topic("h1")), (Some(story), Some(goal)), "it is the same story");
    let mut desk = desk.holds(|desk| {
        members.iter().for_each(|id| assert_eq!(desk.topic(id), desk.topic("o1"), "{id}"));
    });
    let other = desk.topic("w1").unwrap();
    let story = desk.story("h1").unwrap();
    desk.edit(json!({"kind": "move_story", "story": story, "to": other}));
    assert_eq!((desk.topic("h1"), desk.story("h1")), (Some(other), Some(story)));
    desk.edit(json!({"kind": "undo", "edit": 2}));
    assert_eq!(desk.topic("h1"), desk.topic("o1"), "the earlier edit holds again");
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert_ne!(desk.topic("h1"), desk.topic("o1"));
    assert!(
        desk.topic("h1").is_some() && desk.state(origin).is_living() == (desk.topic("h1") == Some(origin))
    );
}

#[test]
fn stories_move_into_topics_that_are_there_and_leave_something_pinned_behind() {
    let mut desk = Desk::new();
    let (story, topic) = (desk.story("h1").unwrap(), desk.topic("h1").unwrap());
    let all: BTreeSet<Id> =
        ["h1", "h2", "h3", "h4"].iter().map(|id| desk.story(id).unwrap()).filter(|id| *id != story).collect();
    if !all.is_empty() {
        desk.edit(json!({"kind": "merge", "from": all, "into": story}));
    }
    let other = desk.topic("o1").unwrap();
    let to_story = desk.refused(json!({"kind": "move_story", "story": story, "to": desk.story("o1")}));
    assert!(matches!(to_story, EditRefusal::WrongLevel { wanted: Level::Topic, .. }), "{to_story}");
    let of_topic = desk.refused(json!({"kind": "move_story", "story": topic, "to": other}));
    assert!(matches!(of_topic, EditRefusal::WrongLevel { wanted: Level::Story, .. }), "{of_topic}");
    let at_home = desk.refused(json!({"kind": "move_story", "story": story, "to": topic}));
    assert_eq!(at_home, EditRefusal::Empty, "there is nothing else in its topic");
    desk.edit(json!({"kind": "amend", "id": topic, "pinned": true}));
    let pinned = desk.refused(json!({"kind": "move_story", "story": story, "to": other}));
    assert_eq!(pinned, EditRefusal::Pinned(topic));
    desk.edit(json!({"kind": "amend", "id": topic, "pinned": false}));
    desk.edit(json!({"kind": "move_story", "story": story, "to": other}));
    assert_eq!(desk.state(topic), State::Merged(other));
}

#[test]
fn a_headline_that_stands_alone_is_left_alone() {
    let mut desk = Desk::new();
    desk.edit(json!({"kind": "move", "headline": "h2", "to": null}));
    let copy = HARBOUR[1];
    desk.post("copy", &[copy, copy, copy]);
    let mut desk = desk.holds(|desk| {
        for id in ["h2", "copy1", "copy3"] {
            assert_eq!((desk.topic(id), desk.story(id)), (None, None), "{id}");
        }
    });
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert!(desk.topic("h2").is_some());
}

#[test]
fn judgements_of_two_headlines_hold() {
    for level in ["story", "topic"] {
        let mut desk = Desk::new();
        let group = |desk: &Desk, id: &str| match level {
            "story" => desk.story(id),
            _ => desk.topic(id),
        };
        desk.edit(json!({"kind": "judge", "a": "o1", "b": "w1", "verdict": "same", "level": level}));
        desk.edit(json!({"kind": "judge", "a": "h1", "b": "h4", "verdict": "not_same", "level": level}));
        let mut desk = desk.holds(|desk| {
            assert!(group(desk, "o1").is_some() && group(desk, "o1") == group(desk, "w1"), "{level}");
            assert!(group(desk, "h1") != group(desk, "h4"), "{level}");
        });
        let contrary =
            desk.edit(json!({"kind": "judge", "a": "w1", "b": "o1", "verdict": "not_same", "level": level}));
        assert_eq!(contrary.supersedes, [1]);
        let mut desk = desk.holds(|desk| assert_ne!(group(desk, "o1"), group(desk, "w1")));
        let contrary =
            desk.edit(json!({"kind": "judge", "a": "h1", "b": "h4", "verdict": "same", "level": level}));
        assert_eq!(contrary.supersedes, [2]);
        desk.holds(|desk| assert_eq!(group(desk, "h1"), group(desk, "h4")));
    }
}

/// Two topics that later headlines bring together.
fn brought_together(pinned: bool) -> (Desk, Id, Id) {
    let mut desk = Desk { engine: Engine::new(method(0.0)), hour: 0, posted: 0 };
    desk.post("h", &HARBOUR[..3]);
    desk.post("o", &ORCHARD[..2]);
    let (harbour, orchard) = (desk.topic("h1").unwrap(), desk.topic("o1").unwrap());
    assert_ne!(harbour, orchard);
    if pinned {
        desk.edit(json!({"kind": "amend", "id": orchard, "pinned": true}));
        desk.edit(json!({"kind": "amend", "id": harbour, "pinned": true}));
    }
    let both = [
        "Orchard blight and harbour strike leave markets short of apples",
        "Harbour strike and orchard blight: apples grow dear",
        "Growers hit by orchard blight and harbour strike ask for aid",
        "Harbour strike strands the valley's apples as orchard blight spreads",
        "Dockers spare apples: harbour strike eases for orchard blight growers",
    ];
    desk.post("b", &both);
    (desk, harbour, orchard)
}

#[test]
fn what_is_pinned_is_not_merged_away() {
    let (desk, harbour, orchard) = brought_together(false);
    let ended = [harbour, orchard].iter().filter(|&&id| desk.state(id) != State::Active).count();
    assert_eq!(ended, 1, "without pins they would become one");
    let (desk, harbour, orchard) = brought_together(true);
    for (id, prefix, count) in [(harbour, "h", 3), (orchard, "o", 2)] {
        assert_eq!(desk.state(id), State::Active);
        for number in 1..=count {
            assert_eq!(desk.topic(&format!("{prefix}{number}")), Some(id), "{prefix}{number}");
        }
    }
    desk.holds(|desk| {
        assert_eq!((desk.topic("h1"), desk.topic("o1")), (Some(harbour), Some(orchard)));
    });
}

#[test]
fn a_pinned_topic_goes_on_through_everything() {
    let mut desk = Desk::new();
    let id = desk.topic("h1").unwrap();
    desk.edit(json!({"kind": "amend", "id": id, "pinned": true}));
    assert!(desk.snapshot().is_pinned(id));
    let members = std::cell::RefCell::new(BTreeSet::<String>::new());
    let mut desk = desk.holds(|desk| {
        let topic = desk.topic_of(id);
        let snapshot = desk.snapshot();
        let positions = topic.stories.iter().flat_map(|story| &story.headlines);
        let now: BTreeSet<String> = positions.map(|&at| snapshot.at(at).unwrap().id.clone()).collect();
        assert!(members.borrow().is_subset(&now), "{:?} left", members.borrow().difference(&now));
        members.replace(now);
    });
    let other = desk.topic("w1").unwrap();
    assert_eq!(desk.refused(json!({"kind": "merge", "from": [id], "into": other})), EditRefusal::Pinned(id));
    desk.edit(json!({"kind": "amend", "id": id, "pinned": false}));
    assert!(!desk.snapshot().is_pinned(id));
    desk.edit(json!({"kind": "merge", "from": [id], "into": other}));
}

#[test]
fn only_what_an_edit_names_leaves_what_is_pinned() {
    for level in ["topic", "story"] {
        let mut desk = Desk::new();
        let stories: BTreeSet<Id> = ["h2", "h3", "h4"].iter().map(|id| desk.story(id).unwrap()).collect();
        let story = desk.story("h1").unwrap();
        let others: Vec<Id> = stories.into_iter().filter(|id| *id != story).collect();
        if level == "story" && !others.is_empty() {
            desk.edit(json!({"kind": "merge", "from": others, "into": story}));
        }
        let group = |desk: &Desk, id: &str| if level == "story" { desk.story(id) } else { desk.topic(id) };
        let id = group(&desk, "h1").unwrap();
        desk.edit(json!({"kind": "amend", "id": id, "pinned": true}));
        desk.edit(json!({"kind": "judge", "a": "h1", "b": "h2", "verdict": "not_same", "level": level}));
        let stayed = |desk: &Desk| {
            let named = ["h1", "h2"].iter().filter(|name| group(desk, name) == Some(id)).count();
            assert_eq!(named, 1, "one of the two left");
            ["h3", "h4"].iter().for_each(|name| assert_eq!(group(desk, name), Some(id), "{level} {name}"));
        };
        let mut desk = desk.holds(stayed);
        let out = if group(&desk, "h1") == Some(id) { "h2" } else { "h1" };
        // What is bound to one that stays does not take it along.
        desk.edit(json!({"kind": "judge", "a": out, "b": "w1", "verdict": "same", "level": level}));
        desk.edit(json!({"kind": "judge", "a": "w1", "b": "h3", "verdict": "not_same", "level": level}));
        desk.edit(json!({"kind": "move", "headline": "h4", "to": desk.topic("w1")}));
        desk.holds(|desk| {
            assert_ne!(group(desk, "h4"), Some(id));
            assert_eq!(group(desk, "h3"), Some(id));
            assert_eq!(desk.topic("h4"), desk.topic("w1"));
        });
    }
}

#[test]
fn what_leaves_the_window_takes_its_demands_along() {
    let mut desk = Desk::new();
    let checkpoint = desk.engine.checkpoint().unwrap();
    desk.engine = Engine::resume(method(2.0), &checkpoint).unwrap();
    let (from, into) = (desk.topic("h1").unwrap(), desk.topic("o1").unwrap());
    desk.edit(json!({"kind": "merge", "from": [from], "into": into}));
    desk.edit(json!({"kind": "amend", "id": into, "label": "Old news", "pinned": true}));
    desk.edit(json!({"kind": "judge", "a": "w1", "b": "w2", "verdict": "not_same", "level": "topic"}));
    desk.hour += 72;
    let later: Vec<String> = (0..40).map(|n| format!("Cheese fair opens stand {n} to visitors")).collect();
    desk.post("later", &later.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(desk.snapshot().headline("h1").is_none());
    assert_eq!(desk.state(into), State::Archived);
    let (_, resolution) = desk.snapshot().resolve(&into.to_string()).unwrap();
    assert_eq!(&*resolution.label, "Old news");
    assert!(matches!(
        desk.refused(json!({"kind": "amend", "id": into, "label": "Older news"})),
        EditRefusal::Ended { .. }
    ));
    let gone = desk.refused(json!({"kind": "move", "headline": "h1", "to": null}));
    assert_eq!(gone, EditRefusal::UnknownHeadline("h1".to_owned()));
    // All of it can be taken back, which changes nothing any more.
    for number in 1..=3 {
        desk.hour += 1;
        assert_eq!(
            desk.engine
                .edit(Desk::order(json!({"kind": "undo", "edit": number})), desk.now())
                .map(|made| made.born),
            Ok(vec![])
        );
    }
}

#[test]
fn deleting_a_headline_drops_what_was_said_of_it() {
    let mut desk = Desk::new();
    desk.edit(json!({"kind": "judge", "a": "h1", "b": "o1", "verdict": "same", "level": "story"}));
    assert_eq!(desk.story("h1"), desk.story("o1"));
    let now = desk.now();
    assert!(desk.engine.delete("o1", now));
    desk.post_more();
    desk.restart();
    desk.post_more();
    assert!(desk.snapshot().headline("h1").is_some());
    desk.edit(json!({"kind": "undo", "edit": 1}));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let mut desk = Desk::new();
    let (harbour, owl) = (desk.topic("h1").unwrap(), desk.topic("w1").unwrap());
    let story = desk.story("h1").unwrap();
    let unknown = Id::parse("t-00zzzz").unwrap();
    desk.post("copy", &[HARBOUR[0]]);
    for (edit, refusal) in [
        (json!({"kind": "amend", "id": unknown, "label": "X"}), EditRefusal::UnknownGroup(unknown)),
        (json!({"kind": "merge", "from": [harbour], "into": harbour}), EditRefusal::WithItself(harbour)),
        (json!({"kind": "merge", "from": [owl, owl], "into": harbour}), EditRefusal::Twice(owl.to_string())),
        (
            json!({"kind": "split", "id": harbour, "headlines": ["w1"]}),
            EditRefusal::NotAMember { member: "w1".to_owned(), id: harbour },
        ),
        (
            json!({"kind": "split", "id": harbour, "headlines": ["h1", "h2", "h3", "h4"]}),
            EditRefusal::NothingLeft(harbour),
        ),
        (
            json!({"kind": "split", "id": owl, "headlines": ["w1", "w2"]}),
            EditRefusal::TooSmall { found: 1, least: 2 },
        ),
        (
            json!({"kind": "judge", "a": "h1", "b": "copy1", "verdict": "not_same", "level": "story"}),
            EditRefusal::SameTitle { a: "h1".to_owned(), b: "copy1".to_owned() },
        ),
        (
            json!({"kind": "move", "headline": "nobody", "to": story}),
            EditRefusal::UnknownHeadline("nobody".to_owned()),
        ),
        (json!({"kind": "undo", "edit": 1}), EditRefusal::UnknownEdit(1)),
        (json!({"kind": "undo", "edit": 0}), EditRefusal::UnknownEdit(0)),
    ] {
        assert_eq!(desk.refused(edit.clone()), refusal, "{edit}");
    }
    let wrong = desk.refused(json!({"kind": "merge", "from": [story], "into": harbour}));
    assert!(matches!(wrong, EditRefusal::WrongLevel { .. }), "{wrong}");
    desk.edit(json!({"kind": "merge", "from": [owl], "into": harbour}));
    let ended = desk.refused(json!({"kind": "amend", "id": owl, "pinned": true}));
    assert_eq!(ended, EditRefusal::Ended { id: owl, living: vec![harbour] });
    desk.edit(json!({"kind": "undo", "edit": 1}));
    assert_eq!(
        desk.refused(json!({"kind": "undo", "edit": 1})),
        EditRefusal::AlreadyUndone { edit: 1, by: 2 }
    );
    assert_eq!(desk.refused(json!({"kind": "undo", "edit": 2})), EditRefusal::IsUndo(2));
}

#[test]
fn a_headline_taken_out_of_a_merger_leaves_the_rest_together() {
    let mut desk = Desk::new();
    let (from, into) = (desk.topic("h1").unwrap(), desk.topic("w1").unwrap());
    desk.edit(json!({"kind": "merge", "from": [from], "into": into}));
    let moved = desk.edit(json!({"kind": "move", "headline": "h2", "to": desk.topic("o1")}));
    assert_eq!(moved.supersedes, [0; 0]);
    desk.holds(|desk| {
        assert_eq!(desk.topic("h2"), desk.topic("o1"));
        for id in ["h1", "h3", "h4"] {
            assert_eq!(desk.topic(id), Some(into), "{id}");
        }
    });
}

/// What somebody does at random: numbers pick among what is there.
#[derive(Debug, Clone)]
enum Deed {
    Post(Vec<String>),
    Delete(usize),
    Amend(usize, bool, Option<Option<u8>>, Option<bool>),
    Merge(usize, usize, bool),
    Split(usize, Vec<bool>, bool),
    Move(usize, Option<usize>, bool),
    MoveStory(usize, usize),
    Judge(usize, usize, bool, bool),
    Undo(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let pick = 0..1_000usize;
    let deed = prop_oneof![
        6 => prop::collection::vec(titles(), 1..9).prop_map(Deed::Post),
        1 => pick.clone().prop_map(Deed::Delete),
        2 => (pick.clone(), any::<bool>(), any::<Option<Option<u8>>>(), any::<Option<bool>>())
            .prop_map(|(which, level, label, pinned)| Deed::Amend(which, level, label, pinned)),
        2 => (pick.clone(), pick.clone(), any::<bool>()).prop_map(|(from, into, level)| Deed::Merge(from, into, level)),
        2 => (pick.clone(), prop::collection::vec(any::<bool>(), 12), any::<bool>())
            .prop_map(|(which, part, level)| Deed::Split(which, part, level)),
        2 => (pick.clone(), prop::option::of(pick.clone()), any::<bool>())
            .prop_map(|(headline, to, level)| Deed::Move(headline, to, level)),
        1 => (pick.clone(), pick.clone()).prop_map(|(story, to)| Deed::MoveStory(story, to)),
        3 => (pick.clone(), pick.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(a, b, verdict, level)| Deed::Judge(a, b, verdict, level)),
        2 => pick.prop_map(Deed::Undo),
    ];
    prop::collection::vec(deed, 4..30)
}

fn all_headlines(snapshot: &Snapshot) -> Vec<String> {
    snapshot.headlines().map(|placed| placed.0.id.clone()).collect()
}

fn groups(snapshot: &Snapshot, level: Level) -> Vec<Id> {
    let ids: BTreeSet<Id> = snapshot
        .headlines()
        .filter_map(|placed| match level {
            Level::Story => placed.1.story,
            Level::Topic => placed.1.topic,
        })
        .collect();
    ids.into_iter().collect()
}

fn members(snapshot: &Snapshot, id: Id) -> BTreeSet<String> {
    let is_in = |placed: &(&Headline, &slugline::engine::Placement)| {
        placed.1.story == Some(id) || placed.1.topic == Some(id)
    };
    snapshot.headlines().filter(is_in).map(|placed| placed.0.id.clone()).collect()
}

impl Deed {
    /// The edit that a deed is in the present collection, if it is one.
    fn edit(&self, snapshot: &Snapshot) -> Option<Edit> {
        let level = |is_topic: bool| if is_topic { Level::Topic } else { Level::Story };
        let group = |which: usize, is_topic: bool| {
            let ids = groups(snapshot, level(is_topic));
            (!ids.is_empty()).then(|| ids[which % ids.len()])
        };
        let ids = all_headlines(snapshot);
        let headline = |which: usize| (!ids.is_empty()).then(|| ids[which % ids.len()].clone());
        Some(match self {
            Self::Post(_) | Self::Delete(_) => return None,
            Self::Amend(which, is_topic, label, pinned) => Edit::Amend {
                id: group(*which, *is_topic)?,
                label: label.map(|label| label.map(|number| format!("Name {number}"))),
                pinned: *pinned,
            },
            Self::Merge(from, into, is_topic) => {
                Edit::Merge { from: vec![group(*from, *is_topic)?], into: group(*into, *is_topic)? }
            }
            Self::Split(which, part, is_topic) => {
                let id = group(*which, *is_topic)?;
                let part = members(snapshot, id).into_iter().zip(part.iter().cycle()).filter(|one| *one.1);
                Edit::Split {
                    id,
                    stories: Vec::new(),
                    headlines: part.map(|one| one.0).collect(),
                    label: None,
                }
            }
            Self::Move(which, to, is_topic) => {
                let to = to.and_then(|to| group(to, *is_topic));
                Edit::Move { headline: headline(*which)?, to }
            }
            Self::MoveStory(story, to) => {
                Edit::MoveStory { story: group(*story, false)?, to: group(*to, true)? }
            }
            Self::Judge(a, b, is_same, is_topic) => Edit::Judge {
                a: headline(*a)?,
                b: headline(*b)?,
                verdict: if *is_same { Verdict::Same } else { Verdict::NotSame },
                level: level(*is_topic),
            },
            Self::Undo(which) => {
                let last = snapshot.last_edit();
                Edit::Undo { edit: 1 + *which as u64 % last.max(1) }
            }
        })
    }
}

/// What was said, as far as it can be checked without knowing how it is done.
#[derive(Default)]
struct Said {
    /// Titles that an edit put somewhere together, and those that were there, by its number.
    together: BTreeMap<u64, (Level, BTreeSet<String>, BTreeSet<String>)>,
    /// Titles parted by an edit.
    apart: BTreeMap<u64, (Level, BTreeSet<String>, BTreeSet<String>)>,
    /// Titles that a later edit was about, by its number: earlier ones say nothing of them any more.
    named: BTreeMap<u64, BTreeSet<String>>,
}

fn title(snapshot: &Snapshot, id: &str) -> String {
    snapshot.headline(id).map(|found| normalised_title(&found.0.text)).unwrap_or_default()
}

impl Said {
    fn note(&mut self, number: u64, edit: &Edit, before: &Snapshot) {
        let titles =
            |ids: BTreeSet<String>| -> BTreeSet<String> { ids.iter().map(|id| title(before, id)).collect() };
        match edit {
            Edit::Merge { from, into } => {
                let movers: BTreeSet<String> =
                    from.iter().flat_map(|&id| titles(members(before, id))).collect();
                let goal = titles(members(before, *into));
                self.together.insert(number, (into.level(), movers.clone(), goal));
                self.named.insert(number, movers);
            }
            Edit::Split { id, headlines, .. } => {
                let part = titles(headlines.iter().cloned().collect());
                let rest = titles(members(before, *id)).difference(&part).cloned().collect();
                self.together.insert(number, (id.level(), part.clone(), BTreeSet::new()));
                self.apart.insert(number, (id.level(), part.clone(), rest));
                self.named.insert(number, part);
            }
            Edit::Move { headline, .. } => _ = self.named.insert(number, [title(before, headline)].into()),
            Edit::MoveStory { story, .. } => {
                self.named.insert(number, titles(members(before, *story)));
            }
            Edit::Judge { a, b, .. } => {
                self.named.insert(number, [title(before, a), title(before, b)].into());
            }
            Edit::Amend { .. } | Edit::Stand { .. } | Edit::Undo { .. } => {}
        }
    }

    /// Titles that no headline has any more take their demands along, and are new when they come again.
    fn forget(&mut self, before: &Snapshot, after: &Snapshot) {
        let titles = |snapshot: &Snapshot| -> BTreeSet<String> {
            snapshot.headlines().map(|(headline, _)| normalised_title(&headline.text)).collect()
        };
        let left = titles(after);
        for title in titles(before).difference(&left) {
            for (_, part, rest) in self.together.values_mut().chain(self.apart.values_mut()) {
                part.remove(title);
                rest.remove(title);
            }
        }
    }

    /// Whether what is pinned keeps its headlines: refinement takes none out of it, and an edit only those that it names.
    fn pins_hold(&self, before: &Snapshot, after: &Snapshot) -> Result<(), TestCaseError> {
        let edit = (after.last_edit() > before.last_edit()).then(|| after.edit(after.last_edit())).flatten();
        let named: BTreeSet<&String> = match edit.map(|record| &record.edit) {
            None => BTreeSet::new(),
            // Earlier edits may be in force again.
            Some(Edit::Undo { .. }) => {
                let goals = self.together.values().flat_map(|(_, _, goal)| goal);
                self.named.values().flatten().chain(goals).collect()
            }
            Some(_) => self.named.get(&after.last_edit()).into_iter().flatten().collect(),
        };
        let ids = groups(before, Level::Topic).into_iter().chain(groups(before, Level::Story));
        for id in ids.filter(|&id| before.is_pinned(id) && after.is_pinned(id)) {
            let now = members(after, id);
            let left = members(before, id).into_iter().filter(|headline| {
                let is_there = after.headline(headline).is_some();
                is_there && !now.contains(headline) && !named.contains(&title(before, headline))
            });
            let left: Vec<String> = left.collect();
            prop_assert!(left.is_empty(), "{:?} left {} at {:?}", left, id, edit);
        }
        Ok(())
    }

    fn still(&self, number: u64, titles: &BTreeSet<String>) -> BTreeSet<String> {
        let later: BTreeSet<&String> = self.named.range(number + 1..).flat_map(|named| named.1).collect();
        titles.iter().filter(|title| !later.contains(title)).cloned().collect()
    }

    fn holds(&self, snapshot: &Snapshot) -> Result<(), TestCaseError> {
        let mut places: BTreeMap<String, (Option<Id>, Option<Id>)> = BTreeMap::new();
        for (headline, placement) in snapshot.headlines() {
            places.insert(normalised_title(&headline.text), (placement.story, placement.topic));
        }
        let at = |level: Level, title: &String| {
            let place = places.get(title)?;
            Some(if level == Level::Story { place.0 } else { place.1 })
        };
        let homes = |level: Level, titles: &BTreeSet<String>| -> BTreeSet<Option<Id>> {
            titles.iter().filter_map(|title| at(level, title)).collect()
        };
        for record in snapshot.edits_since(0).filter(|record| record.state() == EditState::InForce) {
            let number = record.number;
            if let Some((level, movers, goal)) = self.together.get(&number)
                // Of a merger of which nothing is left but where it went, nothing is left.
                && let movers = self.still(number, movers)
                && !movers.is_empty()
            {
                let all = movers.union(&self.still(number, goal)).cloned().collect();
                let homes = homes(*level, &all);
                prop_assert!(homes.len() < 2, "edit {}: {:?}", number, homes);
            }
            if let Some((level, part, rest)) = self.apart.get(&number) {
                let (part, rest) =
                    (homes(*level, &self.still(number, part)), homes(*level, &self.still(number, rest)));
                let both: Vec<_> = part.intersection(&rest).flatten().collect();
                prop_assert!(both.is_empty(), "edit {}: {:?}", number, both);
            }
            match &record.edit {
                Edit::Amend { id, label, pinned } => {
                    let later =
                        snapshot.edits_since(number).filter(|later| later.state() == EditState::InForce);
                    let later: Vec<&Edit> = later.map(|later| &later.edit).collect();
                    let is_renamed = later.iter().any(
                        |edit| matches!(edit, Edit::Amend { id: other, label: Some(_), .. } if other == id),
                    );
                    let is_pinned = later.iter().any(
                        |edit| matches!(edit, Edit::Amend { id: other, pinned: Some(_), .. } if other == id),
                    );
                    let text = id.to_string();
                    let name = snapshot.topic(&text).map(|topic| topic.label.clone());
                    let name = name.or_else(|| snapshot.story(&text).map(|found| found.0.label.clone()));
                    if let (Some(Some(label)), Some(name), false) = (label, name, is_renamed) {
                        prop_assert_eq!(&name, label);
                    }
                    if let (Some(pinned), false) = (pinned, is_pinned) {
                        prop_assert_eq!(snapshot.is_pinned(*id), *pinned);
                    }
                }
                Edit::Move { headline, to: None } => {
                    if let Some((_, placement)) = snapshot.headline(headline) {
                        prop_assert_eq!((placement.story, placement.topic), (None, None));
                    }
                }
                Edit::Judge { a, b, verdict, level } => {
                    let place = |id: &str| {
                        let placement = snapshot.headline(id)?.1;
                        Some(if *level == Level::Story { placement.story } else { placement.topic })
                    };
                    if let (Some(a), Some(b)) = (place(a), place(b)) {
                        match verdict {
                            Verdict::Same => prop_assert_eq!(a, b, "edit {}", number),
                            Verdict::NotSame => prop_assert!(a != b || a.is_none(), "edit {}", number),
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What holds of every collection, corrected or not.
fn is_sound(snapshot: &Snapshot) -> Result<(), TestCaseError> {
    for event in snapshot.lineage.events_since(0) {
        for id in std::iter::once(event.id).chain(event.change.others().to_vec()) {
            prop_assert!(snapshot.resolve(&id.to_string()).is_some(), "{} dangles", id);
        }
    }
    for level in [Level::Story, Level::Topic] {
        for id in (1..=snapshot.lineage.issued(level)).map(|number| Id::new(level, number)) {
            let Some((_, resolution)) = snapshot.resolve(&id.to_string()) else {
                return Err(TestCaseError::fail("an issued id does not resolve"));
            };
            prop_assert_eq!(resolution.state.is_living(), !members(snapshot, id).is_empty(), "{}", id);
        }
    }
    let mut stories = BTreeMap::new();
    for (headline, placement) in snapshot.headlines() {
        let story = *stories.entry(normalised_title(&headline.text)).or_insert(placement.story);
        prop_assert_eq!(story, placement.story);
        prop_assert_eq!(placement.story.is_some(), placement.topic.is_some());
    }
    for topic in snapshot.topics() {
        prop_assert_eq!(topic.size, members(snapshot, topic.id).len());
        for story in &topic.stories {
            prop_assert_eq!(story.headlines.len(), members(snapshot, story.id).len());
        }
    }
    Ok(())
}

/// Does what is to be done; headlines come `at_once` at a time.
fn do_all(
    deeds: &[Deed],
    at_once: usize,
    mut after_each: impl FnMut(&mut Engine, &Deed, &Snapshot) -> Result<(), TestCaseError>,
) -> Result<Engine, TestCaseError> {
    let mut engine = Engine::new(method(0.0));
    let mut posted = 0;
    for (step, deed) in (0..).zip(deeds) {
        let before = engine.snapshot();
        let now = Timestamp::from_second(START + step * HOUR).unwrap();
        match deed {
            Deed::Post(titles) => {
                let headlines: Vec<Headline> = titles
                    .iter()
                    .map(|text| {
                        posted += 1;
                        Headline {
                            id: format!("p{posted}"),
                            text: text.clone(),
                            time: Some(now),
                            source: None,
                            url: None,
                            lang: Some("en".to_owned()),
                        }
                    })
                    .collect();
                headlines.chunks(at_once).for_each(|some| _ = engine.apply(some.to_vec(), now));
            }
            Deed::Delete(which) => {
                let ids = all_headlines(&before);
                if !ids.is_empty() {
                    engine.delete(&ids[which % ids.len()], now);
                }
            }
            deed => {
                let order = deed.edit(&before).map(|edit| Order { author: None, reason: None, edit });
                if let Some(order) = order.filter(|order| engine.check(order).is_ok()) {
                    prop_assert!(engine.edit(order, now).is_ok());
                }
            }
        }
        after_each(&mut engine, deed, &before)?;
    }
    Ok(engine)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_was_said_holds_after_every_step(deeds in deeds()) {
        let mut said = Said::default();
        let mut engine = do_all(&deeds, 100, |engine, _, before| {
            let snapshot = engine.snapshot();
            if snapshot.last_edit() > before.last_edit()
                && let Some(record) = snapshot.edit(snapshot.last_edit())
            {
                said.note(record.number, &record.edit, before);
            }
            said.forget(before, &snapshot);
            is_sound(&snapshot)?;
            said.holds(&snapshot)?;
            said.pins_hold(before, &snapshot)
        })?;
        // Everything is taken back, and life goes on.
        let later = Timestamp::from_second(START + 100 * HOUR).unwrap();
        for number in 1..=engine.snapshot().last_edit() {
            let order = Order { author: None, reason: None, edit: Edit::Undo { edit: number } };
            if engine.check(&order).is_ok() {
                prop_assert!(engine.edit(order, later).is_ok());
            }
        }
        is_sound(&engine.snapshot())?;
        let snapshot = engine.snapshot();
        let in_force = snapshot.edits_since(0).filter(|record| record.state() == EditState::InForce);
        prop_assert_eq!(in_force.filter(|record| record.edit.kind() != "undo").count(), 0);
        let text = "Ferry strike enters the harbour in second week".to_owned();
        let headline = Headline { id: "last".to_owned(), text, time: Some(later), source: None, url: None, lang: None };
        engine.apply(vec![headline], later);
        is_sound(&engine.snapshot())?;
    }

    #[test]
    fn corrected_collections_are_the_same_however_many_come_together_and_after_restarts(deeds in deeds(), at_once in 1usize..4) {
        let wanted = do_all(&deeds, 100, |_, _, _| Ok(()))?.state_hash();
        let found = do_all(&deeds, at_once, |engine, _, _| {
            let Ok(checkpoint) = engine.checkpoint() else { return Err(TestCaseError::fail("not written")) };
            let Some(resumed) = Engine::resume(method(0.0), &checkpoint) else {
                return Err(TestCaseError::fail("refused"));
            };
            prop_assert!(resumed.checkpoint().is_ok_and(|again| again == checkpoint));
            *engine = resumed;
            Ok(())
        })?;
        prop_assert_eq!(found.state_hash(), wanted);
    }
}
