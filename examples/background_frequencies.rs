//! Counts in how many headlines of a bulk corpus each term occurs, for `data/background/frequencies.tsv`.
//!
//! ```text
//! SLUGLINE_DATASETS=... cargo run --release --example background_frequencies > frequencies.tsv &&
//!     mv frequencies.tsv data/background/
//! ```
//!
//! By way of another file, because the table in place is compiled in.
//!
//! Reads `archive_2025_26.jsonl` (recent, many publishers) and `reuters_1m.jsonl` (unpacked; long memory) and
//! gives both the same say. Counts only: no headline can be read back from the table.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context;
use slugline::Headline;
use slugline::vector::Documents;

/// Size of the corpus that the counts are scaled to.
const SCALE: f64 = 1e6;
/// Terms in fewer than this many of a million headlines are left out.
const LEAST: f64 = 12.0;

fn main() -> anyhow::Result<()> {
    let directory = std::env::var("SLUGLINE_DATASETS").unwrap_or_else(|_| "../shared/datasets".into());
    let mut rates: BTreeMap<String, f64> = BTreeMap::new();
    let files = ["archive_2025_26.jsonl", "reuters_1m.jsonl"];
    for file in files {
        let headlines = read(&Path::new(&directory).join(file))?;
        let documents = Documents::analyse(&headlines.iter().collect::<Vec<_>>());
        for (term, count) in documents.vocabulary().iter().zip(documents.document_frequencies()) {
            *rates.entry(term.clone()).or_default() += f64::from(count) / headlines.len() as f64;
        }
    }
    let mut out = std::io::stdout().lock();
    for (term, rate) in rates {
        let count = rate / files.len() as f64 * SCALE;
        if count >= LEAST {
            writeln!(out, "{term}\t{count:.0}")?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<Headline>> {
    #[derive(serde::Deserialize)]
    struct Row {
        text: String,
        time: Option<jiff::Timestamp>,
    }
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut headlines = Vec::new();
    for line in BufReader::new(file).lines() {
        let row: Row = serde_json::from_str(&line?)?;
        headlines.push(Headline {
            id: String::new(),
            text: row.text,
            time: row.time,
            source: None,
            url: None,
            lang: Some("en".into()),
        });
    }
    Ok(headlines)
}
