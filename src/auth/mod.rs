//! API keys: what one looks like, what it may do, and the file of those that are accepted.
//!
//! A key is 32 random bytes in hexadecimal behind a prefix. It is shown once, when it is made; the file holds its SHA-256.
//! A slow, salted hash is for passwords, which can be guessed: nobody guesses 256 random bits, so that a fast hash
//! protects them just as well and costs a request next to nothing.

mod keys;
mod scope;
mod secret;

pub use keys::{Key, Keys, KeysError};
pub use scope::Scope;
pub use secret::Secret;
