//! Failures on their way out: what SQLite says, sorted into what a user can act upon.

use std::path::Path;

use sqlx::error::DatabaseError;

use crate::store::StoreError;
use crate::store::error::one_line;

/// A failure that does not know yet which database it is about.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlx(sqlx::Error),
    Damaged(String),
    Unreadable { collection: String, seq: u64, reason: String },
    Store(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(one_line(&error.to_string()))
    }
}

impl Fault {
    /// Whether the database is damaged where it was read.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sqlx(sqlx::Error::Database(error)) => primary_code(&**error) == CORRUPT,
            _ => false,
        }
    }

    /// Names the database.
    pub fn at(self, path: &Path) -> StoreError {
        let owned = || path.to_owned();
        match self {
            Self::Store(error) => error,
            Self::Damaged(reason) => StoreError::Damaged { path: owned(), reason },
            Self::Unreadable { collection, seq, reason } => {
                StoreError::UnreadableEntry { path: owned(), collection, seq, reason: one_line(&reason) }
            }
            Self::Sqlx(sqlx::Error::Database(error)) => from_sqlite(path, &*error),
            Self::Sqlx(sqlx::Error::Io(error)) => StoreError::io(path, &error),
            Self::Sqlx(error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))) => {
                StoreError::Damaged { path: owned(), reason: one_line(&error.to_string()) }
            }
            Self::Sqlx(error) => StoreError::Io { path: owned(), reason: one_line(&error.to_string()) },
        }
    }
}

// Of <https://www.sqlite.org/rescode.html>; the lowest byte of a code is its kind.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOTADB: i32 = 26;
/// The shared index of the write-ahead log could not be enlarged.
const IOERR_SHMSIZE: i32 = 4_874;

fn code(error: &dyn DatabaseError) -> i32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or_default()
}

fn primary_code(error: &dyn DatabaseError) -> i32 {
    code(error) & 0xff
}

fn from_sqlite(path: &Path, error: &dyn DatabaseError) -> StoreError {
    let path = path.to_owned();
    let reason = one_line(error.message());
    match primary_code(error) {
        BUSY | LOCKED => StoreError::Locked { path },
        PERM | READONLY => StoreError::ReadOnly { path, reason },
        FULL => StoreError::DiskFull { path },
        CORRUPT | NOTADB => StoreError::Damaged { path, reason },
        _ if code(error) == IOERR_SHMSIZE => StoreError::DiskFull { path },
        _ => StoreError::Io { path, reason },
    }
}
