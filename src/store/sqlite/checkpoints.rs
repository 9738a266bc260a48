//! Checkpoints in the database.

use std::cmp::Reverse;

use futures_util::TryStreamExt as _;
use sqlx::{Row, SqliteConnection};

use super::{Fault, collections, loaded, log, stored, transaction};
use crate::store::Checkpoint;
use crate::store::checkpoint::digest;

/// Bytes of a part of a checkpoint.
const PART: usize = 1 << 20;

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
        delete(connection, key, stored(seq)).await?;
        sqlx::query("INSERT INTO checkpoint (collection, seq, format_version, digest) VALUES (?, ?, ?, ?)")
            .bind(key)
            .bind(stored(seq))
            .bind(format_version)
            .bind(digest(seq, format_version, bytes).to_vec())
            .execute(&mut *connection)
            .await?;
        for (number, part) in (0i64..).zip(bytes.chunks(PART)) {
            sqlx::query("INSERT INTO checkpoint_part (collection, seq, part, bytes) VALUES (?, ?, ?, ?)")
                .bind(key)
                .bind(stored(seq))
                .bind(number)
                .bind(part)
                .execute(&mut *connection)
                .await?;
        }
        for seq in superseded {
            delete(connection, key, seq).await?;
        }
        Ok(())
    })
    .await
}

/// Deletes a checkpoint, if it is there, with its parts.
async fn delete(connection: &mut SqliteConnection, key: i64, seq: i64) -> Result<(), Fault> {
    let query = sqlx::query("DELETE FROM checkpoint WHERE collection = ? AND seq = ?");
    query.bind(key).bind(seq).execute(connection).await?;
    Ok(())
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
        // One that goes either way is read all the same, for what is unreadable cannot go. Whether it was altered is of no
        // interest then, and takes long to find out.
        let goes_either_way = undamaged == 2;
        let check = |kept: Kept| if goes_either_way { Ok(()) } else { kept.sound().map(|_| ()) };
        let found = if seq == new { Ok(()) } else { look_at(connection, key, seq).await?.and_then(check) };
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
        match look_at(connection, key, earlier).await?.and_then(Kept::sound) {
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

/// A checkpoint as it is in the database, with the digest that was saved.
struct Kept {
    checkpoint: Checkpoint,
    digest: Vec<u8>,
}

impl Kept {
    /// The checkpoint, if it is what was saved.
    fn sound(self) -> Result<Checkpoint, Damage> {
        let Checkpoint { seq, format_version, bytes } = &self.checkpoint;
        let is_sound = digest(*seq, *format_version, bytes)[..] == self.digest[..];
        if is_sound { Ok(self.checkpoint) } else { Err(Damage::Altered) }
    }
}

/// Reads one checkpoint.
async fn look_at(
    connection: &mut SqliteConnection,
    key: i64,
    seq: i64,
) -> Result<Result<Kept, Damage>, Fault> {
    match read(connection, key, seq).await {
        Ok(kept) => Ok(kept.ok_or(Damage::Altered)),
        Err(fault) if fault.is_damage() => Ok(Err(Damage::Unreadable)),
        Err(fault) => Err(fault),
    }
}

/// One checkpoint; none if its fields are not what could have been saved.
async fn read(connection: &mut SqliteConnection, key: i64, seq: i64) -> Result<Option<Kept>, Fault> {
    let query = "SELECT format_version, digest, (SELECT coalesce(sum(length(bytes)), 0) FROM checkpoint_part AS part \
                 WHERE part.collection = checkpoint.collection AND part.seq = checkpoint.seq) \
                 FROM checkpoint WHERE collection = ? AND seq = ?";
    let row = sqlx::query(query).bind(key).bind(seq).fetch_one(&mut *connection).await?;
    let query = "SELECT bytes FROM checkpoint_part WHERE collection = ? AND seq = ? ORDER BY part";
    let mut parts = sqlx::query(query).bind(key).bind(seq).fetch(connection);
    let fields = || -> Result<_, Fault> {
        Ok((loaded(seq)?, row.try_get::<u32, _>(0)?, row.try_get::<Vec<u8>, _>(1)?, loaded(row.try_get(2)?)?))
    };
    let Ok((seq, format_version, digest, size)) = fields() else { return Ok(None) };
    let mut bytes = Vec::with_capacity(size as usize);
    while let Some(part) = parts.try_next().await? {
        bytes.extend_from_slice(part.try_get(0)?);
    }
    Ok(Some(Kept { checkpoint: Checkpoint { seq, format_version, bytes }, digest }))
}
