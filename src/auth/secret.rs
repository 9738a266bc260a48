//! The key itself, and its hash.

use std::fmt;

use rand::RngCore;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};

/// Lets people and scanners of leaked secrets see what this is.
const PREFIX: &str = "slk_";

/// SHA-256 of a key.
pub(super) type Digest = [u8; 32];

/// A key as its owner holds it. Neither kept nor logged.
pub struct Secret(String);

impl Secret {
    /// A new one: 32 bytes from the random source of the operating system.
    ///
    /// # Errors
    /// When that has none to give.
    pub fn generate() -> Result<Self, rand::Error> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", to_hex(&bytes))))
    }

    /// The text to send as `Authorization: Bearer`.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The hash of what a client presents.
pub(super) fn digest(presented: &[u8]) -> Digest {
    Sha256::digest(presented).into()
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Nothing if this is not 64 hexadecimal digits.
pub(super) fn from_hex(text: &str) -> Option<Digest> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_long_and_differ_and_are_not_shown_by_accident() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_eq!(one.reveal().len(), PREFIX.len() + 64);
        assert_ne!(one.reveal(), other.reveal());
        assert!(!format!("{one:?}").contains(&one.reveal()[PREFIX.len()..]));
    }

    #[test]
    fn digests_survive_their_notation() {
        let sum = digest(b"abc");
        assert_eq!(to_hex(&sum), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(from_hex(&to_hex(&sum)), Some(sum));
        let (letter, umlaut) = ("g".repeat(64), "ü".repeat(32));
        for wrong in ["", "ba78", &letter, &umlaut] {
            assert_eq!(from_hex(wrong), None);
        }
    }
}
