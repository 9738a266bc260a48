//! What was acknowledged survives the process: it is killed again and again while it appends.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use slugline::Headline;
use slugline::store::{Body, CardKind, CardRow, NewEntry, SqliteStore, Store, StoreError};
use slugline::track::{Change, Event, Id, Level};
use support::checkpoints::checkpoints;

const ROUNDS: u64 = 50;
const TOPIC: Id = Id::new(Level::Topic, 1);
const DIRECTORY: &str = "SLUGLINE_TEST_STORE";
const SEED: &str = "SLUGLINE_TEST_SEED";

/// What entry `seq` holds, whichever process wrote it.
fn body(seq: u64) -> Body {
    let text = "Lighthouse keeper retires ".repeat(1 + seq as usize % 9);
    Body::Headline(Headline { id: format!("h{seq}"), text, time: None, source: None, url: None, lang: None })
}

/// Some are stored in one step, some in several.
fn state(seq: u64) -> Vec<u8> {
    seq.to_le_bytes().repeat(if seq.is_multiple_of(4) { 700_000 } else { 3_000 })
}

/// Appends until it is killed, or for the life of one test at most; prints each number once it is acknowledged. Runs in
/// a process of its own, which [`acknowledged_entries_survive_a_kill_at_any_moment`] starts.
#[test]
#[ignore = "a part of acknowledged_entries_survive_a_kill_at_any_moment"]
fn appends_until_killed() {
    let (Ok(directory), Ok(seed)) = (std::env::var(DIRECTORY), std::env::var(SEED)) else { return };
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed.parse().unwrap());
    let mut store = SqliteStore::open(Path::new(&directory)).unwrap();
    if store.collections().unwrap().is_empty() {
        store.create_collection("c").unwrap();
    }
    let mut last = store.last_seq("c").unwrap();
    for _ in 0..2_000 {
        let size = if chance.gen_bool(0.1) { chance.gen_range(1..1_500) } else { chance.gen_range(1..20) };
        let entries: Vec<NewEntry> = (last + 1..=last + size)
            .map(|seq| NewEntry { at: Timestamp::UNIX_EPOCH, body: body(seq) })
            .collect();
        last = *store.append("c", &entries).unwrap().end();
        // Straight to the pipe: the harness holds printed lines back.
        writeln!(std::io::stdout(), "acknowledged {last}").unwrap();
        if chance.gen_bool(0.2) {
            store.save_checkpoint("c", last, 1, &state(last)).unwrap();
            let event = Arc::new(Event {
                number: last,
                version: last,
                at: Timestamp::UNIX_EPOCH,
                level: Level::Topic,
                id: TOPIC,
                label: "Ebb".into(),
                size: 2,
                edit: None,
                change: Change::Dormant,
            });
            let card =
                CardRow { id: "t".into(), kind: CardKind::Topic, state: "grown".into(), json: last.into() };
            store.put_derived("c", last, &[event], &[card]).unwrap();
        }
    }
}

/// Starts the writer, kills it after some acknowledgements and a moment more, and returns the last number it printed.
fn write_and_kill(directory: &Path, seed: u64) -> u64 {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(!seed);
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "appends_until_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(writer.stdout.take().unwrap());
    let mut acknowledged = 0;
    let note = |line: &str, acknowledged: &mut u64| {
        if let Some(seq) = line.trim_end().strip_prefix("acknowledged ") {
            *acknowledged = seq.parse().unwrap();
        }
    };
    let mut line = String::new();
    // The harness has lines of its own to say first; some rounds are over before the database is open.
    for _ in 0..chance.gen_range(0..12) {
        line.clear();
        output.read_line(&mut line).unwrap();
        note(&line, &mut acknowledged);
    }
    if acknowledged > 0 {
        let locked = StoreError::Locked { path: directory.to_owned() };
        assert_eq!(SqliteStore::open(directory).unwrap_err(), locked);
    }
    std::thread::sleep(Duration::from_micros(chance.gen_range(0..20_000)));
    writer.kill().unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    // A last line without its end is not a whole number.
    rest.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .for_each(|line| note(line, &mut acknowledged));
    writer.wait().unwrap();
    acknowledged
}

#[test]
fn acknowledged_entries_survive_a_kill_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let (mut acknowledged, mut verified) = (0, 0);
    let mut lengths = BTreeSet::new();
    for round in 0..ROUNDS {
        acknowledged = acknowledged.max(write_and_kill(directory.path(), round));
        let mut store = SqliteStore::open(directory.path()).unwrap();
        if store.collections().unwrap().is_empty() {
            assert_eq!(acknowledged, 0);
            continue;
        }
        let last = store.last_seq("c").unwrap();
        assert!(last >= acknowledged, "round {round}: {acknowledged} was acknowledged, {last} is the last");
        for entry in store.read("c", verified, usize::MAX).unwrap() {
            verified += 1;
            assert_eq!((entry.seq, entry.body), (verified, body(verified)), "round {round}");
        }
        assert_eq!(verified, last, "round {round}");
        verify_the_rest(&mut store, last);
        lengths.insert(last);
    }
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let all = store.read("c", 0, usize::MAX).unwrap();
    assert!(all.into_iter().zip(1..).all(|(entry, seq)| (entry.seq, entry.body) == (seq, body(seq))));
    assert!(acknowledged > ROUNDS && lengths.len() as u64 > ROUNDS / 2, "the writer hardly wrote");
}

/// Checkpoints are whole; events, cards and their mark are from the same step.
fn verify_the_rest(store: &mut SqliteStore, last: u64) {
    let checkpoints = checkpoints(store, "c");
    for checkpoint in &checkpoints {
        assert!(checkpoint.seq <= last && checkpoint.bytes == state(checkpoint.seq));
    }
    let upto = store.derived_upto("c").unwrap();
    let card = store.card("c", "t").unwrap();
    assert_eq!(card.map_or(0, |card| card.json.as_u64().unwrap()), upto);
    let events = store.events_of("c", TOPIC, 0, usize::MAX).unwrap();
    assert_eq!(events.last().map_or(0, |event| event.number), upto);
    assert!(upto == 0 || checkpoints.iter().any(|checkpoint| checkpoint.seq >= upto));
}
