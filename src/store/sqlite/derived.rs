//! Events and cards.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Fault, collections, limited, loaded, log, stored, transaction};
use crate::store::{CardKind, CardRow};
use crate::track::{Event, Id};

/// Events, names or cards per statement: few enough for SQLite's limit of 32,766 values, enough to make the way to its thread
/// cheap.
const PER_STATEMENT: usize = 1_000;

pub(super) async fn put(
    connection: &mut SqliteConnection,
    collection: &str,
    upto: u64,
    events: &[Arc<Event>],
    cards: &[CardRow],
) -> Result<(), Fault> {
    transaction(connection, async |connection| {
        let key = collections::key(connection, collection).await?;
        log::require(connection, (collection, key), upto).await?;
        // Of two with the same number the later one counts.
        let events: BTreeMap<u64, &Event> =
            events.iter().map(|event| (event.number, event.as_ref())).collect();
        let events: Vec<&Event> = events.into_values().collect();
        for events in events.chunks(PER_STATEMENT) {
            put_events(connection, key, events).await?;
        }
        for cards in cards.chunks(PER_STATEMENT) {
            put_cards(connection, key, cards).await?;
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

/// Puts events in order of their numbers.
async fn put_events(connection: &mut SqliteConnection, key: i64, events: &[&Event]) -> Result<(), Fault> {
    take_out(connection, key, events).await?;
    let texts = events.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO event (collection, number, event) ");
    insert.push_values(events.iter().zip(texts), |mut row, (event, text)| {
        row.push_bind(key).push_bind(stored(event.number)).push_bind(text);
    });
    // Statements of this length are not worth keeping.
    insert.build().persistent(false).execute(&mut *connection).await?;
    let names: Vec<(String, u64)> =
        events.iter().flat_map(|event| event.ids().map(|id| (id.to_string(), event.number))).collect();
    for names in names.chunks(PER_STATEMENT) {
        let mut insert =
            QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO event_of (collection, id, number) ");
        insert.push_values(names, |mut row, (id, number)| {
            row.push_bind(key).push_bind(id).push_bind(stored(*number));
        });
        insert.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes room for events. There are some of these numbers after a crash, when they are derived again.
async fn take_out(connection: &mut SqliteConnection, key: i64, events: &[&Event]) -> Result<(), Fault> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(()) };
    let known = sqlx::query("SELECT event FROM event WHERE collection = ? AND number BETWEEN ? AND ?");
    let known = known.bind(key).bind(stored(first.number)).bind(stored(last.number));
    for row in known.fetch_all(&mut *connection).await? {
        let known = event(&row)?;
        if events.binary_search_by_key(&known.number, |event| event.number).is_err() {
            continue;
        }
        for id in known.ids() {
            let query = sqlx::query("DELETE FROM event_of WHERE collection = ? AND id = ? AND number = ?");
            let query = query.bind(key).bind(id.to_string()).bind(stored(known.number));
            query.execute(&mut *connection).await?;
        }
        let query = sqlx::query("DELETE FROM event WHERE collection = ? AND number = ?");
        query.bind(key).bind(stored(known.number)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Puts cards in their order: of two with the same id the later one counts.
async fn put_cards(connection: &mut SqliteConnection, key: i64, cards: &[CardRow]) -> Result<(), Fault> {
    let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO card (collection, id, kind, state, json) ");
    insert.push_values(cards, |mut row, card| {
        row.push_bind(key).push_bind(&card.id).push_bind(card.kind.name());
        row.push_bind(&card.state).push_bind(card.json.to_string());
    });
    insert.push(
        " ON CONFLICT DO UPDATE SET kind = excluded.kind, state = excluded.state, json = excluded.json",
    );
    insert.build().persistent(false).execute(connection).await?;
    Ok(())
}

pub(super) async fn upto(connection: &mut SqliteConnection, collection: &str) -> Result<u64, Fault> {
    let key = collections::key(connection, collection).await?;
    let query = sqlx::query_scalar("SELECT derived_upto FROM collection WHERE number = ?");
    loaded(query.bind(key).fetch_one(connection).await?)
}

/// Events in order.
pub(super) async fn events(
    connection: &mut SqliteConnection,
    collection: &str,
    since: u64,
    limit: usize,
) -> Result<Vec<Arc<Event>>, Fault> {
    let key = collections::key(connection, collection).await?;
    let query =
        sqlx::query("SELECT event FROM event WHERE collection = ? AND number > ? ORDER BY number LIMIT ?");
    let query = query.bind(key).bind(stored(since)).bind(limited(limit));
    query.fetch_all(connection).await?.iter().map(event).collect()
}

/// Events that name an id, in order.
pub(super) async fn events_of(
    connection: &mut SqliteConnection,
    collection: &str,
    id: Id,
    since: u64,
    limit: usize,
) -> Result<Vec<Arc<Event>>, Fault> {
    let key = collections::key(connection, collection).await?;
    let query = sqlx::query(
        "SELECT event FROM event_of JOIN event USING (collection, number) \
         WHERE collection = ? AND id = ? AND number > ? ORDER BY number LIMIT ?",
    );
    let query = query.bind(key).bind(id.to_string()).bind(stored(since)).bind(limited(limit));
    query.fetch_all(connection).await?.iter().map(event).collect()
}

/// The last events that name an id, in order.
pub(super) async fn last_events_of(
    connection: &mut SqliteConnection,
    collection: &str,
    id: Id,
    before: u64,
    limit: usize,
) -> Result<Vec<Arc<Event>>, Fault> {
    let key = collections::key(connection, collection).await?;
    let query = sqlx::query(
        "SELECT event FROM event_of JOIN event USING (collection, number) \
         WHERE collection = ? AND id = ? AND number < ? ORDER BY number DESC LIMIT ?",
    );
    let query = query.bind(key).bind(id.to_string()).bind(stored(before)).bind(limited(limit));
    query.fetch_all(connection).await?.iter().rev().map(event).collect()
}

fn event(row: &SqliteRow) -> Result<Arc<Event>, Fault> {
    let text: &str = row.try_get(0)?;
    Ok(Arc::new(serde_json::from_str(text)?))
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
