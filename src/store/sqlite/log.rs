//! The log itself.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Fault, collections, limited, loaded, stored, transaction};
use crate::Headline;
use crate::store::{Body, Entry, NewEntry, StoreError};

/// Entries per statement: few enough for SQLite's limit of 32,766 values, enough to make the way to its thread cheap.
const ENTRIES_PER_STATEMENT: usize = 1_000;

pub(super) async fn append(
    connection: &mut SqliteConnection,
    collection: &str,
    entries: &[NewEntry],
) -> Result<RangeInclusive<u64>, Fault> {
    transaction(connection, async |connection| {
        let (key, before) = key_and_last(connection, collection).await?;
        let mut last = before;
        for entries in entries.chunks(ENTRIES_PER_STATEMENT) {
            insert(connection, key, last, entries).await?;
            last += entries.len() as u64;
        }
        Ok(before + 1..=last)
    })
    .await
}

/// The number of a collection and that of its last entry, in one go: each takes the way to SQLite's thread and back.
async fn key_and_last(connection: &mut SqliteConnection, collection: &str) -> Result<(i64, u64), Fault> {
    let row = sqlx::query(
        "SELECT number, (SELECT max(seq) FROM entry WHERE collection = number) FROM collection WHERE name = ?",
    )
    .bind(collection)
    .fetch_optional(connection)
    .await?;
    let row = row.ok_or_else(|| StoreError::UnknownCollection(collection.to_owned()))?;
    Ok((row.try_get(0)?, loaded(row.try_get::<Option<i64>, _>(1)?.unwrap_or(0))?))
}

/// Inserts entries after number `last` by one statement.
async fn insert(
    connection: &mut SqliteConnection,
    key: i64,
    last: u64,
    entries: &[NewEntry],
) -> Result<(), Fault> {
    let columns = entries.iter().map(|entry| entry.body.encode()).collect::<Result<Vec<_>, _>>()?;
    let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO entry (collection, seq, at, kind, id, body) ");
    insert.push_values((last + 1..).zip(entries).zip(columns), |mut row, ((seq, entry), columns)| {
        row.push_bind(key).push_bind(stored(seq)).push_bind(entry.at.to_string());
        row.push_bind(columns.kind).push_bind(columns.id.map(str::to_owned)).push_bind(columns.json);
    });
    // A statement of this length is not worth keeping.
    insert.build().persistent(false).execute(connection).await?;
    Ok(())
}

pub(super) async fn read(
    connection: &mut SqliteConnection,
    collection: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<Entry>, Fault> {
    let key = collections::key(connection, collection).await?;
    let rows = sqlx::query(
        "SELECT seq, at, kind, id, body FROM entry WHERE collection = ? AND seq > ? ORDER BY seq LIMIT ?",
    )
    .bind(key)
    .bind(stored(after))
    .bind(limited(limit))
    .fetch_all(connection)
    .await?;
    let entries = rows.iter().map(|row| decode(collection, row)).collect::<Result<Vec<_>, _>>()?;
    if let Some((entry, wanted)) =
        entries.iter().zip(after.saturating_add(1)..).find(|(entry, wanted)| entry.seq != *wanted)
    {
        let reason = format!("entry {wanted} of `{collection}` is missing before {}", entry.seq);
        return Err(Fault::Damaged(reason));
    }
    Ok(entries)
}

fn decode(collection: &str, row: &SqliteRow) -> Result<Entry, Fault> {
    let seq = loaded(row.try_get(0)?)?;
    let at: &str = row.try_get(1)?;
    let unreadable = |reason| Fault::Unreadable { collection: collection.to_owned(), seq, reason };
    let at = at.parse::<Timestamp>().map_err(|error| unreadable(error.to_string()))?;
    let body = Body::decode(row.try_get(2)?, row.try_get(3)?, row.try_get(4)?).map_err(unreadable)?;
    Ok(Entry { seq, at, body })
}

pub(super) async fn last_seq(connection: &mut SqliteConnection, key: i64) -> Result<u64, Fault> {
    let last: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM entry WHERE collection = ?")
        .bind(key)
        .fetch_one(connection)
        .await?;
    loaded(last.unwrap_or(0))
}

/// Fails unless the log has an entry `seq`, or `seq` is 0.
pub(super) async fn require(
    connection: &mut SqliteConnection,
    (collection, key): (&str, i64),
    seq: u64,
) -> Result<(), Fault> {
    let last = last_seq(connection, key).await?;
    if seq > last {
        return Err(StoreError::BeyondLog { collection: collection.to_owned(), seq, last }.into());
    }
    Ok(())
}

pub(super) async fn headline(
    connection: &mut SqliteConnection,
    collection: &str,
    id: &str,
) -> Result<Option<Headline>, Fault> {
    let key = collections::key(connection, collection).await?;
    let row = sqlx::query(
        "SELECT seq, at, kind, id, body FROM entry WHERE collection = ? AND id = ? ORDER BY seq DESC LIMIT 1",
    )
    .bind(key)
    .bind(id)
    .fetch_optional(connection)
    .await?;
    let entry = row.map(|row| decode(collection, &row)).transpose()?;
    Ok(entry.and_then(|entry| match entry.body {
        Body::Headline(headline) => Some(headline),
        _ => None,
    }))
}
