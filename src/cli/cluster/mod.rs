//! `slugline cluster`: a file of headlines in, its topics out.

mod markdown;
mod render;
mod table;

use std::io::Write;
use std::num::NonZero;
use std::path::PathBuf;

use anyhow::Context;
use indicatif::ProgressBar;

use super::input::{Input, locate};
use super::progress::spinner;
use crate::Headline;
use crate::engine::{Evidence, Grouping, Method, group_with_evidence};
use crate::ingest::{self, Format, Rules};
use crate::service::{Clustered, Rejected, sort_out};

use render::OutputFormat;

/// Bad lines that are reported one by one; the rest is counted.
const MOST_REPORTS: usize = 20;
/// Inputs with fewer headlines are done before a progress line could be read.
const LONG_INPUT: usize = 2_000;

/// What to read and how to print it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of headlines, or - for standard input
    file: PathBuf,
    /// How to print the topics
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// Print the N largest topics only; with --format markdown [default: all]
    #[arg(long, value_name = "N")]
    top: Option<NonZero<usize>>,
    /// How to read the file [default: by its extension, else by its first line]
    #[arg(long, value_enum)]
    input_format: Option<Format>,
    /// Say for each headline why it is where it is; with --format table or jsonl
    #[arg(long)]
    explain: bool,
    /// Fail if any line is bad instead of leaving it out
    #[arg(long)]
    strict: bool,
    /// Threads to cluster with [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.top.is_none() || args.format == OutputFormat::Markdown,
        "--top goes with --format markdown only"
    );
    anyhow::ensure!(
        !args.explain || matches!(args.format, OutputFormat::Table | OutputFormat::Jsonl),
        "--explain goes with --format table or jsonl only"
    );
    let input = Input::read(&args.file, args.input_format)?;
    let rules = Rules { ignore_unknown_fields: true, ..Rules::default() };
    let document = ingest::parse(input.format, &input.bytes, &rules)
        .map_err(|error| anyhow::anyhow!(locate(&input.name, &error)))?;
    // Not needed any more, and clustering is what needs most.
    drop(input.bytes);
    if !document.ignored_fields.is_empty() {
        eprintln!("{}: ignored fields: {}", input.name, document.ignored_fields.join(", "));
    }
    let (headlines, rejected) = sort_out(document);
    report(&input.name, &rejected);
    anyhow::ensure!(!args.strict || rejected.is_empty(), "{}: {} bad (--strict)", input.name, rejected.len());
    anyhow::ensure!(!headlines.is_empty(), "{}: no usable headlines", input.name);

    let (grouping, evidence) = group_with(args.threads, &headlines)?;
    // Held only where it is asked for: it is larger than all the rest.
    let evidence = args.explain.then_some(evidence);
    let clustered = Clustered { headlines, grouping, rejected };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match (args.format, args.top) {
        (OutputFormat::Markdown, Some(top)) => markdown::write(&clustered, top.get(), &mut out)?,
        (format, _) => render::render(format, &clustered, evidence.as_ref(), &mut out)?,
    }
    Ok(out.flush()?)
}

fn report(name: &str, rejected: &[Rejected]) {
    for Rejected { line, reason, .. } in rejected.iter().take(MOST_REPORTS) {
        eprintln!("{name}:{line}: {reason}");
    }
    if let Some(more @ 1..) = rejected.len().checked_sub(MOST_REPORTS) {
        eprintln!("{name}: {more} more bad lines");
    }
}

fn group_with(
    threads: Option<NonZero<usize>>,
    headlines: &[Headline],
) -> anyhow::Result<(Grouping, Evidence)> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = threads {
        pool = pool.num_threads(threads.get());
    }
    let pool = pool.build().context("cannot start the threads")?;
    let progress = match headlines.len() {
        ..LONG_INPUT => ProgressBar::hidden(),
        many => spinner(format!("clustering {many} headlines")),
    };
    let grouped = pool.install(|| group_with_evidence(headlines, &Method::default()));
    progress.finish_and_clear();
    Ok(grouped)
}
