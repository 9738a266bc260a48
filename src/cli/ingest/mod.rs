//! `slugline ingest`: files, directories, standard input and feeds, posted to a running service.

mod client;
mod sources;

use std::io::Write as _;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use super::input::locate;
use crate::ingest::{self, Document, Entry, Format, Rules};
use client::{Client, PostError};
use sources::{Reader, Source};

/// Rejections that are reported one by one for each source; the rest is counted.
const MOST_REPORTS: usize = 20;

/// What to post, and where.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files, directories, addresses of feeds, or - for standard input
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// The service to post to
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    to: String,
    /// Collection to post to, which must be there [default: default]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// File that holds the API key to send
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// How to read the sources [default: by ending, else by content; addresses hold feeds]
    #[arg(long, value_enum)]
    input_format: Option<Format>,
    /// Headlines in one request
    #[arg(long, value_name = "N", default_value = "500")]
    batch: NonZero<usize>,
    /// How long to wait for the answer to one request
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u16,
    /// Fetch feeds from this machine and from private networks too
    #[arg(long)]
    allow_private_sources: bool,
}

/// What became of headlines.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    created: usize,
    duplicate: usize,
    rejected: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let timeout = Duration::from_secs(args.timeout.into());
    let client = Client::new(&args.to, args.collection.as_deref(), args.key_file.as_deref(), timeout)?;
    let reader = Reader::new(args.input_format, args.allow_private_sources)?;
    let (mut total, mut sources, mut failed) = (Tally::default(), 0_usize, 0_usize);
    for given in &args.sources {
        let found = match Source::find(given) {
            Ok(found) => found,
            Err(error) => {
                eprintln!("slugline: {error:#}");
                failed += 1;
                continue;
            }
        };
        for source in found {
            sources += 1;
            match ingest_one(&source, &reader, &client, args.batch) {
                Ok(tally) => total.add(&tally),
                // Nothing that follows would fare better.
                Err(error) if error.is::<PostError>() => return Err(error),
                Err(error) => {
                    eprintln!("slugline: {error:#}");
                    failed += 1;
                }
            }
        }
    }
    if sources > 1 {
        writeln!(std::io::stdout(), "total: {total}")?;
    }
    let parts = [(failed, "sources failed"), (total.rejected, "headlines rejected")];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let complaints: Vec<String> = parts.map(|(number, what)| format!("{what}: {number}")).collect();
    anyhow::ensure!(complaints.is_empty(), complaints.join(", "));
    Ok(())
}

/// Reads one source and posts it. What the service is not fit to take ends the whole run.
fn ingest_one(
    source: &Source,
    reader: &Reader,
    client: &Client,
    batch: NonZero<usize>,
) -> anyhow::Result<Tally> {
    let name = source.name();
    let (format, bytes) = reader.read(source).with_context(|| name.clone())?;
    // Longer titles are for the service to judge, which has a limit of its own.
    let rules = Rules { ignore_unknown_fields: true, title_chars: usize::MAX, ..Rules::default() };
    let document =
        ingest::parse(format, &bytes, &rules).map_err(|error| anyhow::anyhow!(locate(&name, &error)))?;
    drop(bytes);
    if !document.ignored_fields.is_empty() {
        eprintln!("{name}: ignored fields: {}", document.ignored_fields.join(", "));
    }
    let mut report = Report { name: &name, tally: Tally::default() };
    let good = report.sort_out(document);
    let posted = good.chunks(batch.get()).try_for_each(|batch| post(batch, client, &mut report));
    report.finish()?;
    posted?;
    Ok(report.tally)
}

/// Posts a batch, in halves if the service finds it too large.
fn post(batch: &[(usize, Entry)], client: &Client, report: &mut Report) -> Result<(), PostError> {
    match client.post(batch) {
        Err(PostError::TooLarge) if batch.len() > 1 => {
            let (first, second) = batch.split_at(batch.len() / 2);
            post(first, client, report)?;
            post(second, client, report)
        }
        Err(error @ PostError::TooLarge) => {
            batch.iter().for_each(|(line, _)| report.reject(*line, &error.to_string()));
            Ok(())
        }
        Err(error) => Err(error),
        Ok(answer) => {
            report.tally.created += answer.counts.created;
            report.tally.duplicate += answer.counts.duplicate;
            for item in answer.rejected() {
                let line = batch.get(item.index).map_or(0, |(line, _)| *line);
                report.reject(line, item.detail.as_deref().unwrap_or("rejected by the service"));
            }
            Ok(())
        }
    }
}

/// Tells what became of the headlines of one source.
struct Report<'a> {
    name: &'a str,
    tally: Tally,
}

impl Report<'_> {
    /// The good headlines with their lines; the others are rejected here.
    fn sort_out(&mut self, document: Document) -> Vec<(usize, Entry)> {
        let mut good = Vec::with_capacity(document.items.len());
        for item in document.items {
            match item.result {
                Ok(entry) => good.push((item.line, entry)),
                Err(reason) => self.reject(item.line, &reason.to_string()),
            }
        }
        good
    }

    fn reject(&mut self, line: usize, reason: &str) {
        self.tally.rejected += 1;
        if self.tally.rejected <= MOST_REPORTS {
            eprintln!("{}:{line}: {reason}", self.name);
        }
    }

    fn finish(&self) -> Result<(), PostError> {
        if let Some(more @ 1..) = self.tally.rejected.checked_sub(MOST_REPORTS) {
            eprintln!("{}: {more} more rejected", self.name);
        }
        writeln!(std::io::stdout(), "{}: {}", self.name, self.tally).map_err(PostError::Output)
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { created, duplicate, rejected } = self;
        write!(formatter, "{created} created, {duplicate} duplicate, {rejected} rejected")
    }
}
