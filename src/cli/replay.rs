//! `slugline replay`: a labelled stream through the engine, batch by batch, to see what becomes of ids on the way.

use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use jiff::Timestamp;

use super::evaluate::{Corpus, LevelName};
use super::progress::spinner;
use crate::config::{Config, Flags};
use crate::engine::{Engine, Grouping, Level, Method, Settings, Snapshot, group};
use crate::evaluate::{Scores, labelled, score};
use crate::ingest::Gold;
use crate::service::{Verified, verify_all};
use crate::store::{DEFAULT, SqliteStores};
use crate::track::{Id, churn};

/// Share of the stream after which churn counts: while there is little, every headline can turn the picture.
const WARM_UP: f64 = 0.25;

/// What to replay.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of labelled headlines, JSON lines with `text` and `label`, or `story` and `topic`
    #[arg(required_unless_present = "verify")]
    file: Option<PathBuf>,
    /// Report how the stream fared, which is what is done with a file anyway
    #[arg(long, conflicts_with = "verify")]
    report: bool,
    /// Check a data directory instead: apply its log from the beginning and compare with a restart
    #[arg(long, value_name = "DIRECTORY", conflicts_with_all = ["file", "batch", "level", "lang"])]
    verify: Option<PathBuf>,
    /// File of settings, as for `serve`, whose clustering is used for `--verify`
    #[arg(long, value_name = "FILE", requires = "verify")]
    config: Option<PathBuf>,
    /// Headlines that arrive together
    #[arg(long, value_name = "N", default_value_t = NonZero::<usize>::MIN.saturating_add(499))]
    batch: NonZero<usize>,
    /// Level to report on [default: all that are labelled; topic for a plain `label`]
    #[arg(long, value_enum)]
    level: Option<LevelName>,
    /// Keep only headlines with this `lang`
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
}

/// A stream at its end.
struct Replayed {
    last: Arc<Snapshot>,
    batches: usize,
    /// For each level of the corpus and each batch after warming up the share of old headlines whose id changed.
    churn: Vec<Vec<f64>>,
    seconds: f64,
}

/// How a level fared.
struct Report<'a> {
    level: Level,
    stream: Scores,
    at_once: Scores,
    churn: &'a [f64],
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match (&args.verify, &args.file) {
        (Some(directory), _) => check(directory, args.config.as_deref()),
        (None, Some(file)) => report(file, args),
        (None, None) => anyhow::bail!("either a file or --verify is needed"),
    }
}

/// Applies the log of each collection in a data directory from its beginning and from its last checkpoint.
fn check(directory: &Path, config: Option<&Path>) -> anyhow::Result<()> {
    anyhow::ensure!(directory.is_dir(), "{} is not a directory", directory.display());
    let flags = Flags { config: config.map(Path::to_owned), memory: Some(true), ..Flags::default() };
    let base = Config::load(&flags)?.clustering;
    let verified = verify_all(&base, &mut SqliteStores::new(directory))?;
    let mut out = std::io::stdout().lock();
    for (name, verified) in &verified {
        if name != DEFAULT {
            writeln!(out, "\ncollection         {name}")?;
        }
        write_verified(verified, &mut out)?;
    }
    let broken = verified.iter().find(|(_, verified)| !verified.holds());
    if let Some((name, _)) = broken {
        anyhow::bail!(
            "{}: a checkpoint of collection `{name}` does not agree with the log",
            directory.display()
        );
    }
    Ok(())
}

fn write_verified(verified: &Verified, out: &mut impl Write) -> std::io::Result<()> {
    let hash = |state: [u8; 32]| -> String { state.iter().map(|byte| format!("{byte:02x}")).collect() };
    writeln!(out, "entries            {}", verified.entries)?;
    writeln!(out, "headlines          {}", verified.headlines)?;
    writeln!(out, "from the beginning {}", hash(verified.from_the_beginning))?;
    let from_a_checkpoint = verified.from_a_checkpoint.map_or("no checkpoint".to_owned(), hash);
    writeln!(out, "from a checkpoint  {from_a_checkpoint}")
}

