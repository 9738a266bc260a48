//! Values written into a hash.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A hash over a canonical form: texts are preceded by their length, numbers are of fixed width and what may be absent
/// says so, so that no two things are written alike.
#[derive(Default)]
pub(crate) struct Canonical(Sha256);

impl Canonical {
    pub fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub fn flag(&mut self, flag: bool) {
        self.0.update([u8::from(flag)]);
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text);
    }

    pub fn time(&mut self, time: Timestamp) {
        self.0.update(time.as_nanosecond().to_le_bytes());
    }

    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// Bytes of which there are always the same number.
    pub fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
