//! The file of accepted keys: one JSON object a line, blank lines and lines that begin with `#` apart.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

use super::Scope;
use super::secret::{Digest, Secret, digest, from_hex, to_hex};

/// Keys in a file: each request is compared with all of them.
const MOST_KEYS: usize = 1_000;

/// Characters of an id.
const MOST_ID_CHARS: usize = 64;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    scopes: Vec<Scope>,
    sha256: String,
}

/// An accepted key: what it is called and what it may do. The key itself is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    id: String,
    scopes: Vec<Scope>,
    digest: Digest,
}

impl Key {
    /// The entry for a secret.
    ///
    /// # Errors
    /// When the id has other characters than letters, digits, `.`, `_` and `-`, or there is no scope.
    pub fn new(id: String, scopes: Vec<Scope>, secret: &Secret) -> Result<Self, String> {
        Self { id, scopes, digest: digest(secret.reveal().as_bytes()) }.checked()
    }

    fn checked(mut self) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=MOST_ID_CHARS).contains(&self.id.len()) || !self.id.bytes().all(allowed) {
            return Err(format!(
                "`id` must be 1 to {MOST_ID_CHARS} letters, digits, dots, dashes or underscores"
            ));
        }
        self.scopes.sort_unstable();
        self.scopes.dedup();
        if self.scopes.is_empty() {
            return Err("`scopes` must name at least one of read, write and admin".to_owned());
        }
        Ok(self)
    }

    fn of_line(text: &str) -> Result<Self, String> {
        let line: Line =
            serde_json::from_str(text).map_err(|error| format!("no entry for a key: {error}"))?;
        let digest = from_hex(&line.sha256).ok_or("`sha256` must be 64 hexadecimal digits")?;
        Self { id: line.id, scopes: line.scopes, digest }.checked()
    }

    /// The line of the file, without its end.
    pub fn line(&self) -> String {
        let line = Line { id: self.id.clone(), scopes: self.scopes.clone(), sha256: to_hex(&self.digest) };
        // Text and text alone: this cannot fail.
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// What it is called, in logs too.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it may do this.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// The keys that are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(Vec<Key>);

/// Why a file of keys is of no use. One line that names the file.
#[derive(Debug, Error)]
pub enum KeysError {
    /// It cannot be read.
    #[error("cannot read the file of API keys {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A line is no entry, or one that stands twice.
    #[error("{}, line {line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Nobody could do anything.
    #[error("{} holds no API key; `slugline key new` makes one", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, a line is wrong or there is no key.
    pub fn load(path: &Path) -> Result<Self, KeysError> {
        let path = path.to_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(reason) => return Err(KeysError::Unreadable { path, reason }),
        };
        match Self::parse(&text) {
            Err((line, reason)) => Err(KeysError::Malformed { path, line, reason }),
            Ok(Self(keys)) if keys.is_empty() => Err(KeysError::Empty { path }),
            Ok(keys) => Ok(keys),
        }
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut keys: Vec<Key> = Vec::new();
        let (mut ids, mut digests) = (HashSet::new(), HashSet::new());
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = Key::of_line(line).map_err(|reason| (number, reason))?;
            if !ids.insert(key.id.clone()) {
                return Err((number, format!("the id `{}` stands in an earlier line", key.id)));
            }
            if !digests.insert(key.digest) {
                return Err((number, "this key stands in an earlier line".to_owned()));
            }
            if keys.len() == MOST_KEYS {
                return Err((number, format!("a file holds at most {MOST_KEYS} keys")));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The key that a client presents, if it is an accepted one. Takes equally long whichever it is, and whether or not
    /// it nearly is one.
    pub fn find(&self, presented: &str) -> Option<&Key> {
        let presented = digest(presented.as_bytes());
        // One more than its place; 0 for none.
        let mut found = 0_u64;
        for (number, key) in (1_u64..).zip(&self.0) {
            found.conditional_assign(&number, key.digest.ct_eq(&presented));
        }
        self.0.get(usize::try_from(found.checked_sub(1)?).ok()?)
    }

    /// Whether an id is taken.
    pub fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, scopes: &[Scope]) -> (Secret, Key) {
        let secret = Secret::generate().unwrap();
        let key = Key::new(id.to_owned(), scopes.to_vec(), &secret).unwrap();
        (secret, key)
    }

    #[test]
    fn a_key_is_known_by_its_hash_and_does_what_its_scopes_say() {
        let (reader, read) = key("desk", &[Scope::Read]);
        let (feeder, write) = key("feed", &[Scope::Write, Scope::Write]);
        let file = format!("# keys\n\n{}\n  {}\n", read.line(), write.line());
        assert!(!file.contains(reader.reveal()));
        let keys = Keys::parse(&file).unwrap();
        assert_eq!((keys.count(), keys.find(reader.reveal())), (2, Some(&read)));
        let found = keys.find(feeder.reveal()).unwrap();
        assert_eq!(found.id(), "feed");
        assert!(found.allows(Scope::Write) && !found.allows(Scope::Read) && !found.allows(Scope::Admin));
        let (stranger, _) = key("desk", &[Scope::Read]);
        for wrong in [stranger.reveal(), "", &reader.reveal()[1..], &to_hex(&read.digest)] {
            assert_eq!(keys.find(wrong), None);
        }
    }

    #[test]
    fn lines_that_are_wrong_are_pointed_out() {
        let (_, good) = key("a", &[Scope::Read]);
        let (line, hash) = (good.line(), to_hex(&good.digest));
        for (file, number, part) in [
            ("slk_0123".to_owned(), 1, "no entry for a key"),
            (format!("{line}\n\n{line}"), 3, "`a` stands in an earlier line"),
            (format!("{line}\n{}", line.replace("\"a\"", "\"b\"")), 2, "this key stands"),
            (line.replace("read", "rule"), 1, "unknown variant"),
            (line.replace("[\"read\"]", "[]"), 1, "at least one"),
            (line.replace("\"a\"", "\"a b\""), 1, "`id` must be"),
            (line.replace(&hash, "12"), 1, "64 hexadecimal digits"),
            (line.replace("sha256", "key"), 1, "unknown field"),
        ] {
            let (found, reason) = Keys::parse(&file).unwrap_err();
            assert!(found == number && reason.contains(part), "{file}: {found}: {reason}");
        }
    }

    #[test]
    fn a_file_without_keys_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Keys::load(file.path()), Err(KeysError::Empty { .. })));
        assert!(matches!(Keys::load(Path::new("/nonexistent")), Err(KeysError::Unreadable { .. })));
    }
}
