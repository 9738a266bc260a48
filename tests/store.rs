//! What every store promises, asked of each.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;
use slugline::Headline;
use slugline::store::{
    Body, CardKind, CardRow, Checkpoint, MemoryStore, NewEntry, Saving, SqliteStore, Store, StoreError,
};
use slugline::track::{Change, Event, Id, Level, Moved};
use support::checkpoints::checkpoints;
use tempfile::TempDir;

/// A store and, if it has one, its directory, removed after it.
struct Opened {
    store: Box<dyn Store>,
    directory: Option<TempDir>,
}

impl Opened {
    /// Closes the store and opens it again, unless it would forget all.
    fn reopened(self) -> Self {
        let Self { store, directory: Some(directory) } = self else { return self };
        drop(store);
        let store = Box::new(SqliteStore::open(directory.path()).unwrap());
        Self { store, directory: Some(directory) }
    }
}

fn memory() -> Opened {
    Opened { store: Box::new(MemoryStore::default()), directory: None }
}

fn sqlite() -> Opened {
    let directory = tempfile::tempdir().unwrap();
    let store = Box::new(SqliteStore::open(directory.path()).unwrap());
    Opened { store, directory: Some(directory) }
}

fn at(second: i64) -> Timestamp {
    Timestamp::new(second, 123_456_789).unwrap()
}

fn headline(id: &str, text: &str) -> Headline {
    Headline { id: id.into(), text: text.into(), time: None, source: None, url: None, lang: None }
}

fn added(id: &str, text: &str) -> NewEntry {
    NewEntry { at: at(7), body: Body::Headline(headline(id, text)) }
}

fn several(count: usize) -> Vec<NewEntry> {
    (0..count).map(|n| added(&format!("h{n}"), "Harbour freezes over")).collect()
}

/// A topic that went into another, or parts of it into several.
fn event(number: u64, id: u32, into: &[u32]) -> Arc<Event> {
    let topic = |number: &u32| Id::new(Level::Topic, *number);
    let moved = Moved { count: 30, headlines: vec!["a \"b\"".to_owned(), "\u{0}é".to_owned()] };
    let change = match into {
        [] => Change::Renamed { from: "Ebb “and” flow".to_owned() },
        [into] => Change::Merged { into: topic(into), moved },
        _ => Change::Split { into: into.iter().map(topic).collect(), moved },
    };
    Arc::new(Event {
        number,
        version: number,
        at: at(9),
        level: Level::Topic,
        id: topic(&id),
        label: "Flood 'tide'".into(),
        size: into.len(),
        edit: Some(number).filter(|number| number % 2 == 0),
        change,
    })
}

fn card(id: &str, kind: CardKind, state: &str) -> CardRow {
    CardRow { id: id.into(), kind, state: state.into(), json: json!({"name": state}) }
}

