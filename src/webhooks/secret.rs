//! The secret of a webhook, and signatures by it.

use std::fmt;

use rand::RngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Lets people and scanners of leaked secrets see what this is.
const PREFIX: &str = "slw_";
/// Characters of a secret that somebody chose.
const CHARS: std::ops::RangeInclusive<usize> = 16..=128;
/// Bytes that SHA-256 takes at a time.
const BLOCK: usize = 64;

/// What sender and receiver alone know. It is kept as it is, because signing needs it, but never logged or shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// A new one: 32 bytes from the random source of the operating system.
    ///
    /// # Errors
    /// When that has none to give.
    pub fn generate() -> Result<Self, rand::Error> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", hex(&bytes))))
    }

    /// One that somebody chose; nothing unless it is 16 to 128 printable characters of ASCII.
    pub fn given(text: String) -> Option<Self> {
        (CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()))
            .then_some(Self(text))
    }

    /// The secret itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The signature of a body sent at a time, in seconds since 1970: the time, and the HMAC-SHA256 in hexadecimal of the
    /// time, a full stop and the body. Whoever checks it should refuse old times as well, lest a message be played again.
    pub fn sign(&self, seconds: i64, body: &[u8]) -> String {
        let code = hmac_sha256(self.0.as_bytes(), &[seconds.to_string().as_bytes(), b".", body]);
        format!("t={seconds},v1={}", hex(&code))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningSecret(…)")
    }
}

/// HMAC (RFC 2104) of the parts, one after the other.
fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    match key.len() {
        0..=BLOCK => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let keyed = |pad: u8| Sha256::new().chain_update(block.map(|byte| byte ^ pad));
    let inner = parts.iter().fold(keyed(0x36), |hash, part| hash.chain_update(part));
    keyed(0x5C).chain_update(inner.finalize()).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1, 2 and 6 of RFC 4231.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (key, data, code) in [
            (vec![0x0B; 20], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xAA; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let (start, end) = data.as_bytes().split_at(3);
            assert_eq!(hex(&hmac_sha256(&key, &[start, end])), code);
        }
    }

    #[test]
    fn secrets_are_long_enough_and_not_shown_by_accident() {
        let secret = SigningSecret::generate().unwrap();
        assert_ne!(secret, SigningSecret::generate().unwrap());
        assert!(!format!("{secret:?}").contains(&secret.reveal()[PREFIX.len()..]));
        assert!(SigningSecret::given("0123456789abcde".to_owned()).is_none());
        assert!(SigningSecret::given("0123456789abcde ".to_owned()).is_none());
        assert!(SigningSecret::given("0123456789abcdef".to_owned()).is_some());
        assert!(SigningSecret::given("x".repeat(129)).is_none());
    }
}
