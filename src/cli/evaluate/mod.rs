//! `slugline evaluate`: labelled headlines in, scores out.

mod ablation;
mod algorithm;
mod corpus;
mod report;
mod stability;
mod table;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;

use super::progress::spinner;
use crate::engine::{Level, Method, Settings};
use crate::evaluate::baselines::Projection;
use ablation::Ablation;
use algorithm::Algorithm;
pub(super) use corpus::Corpus;
use report::{Plan, Report, measure};

/// What to score and how.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files of labelled headlines, JSON lines with `text` and `label`, or `story` and `topic`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Level to score [default: all that are labelled; topic for a plain `label`]
    #[arg(long, value_enum)]
    level: Option<LevelName>,
    /// Keep only headlines with this `lang`
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Score the first headline of each title only, as copies flatter every method; all are clustered
    #[arg(long)]
    distinct: bool,
    /// Method to score
    #[arg(long, value_enum, default_value_t = Algorithm::Slugline)]
    algorithm: Algorithm,
    /// How to print the scores
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Bootstrap resamples behind the columns ±, half the width of a 95 % interval; 0 leaves them out
    #[arg(long, value_name = "N", default_value_t = 100)]
    resamples: usize,
    /// Shuffled copies to cluster and compare; seconds do not count them
    #[arg(long, value_name = "N", default_value_t = 0)]
    shuffles: usize,
    /// Dimensions to which baselines project the tf-idf vectors at random; 0 keeps all, slow but stronger
    #[arg(long, value_name = "N", default_value_t = Projection::default().dimensions)]
    dimensions: usize,
    /// Change a setting of the method, as in --set topic.markov_time=1.3; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Leave the static embedding out
    #[arg(long)]
    no_embedding: bool,
    /// Decides resamples, shuffles and the chance in baselines
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Score the method with one part at a time switched off instead
    #[arg(long, conflicts_with_all = ["shuffles", "resamples", "dimensions", "algorithm"])]
    ablation: bool,
}

/// A level by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LevelName {
    /// One event
    Story,
    /// A running subject
    Topic,
}

impl LevelName {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Story => Level::Story,
            Self::Topic => Level::Topic,
        }
    }
}

/// How scores are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A Markdown table
    Table,
    /// One document with everything that was measured
    Json,
}

/// The answer in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    seed: u64,
    /// Of the vectors that baselines see.
    dimensions: usize,
    settings: &'a Settings,
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<Vec<Report>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ablation: Option<Ablation>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    anyhow::ensure!(
        !args.no_embedding || args.algorithm == Algorithm::Slugline,
        "--no-embedding: only the algorithm slugline has an embedding to leave out"
    );
    let level = args.level.map(LevelName::level);
    let read = |path: &PathBuf| Corpus::read(path, level, args.lang.as_deref());
    let mut corpora = args.files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    if args.distinct {
        corpora.iter_mut().for_each(Corpus::leave_out_copies);
    }
    let mut settings = changed(&args.set)?;
    if args.no_embedding {
        settings.meaning_weight = 0.0;
    }
    if args.ablation { ablate(args, &corpora, &settings) } else { score_all(args, &corpora, settings) }
}

/// The default settings with each of `changes`, `key=value` with the keys of the configuration file, applied.
fn changed(changes: &[String]) -> anyhow::Result<Settings> {
    let mut settings = serde_json::to_value(Settings::default())?;
    for change in changes {
        let (key, value) = change.split_once('=').with_context(|| format!("--set {change}: no `=`"))?;
        let setting = settings.pointer_mut(&format!("/{}", key.replace('.', "/")));
        *setting.with_context(|| format!("--set {change}: no setting `{key}`"))? =
            value.parse().with_context(|| format!("--set {change}: `{value}` is no number"))?;
    }
    serde_json::from_value(settings).context("--set")
}

fn ablate(args: &Args, corpora: &[Corpus], settings: &Settings) -> anyhow::Result<()> {
    let ablation = Ablation::of(corpora, settings)?;
    print(|out| match args.format {
        Format::Table => Ok(table::write_ablation(&ablation, out)?),
        Format::Json => write_json(
            &Answer {
                seed: args.seed,
                dimensions: args.dimensions,
                settings,
                reports: None,
                ablation: Some(ablation),
            },
            out,
        ),
    })
}

/// A corpus that a method cannot take costs the others nothing, but the exit code tells.
fn score_all(args: &Args, corpora: &[Corpus], settings: Settings) -> anyhow::Result<()> {
    let method = Method::try_from(settings)?;
    let Args { algorithm, dimensions, resamples, shuffles, seed, .. } = *args;
    let plan = Plan { algorithm, method: &method, dimensions, resamples, shuffles, seed };
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    for corpus in corpora {
        let progress = spinner(format!("{}: {} headlines", corpus.name, corpus.headlines.len()));
        match measure(corpus, &plan) {
            Ok(measured) => reports.extend(measured),
            Err(error) => failures.push(error),
        }
        progress.finish_and_clear();
    }
    if !reports.is_empty() {
        print(|out| match args.format {
            Format::Table => Ok(table::write_reports(&reports, out)?),
            Format::Json => write_json(
                &Answer {
                    seed,
                    dimensions,
                    settings: method.settings(),
                    reports: Some(reports),
                    ablation: None,
                },
                out,
            ),
        })?;
    }
    let Some(last) = failures.pop() else { return Ok(()) };
    for failure in failures {
        eprintln!("slugline: {failure:#}");
    }
    Err(last)
}

fn print(write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    write(&mut out)?;
    Ok(out.flush()?)
}

fn write_json(answer: &Answer<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    Ok(writeln!(out)?)
}
