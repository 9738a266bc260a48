//! Files and standard input, read whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::ingest::{DocumentError, Format};

/// Files from this size on show how much of them is read.
const LARGE_FILE: u64 = 16 * 1_024 * 1_024;

/// An input, read whole.
pub(super) struct Input {
    /// How messages call it.
    pub name: String,
    pub bytes: Vec<u8>,
    pub format: Format,
}

impl Input {
    /// Reads `path`, or standard input for `-`. The format is as told, by extension or guessed, in that order.
    pub fn read(path: &Path, format: Option<Format>) -> anyhow::Result<Self> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin { "stdin".to_owned() } else { path.display().to_string() };
        let bytes = if is_stdin { read_stdin() } else { read_file(path) };
        let bytes = bytes.with_context(|| name.clone())?;
        let guess = || if is_stdin { Format::sniff(&bytes) } else { Format::of_file(path, &bytes) };
        let format = format.unwrap_or_else(guess);
        Ok(Self { name, bytes, format })
    }
}

/// What is wrong with a document, and on which of its lines.
pub(super) fn locate(name: &str, error: &DocumentError) -> String {
    match error.line() {
        Some(line) => format!("{name}:{line}: {error}"),
        None => format!("{name}: {error}"),
    }
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let bar = if length < LARGE_FILE { ProgressBar::hidden() } else { ProgressBar::new(length) };
    if let Ok(style) = ProgressStyle::with_template("reading {bar:40} {bytes}/{total_bytes}") {
        bar.set_style(style);
    }
    let mut bytes = Vec::new();
    bar.wrap_read(file).read_to_end(&mut bytes)?;
    bar.finish_and_clear();
    Ok(bytes)
}
