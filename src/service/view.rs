//! What readers see of a collection.

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::engine::Snapshot;

/// A snapshot and the entry of the log after which it was taken.
#[derive(Debug)]
pub struct View {
    /// The collection.
    pub snapshot: Arc<Snapshot>,
    /// Number of the last entry it contains.
    pub last_seq: u64,
    state_hash: OnceLock<[u8; 32]>,
}

impl View {
    /// A view of the state after an entry.
    pub fn new(snapshot: Arc<Snapshot>, last_seq: u64) -> Self {
        Self { snapshot, last_seq, state_hash: OnceLock::new() }
    }

    /// SHA-256 over every headline with its story and topic, in order: equal for equal states. Computed once, on
    /// demand.
    pub fn state_hash(&self) -> [u8; 32] {
        *self.state_hash.get_or_init(|| hash(&self.snapshot))
    }
}

fn hash(snapshot: &Snapshot) -> [u8; 32] {
    let mut hasher = Sha256::new();
    // With its length in front, no text can pass for two or for none.
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    };
    for (headline, placement) in snapshot.headlines.iter().zip(&snapshot.grouping.placements) {
        add(&headline.id);
        add(&headline.text);
        add(&headline.time.map(|time| time.to_string()).unwrap_or_default());
        for optional in [&headline.source, &headline.url, &headline.lang, &placement.story, &placement.topic]
        {
            add(optional.as_deref().unwrap_or_default());
        }
    }
    for topic in &snapshot.grouping.topics {
        add(&topic.id);
        add(&topic.label);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headline;
    use crate::engine::{Engine, Method};

    fn hash_of(titles: &[&str]) -> [u8; 32] {
        let headline = |(n, text): (usize, &&str)| Headline {
            id: n.to_string(),
            text: (*text).to_owned(),
            time: None,
            source: None,
            url: None,
            lang: None,
        };
        let mut engine = Engine::new(Method::default());
        engine.apply(titles.iter().enumerate().map(headline).collect());
        View::new(engine.snapshot(), 0).state_hash()
    }

    #[test]
    fn equal_states_have_equal_hashes_and_others_have_not() {
        let one = hash_of(&["Otters return to canal", "Otters back in canal", "Bakery burns"]);
        assert_eq!(one, hash_of(&["Otters return to canal", "Otters back in canal", "Bakery burns"]));
        assert_ne!(one, hash_of(&["Otters return to canal", "Bakery burns", "Otters back in canal"]));
        assert_ne!(one, hash_of(&["Otters return to canal", "Otters back in canal"]));
    }
}
