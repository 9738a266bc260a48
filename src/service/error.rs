//! What can go wrong in a use case.

use thiserror::Error;

use crate::store::StoreError;

/// Why the service cannot start. Each is one line; the store is as it was.
#[derive(Debug, Error)]
pub enum StartError {
    /// What was kept cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log asks for something that this program does not do.
    #[error(
        "entry {seq} of the log is no headline, deletion or edit that this program knows: was it written by a newer slugline? nothing was changed"
    )]
    UnknownEntry {
        /// Number of the entry.
        seq: u64,
    },
    /// A collection has no settings, or some that this program does not know.
    #[error(
        "the settings of collection `{collection}` cannot be understood ({reason}): was it created by a newer slugline? \
         nothing was changed"
    )]
    UnknownCollectionSettings {
        /// Its name.
        collection: String,
        /// What is not understood.
        reason: String,
    },
    /// There is no thread for the writer.
    #[error("cannot start the writer thread: {0}")]
    Thread(std::io::Error),
}

/// Why a use case gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceError {
    /// Too many requests wait for the writer.
    #[error("too many requests are waiting; try again shortly")]
    QueueFull,
    /// There is no such collection.
    #[error("there is no collection of this name")]
    UnknownCollection,
    /// The collection takes no more headlines.
    #[error("the service is stopping")]
    Stopped,
    /// There is no space for more headlines; nothing was kept.
    #[error("no space is left; nothing was taken")]
    StorageFull,
    /// The store failed otherwise; nothing was kept.
    #[error("nothing can be stored at present; nothing was taken")]
    StorageFailed,
    /// The writer did not answer in time.
    #[error(
        "this is queued but was not done in time; posting headlines again is harmless, and GET /v1/edits tells whether an edit was made"
    )]
    ApplyTimeout,
    /// Too many stateless clusterings run.
    #[error("too many clusterings are running; try again shortly")]
    Busy,
    /// A stateless clustering took too long.
    #[error("clustering took too long; send fewer headlines")]
    ClusterTimeout,
    /// A bug: the work panicked.
    #[error("the work failed unexpectedly")]
    Failed,
}
