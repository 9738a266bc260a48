//! Damage, foreign files, lack of rights and lack of space: each has its own error, and nothing is destroyed.
#![allow(clippy::unwrap_used, reason = "a failing test should fail where it fails")]

mod support;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rstest::rstest;
use slugline::Headline;
use slugline::store::{Body, NewEntry, Saving, SqliteStore, Store, StoreError};
use support::checkpoints::checkpoints;
use support::disk::{Mount, fill, mount};
use support::sqlite::{database, sql};
use tempfile::TempDir;

fn entries(count: usize) -> Vec<NewEntry> {
    let headline = |n| Headline {
        id: format!("h{n}"),
        text: "Quarry floods after a week of rain".into(),
        time: None,
        source: None,
        url: None,
        lang: None,
    };
    (0..count).map(|n| NewEntry { at: Timestamp::UNIX_EPOCH, body: Body::Headline(headline(n)) }).collect()
}

/// A directory with a store of `count` entries, closed.
fn kept(count: usize) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.create_collection("c").unwrap();
    store.append("c", &entries(count)).unwrap();
    directory
}

/// Messages are one line that names the place and says that nothing was changed.
fn assert_clear(error: &StoreError, place: &Path) {
    let message = error.to_string();
    assert!(message.lines().count() == 1, "{message}");
    assert!(message.contains(place.to_str().unwrap()), "{message}");
    assert!(message.ends_with("nothing was changed"), "{message}");
}

/// Opens a store that cannot be opened.
fn refused(directory: &Path) -> StoreError {
    let error = SqliteStore::open(directory).unwrap_err();
    assert_clear(&error, directory);
    error
}

#[rstest]
#[case::empty(|_| Vec::new())]
#[case::cut_in_the_header(|bytes: Vec<u8>| bytes[..50].to_vec())]
#[case::cut_after_a_page(|bytes: Vec<u8>| bytes[..4_096].to_vec())]
#[case::cut_in_half(|bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec())]
#[case::text(|_| b"title,source\nQuarry floods,gazette.example\n".to_vec())]
#[case::noise(|bytes: Vec<u8>| (0..bytes.len()).map(|n| (n * 167 % 251) as u8).collect())]
fn what_is_no_database_is_refused_and_left_alone(#[case] damage: fn(Vec<u8>) -> Vec<u8>) {
    let directory = kept(100);
    let damaged = damage(fs::read(database(directory.path())).unwrap());
    fs::write(database(directory.path()), &damaged).unwrap();
    for _ in 0..2 {
        let error = refused(directory.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
    assert_eq!(fs::read(database(directory.path())).unwrap(), damaged);
}

#[test]
fn an_older_schema_is_brought_up_to_date() {
    let directory = kept(3);
    sql(
        directory.path(),
        "DROP TABLE event_of; DROP TABLE event; DROP TABLE checkpoint_part; DROP TABLE checkpoint; \
         PRAGMA user_version = 1; \
         CREATE TABLE event (collection INTEGER, number INTEGER, payload TEXT); \
         CREATE TABLE checkpoint (collection INTEGER, seq INTEGER, bytes BLOB); \
         INSERT INTO checkpoint SELECT number, 2, x'02' FROM collection",
    );
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let collection = store.collections().unwrap().remove(0);
    assert_eq!(store.last_seq(&collection).unwrap(), 3);
    assert!(store.events(&collection, 0, 9).unwrap().is_empty());
    // Written in another form: the log gives the same state.
    assert_eq!(store.checkpoint_before(&collection, 9), Ok(None));
    store.save_checkpoint(&collection, 3, 1, b"three").unwrap();
    assert_eq!(checkpoints(&mut store, &collection).len(), 1);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let directory = kept(3);
    sql(directory.path(), "PRAGMA user_version = 99");
    let before = fs::read(database(directory.path())).unwrap();
    let newer = StoreError::NewerSchema { path: database(directory.path()), found: 99, known: 3 };
    assert_eq!(refused(directory.path()), newer);
    assert_eq!(fs::read(database(directory.path())).unwrap(), before);
}

#[rstest]
#[case("PRAGMA application_id = 1", "application id")]
#[case("PRAGMA user_version = 0", "schema")]
#[case("PRAGMA user_version = -1", "version is -1")]
fn a_database_of_another_program_is_refused(#[case] statement: &'static str, #[case] part: &str) {
    let directory = kept(3);
    sql(directory.path(), statement);
    let error = refused(directory.path());
    assert!(matches!(&error, StoreError::Damaged { reason, .. } if reason.contains(part)), "{error}");
    assert_eq!(sql(directory.path(), "SELECT count(*) FROM entry"), Some(3));
}

#[test]
fn no_database_is_made_over_the_log_of_a_lost_one() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("slugline.db-wal");
    fs::write(&log, b"all that is left").unwrap();
    assert!(matches!(refused(directory.path()), StoreError::Damaged { .. }));
    assert_eq!(fs::read(&log).unwrap(), b"all that is left");
    assert!(!database(directory.path()).exists());
}

#[test]
fn what_an_interrupted_start_left_is_no_hindrance() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("slugline.db.new"), b"half a page").unwrap();
    fs::write(directory.path().join("slugline.db.new-journal"), b"and its journal").unwrap();
    let mut store = SqliteStore::open(&directory.path().join(".")).unwrap();
    assert!(store.collections().unwrap().is_empty());
    assert!(!directory.path().join("slugline.db.new").exists());
}