#[rstest]
fn every_kind_of_entry_is_read_back_as_it_was(#[values(memory, sqlite)] open: fn() -> Opened) {
    let full = Headline {
        time: Some("-000044-03-15T00:00:00.000000001Z".parse().unwrap()),
        source: Some("gazette.example".into()),
        url: Some("https://gazette.example/?q=%22\"".into()),
        lang: Some("la".into()),
        ..headline("id \"with\" \u{0} quotes", "Caesar’s 'Ides' \u{1F5E1} \n over")
    };
    let bodies = [
        Body::Headline(full),
        Body::Headline(headline("", "")),
        Body::Delete { id: "Ω\u{0}".into() },
        // A number that a fast but careless parser reads back as its neighbour.
        Body::Edit(json!({"move": ["a", null], "weight": 0.18389755720182865})),
        Body::Configure(json!("")),
    ];
    let entries: Vec<NewEntry> =
        bodies.into_iter().zip(0..).map(|(body, n)| NewEntry { at: at(n), body }).collect();
    let mut opened = open();
    opened.store.create_collection("c").unwrap();
    assert_eq!(opened.store.append("c", &entries).unwrap(), 1..=5);
    opened = opened.reopened();
    let found = opened.store.read("c", 0, 9).unwrap();
    assert_eq!(found.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let found: Vec<NewEntry> =
        found.into_iter().map(|entry| NewEntry { at: entry.at, body: entry.body }).collect();
    assert_eq!(found, entries);
}

#[rstest]
fn numbers_go_on_where_they_stopped(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    opened.store.create_collection("c").unwrap();
    assert_eq!(opened.store.last_seq("c").unwrap(), 0);
    assert_eq!(opened.store.append("c", &several(3)).unwrap(), 1..=3);
    assert!(opened.store.append("c", &[]).unwrap().is_empty());
    // More than goes into one statement.
    assert_eq!(opened.store.append("c", &several(2_345)).unwrap(), 4..=2_348);
    opened = opened.reopened();
    assert_eq!(opened.store.append("c", &several(1)).unwrap(), 2_349..=2_349);
    assert_eq!(opened.store.last_seq("c").unwrap(), 2_349);
}

#[rstest]
fn the_log_is_read_in_pages(#[values(memory, sqlite)] open: fn() -> Opened) {
    let Opened { mut store, directory: _directory } = open();
    store.create_collection("c").unwrap();
    store.append("c", &several(10)).unwrap();
    let mut seqs =
        |after, limit| store.read("c", after, limit).unwrap().iter().map(|e| e.seq).collect::<Vec<_>>();
    assert_eq!(seqs(0, 4), [1, 2, 3, 4]);
    assert_eq!(seqs(8, 4), [9, 10]);
    assert_eq!(seqs(10, 4), [0; 0]);
    assert_eq!(seqs(u64::MAX, usize::MAX), [0; 0]);
    assert_eq!(seqs(3, 0), [0; 0]);
    assert_eq!(seqs(9, usize::MAX), [10]);
}

#[rstest]
fn collections_do_not_mix(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    for name in ["b", "a", "Ä ' \""] {
        store.create_collection(name).unwrap();
    }
    assert_eq!(store.create_collection("a"), Err(StoreError::CollectionExists("a".into())));
    store.append("a", &several(2)).unwrap();
    store.append("b", &[added("x", "Ebb")]).unwrap();
    store.save_checkpoint("a", 2, 1, b"two").unwrap();
    store.put_derived("a", 2, &[event(1, 1, &[])], &[card("t", CardKind::Topic, "new")]).unwrap();
    assert_eq!(store.headline("b", "h0").unwrap(), None);
    assert_eq!((checkpoints(store.as_mut(), "b"), store.derived_upto("b").unwrap()), (vec![], 0));
    assert_eq!((store.events("b", 0, 9).unwrap(), store.card("b", "t").unwrap()), (vec![], None));

    store.delete_collection("a").unwrap();
    assert_eq!(store.collections().unwrap(), ["b", "Ä ' \""]);
    opened = opened.reopened();
    let store = &mut opened.store;
    assert_eq!(store.last_seq("b").unwrap(), 1);
    // Nothing of the old one comes back with the name.
    store.create_collection("a").unwrap();
    assert_eq!((store.last_seq("a").unwrap(), store.derived_upto("a").unwrap()), (0, 0));
    assert_eq!((checkpoints(store.as_mut(), "a"), store.events("a", 0, 9).unwrap()), (vec![], vec![]));
    assert_eq!((store.card("a", "t").unwrap(), store.headline("a", "h0").unwrap()), (None, None));
}

#[rstest]
fn what_names_an_unknown_collection_fails(#[values(memory, sqlite)] open: fn() -> Opened) {
    let Opened { mut store, directory: _directory } = open();
    let unknown = StoreError::UnknownCollection("c".into());
    assert_eq!(store.delete_collection("c").unwrap_err(), unknown);
    assert_eq!(store.append("c", &several(1)).unwrap_err(), unknown);
    assert_eq!(store.read("c", 0, 1).unwrap_err(), unknown);
    assert_eq!(store.last_seq("c").unwrap_err(), unknown);
    assert_eq!(store.headline("c", "a").unwrap_err(), unknown);
    assert_eq!(store.save_checkpoint("c", 0, 1, b"").unwrap_err(), unknown);
    assert_eq!(store.checkpoint_before("c", 9).unwrap_err(), unknown);
    assert_eq!(store.put_events("c", &[event(1, 1, &[])]).unwrap_err(), unknown);
    assert_eq!(store.put_cards("c", &[card("t", CardKind::Topic, "new")]).unwrap_err(), unknown);
    assert_eq!(store.derived_upto("c").unwrap_err(), unknown);
    assert_eq!(store.events("c", 0, 1).unwrap_err(), unknown);
    assert_eq!(store.events_of("c", Id::new(Level::Topic, 1), 0, 1).unwrap_err(), unknown);
    assert_eq!(store.last_events_of("c", Id::new(Level::Topic, 1), 9, 1).unwrap_err(), unknown);
    assert_eq!(store.card("c", "t").unwrap_err(), unknown);
    assert!(store.collections().unwrap().is_empty());
}

#[rstest]
fn a_headline_is_as_the_log_has_it_last(#[values(memory, sqlite)] open: fn() -> Opened) {
    let Opened { mut store, directory: _directory } = open();
    store.create_collection("c").unwrap();
    store.append("c", &[added("a", "Ebb"), added("b", "Flood")]).unwrap();
    assert_eq!(store.headline("c", "a").unwrap(), Some(headline("a", "Ebb")));
    store.append("c", &[NewEntry { at: at(1), body: Body::Delete { id: "a".into() } }]).unwrap();
    assert_eq!(store.headline("c", "a").unwrap(), None);
    store.append("c", &[added("a", "Slack water")]).unwrap();
    assert_eq!(store.headline("c", "a").unwrap(), Some(headline("a", "Slack water")));
    assert_eq!(store.headline("c", "b").unwrap(), Some(headline("b", "Flood")));
    assert_eq!(store.headline("c", "z").unwrap(), None);
}

#[rstest]
fn the_newest_two_checkpoints_are_kept(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    store.create_collection("c").unwrap();
    store.append("c", &several(9)).unwrap();
    store.save_checkpoint("c", 0, 3, b"").unwrap();
    store.save_checkpoint("c", 8, 3, &[7; 3_000_000]).unwrap();
    store.save_checkpoint("c", 4, 3, b"four").unwrap();
    store.save_checkpoint("c", 2, 3, b"two").unwrap();
    store.save_checkpoint("c", 4, u32::MAX, b"four again").unwrap();
    let beyond = StoreError::BeyondLog { collection: "c".into(), seq: 10, last: 9 };
    assert_eq!(store.save_checkpoint("c", 10, 3, b"ten"), Err(beyond));
    opened = opened.reopened();
    let wanted = [
        Checkpoint { seq: 8, format_version: 3, bytes: vec![7; 3_000_000] },
        Checkpoint { seq: 4, format_version: u32::MAX, bytes: b"four again".to_vec() },
    ];
    assert_eq!(checkpoints(opened.store.as_mut(), "c"), wanted);
}

#[rstest]
fn a_checkpoint_is_none_before_all_of_it_is_stored(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    store.create_collection("c").unwrap();
    store.append("c", &several(9)).unwrap();
    store.save_checkpoint("c", 4, 1, b"four").unwrap();
    let long: Vec<u8> = (0..2_500_000_u32).flat_map(|number| number.to_le_bytes()).collect();
    let mut saving = Saving::new(8, 1, &long);
    assert!(saving.is_new());
    while !store.save_some("c", &mut saving).unwrap() {
        assert!(!saving.is_new());
        assert_eq!(checkpoints(store.as_mut(), "c").len(), 1);
        // Others have their turn.
        store.append("c", &several(1)).unwrap();
    }
    let [new, old] = &checkpoints(store.as_mut(), "c")[..] else { panic!("not two") };
    assert_eq!((new.seq, old.seq), (8, 4));
    assert!(new.bytes == long, "other bytes");

    let mut beyond = Saving::new(800, 1, &long);
    assert!(matches!(store.save_some("c", &mut beyond), Err(StoreError::BeyondLog { seq: 800, .. })));
    assert_eq!(checkpoints(opened.reopened().store.as_mut(), "c").len(), 2);
}

#[rstest]
fn events_are_found_by_number_and_by_what_they_name(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    store.create_collection("c").unwrap();
    store.append("c", &several(5)).unwrap();
    let all = [event(1, 1, &[]), event(2, 2, &[1]), event(4, 3, &[1, 2]), event(5, 1, &[3])];
    store.put_derived("c", 2, &all[..2], &[]).unwrap();
    store.put_events("c", &all[2..]).unwrap();
    opened = opened.reopened();
    let store = &mut opened.store;
    let topic = |number| Id::new(Level::Topic, number);
    assert_eq!(store.derived_upto("c").unwrap(), 2);
    assert_eq!(store.events("c", 0, 9).unwrap(), all);
    assert_eq!(store.events("c", 1, 2).unwrap(), all[1..3]);
    assert_eq!(store.events("c", u64::MAX, 2).unwrap(), []);
    assert_eq!(store.events_of("c", topic(1), 0, 9).unwrap(), all);
    assert_eq!(store.events_of("c", topic(2), 0, 9).unwrap(), all[1..3]);
    assert_eq!(store.events_of("c", topic(2), 2, 9).unwrap(), all[2..3]);
    assert_eq!(store.events_of("c", topic(2), 0, 1).unwrap(), all[1..2]);
    assert_eq!(store.events_of("c", topic(4), 0, 9).unwrap(), []);
    assert_eq!(store.events_of("c", Id::new(Level::Story, 1), 0, 9).unwrap(), []);
    assert_eq!(store.last_events_of("c", topic(1), u64::MAX, 2).unwrap(), all[2..]);
    assert_eq!(store.last_events_of("c", topic(1), 5, 2).unwrap(), all[1..3]);
    assert_eq!(store.last_events_of("c", topic(2), 2, 9).unwrap(), []);
    assert_eq!(store.last_events_of("c", topic(2), 0, 9).unwrap(), []);
}

#[rstest]
fn an_event_derived_again_replaces_the_old_one(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    store.create_collection("c").unwrap();
    store.put_events("c", &[event(1, 1, &[]), event(2, 1, &[2]), event(3, 4, &[])]).unwrap();
    let again = [event(2, 3, &[4, 5]), event(3, 4, &[])];
    store.put_events("c", &again).unwrap();
    opened = opened.reopened();
    let store = &mut opened.store;
    assert_eq!(store.events("c", 1, 9).unwrap(), again);
    let topic = |number| Id::new(Level::Topic, number);
    assert_eq!(store.events_of("c", topic(1), 0, 9).unwrap(), [event(1, 1, &[])]);
    assert_eq!(store.events_of("c", topic(2), 0, 9).unwrap(), []);
    assert_eq!(store.events_of("c", topic(4), 0, 9).unwrap(), again);
}

#[rstest]
fn many_events_are_put_at_once(#[values(memory, sqlite)] open: fn() -> Opened) {
    let Opened { mut store, directory: _directory } = open();
    store.create_collection("c").unwrap();
    let all: Vec<Arc<Event>> = (1..=2_345).map(|number| event(number, number as u32 % 7, &[8, 9])).collect();
    store.put_events("c", &all).unwrap();
    assert_eq!(store.events("c", 0, usize::MAX).unwrap(), all);
    assert_eq!(store.events_of("c", Id::new(Level::Topic, 9), 0, usize::MAX).unwrap(), all);
}

#[rstest]
fn a_new_card_replaces_the_old(#[values(memory, sqlite)] open: fn() -> Opened) {
    let mut opened = open();
    let store = &mut opened.store;
    store.create_collection("c").unwrap();
    store.put_cards("c", &[card("x", CardKind::Story, "new"), card("y", CardKind::Topic, "new")]).unwrap();
    store.put_cards("c", &[card("x", CardKind::Topic, "grown")]).unwrap();
    opened = opened.reopened();
    assert_eq!(opened.store.card("c", "x").unwrap(), Some(card("x", CardKind::Topic, "grown")));
    assert_eq!(opened.store.card("c", "y").unwrap(), Some(card("y", CardKind::Topic, "new")));
    assert_eq!(opened.store.card("c", "z").unwrap(), None);
}

#[rstest]
fn what_is_derived_never_overtakes_the_log_nor_goes_back(#[values(memory, sqlite)] open: fn() -> Opened) {
    let Opened { mut store, directory: _directory } = open();
    store.create_collection("c").unwrap();
    store.append("c", &several(3)).unwrap();
    store.put_derived("c", 3, &[], &[]).unwrap();
    store.put_derived("c", 1, &[], &[]).unwrap();
    assert_eq!(store.derived_upto("c").unwrap(), 3);
    let beyond = StoreError::BeyondLog { collection: "c".into(), seq: 4, last: 3 };
    let cards = [card("x", CardKind::Story, "new")];
    assert_eq!(store.put_derived("c", 4, &[event(1, 1, &[])], &cards), Err(beyond));
    assert_eq!((store.events("c", 0, 9).unwrap(), store.card("c", "x").unwrap()), (vec![], None));
}

/// One step of a made-up history.
#[derive(Debug, Clone)]
enum Step {
    Create(u8),
    Delete(u8),
    Append(u8, Vec<NewEntry>),
    Checkpoint(u8, u64, Vec<u8>),
    Derive(u8, u64, Vec<Arc<Event>>, Vec<CardRow>),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = 0..3_u8;
    let id = prop::sample::select(vec!["a", "b", "\u{0}", "é"]);
    let body = prop_oneof![
        (id.clone(), any::<String>()).prop_map(|(id, text)| Body::Headline(headline(id, &text))),
        id.clone().prop_map(|id| Body::Delete { id: id.into() }),
        any::<f64>().prop_map(|number| Body::Edit(json!({"number": number}))),
    ];
    let time = (-377_705_023_201..253_402_207_200_i64, 0..1_000_000_000_i32);
    let time = time.prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap());
    let entry = (time, body).prop_map(|(at, body)| NewEntry { at, body });
    let others = prop::collection::btree_set(3..6_u32, 0..3);
    let event = (1..9_u64, 1..3_u32, others)
        .prop_map(|(number, id, others)| event(number, id, &Vec::from_iter(others)));
    let card = (id, any::<String>()).prop_map(|(id, state)| card(id, CardKind::Story, &state));
    let step = prop_oneof![
        3 => name.clone().prop_map(Step::Create),
        1 => name.clone().prop_map(Step::Delete),
        6 => (name.clone(), prop::collection::vec(entry, 0..6)).prop_map(|(c, e)| Step::Append(c, e)),
        3 => (name.clone(), 0..9_u64, any::<Vec<u8>>()).prop_map(|(c, s, b)| Step::Checkpoint(c, s, b)),
        3 => (name, 0..9_u64, prop::collection::vec(event, 0..4), prop::collection::vec(card, 0..3))
            .prop_map(|(c, u, e, k)| Step::Derive(c, u, e, k)),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..30)
}

