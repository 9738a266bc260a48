//! What is measured on one corpus at one level.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::Context;
use serde::{Serialize, Serializer};

use super::algorithm::{Algorithm, cluster};
use super::corpus::Corpus;
use super::stability::stability;
use crate::engine::{Level, Method, group};
use crate::evaluate::{Agreement, Intervals, Scores, bootstrap, labelled, score};
use crate::ingest::Gold;

/// How to measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub algorithm: Algorithm,
    pub method: &'a Method,
    /// Dimensions to which baselines project tf-idf rows; 0 for no projection.
    pub dimensions: usize,
    pub resamples: usize,
    pub shuffles: usize,
    pub seed: u64,
}

/// Everything measured on one corpus at one level.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub corpus: String,
    #[serde(serialize_with = "level_name")]
    pub level: Level,
    pub algorithm: Algorithm,
    /// Headlines clustered.
    pub rows: usize,
    /// Clusters among all of them.
    pub clusters: usize,
    /// Over labelled headlines only.
    pub scores: Scores,
    /// Middle 95 % of resamples, when any were asked for: see [`bootstrap`] on how to read it.
    pub intervals: Option<Intervals>,
    /// Agreement with shuffled copies, when any were asked for.
    pub stability: Option<Agreement>,
    /// Clustering alone, from titles on.
    pub seconds: f64,
    /// The most memory the process has held so far, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

fn level_name<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.name())
}

/// Measures every labelled level of a corpus. Our method finds both levels in one run, baselines run for each.
pub(super) fn measure(corpus: &Corpus, plan: &Plan<'_>) -> anyhow::Result<Vec<Report>> {
    let begin = Instant::now();
    let grouping = (plan.algorithm == Algorithm::Slugline).then(|| group(&corpus.headlines, plan.method));
    let shared = begin.elapsed();
    let mut reports = Vec::new();
    for gold in &corpus.gold {
        let begin = Instant::now();
        let found = match &grouping {
            Some(grouping) => grouping.labels_at(gold.level),
            None => find(corpus, gold, plan).with_context(|| corpus.name.clone())?,
        };
        let seconds = (begin.elapsed() + shared).as_secs_f64();
        reports.push(report(corpus, gold, &found, seconds, plan).with_context(|| corpus.name.clone())?);
    }
    Ok(reports)
}

fn find(corpus: &Corpus, gold: &Gold, plan: &Plan<'_>) -> anyhow::Result<Vec<usize>> {
    cluster(&corpus.headlines, gold.level, classes(gold), plan)
}

fn report(
    corpus: &Corpus,
    gold: &Gold,
    found: &[usize],
    seconds: f64,
    plan: &Plan<'_>,
) -> anyhow::Result<Report> {
    let peak_memory_bytes = peak_memory();
    let (wanted, scored) = labelled(&gold.labels, found)?;
    let intervals =
        (plan.resamples > 0).then(|| bootstrap(&wanted, &scored, plan.resamples, plan.seed)).transpose()?;
    Ok(Report {
        corpus: corpus.name.clone(),
        level: gold.level,
        algorithm: plan.algorithm,
        rows: found.len(),
        clusters: found.iter().collect::<BTreeSet<_>>().len(),
        scores: score(&wanted, &scored)?,
        intervals,
        stability: (plan.shuffles > 0).then(|| stability(corpus, gold, found, plan)).transpose()?,
        seconds,
        peak_memory_bytes,
    })
}

/// Number of distinct labels.
pub(super) fn classes(gold: &Gold) -> usize {
    gold.labels.iter().flatten().collect::<BTreeSet<_>>().len()
}

/// The most memory this process has held so far, as Linux tells it; nothing elsewhere.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
