//! What can go wrong with a store.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a store could not be opened, read or written. In every case nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("{path} is in use by another process; nothing was changed")]
    Locked {
        /// The data directory or database.
        path: PathBuf,
    },
    /// It is no database of this program, or no longer one.
    #[error("{path} is damaged or no database of slugline ({reason}); nothing was changed")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What gave it away.
        reason: String,
    },
    /// It was written by a newer program.
    #[error(
        "{path} has schema version {found} and this program knows none after {known}: use a newer slugline; \
         nothing was changed"
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The directory or a file in it may not be written.
    #[error("{path} cannot be written ({reason}); nothing was changed")]
    ReadOnly {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// There is no space left.
    #[error("no space is left for {path}; nothing was changed")]
    DiskFull {
        /// The directory or file.
        path: PathBuf,
    },
    /// Anything else that the system or SQLite reports.
    #[error("cannot use {path} ({reason}); nothing was changed")]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// What was reported.
        reason: String,
    },
    /// An entry holds something that this program does not know.
    #[error(
        "cannot read entry {seq} of collection `{collection}` in {path} ({reason}): was it written by a newer \
         slugline? nothing was changed"
    )]
    UnreadableEntry {
        /// The database.
        path: PathBuf,
        /// The collection.
        collection: String,
        /// Number of the entry.
        seq: u64,
        /// What is not understood.
        reason: String,
    },
    /// There is no collection of this name.
    #[error("there is no collection `{0}`; nothing was changed")]
    UnknownCollection(String),
    /// There already is a collection of this name.
    #[error("there already is a collection `{0}`; nothing was changed")]
    CollectionExists(String),
    /// A checkpoint or derived rows claim to follow from entries that are not in the log.
    #[error("the log of collection `{collection}` ends at {last}, before {seq}; nothing was changed")]
    BeyondLog {
        /// The collection.
        collection: String,
        /// The number claimed.
        seq: u64,
        /// The last number of the log.
        last: u64,
    },
}

impl StoreError {
    /// Sorts a failure of the file system.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, reason: one_line(&error.to_string()) }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, reason: one_line(&error.to_string()) },
        }
    }
}

/// A reason as part of a message of one line.
pub(super) fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}
