//! Events and cards.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Fault, collections, limited, loaded, log, stored, transaction};
use crate::store::{CardKind, CardRow, EventRow};

pub(super) async fn put(
    connection: &mut SqliteConnection,
    collection: &str,
    upto: u64,
    events: &[EventRow],
    cards: &[CardRow],
) -> Result<(), Fault> {
    transaction(connection, async |connection| {
        let key = collections::key(connection, collection).await?;
        log::require(connection, (collection, key), upto).await?;
        for event in events {
            put_event(connection, key, event).await?;
        }
        for card in cards {
            put_card(connection, key, card).await?;
        }
        sqlx::query("UPDATE collection SET derived_upto = max(derived_upto, ?) WHERE number = ?")
            .bind(stored(upto))
            .bind(key)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

async fn put_event(connection: &mut SqliteConnection, key: i64, event: &EventRow) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO event (collection, number, seq, at, topic, kind, payload) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT DO NOTHING",
    )
    .bind(key)
    .bind(stored(event.number))
    .bind(stored(event.seq))
    .bind(event.at.to_string())
    .bind(&event.topic)
    .bind(&event.kind)
    .bind(event.payload.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_card(connection: &mut SqliteConnection, key: i64, card: &CardRow) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO card (collection, id, kind, state, json) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT DO UPDATE SET kind = excluded.kind, state = excluded.state, json = excluded.json",
    )
    .bind(key)
    .bind(&card.id)
    .bind(card.kind.name())
    .bind(&card.state)
    .bind(card.json.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn upto(connection: &mut SqliteConnection, collection: &str) -> Result<u64, Fault> {
    let key = collections::key(connection, collection).await?;
    let query = sqlx::query_scalar("SELECT derived_upto FROM collection WHERE number = ?");
    loaded(query.bind(key).fetch_one(connection).await?)
}

/// Events in order, of one topic or of all.
pub(super) async fn events(
    connection: &mut SqliteConnection,
    collection: &str,
    topic: Option<&str>,
    since: u64,
    limit: usize,
) -> Result<Vec<EventRow>, Fault> {
    let key = collections::key(connection, collection).await?;
    let query = match topic {
        None => sqlx::query(
            "SELECT number, seq, at, topic, kind, payload FROM event \
             WHERE collection = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
        ),
        Some(_) => sqlx::query(
            "SELECT number, seq, at, topic, kind, payload FROM event \
             WHERE collection = ?1 AND number > ?2 AND topic = ?4 ORDER BY number LIMIT ?3",
        ),
    };
    let mut query = query.bind(key).bind(stored(since)).bind(limited(limit));
    if let Some(topic) = topic {
        query = query.bind(topic);
    }
    query.fetch_all(connection).await?.iter().map(event).collect()
}

fn event(row: &SqliteRow) -> Result<EventRow, Fault> {
    let number = loaded(row.try_get(0)?)?;
    let at: &str = row.try_get(2)?;
    let at = at.parse::<Timestamp>().map_err(|error| Fault::Damaged(format!("event {number}: {error}")))?;
    Ok(EventRow {
        number,
        seq: loaded(row.try_get(1)?)?,
        at,
        topic: row.try_get(3)?,
        kind: row.try_get(4)?,
        payload: serde_json::from_str(row.try_get(5)?)?,
    })
}

pub(super) async fn card(
    connection: &mut SqliteConnection,
    collection: &str,
    id: &str,
) -> Result<Option<CardRow>, Fault> {
    let key = collections::key(connection, collection).await?;
    let row = sqlx::query("SELECT kind, state, json FROM card WHERE collection = ? AND id = ?")
        .bind(key)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let kind: &str = row.try_get(0)?;
    let kind = CardKind::from_name(kind)
        .ok_or_else(|| Fault::Damaged(format!("card `{id}` is of the unknown kind `{kind}`")))?;
    let json = serde_json::from_str(row.try_get(2)?)?;
    Ok(Some(CardRow { id: id.to_owned(), kind, state: row.try_get(1)?, json }))
}
