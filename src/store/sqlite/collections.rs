//! Collections and the numbers that stand for them in other tables.

use sqlx::SqliteConnection;

use super::{Fault, transaction};
use crate::store::StoreError;

/// The number of a collection.
pub(super) async fn key(connection: &mut SqliteConnection, collection: &str) -> Result<i64, Fault> {
    let key = sqlx::query_scalar("SELECT number FROM collection WHERE name = ?")
        .bind(collection)
        .fetch_optional(connection)
        .await?;
    key.ok_or_else(|| StoreError::UnknownCollection(collection.to_owned()).into())
}

pub(super) async fn create(connection: &mut SqliteConnection, collection: &str) -> Result<(), Fault> {
    transaction(connection, async |connection| {
        let created = sqlx::query("INSERT INTO collection (name) VALUES (?) ON CONFLICT DO NOTHING")
            .bind(collection)
            .execute(connection)
            .await?;
        match created.rows_affected() {
            0 => Err(StoreError::CollectionExists(collection.to_owned()).into()),
            _ => Ok(()),
        }
    })
    .await
}

pub(super) async fn delete(connection: &mut SqliteConnection, collection: &str) -> Result<(), Fault> {
    transaction(connection, async |connection| {
        let key = key(connection, collection).await?;
        // All that refers to it goes with it.
        sqlx::query("DELETE FROM collection WHERE number = ?").bind(key).execute(connection).await?;
        Ok(())
    })
    .await
}

pub(super) async fn names(connection: &mut SqliteConnection) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar("SELECT name FROM collection ORDER BY name").fetch_all(connection).await?)
}
