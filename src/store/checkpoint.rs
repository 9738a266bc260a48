//! Checkpoints: what guards them against damage, and how they come into a store.

use std::borrow::Cow;

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

/// A checkpoint on its way into a store, which takes some of a long one at a time.
#[derive(Debug)]
pub struct Saving<'a> {
    /// The last entry it contains.
    pub seq: u64,
    /// Version of the format of `bytes`, the caller's own count.
    pub format_version: u32,
    /// The state.
    pub bytes: Cow<'a, [u8]>,
    /// How many of these are in the store.
    pub(super) stored: usize,
}

impl<'a> Saving<'a> {
    /// A checkpoint of which nothing is stored yet.
    pub fn new(seq: u64, format_version: u32, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { seq, format_version, bytes: bytes.into(), stored: 0 }
    }

    /// Whether nothing of it is stored yet.
    pub fn is_new(&self) -> bool {
        self.stored == 0
    }
}

/// SHA-256 of a checkpoint's number, version and the digest of its bytes.
pub(super) fn digest(seq: u64, format_version: u32, bytes: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seq.to_le_bytes());
    hasher.update(format_version.to_le_bytes());
    hasher.update(digest::of_pieces(bytes));
    hasher.finalize().into()
}