/// Takes a step and tells how it ended.
fn take(store: &mut dyn Store, step: &Step) -> String {
    let name = |collection: &u8| format!("c{collection}");
    match step {
        Step::Create(collection) => format!("{:?}", store.create_collection(&name(collection))),
        Step::Delete(collection) => format!("{:?}", store.delete_collection(&name(collection))),
        Step::Append(collection, entries) => format!("{:?}", store.append(&name(collection), entries)),
        Step::Checkpoint(collection, seq, bytes) => {
            format!("{:?}", store.save_checkpoint(&name(collection), *seq, 1, bytes))
        }
        Step::Derive(collection, upto, events, cards) => {
            format!("{:?}", store.put_derived(&name(collection), *upto, events, cards))
        }
        Step::Reopen => String::new(),
    }
}

/// All that a store can be asked.
fn contents(store: &mut dyn Store) -> String {
    let mut told = String::new();
    for name in store.collections().unwrap() {
        let c = name.as_str();
        told += &format!("{c}: {:?} {:?}\n", store.last_seq(c), store.read(c, 0, usize::MAX));
        told += &format!("{:?} {:?}\n", store.read(c, 3, 2), checkpoints(store, c));
        told += &format!("{:?} {:?}\n", store.derived_upto(c), store.events(c, 2, 3));
        for id in ["a", "b", "\u{0}", "é"] {
            told += &format!("{:?} {:?}\n", store.headline(c, id), store.card(c, id));
        }
        for id in (1..6).map(|number| Id::new(Level::Topic, number)) {
            let (first, last) = (store.events_of(c, id, 1, 4), store.last_events_of(c, id, 7, 2));
            told += &format!("{first:?} {last:?}\n");
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_tell_the_same_history(steps in steps()) {
        let (mut reference, mut opened) = (MemoryStore::default(), sqlite());
        for step in &steps {
            if matches!(step, Step::Reopen) {
                opened = opened.reopened();
            }
            prop_assert_eq!(take(&mut reference, step), take(&mut *opened.store, step));
            prop_assert_eq!(contents(&mut reference), contents(&mut *opened.store));
        }
    }
}
