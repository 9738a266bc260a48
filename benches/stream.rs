//! What a headline costs on a stream: early and late in the archive, and a restart from a checkpoint.
//!
//! Reads `archive_2025_26.jsonl` from `SLUGLINE_DATASETS` (default `../shared/datasets`) and puts it through an engine with
//! the default window, refinement included.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use slugline::Headline;
use slugline::engine::{Engine, Method};

/// Headlines that arrive together.
const BATCH: usize = 500;
/// Headlines measured at a time: more than a window holds, so that each kind of work has its share.
const MEASURED: usize = 10_000;

#[derive(serde::Deserialize)]
struct Row {
    id: String,
    text: String,
    time: Timestamp,
    source: Option<String>,
}

/// The archive in order of time, or nothing, said loudly, when it is absent.
fn archive() -> Vec<Headline> {
    let directory = std::env::var("SLUGLINE_DATASETS").unwrap_or_else(|_| "../shared/datasets".into());
    let path = Path::new(&directory).join("archive_2025_26.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("NOTHING IS MEASURED: {} is absent; set SLUGLINE_DATASETS", path.display());
        return Vec::new();
    };
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
    let headline = |Row { id, text, time, source }| Headline {
        id,
        text,
        time: Some(time),
        source,
        url: None,
        lang: Some("en".into()),
    };
    let mut headlines: Vec<Headline> = rows.map(headline).collect();
    headlines.sort_by_key(|headline| headline.time);
    headlines
}

fn feed(engine: &mut Engine, headlines: &[Headline]) {
    for batch in headlines.chunks(BATCH) {
        engine.apply(batch.to_vec(), Timestamp::UNIX_EPOCH);
    }
}

fn stream(criterion: &mut Criterion) {
    let archive = archive();
    if archive.len() < 6 * MEASURED {
        return;
    }
    let mut engine = Engine::new(Method::default());
    let mut group = criterion.benchmark_group("stream");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(MEASURED as u64));
    let late = archive.len() - MEASURED;
    for (name, from, start) in [("second 10,000", 0, MEASURED), ("last 10,000", 2 * MEASURED, late)] {
        feed(&mut engine, &archive[from..start]);
        let Ok(checkpoint) = engine.checkpoint() else { unreachable!("the state can be written") };
        let resume = || Engine::resume(Method::default(), &checkpoint);
        group.bench_function(name, |bencher| {
            let measured = |engine: Option<Engine>| {
                let Some(mut engine) = engine else { unreachable!("it was just written") };
                feed(&mut engine, &archive[start..start + MEASURED]);
                engine
            };
            bencher.iter_batched(resume, measured, BatchSize::PerIteration);
        });
        group.bench_function(format!("resume before the {name}"), |bencher| {
            bencher.iter(|| black_box(resume()));
        });
        feed(&mut engine, &archive[start..(start + MEASURED).min(archive.len())]);
    }
    group.finish();
}

criterion_group!(benches, stream);
criterion_main!(benches);