#[test]
fn the_directory_is_made_with_those_above_it() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("var/data");
    SqliteStore::open(&deep).unwrap().create_collection("c").unwrap();
    assert_eq!(SqliteStore::open(&deep).unwrap().collections().unwrap(), ["c"]);
}

#[test]
fn a_file_in_place_of_the_directory_is_told() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(refused(file.path()), StoreError::Io { .. }));
    assert!(matches!(refused(&file.path().join("below")), StoreError::Io { .. }));
}

#[test]
fn a_directory_in_place_of_the_database_is_told() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(database(directory.path())).unwrap();
    assert!(matches!(refused(directory.path()), StoreError::Io { .. }));
}

#[test]
fn a_directory_in_use_is_told() {
    let directory = kept(3);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(refused(directory.path()), StoreError::Locked { path: directory.path().to_owned() });
    assert_eq!(store.append("c", &entries(1)).unwrap(), 4..=4);
    drop(store);
    assert_eq!(SqliteStore::open(directory.path()).unwrap().last_seq("c").unwrap(), 4);
}

#[rstest]
#[case("UPDATE entry SET body = '{\"text\":\"Ebb\",\"mood\":\"calm\"}' WHERE seq = 2", "`mood`")]
#[case("UPDATE entry SET kind = 'merge' WHERE seq = 2", "`merge`")]
#[case("UPDATE entry SET at = 'noon' WHERE seq = 2", "parse")]
fn an_entry_not_understood_is_named(#[case] statement: &'static str, #[case] part: &str) {
    let directory = kept(3);
    sql(directory.path(), statement);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let error = store.read("c", 0, 9).unwrap_err();
    assert!(matches!(error, StoreError::UnreadableEntry { seq: 2, .. }), "{error}");
    assert!(
        error.to_string().contains("entry 2 of collection `c`") && error.to_string().contains(part),
        "{error}"
    );
    assert_clear(&error, &database(directory.path()));
    assert_eq!((store.read("c", 0, 1).unwrap().len(), store.read("c", 2, 9).unwrap().len()), (1, 1));
}

#[test]
fn a_gap_in_the_log_is_damage() {
    let directory = kept(3);
    sql(directory.path(), "DELETE FROM entry WHERE seq = 2");
    let mut store = SqliteStore::open(directory.path()).unwrap();
    for after in [0, 1] {
        let error = store.read("c", after, 9).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
    assert_eq!(store.read("c", 2, 9).unwrap().len(), 1);
}

#[test]
fn damaged_pages_are_told_where_they_are_read() {
    let directory = kept(3_000);
    let mut bytes = fs::read(database(directory.path())).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..].fill(0xFF);
    fs::write(database(directory.path()), &bytes).unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let error = store.read("c", 0, usize::MAX).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_clear(&error, &database(directory.path()));
    drop(store);
    assert_eq!(fs::read(database(directory.path())).unwrap(), bytes);
}

