//! The method with one part at a time switched off.

use serde::Serialize;

use super::corpus::Corpus;
use crate::cli::progress::spinner;
use crate::engine::{Method, Settings, group};
use crate::evaluate::{labelled, score};

/// Half-life, in days, at which time makes no difference any more.
const FOREVER: f32 = 1e6;

/// A name and what it changes.
type Part = (&'static str, fn(&mut Settings));

/// The parts, each with the settings that do without it.
const PARTS: &[Part] = &[
    ("default", |_| ()),
    ("no static embedding", |settings| settings.meaning_weight = 0.0),
    ("no entities", |settings| {
        settings.entity_weight = 0.0;
        settings.story.entity_bonus = 0.0;
        settings.topic.entity_bonus = 0.0;
    }),
    ("no entity bonus", |settings| {
        settings.story.entity_bonus = 0.0;
        settings.topic.entity_bonus = 0.0;
    }),
    ("no time", |settings| {
        settings.story.half_life_days = FOREVER;
        settings.topic.half_life_days = FOREVER;
    }),
    ("no self-loop", |settings| settings.stay = 0.0),
    ("no loosening", |settings| settings.belong = 0.0),
    ("no contrast guards", |settings| settings.contrast = 1.0),
    ("sharpness 2", |settings| settings.sharpness = 2.0),
    ("30 neighbours", |settings| settings.neighbours = 30),
    ("Markov time 1", |settings| {
        settings.story.markov_time = 1.0;
        settings.topic.markov_time = 1.0;
    }),
];

/// Scores of every variant; columns are corpora by level.
#[derive(Debug, Serialize)]
pub(super) struct Ablation {
    pub columns: Vec<String>,
    pub variants: Vec<Variant>,
}

/// The method without one part.
#[derive(Debug, Serialize)]
pub(super) struct Variant {
    pub name: &'static str,
    pub cells: Vec<Cell>,
}

/// How one variant does in one column.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Cell {
    pub ami: f64,
    pub bcubed_f1: f64,
}

impl Ablation {
    /// Clusters all corpora once with each variant of `settings`.
    pub fn of(corpora: &[Corpus], settings: &Settings) -> anyhow::Result<Self> {
        let columns = corpora.iter().flat_map(|corpus| {
            corpus.gold.iter().map(|gold| format!("{}, {}", corpus.name, gold.level.name()))
        });
        let columns = columns.collect();
        let variants = PARTS
            .iter()
            .map(|(name, change)| {
                let mut settings = settings.clone();
                change(&mut settings);
                Ok(Variant { name, cells: cells(name, corpora, &Method::try_from(settings)?)? })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { columns, variants })
    }
}

fn cells(name: &str, corpora: &[Corpus], method: &Method) -> anyhow::Result<Vec<Cell>> {
    let mut cells = Vec::new();
    for corpus in corpora {
        let progress = spinner(format!("{name}: {}", corpus.name));
        let grouping = group(&corpus.headlines, method);
        for gold in &corpus.gold {
            let (wanted, found) = labelled(&gold.labels, &grouping.labels_at(gold.level))?;
            let scores = score(&wanted, &found)?;
            cells.push(Cell { ami: scores.ami, bcubed_f1: scores.bcubed.f1 });
        }
        progress.finish_and_clear();
    }
    Ok(cells)
}

impl Cell {
    /// Mean over columns.
    pub fn mean(cells: &[Self]) -> Self {
        let mean = |value: fn(&Self) -> f64| cells.iter().map(value).sum::<f64>() / cells.len() as f64;
        Self { ami: mean(|cell| cell.ami), bcubed_f1: mean(|cell| cell.bcubed_f1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_gives_valid_settings_of_its_own() {
        let mut seen = Vec::new();
        for (name, change) in PARTS {
            let mut settings = Settings::default();
            change(&mut settings);
            assert!(!seen.contains(&settings), "{name} changes nothing");
            assert!(Method::try_from(settings.clone()).is_ok(), "{name}");
            seen.push(settings);
        }
    }
}