fn report(file: &Path, args: &Args) -> anyhow::Result<()> {
    let mut corpus = Corpus::read(file, args.level.map(LevelName::level), args.lang.as_deref())?;
    order_by_time(&mut corpus);
    let progress = spinner(format!("{}: {} headlines", corpus.name, corpus.headlines.len()));
    let replayed = replay(&corpus, args.batch.get())?;
    let reports = reports(&corpus, &replayed).with_context(|| corpus.name.clone())?;
    progress.finish_and_clear();
    let mut out = std::io::stdout().lock();
    write(&corpus, &replayed, &reports, &mut out)?;
    Ok(out.flush()?)
}

/// Headlines arrive in order of time; those without one, and those of one time, as they stand in the file.
fn order_by_time(corpus: &mut Corpus) {
    let mut order: Vec<usize> = (0..corpus.headlines.len()).collect();
    order.sort_by_key(|&at| corpus.headlines[at].time);
    corpus.headlines = order.iter().map(|&at| corpus.headlines[at].clone()).collect();
    for gold in &mut corpus.gold {
        gold.labels = order.iter().map(|&at| gold.labels[at].clone()).collect();
    }
}

fn replay(corpus: &Corpus, batch: usize) -> anyhow::Result<Replayed> {
    let begin = Instant::now();
    // Every headline is to have a label at the end.
    let settings = Settings { window_days: 0.0, ..Settings::default() };
    let mut engine = Engine::new(Method::try_from(settings)?);
    let warm = (corpus.headlines.len() as f64 * WARM_UP) as usize;
    let mut churn_of = vec![Vec::new(); corpus.gold.len()];
    let mut batches = 0;
    for batch in corpus.headlines.chunks(batch) {
        let before = engine.snapshot();
        let now = batch.iter().filter_map(|headline| headline.time).max().unwrap_or(Timestamp::UNIX_EPOCH);
        engine.apply(batch.to_vec(), now);
        drop(engine.take_departed());
        batches += 1;
        if before.len() >= warm {
            let after = engine.snapshot();
            for (gold, churn_of) in corpus.gold.iter().zip(&mut churn_of) {
                churn_of.push(churn(ids(&before, gold.level), ids(&after, gold.level)));
            }
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Replayed { last: engine.snapshot(), batches, churn: churn_of, seconds })
}

fn reports<'a>(corpus: &Corpus, replayed: &'a Replayed) -> anyhow::Result<Vec<Report<'a>>> {
    let Replayed { last, churn, .. } = replayed;
    let lost = corpus.headlines.len() - last.len();
    anyhow::ensure!(lost == 0, "{lost} headlines have an id that others have too");
    let at_once = group(&corpus.headlines, &Method::default());
    let report = |(gold, churn): (&Gold, &'a Vec<f64>)| {
        let scores = |grouping: &Grouping| -> anyhow::Result<Scores> {
            let (wanted, found) = labelled(&gold.labels, &grouping.labels_at(gold.level))?;
            Ok(score(&wanted, &found)?)
        };
        Ok(Report { level: gold.level, stream: scores(&placed(last))?, at_once: scores(&at_once)?, churn })
    };
    corpus.gold.iter().zip(churn).map(report).collect()
}

/// Where each headline is, in the order of the stream.
fn placed(last: &Snapshot) -> Grouping {
    let placements = last.headlines().map(|(_, placement)| *placement).collect();
    Grouping { placements, ..Grouping::default() }
}

fn ids(view: &Snapshot, level: Level) -> impl Iterator<Item = Option<Id>> {
    view.headlines().map(move |(_, placement)| match level {
        Level::Story => placement.story,
        Level::Topic => placement.topic,
    })
}

fn write(
    corpus: &Corpus,
    replayed: &Replayed,
    reports: &[Report<'_>],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let Replayed { last, batches, seconds, .. } = replayed;
    writeln!(
        out,
        "{}: {} headlines in {batches} batches, {} events, {seconds:.2} s",
        corpus.name,
        corpus.headlines.len(),
        last.lineage.last(),
    )?;
    writeln!(out, "\n| level | AMI | B³ F1 | AMI at once | B³ F1 at once | churn a batch | highest |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for Report { level, stream, at_once, churn } in reports {
        let mean = churn.iter().sum::<f64>() / churn.len().max(1) as f64;
        let highest = churn.iter().copied().fold(0.0, f64::max);
        writeln!(
            out,
            "| {} | {:.3} | {:.3} | {:.3} | {:.3} | {mean:.4} | {highest:.4} |",
            level.name(),
            stream.ami,
            stream.bcubed.f1,
            at_once.ami,
            at_once.bcubed.f1
        )?;
    }
    Ok(())
}
