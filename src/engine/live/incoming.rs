//! What is read of a headline by itself, ahead of its turn.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::Headline;
use crate::contrast::Features;
use crate::engine::Method;
use crate::label::Glance;
use crate::text::{Gazetteer, Language, Mention, glossed, normalised_title};
use crate::vector::StaticEmbedding;

/// A headline on its way in, and what is read of it by itself, ahead of its turn.
#[derive(Debug)]
pub(super) struct Incoming {
    pub headline: Arc<Headline>,
    /// When it was received.
    pub at: Timestamp,
    /// Its normalised title.
    pub title: String,
    seen: OnceLock<Seen>,
}

/// What is read of a title by itself.
#[derive(Debug)]
pub(super) struct Seen {
    pub glance: Glance,
    /// As clustering reads it, with the entities that are named there, where that is not the title itself.
    reading: Option<(String, Vec<Mention>)>,
    pub features: Option<Box<Features>>,
    /// Direction of its meaning, if that counts.
    pub meaning: Vec<f32>,
}

impl Incoming {
    pub fn new(headline: Headline, at: Timestamp) -> Self {
        let title = normalised_title(&headline.text);
        Self { headline: Arc::new(headline), at, title, seen: OnceLock::new() }
    }

    /// Reads the title, unless that was done.
    pub fn look(&self, method: &Method) {
        self.seen.get_or_init(|| Seen::of(&self.headline, method));
    }

    /// What was read of the title, if anything was.
    pub fn into_seen(self) -> Option<Seen> {
        self.seen.into_inner()
    }
}

impl Seen {
    fn of(headline: &Headline, method: &Method) -> Self {
        let glance = Glance::at(headline);
        let (settings, language) = (method.settings(), glance.language());
        let reading = method.lists().reading(headline);
        let guarded = settings.contrast < 1.0;
        let embedded = || StaticEmbedding::embedded().direction(&glossed(&reading.text, language));
        Self {
            features: guarded.then(|| Box::new(Features::in_language(&reading, language))),
            meaning: if settings.meaning_weight > 0.0 { embedded() } else { Vec::new() },
            reading: match reading {
                Cow::Borrowed(_) => None,
                Cow::Owned(other) => {
                    let mentions = Gazetteer::embedded().mentions(&other.text, other.time);
                    Some((other.text, mentions))
                }
            },
            glance,
        }
    }

    /// The title as clustering reads it, and its language.
    pub fn title<'s>(&'s self, headline: &'s Headline) -> (&'s str, Language) {
        let reading = self.reading.as_ref().map_or(&headline.text, |(text, _)| text);
        (reading, self.glance.language())
    }

    /// The entities that are named there.
    pub fn mentions(&self) -> &[Mention] {
        self.reading.as_ref().map_or(self.glance.mentions(), |(_, mentions)| mentions)
    }
}