/// Two checkpoints, at 4 and 8, of which the newer one is damaged in the file.
fn with_a_damaged_checkpoint(offset: usize) -> TempDir {
    let directory = kept(20);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.save_checkpoint("c", 4, 1, b"four").unwrap();
    let state: Vec<u8> = (0..20_000_u32).flat_map(|n| n.to_le_bytes()).collect();
    store.save_checkpoint("c", 8, 1, &state).unwrap();
    drop(store);
    let mut bytes = fs::read(database(directory.path())).unwrap();
    let place = bytes.windows(16).rposition(|window| window == &state[40_000..40_016]).unwrap();
    // Overflow pages start with the number of the next one.
    let page = place / 4_096 * 4_096;
    bytes[page + offset] ^= 0x10;
    fs::write(database(directory.path()), bytes).unwrap();
    directory
}

#[rstest]
#[case::in_the_state(2_000, 2)]
// SQLite cannot free the pages of a broken chain; that checkpoint stays for a repair.
#[case::in_the_chain_of_pages(0, 3)]
fn a_damaged_checkpoint_is_passed_over_and_kept_until_there_is_a_newer_one(
    #[case] offset: usize,
    #[case] kept_in_the_end: i64,
) {
    let directory = with_a_damaged_checkpoint(offset);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let seqs = |store: &mut SqliteStore| -> Vec<u64> {
        checkpoints(store, "c").iter().map(|checkpoint| checkpoint.seq).collect()
    };
    let (found, log) = logged(|| seqs(&mut store));
    assert_eq!(found, [4]);
    assert!(log.contains("WARN") && log.contains("seq=8"), "{log}");
    store.save_checkpoint("c", 6, 1, b"six").unwrap();
    assert_eq!(seqs(&mut store), [6, 4]);
    drop(store);
    assert_eq!(sql(directory.path(), "SELECT count(*) FROM checkpoint"), Some(3));
    assert_eq!(sql(directory.path(), "SELECT count(*) FROM entry"), Some(20));
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.save_checkpoint("c", 12, 1, b"twelve").unwrap();
    assert_eq!(seqs(&mut store), [12, 6]);
    // Nor is it in the way of later ones.
    for (seq, kept) in [(14, [14, 12]), (16, [16, 14])] {
        store.save_checkpoint("c", seq, 1, b"later").unwrap();
        assert_eq!(seqs(&mut store), kept);
    }
    drop(store);
    assert_eq!(sql(directory.path(), "SELECT count(*) FROM checkpoint"), Some(kept_in_the_end));
}

