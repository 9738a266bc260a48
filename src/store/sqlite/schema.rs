//! The schema and its versions.
//!
//! The version is SQLite's `user_version`, changed in the same transaction as the tables. It is one number, which any
//! tool shows, and enough for migrations that only go forward; sqlx's own migrations would add a macro at build time
//! and a table of checksums.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{Fault, directory, transaction};
use crate::store::StoreError;

/// Each brings the schema to the next version; the first starts from nothing.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];

/// What `application_id` is in databases of this program.
const APPLICATION: i64 = 0x534C_5547;

/// Opens a database, made first if there is none.
pub(super) async fn open(path: &Path) -> Result<SqliteConnection, StoreError> {
    if !path.exists() {
        create(path).await?;
    }
    // By a connection that cannot write, so that what is damaged, foreign or newer stays as it is to the last byte.
    let version = inspect(path).await?;
    upgrade(path, version).await.map_err(|fault| fault.at(path))
}

/// Makes a database under another name first: one under its own name is never half made, so that an empty file in
/// its place is known to be a loss.
async fn create(path: &Path) -> Result<(), StoreError> {
    let unfinished = path.with_file_name("slugline.db.new");
    directory::discard(&unfinished)?;
    directory::discard(&path.with_file_name("slugline.db.new-journal"))?;
    let options = options(&unfinished).create_if_missing(true).journal_mode(SqliteJournalMode::Delete);
    let made = async {
        let mut connection = options.connect().await?;
        migrate(&mut connection, 0).await?;
        connection.close().await?;
        Ok(())
    };
    made.await.map_err(|fault: Fault| fault.at(path))?;
    directory::publish(&unfinished, path)
}

/// The version of an existing database.
async fn inspect(path: &Path) -> Result<usize, StoreError> {
    let asked = async {
        let mut connection = options(path).read_only(true).connect().await?;
        let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok((application, version))
    };
    let (application, version) = asked.await.map_err(|fault: Fault| fault.at(path))?;
    let damaged = |reason: String| StoreError::Damaged { path: path.to_owned(), reason };
    if application != APPLICATION {
        return Err(damaged(format!("its application id is {application}")));
    }
    let found = u32::try_from(version).map_err(|_| damaged(format!("its schema version is {version}")))?;
    match found as usize {
        0 => Err(damaged("it has no schema".to_owned())),
        known if known <= MIGRATIONS.len() => Ok(known),
        _ => Err(StoreError::NewerSchema { path: path.to_owned(), found, known: MIGRATIONS.len() as u32 }),
    }
}

async fn upgrade(path: &Path, version: usize) -> Result<SqliteConnection, Fault> {
    let options = options(path).journal_mode(SqliteJournalMode::Wal);
    let mut connection = options.connect().await?;
    migrate(&mut connection, version).await?;
    Ok(connection)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        // Where fsync alone leaves data in the drive's cache (macOS).
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        // Gives the space back that the write-ahead log took for one large change.
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging()
}

async fn migrate(connection: &mut SqliteConnection, version: usize) -> Result<(), Fault> {
    for migration in &MIGRATIONS[version..] {
        transaction(connection, async |connection| {
            sqlx::raw_sql(*migration).execute(connection).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}
