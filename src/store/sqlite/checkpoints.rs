//! Checkpoints in the database.

use std::cmp::Reverse;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Fault, collections, loaded, log, stored, transaction};
use crate::store::Checkpoint;
use crate::store::checkpoint::digest;

/// Why a checkpoint is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// It is not what was saved.
    Altered,
    /// Pages of the database are broken under it. SQLite can then not delete it either.
    Unreadable,
}

pub(super) async fn save(
    connection: &mut SqliteConnection,
    collection: &str,
    seq: u64,
    format_version: u32,
    bytes: &[u8],
) -> Result<(), Fault> {
    let key = collections::key(connection, collection).await?;
    log::require(connection, (collection, key), seq).await?;
    // Looked at before the transaction, which SQLite could not commit after a broken page.
    let superseded = superseded(connection, key, stored(seq)).await?;
    transaction(connection, async |connection| {
        sqlx::query(
            "INSERT OR REPLACE INTO checkpoint (collection, seq, format_version, digest, bytes) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(key)
        .bind(stored(seq))
        .bind(format_version)
        .bind(digest(seq, format_version, bytes).to_vec())
        .bind(bytes)
        .execute(&mut *connection)
        .await?;
        for seq in superseded {
            sqlx::query("DELETE FROM checkpoint WHERE collection = ? AND seq = ?")
                .bind(key)
                .bind(seq)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    })
    .await
}

/// Which checkpoints go once there is one at `new`: all but the newest two undamaged ones, and altered ones as soon as
/// there is an undamaged one after them.
async fn superseded(connection: &mut SqliteConnection, key: i64, new: i64) -> Result<Vec<i64>, Fault> {
    let mut seqs = seqs(connection, key).await?;
    if !seqs.contains(&new) {
        seqs.push(new);
        seqs.sort_unstable_by_key(|&seq| Reverse(seq));
    }
    let (mut undamaged, mut superseded) = (0, Vec::new());
    for seq in seqs {
        // Of one that goes either way it is of no interest whether it was altered, which takes long to find out.
        let goes_either_way = undamaged == 2;
        let check = |row: &SqliteRow| if goes_either_way { Ok(()) } else { sound(row).map(|_| ()) };
        let found = if seq == new { Ok(()) } else { look_at(connection, key, seq, check).await? };
        match found {
            Ok(()) if undamaged < 2 => undamaged += 1,
            Ok(()) => superseded.push(seq),
            Err(Damage::Altered) if undamaged > 0 => superseded.push(seq),
            Err(_) => {}
        }
    }
    Ok(superseded)
}

pub(super) async fn before(
    connection: &mut SqliteConnection,
    collection: &str,
    seq: u64,
) -> Result<Option<Checkpoint>, Fault> {
    let key = collections::key(connection, collection).await?;
    let seqs = seqs(connection, key).await?;
    for earlier in seqs.into_iter().filter(|&earlier| earlier < stored(seq)) {
        match look_at(connection, key, earlier, |row| sound(row).map(|kept| kept.to_checkpoint())).await? {
            Ok(checkpoint) => return Ok(Some(checkpoint)),
            Err(damage) => {
                tracing::warn!(collection, seq = earlier, ?damage, "a damaged checkpoint is passed over");
            }
        }
    }
    Ok(None)
}

/// Numbers of all checkpoints, newest first.
async fn seqs(connection: &mut SqliteConnection, key: i64) -> Result<Vec<i64>, Fault> {
    let query = sqlx::query_scalar("SELECT seq FROM checkpoint WHERE collection = ? ORDER BY seq DESC");
    Ok(query.bind(key).fetch_all(connection).await?)
}

/// Reads one checkpoint, and makes of it what is wanted.
async fn look_at<T>(
    connection: &mut SqliteConnection,
    key: i64,
    seq: i64,
    make: impl FnOnce(&SqliteRow) -> Result<T, Damage>,
) -> Result<Result<T, Damage>, Fault> {
    let row = sqlx::query(
        "SELECT seq, format_version, digest, bytes FROM checkpoint WHERE collection = ? AND seq = ?",
    )
    .bind(key)
    .bind(seq)
    .fetch_one(connection)
    .await;
    match row {
        Ok(row) => Ok(make(&row)),
        Err(error) => match Fault::from(error) {
            fault if fault.is_damage() => Ok(Err(Damage::Unreadable)),
            fault => Err(fault),
        },
    }
}

/// A checkpoint as it is in the database.
struct Kept<'r> {
    seq: u64,
    format_version: u32,
    bytes: &'r [u8],
}

impl Kept<'_> {
    fn to_checkpoint(&self) -> Checkpoint {
        Checkpoint { seq: self.seq, format_version: self.format_version, bytes: self.bytes.to_vec() }
    }
}

/// The checkpoint of a row, if it is undamaged.
fn sound(row: &SqliteRow) -> Result<Kept<'_>, Damage> {
    let fields = || -> Result<_, Fault> {
        let seq = loaded(row.try_get(0)?)?;
        Ok((seq, row.try_get::<u32, _>(1)?, row.try_get::<&[u8], _>(2)?, row.try_get::<&[u8], _>(3)?))
    };
    let (seq, format_version, kept, bytes) = fields().map_err(|_| Damage::Altered)?;
    if digest(seq, format_version, bytes) != kept {
        return Err(Damage::Altered);
    }
    Ok(Kept { seq, format_version, bytes })
}