#[test]
fn a_checkpoint_that_lacks_a_part_is_passed_over() {
    let directory = kept(20);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.save_checkpoint("c", 4, 1, b"four").unwrap();
    store.save_checkpoint("c", 8, 1, &[8; 3_000_000]).unwrap();
    assert_eq!(checkpoints(&mut store, "c").len(), 2);
    drop(store);
    sql(directory.path(), "DELETE FROM checkpoint_part WHERE seq = 8 AND part = 1");
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let left = checkpoints(&mut store, "c");
    assert_eq!(left.iter().map(|checkpoint| checkpoint.seq).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_checkpoint_that_was_never_finished_goes_with_the_next_that_is() {
    let directory = kept(20);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.save_checkpoint("c", 4, 1, b"four").unwrap();
    let mut saving = Saving::new(8, 1, vec![8; 9_000_000]);
    assert_eq!(store.save_some("c", &mut saving), Ok(false));
    drop(store);
    let count = |table| sql(directory.path(), table);
    assert_eq!(count("SELECT count(*) FROM checkpoint"), Some(2));
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let (found, log) = logged(|| checkpoints(&mut store, "c").len());
    assert_eq!((found, log.as_str()), (1, ""), "it is no damage");
    store.save_checkpoint("c", 12, 1, b"twelve").unwrap();
    let seqs: Vec<u64> = checkpoints(&mut store, "c").iter().map(|checkpoint| checkpoint.seq).collect();
    assert_eq!(seqs, [12, 4]);
    drop(store);
    assert_eq!(count("SELECT count(*) FROM checkpoint"), Some(2));
    assert_eq!(count("SELECT count(*) FROM checkpoint_part"), Some(2));
}

#[test]
fn the_rest_of_a_checkpoint_whose_beginning_is_gone_is_refused() {
    let directory = kept(20);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let mut saving = Saving::new(8, 1, vec![8; 9_000_000]);
    assert_eq!(store.save_some("c", &mut saving), Ok(false));
    store.save_checkpoint("c", 12, 1, b"twelve").unwrap();
    assert!(store.save_some("c", &mut saving).is_err());
    let seqs: Vec<u64> = checkpoints(&mut store, "c").iter().map(|checkpoint| checkpoint.seq).collect();
    assert_eq!(seqs, [12]);
}

/// Runs something and returns what it logged with it.
fn logged<T>(work: impl FnOnce() -> T) -> (T, String) {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let done = tracing::subscriber::with_default(subscriber, work);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    (done, log)
}

#[test]
fn a_full_disk_takes_nothing_and_does_no_harm() {
    let Some(disk) = Mount::new("2m") else { return };
    let mut store = SqliteStore::open(disk.path()).unwrap();
    store.create_collection("c").unwrap();
    store.append("c", &entries(100)).unwrap();
    let before = store.read("c", 0, usize::MAX).unwrap();
    let ballast = fill(&disk);
    for _ in 0..2 {
        let error = store.append("c", &entries(2_000)).unwrap_err();
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
        assert_clear(&error, &database(disk.path()));
        assert_eq!(store.read("c", 0, usize::MAX).unwrap(), before);
    }
    fs::remove_file(&ballast).unwrap();
    assert_eq!(store.append("c", &entries(1_000)).unwrap(), 101..=1_100);
    drop(store);
    assert_eq!(SqliteStore::open(disk.path()).unwrap().last_seq("c").unwrap(), 1_100);
}

#[test]
fn a_full_disk_is_told_on_opening() {
    let Some(disk) = Mount::new("64k") else { return };
    fill(&disk);
    assert!(matches!(refused(disk.path()), StoreError::DiskFull { .. }));
    assert!(!database(disk.path()).exists());
}

#[test]
fn what_was_stored_outlasts_closing_and_opening_on_a_full_disk() {
    let Some(disk) = Mount::new("1m") else { return };
    let mut store = SqliteStore::open(disk.path()).unwrap();
    store.create_collection("c").unwrap();
    store.append("c", &entries(1_000)).unwrap();
    let ballast = fill(&disk);
    drop(store);
    // With the log of the last changes still beside the database it may be opened, but it must not lose any.
    match SqliteStore::open(disk.path()) {
        Ok(mut store) => assert_eq!(store.last_seq("c").unwrap(), 1_000),
        Err(error) => assert!(matches!(error, StoreError::DiskFull { .. }), "{error}"),
    }
    fs::remove_file(&ballast).unwrap();
    let mut store = SqliteStore::open(disk.path()).unwrap();
    assert_eq!(store.read("c", 0, usize::MAX).unwrap().len(), 1_000);
    assert_eq!(store.append("c", &entries(1)).unwrap(), 1_001..=1_001);
}

#[test]
fn a_read_only_disk_is_told() {
    let Some(disk) = Mount::new("2m") else { return };
    let mut store = SqliteStore::open(disk.path()).unwrap();
    store.create_collection("c").unwrap();
    drop(store);
    assert!(mount(disk.path(), &["-o", "remount,ro"]));
    assert!(matches!(refused(disk.path()), StoreError::ReadOnly { .. }));
    assert!(mount(disk.path(), &["-o", "remount,rw"]));
    assert_eq!(SqliteStore::open(disk.path()).unwrap().collections().unwrap(), ["c"]);
}

#[cfg(unix)]
#[rstest]
#[case::directory("", 0o555)]
#[case::lock("slugline.lock", 0o444)]
#[case::database("slugline.db", 0o444)]
fn a_lack_of_rights_is_told(#[case] name: &str, #[case] mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let directory = if name.is_empty() { tempfile::tempdir().unwrap() } else { kept(3) };
    let place = directory.path().join(name);
    fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
    let bound = match name {
        "" => fs::write(directory.path().join("probe"), b"").is_err(),
        _ => fs::OpenOptions::new().write(true).open(&place).is_err(),
    };
    if !bound {
        eprintln!("NOT TESTED: this user may write everywhere");
        return;
    }
    assert!(matches!(refused(directory.path()), StoreError::ReadOnly { .. }));
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.collections().unwrap().len(), usize::from(!name.is_empty()));
}
