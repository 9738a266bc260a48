//! The store's database, handled without the store.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection, Row};

/// The database in a data directory.
pub fn database(directory: &Path) -> PathBuf {
    directory.join("slugline.db")
}

/// Runs statements on a closed database and returns the first number of the last one's answer.
pub fn sql(directory: &Path, statements: &'static str) -> Option<i64> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database(directory));
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        let mut connection = options.connect().await.unwrap();
        let rows = sqlx::raw_sql(statements).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.last().map(|row| row.get(0))
    })
}
