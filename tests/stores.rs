//! What every keeper of several stores promises, asked of each.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

use std::fs;

use jiff::Timestamp;
use rstest::rstest;
use serde_json::json;
use slugline::store::{Body, DEFAULT, MemoryStores, NewEntry, SqliteStores, StoreError, Stores};
use tempfile::TempDir;

type Opened = (Box<dyn Stores>, Option<TempDir>);

fn memory() -> Opened {
    (Box::new(MemoryStores::default()), None)
}

fn sqlite() -> Opened {
    let directory = tempfile::tempdir().unwrap();
    (Box::new(SqliteStores::new(directory.path())), Some(directory))
}

fn first(settings: u64) -> NewEntry {
    NewEntry { at: Timestamp::UNIX_EPOCH, body: Body::Configure(json!({ "settings": settings })) }
}

#[rstest]
fn a_collection_is_there_from_its_creation_to_its_deletion(#[values(memory, sqlite)] open: fn() -> Opened) {
    let (mut stores, _directory) = open();
    let default = stores.open(DEFAULT).unwrap();
    assert_eq!(stores.named().unwrap(), [""; 0]);
    for (settings, name) in [(1, "sport"), (2, "birds")] {
        let mut store = stores.create(name, &first(settings)).unwrap();
        let log = store.read(DEFAULT, 0, 9).unwrap();
        assert_eq!((log.len(), log[0].seq, &log[0].body), (1, 1, &first(settings).body));
        assert_eq!(store.append(DEFAULT, &[first(9)]).unwrap(), 2..=2);
    }
    assert_eq!(stores.named().unwrap(), ["birds", "sport"]);
    stores.delete("birds").unwrap();
    assert_eq!(stores.named().unwrap(), ["sport"]);
    assert_eq!(stores.create("birds", &first(3)).unwrap().last_seq(DEFAULT).unwrap(), 1);
    drop(default);
}

#[rstest]
fn what_is_there_or_is_not_is_told_apart(#[values(memory, sqlite)] open: fn() -> Opened) {
    let (mut stores, _directory) = open();
    let unknown = |name: &str| StoreError::UnknownCollection(name.to_owned());
    let exists = |name: &str| StoreError::CollectionExists(name.to_owned());
    assert_eq!(stores.open("birds").err(), Some(unknown("birds")));
    assert_eq!(stores.delete("birds"), Err(unknown("birds")));
    assert_eq!(stores.delete(DEFAULT), Err(unknown(DEFAULT)));
    assert_eq!(stores.create(DEFAULT, &first(1)).err(), Some(exists(DEFAULT)));
    stores.create("birds", &first(1)).unwrap();
    assert_eq!(stores.create("birds", &first(2)).err(), Some(exists("birds")));
}

#[test]
fn each_has_a_folder_that_goes_with_it_and_can_be_put_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let mut stores = SqliteStores::new(directory.path());
    let folder = directory.path().join("collections");
    drop(stores.create("birds", &first(1)).unwrap());
    fs::rename(folder.join("birds"), folder.join("owls")).unwrap();
    assert_eq!(stores.named().unwrap(), ["owls"]);
    assert_eq!(stores.open("owls").unwrap().read(DEFAULT, 0, 9).unwrap()[0].body, first(1).body);
    stores.delete("owls").unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn what_an_interruption_left_is_cleared_away_and_strange_files_stay() {
    let directory = tempfile::tempdir().unwrap();
    let mut stores = SqliteStores::new(directory.path());
    let folder = directory.path().join("collections");
    drop(stores.create("birds", &first(1)).unwrap());
    for left in [".new-owls", ".removed-gulls"] {
        fs::create_dir(folder.join(left)).unwrap();
        fs::copy(folder.join("birds/slugline.db"), folder.join(left).join("slugline.db")).unwrap();
    }
    fs::write(folder.join("note.txt"), "mine").unwrap();
    assert_eq!(stores.named().unwrap(), ["birds"]);
    let mut left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["birds", "note.txt"]);
}

#[test]
fn a_collection_that_cannot_be_made_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut stores = SqliteStores::new(directory.path());
    // A file where the folder of collections should be.
    let folder = directory.path().join("collections");
    fs::write(&folder, "mine").unwrap();
    let refused = stores.create("birds", &first(1)).err().unwrap();
    assert!(matches!(refused, StoreError::Io { .. }), "{refused}");
    fs::remove_file(&folder).unwrap();
    assert!(stores.create("birds", &first(1)).is_ok());
}
