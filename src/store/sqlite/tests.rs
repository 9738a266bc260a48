//! What needs a hand on the connection.

use jiff::Timestamp;

use super::*;
use crate::store::Body;

fn entries(count: usize) -> Vec<NewEntry> {
    let body =
        |n: usize| Body::Edit(serde_json::json!({ "move": n, "why": "it belongs to the other ferry" }));
    (0..count).map(|n| NewEntry { at: Timestamp::UNIX_EPOCH, body: body(n) }).collect()
}

impl SqliteStore {
    fn most_pages(&mut self, pragma: &'static str) {
        self.run(async |connection| {
            sqlx::raw_sql(pragma).execute(connection).await?;
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn a_database_that_may_not_grow_takes_a_batch_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.create_collection("c").unwrap();
    store.append("c", &entries(10)).unwrap();
    let before = store.read("c", 0, usize::MAX).unwrap();
    store.most_pages("PRAGMA max_page_count = 50");
    let full = StoreError::DiskFull { path: directory.path().join("slugline.db") };
    // Some of its statements succeed before one fails.
    assert_eq!(store.append("c", &entries(5_000)), Err(full.clone()));
    assert_eq!(store.save_checkpoint("c", 10, 1, &[0; 1_000_000]), Err(full));
    assert_eq!(store.read("c", 0, usize::MAX).unwrap(), before);
    assert_eq!(store.checkpoint_before("c", u64::MAX), Ok(None));
    assert_eq!(store.append("c", &entries(5)).unwrap(), 11..=15);
    store.most_pages("PRAGMA max_page_count = 1073741823");
    assert_eq!(store.append("c", &entries(5_000)).unwrap(), 16..=5_015);
    drop(store);
    let mut store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.read("c", 0, usize::MAX).unwrap().len(), 5_015);
}

#[test]
fn a_commit_that_returned_is_on_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let settings = store.run(async |connection| {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(connection).await?;
        Ok((journal, synchronous))
    });
    assert_eq!(settings.unwrap(), ("wal".to_owned(), 2));
}

#[test]
fn a_failed_change_leaves_the_next_one_a_transaction_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    store.create_collection("c").unwrap();
    let failed = store.run(async |connection| {
        transaction(connection, async |connection| {
            sqlx::raw_sql("DELETE FROM collection; ROLLBACK").execute(&mut *connection).await?;
            sqlx::raw_sql("SELECT * FROM nowhere").execute(connection).await?;
            Ok(())
        })
        .await
    });
    assert!(matches!(failed, Err(StoreError::Io { .. })), "{failed:?}");
    store.create_collection("d").unwrap();
    drop(store);
    assert_eq!(SqliteStore::open(directory.path()).unwrap().collections().unwrap(), ["c", "d"]);
}
