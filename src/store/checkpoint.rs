//! Checkpoints: what guards them against damage, and which are kept.

use sha2::{Digest, Sha256};

use crate::digest;

/// A state to start from instead of the beginning of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry it contains.
    pub seq: u64,
    /// Version of the format of `bytes`, the caller's own count.
    pub format_version: u32,
    /// The state.
    pub bytes: Vec<u8>,
}

/// SHA-256 of a checkpoint's number, version and the digest of its bytes.
pub(super) fn digest(seq: u64, format_version: u32, bytes: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seq.to_le_bytes());
    hasher.update(format_version.to_le_bytes());
    hasher.update(digest::of_pieces(bytes));
    hasher.finalize().into()
}
