//! What can go wrong in a use case.

use thiserror::Error;

/// Why a use case gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceError {
    /// Too many requests wait for the writer.
    #[error("too many requests are waiting; try again shortly")]
    QueueFull,
    /// The collection takes no more headlines.
    #[error("the service is stopping")]
    Stopped,
    /// The writer did not answer in time.
    #[error("the headlines are queued but were not placed in time; posting them again is harmless")]
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
