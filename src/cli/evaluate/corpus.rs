//! Files of labelled headlines.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context;
use rustc_hash::FxHashSet;

use crate::Headline;
use crate::engine::Level;
use crate::ingest::{Gold, Labelled, LabelledError};
use crate::text::normalised_title;

/// A file of headlines, some or all of them labelled.
#[derive(Debug)]
pub(in crate::cli) struct Corpus {
    /// Stem of the file name, with the language if only that was kept, and whether copies are left out.
    pub name: String,
    pub headlines: Vec<Headline>,
    /// The levels to score.
    pub gold: Vec<Gold>,
}

impl Corpus {
    /// Reads `path`; see [`Labelled::read`].
    pub fn read(path: &Path, level: Option<Level>, lang: Option<&str>) -> anyhow::Result<Self> {
        let file = path.display();
        let input = BufReader::new(File::open(path).with_context(|| file.to_string())?);
        let Labelled { headlines, gold } =
            Labelled::read(input, level, lang).map_err(|error| located(&file.to_string(), error))?;
        let stem = path.file_stem().map_or_else(|| file.to_string(), |stem| stem.display().to_string());
        let name = lang.map_or(stem.clone(), |lang| format!("{stem} ({lang})"));
        Ok(Self { name, headlines, gold })
    }

    /// Takes the label of every headline whose title an earlier labelled one has.
    pub fn leave_out_copies(&mut self) {
        for gold in &mut self.gold {
            let mut known = FxHashSet::default();
            for (headline, label) in self.headlines.iter().zip(&mut gold.labels) {
                if label.is_some() && !known.insert(normalised_title(&headline.text)) {
                    *label = None;
                }
            }
        }
        self.name.push_str(", distinct");
    }
}

/// The error with the place it is at, as compilers write it.
fn located(file: &str, error: LabelledError) -> anyhow::Error {
    match error {
        LabelledError::Read { line, reason } => anyhow::anyhow!("{file}:{line}: {reason}"),
        LabelledError::Line { line, reason } => anyhow::anyhow!("{file}:{line}: {reason}"),
        other => anyhow::anyhow!("{file}: {other}"),
    }
}
