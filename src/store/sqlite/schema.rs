//! The schema and its versions.
//!
//! The version is SQLite's `user_version`, changed in the same transaction as the tables. It is one number, which any
//! tool shows, and enough for migrations that only go forward; sqlx's own migrations would add a macro at build time
//! and a table of checksums.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{Fault, directory, transaction};
use crate::store::StoreError;

/// Each brings the schema to the next version; the first starts from nothing.
const MIGRATIONS: [&str; 3] =
    [include_str!("schema_1.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];

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
    let options = SqliteConnectOptions::new().filename(&unfinished).create_if_missing(true);
    let made = brief(options, async |connection| {
        sqlx::raw_sql("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON").execute(&mut *connection).await?;
        migrate(connection, 0).await
    });
    made.await.map_err(|fault| fault.at(path))?;
    directory::publish(&unfinished, path)
}

/// The version of an existing database.
async fn inspect(path: &Path) -> Result<usize, StoreError> {
    let asked = brief(SqliteConnectOptions::new().filename(path).read_only(true), async |connection| {
        let application: i64 =
            sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
        Ok((application, version))
    });
    let (application, version) = asked.await.map_err(|fault| fault.at(path))?;
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

/// How the database is used. A commit is on the disk when it returns, by `fullfsync` even where `fsync` leaves data in
/// the drive's cache (macOS). Ids of headlines come in no order, so that a batch touches pages all over their index:
/// 32 MB keep most of it in memory, and the write-ahead log takes 40 MB of changes before they are moved on.
///
/// Set by a statement rather than on connecting, so that a connection on which it fails can be closed in order.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; \
                        PRAGMA checkpoint_fullfsync = ON; PRAGMA cache_size = -32768; \
                        PRAGMA wal_autocheckpoint = 10000; PRAGMA journal_size_limit = 67108864";

/// Rows that SQLite's thread may be ahead of ours: few would have the two wake each other all the time.
const ROWS_AHEAD: usize = 4_096;

async fn upgrade(path: &Path, version: usize) -> Result<SqliteConnection, Fault> {
    let options = SqliteConnectOptions::new().filename(path).row_buffer_size(ROWS_AHEAD);
    let options = options.disable_statement_logging();
    let mut connection = options.connect().await?;
    let upgraded = async {
        sqlx::raw_sql(SETTINGS).execute(&mut connection).await?;
        migrate(&mut connection, version).await
    };
    match upgraded.await {
        Ok(()) => Ok(connection),
        Err(fault) => {
            // The first failure is the one to tell.
            let _ = connection.close().await;
            Err(fault)
        }
    }
}

/// Works on a connection that is closed afterwards, whatever becomes of the work.
async fn brief<T>(
    options: SqliteConnectOptions,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut connection = options.disable_statement_logging().connect().await?;
    let done = work(&mut connection).await;
    let closed = connection.close().await;
    let done = done?;
    closed?;
    Ok(done)
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
