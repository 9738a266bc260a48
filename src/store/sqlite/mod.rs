//! The default store: one SQLite file in a data directory.

mod checkpoints;
mod collections;
mod derived;
mod directory;
mod fault;
mod folders;
mod log;
mod schema;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

use super::{CardRow, Checkpoint, Entry, NewEntry, Saving, Store, StoreError};
use crate::Headline;
use crate::track::{Event, Id};
use checkpoints::Sound;
use fault::Fault;
pub use folders::SqliteStores;

/// Keeps everything in `slugline.db`, in a directory that one process at a time may use.
///
/// SQLite runs with a write-ahead log and full synchronisation: what a method has stored when it returns survives a
/// loss of power. Dropping the store closes the database.
///
/// # Panics
/// All methods, `open` and dropping included, panic on a thread that is polling asynchronous tasks, because they
/// wait on a runtime of their own. Use them on a thread like the writer's or with `spawn_blocking`.
#[derive(Debug)]
pub struct SqliteStore {
    runtime: Runtime,
    path: PathBuf,
    /// There until the store is dropped.
    connection: Option<SqliteConnection>,
    /// Checkpoints that need not be read to know that they are sound.
    sound: Sound,
    /// Held as long as the database is open: fields are dropped after `drop` has closed it.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in `directory`, which is made if need be. A file that is not a sound database of this program,
    /// or that a newer version wrote, is left untouched.
    ///
    /// # Errors
    /// If another process uses the directory, or the database is damaged, newer, not writable or not reachable.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let lock = directory::lock(directory)?;
        let path = directory.join(directory::DATABASE);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| StoreError::io(directory, &error))?;
        directory::require_whole(&path)?;
        let connection = runtime.block_on(schema::open(&path))?;
        Ok(Self { runtime, path, connection: Some(connection), sound: Sound::default(), _lock: lock })
    }

    /// Waits for work on the connection.
    fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let Some(connection) = &mut self.connection else {
            return Err(StoreError::Io { path: self.path.clone(), reason: "it is closed".to_owned() });
        };
        self.runtime.block_on(work(connection)).map_err(|fault| fault.at(&self.path))
    }

    /// The same for work on checkpoints, which knows those that are sound and learns of more.
    fn run_knowing<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection, &mut Sound) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut sound = std::mem::take(&mut self.sound);
        let done = self.run(async |connection| work(connection, &mut sound).await);
        self.sound = sound;
        done
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Err(error) = self.runtime.block_on(connection.close())
        {
            tracing::warn!(path = %self.path.display(), %error, "the database was not closed in order");
        }
    }
}

/// Runs work as one transaction.
///
/// Not by sqlx's own transactions: SQLite takes some back by itself, as when the disk is full, which sqlx does not
/// notice and then nests all further ones in one that is not there.
async fn transaction<T>(
    connection: &mut SqliteConnection,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let fault = match work(connection).await {
        Ok(done) => match sqlx::raw_sql("COMMIT").execute(&mut *connection).await {
            Ok(_) => return Ok(done),
            Err(error) => error.into(),
        },
        Err(fault) => fault,
    };
    // Fails when SQLite has done it already, which is as well.
    let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
    Err(fault)
}

/// A number as SQLite stores it. Ours count from 1 and do not get beyond what fits; a caller's bound may.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as we know it.
fn loaded(number: i64) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::Damaged(format!("the number {number} is negative")))
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Store for SqliteStore {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        directory::probe(&self.path)
    }

    fn create_collection(&mut self, collection: &str) -> Result<(), StoreError> {
        self.run(async |connection| collections::create(connection, collection).await)
    }

    fn delete_collection(&mut self, collection: &str) -> Result<(), StoreError> {
        self.run(async |connection| collections::delete(connection, collection).await)
    }

    fn collections(&mut self) -> Result<Vec<String>, StoreError> {
        self.run(collections::names)
    }

    fn append(&mut self, collection: &str, entries: &[NewEntry]) -> Result<RangeInclusive<u64>, StoreError> {
        self.run(async |connection| log::append(connection, collection, entries).await)
    }

    fn read(&mut self, collection: &str, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.run(async |connection| log::read(connection, collection, after, limit).await)
    }

    fn last_seq(&mut self, collection: &str) -> Result<u64, StoreError> {
        self.run(async |connection| {
            let key = collections::key(connection, collection).await?;
            log::last_seq(connection, key).await
        })
    }

    fn headline(&mut self, collection: &str, id: &str) -> Result<Option<Headline>, StoreError> {
        self.run(async |connection| log::headline(connection, collection, id).await)
    }

    fn save_some(&mut self, collection: &str, saving: &mut Saving<'_>) -> Result<bool, StoreError> {
        self.run_knowing(async |connection, sound| {
            checkpoints::save_some(connection, collection, saving, sound).await
        })
    }

    fn checkpoint_before(&mut self, collection: &str, seq: u64) -> Result<Option<Checkpoint>, StoreError> {
        self.run_knowing(async |connection, sound| {
            checkpoints::before(connection, collection, seq, sound).await
        })
    }

    fn put_derived(
        &mut self,
        collection: &str,
        upto: u64,
        events: &[Arc<Event>],
        cards: &[CardRow],
    ) -> Result<(), StoreError> {
        self.run(async |connection| derived::put(connection, collection, upto, events, cards).await)
    }

    fn derived_upto(&mut self, collection: &str) -> Result<u64, StoreError> {
        self.run(async |connection| derived::upto(connection, collection).await)
    }

    fn events(&mut self, collection: &str, since: u64, limit: usize) -> Result<Vec<Arc<Event>>, StoreError> {
        self.run(async |connection| derived::events(connection, collection, since, limit).await)
    }

    fn events_of(
        &mut self,
        collection: &str,
        id: Id,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        self.run(async |connection| derived::events_of(connection, collection, id, since, limit).await)
    }

    fn last_events_of(
        &mut self,
        collection: &str,
        id: Id,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        self.run(async |connection| derived::last_events_of(connection, collection, id, before, limit).await)
    }

    fn card(&mut self, collection: &str, id: &str) -> Result<Option<CardRow>, StoreError> {
        self.run(async |connection| derived::card(connection, collection, id).await)
    }
}
