//! Checkpoints in the database.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use sqlx::{Row, SqliteConnection};

use super::{Fault, collections, loaded, log, stored, transaction};
use crate::store::checkpoint::digest;
use crate::store::{Checkpoint, Saving};

/// Bytes of a part of a checkpoint.
const PART: usize = 1 << 20;
/// Bytes that are stored at a time: a few milliseconds of writing.
const AT_ONCE: usize = 4 * PART;

/// Why a checkpoint is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// It is not what was saved.
    Altered,
    /// Pages of the database are broken under it. SQLite can then not delete it either.
    Unreadable,
}

/// Checkpoints, by collection and number, that this process saved or found sound since the database is open.
pub(super) type Sound = BTreeSet<(i64, i64)>;

pub(super) async fn save_some(
    connection: &mut SqliteConnection,
    collection: &str,
    saving: &mut Saving<'_>,
    sound: &mut Sound,
) -> Result<bool, Fault> {
    let key = collections::key(connection, collection).await?;
    if saving.is_new() {
        log::require(connection, (collection, key), saving.seq).await?;
    }
    let end = (saving.stored + AT_ONCE).min(saving.bytes.len());
    let is_whole = end == saving.bytes.len();
    let added = transaction(connection, async |connection| {
        if saving.is_new() {
            begin(connection, key, saving).await?;
        }
        add(connection, key, saving, end).await?;
        if is_whole { finish(connection, key, saving).await } else { Ok(()) }
    });
    let added = added.await;
    if let Err(fault) = added {
        // What is there of it takes up room that may be what is lacking.
        if !saving.is_new() {
            let seq = stored(saving.seq);
            let _ = transaction(connection, async |connection| delete(connection, key, seq).await).await;
        }
        return Err(fault);
    }
    saving.stored = end;
    if is_whole {
        sound.insert((key, stored(saving.seq)));
        // It is kept whatever becomes of those before.
        if let Err(fault) = clear_out(connection, key, sound).await {
            tracing::warn!(
                collection,
                ?fault,
                "checkpoints that are not needed any more could not be deleted"
            );
        }
    }
    Ok(is_whole)
}

/// Makes a place for a checkpoint. It has no digest until all of it is there.
async fn begin(connection: &mut SqliteConnection, key: i64, saving: &Saving<'_>) -> Result<(), Fault> {
    delete(connection, key, stored(saving.seq)).await?;
    let query = "INSERT INTO checkpoint (collection, seq, format_version, digest) VALUES (?, ?, ?, x'')";
    let query = sqlx::query(query).bind(key).bind(stored(saving.seq)).bind(saving.format_version);
    query.execute(connection).await?;
    Ok(())
}

/// Adds the bytes of a checkpoint up to `end`.
async fn add(
    connection: &mut SqliteConnection,
    key: i64,
    saving: &Saving<'_>,
    end: usize,
) -> Result<(), Fault> {
    let parts = (0i64..).zip(saving.bytes[..end].chunks(PART)).skip(saving.stored / PART);
    for (number, part) in parts {
        sqlx::query("INSERT INTO checkpoint_part (collection, seq, part, bytes) VALUES (?, ?, ?, ?)")
            .bind(key)
            .bind(stored(saving.seq))
            .bind(number)
            .bind(part)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Gives a checkpoint of which all is there its digest.
async fn finish(connection: &mut SqliteConnection, key: i64, saving: &Saving<'_>) -> Result<(), Fault> {
    let digest = digest(saving.seq, saving.format_version, &saving.bytes);
    let query = sqlx::query("UPDATE checkpoint SET digest = ? WHERE collection = ? AND seq = ?");
    query.bind(digest.to_vec()).bind(key).bind(stored(saving.seq)).execute(connection).await?;
    Ok(())
}

/// Deletes a checkpoint, if it is there, with its parts.
async fn delete(connection: &mut SqliteConnection, key: i64, seq: i64) -> Result<(), Fault> {
    let query = sqlx::query("DELETE FROM checkpoint WHERE collection = ? AND seq = ?");
    query.bind(key).bind(seq).execute(connection).await?;
    Ok(())
}

/// Lets go of what is not needed any more: of all but the newest two undamaged checkpoints, of altered ones that have an
/// undamaged one after them, and of unfinished ones.
async fn clear_out(connection: &mut SqliteConnection, key: i64, sound: &mut Sound) -> Result<(), Fault> {
    let (mut undamaged, mut superseded) = (0, unfinished(connection, key).await?);
    for seq in seqs(connection, key).await? {
        if undamaged == 2 {
            superseded.push(seq);
            continue;
        }
        let found = match sound.contains(&(key, seq)) {
            true => Ok(()),
            false => look_at(connection, key, seq).await?.and_then(Kept::sound).map(|_| ()),
        };
        match found {
            Ok(()) => {
                sound.insert((key, seq));
                undamaged += 1;
            }
            Err(Damage::Altered) if undamaged > 0 => superseded.push(seq),
            Err(_) => {}
        }
    }
    for seq in superseded {
        sound.remove(&(key, seq));
        match transaction(connection, async |connection| delete(connection, key, seq).await).await {
            // What is unreadable cannot be deleted either.
            Err(fault) if fault.is_damage() => {}
            deleted => deleted?,
        }
    }
    Ok(())
}

/// Numbers of checkpoints of which not all is there.
async fn unfinished(connection: &mut SqliteConnection, key: i64) -> Result<Vec<i64>, Fault> {
    let query = "SELECT seq FROM checkpoint WHERE collection = ? AND digest = x''";
    Ok(sqlx::query_scalar(query).bind(key).fetch_all(connection).await?)
}

pub(super) async fn before(
    connection: &mut SqliteConnection,
    collection: &str,
    seq: u64,
    sound: &mut Sound,
) -> Result<Option<Checkpoint>, Fault> {
    let key = collections::key(connection, collection).await?;
    let seqs = seqs(connection, key).await?;
    for earlier in seqs.into_iter().filter(|&earlier| earlier < stored(seq)) {
        match look_at(connection, key, earlier).await?.and_then(Kept::sound) {
            Ok(checkpoint) => {
                sound.insert((key, earlier));
                return Ok(Some(checkpoint));
            }
            Err(damage) => {
                tracing::warn!(collection, seq = earlier, ?damage, "a damaged checkpoint is passed over");
            }
        }
    }
    Ok(None)
}

/// Numbers of all finished checkpoints, newest first.
async fn seqs(connection: &mut SqliteConnection, key: i64) -> Result<Vec<i64>, Fault> {
    let query = "SELECT seq FROM checkpoint WHERE collection = ? AND digest <> x'' ORDER BY seq DESC";
    Ok(sqlx::query_scalar(query).bind(key).fetch_all(connection).await?)
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
