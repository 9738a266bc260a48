//! The durable log: entries appended in batches of different sizes, each batch committed to the disk, and half a
//! million entries read back as on a restart.
//!
//! Writes to a directory beside the build, so that the disk is the one that the build is on.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use slugline::Headline;
use slugline::store::{Body, NewEntry, SqliteStore, Store, StoreError};
use tempfile::TempDir;

/// Entries in the log that is read back.
const LOG: u64 = 500_000;
/// Entries read at a time.
const PAGE: usize = 10_000;

fn entries(first: u64, count: u64) -> Vec<NewEntry> {
    let at = |n: u64| Timestamp::new(1_764_547_200 + n as i64, 250_000_000).unwrap_or_default();
    let headline = |n: u64| Headline {
        id: format!("{:016x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        text: format!("Council of ministers postpones vote on harbour tunnel for the {n}th time"),
        time: Some(at(n)),
        source: Some("gazette.example".into()),
        url: Some(format!("https://gazette.example/2025/12/harbour-tunnel-vote-{n}")),
        lang: Some("en".into()),
    };
    (first..first + count).map(|n| NewEntry { at: at(n), body: Body::Headline(headline(n)) }).collect()
}

fn empty() -> Result<(TempDir, SqliteStore), StoreError> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    let Ok(directory) = directory else { unreachable!("the build directory can be written") };
    let mut store = SqliteStore::open(directory.path())?;
    store.create_collection("news")?;
    Ok((directory, store))
}

fn read_all(store: &mut SqliteStore) -> Result<u64, StoreError> {
    let mut last = 0;
    loop {
        let page = black_box(store.read("news", last, PAGE)?);
        let Some(entry) = page.last() else { return Ok(last) };
        last = entry.seq;
    }
}

fn append(criterion: &mut Criterion) {
    let Ok((_directory, mut store)) = empty() else { unreachable!("an empty directory takes a store") };
    let mut bench = criterion.benchmark_group("append");
    let mut first = 0;
    for batch in [1, 100, 10_000] {
        bench.sample_size(20).throughput(Throughput::Elements(batch));
        bench.bench_function(BenchmarkId::from_parameter(batch), |b| {
            let next = || {
                first += batch;
                entries(first, batch)
            };
            b.iter_batched(next, |entries| store.append("news", &entries), BatchSize::PerIteration);
        });
    }
    bench.finish();
}

fn read(criterion: &mut Criterion) {
    let filled = || -> Result<_, StoreError> {
        let (directory, mut store) = empty()?;
        for first in (0..LOG).step_by(PAGE) {
            store.append("news", &entries(first, PAGE as u64))?;
        }
        Ok((directory, store))
    };
    let Ok((directory, mut store)) = filled() else { unreachable!("the build directory has room") };
    drop(store);
    let reopened = SqliteStore::open(directory.path());
    let Ok(reopened) = reopened else { unreachable!("what was stored can be opened") };
    store = reopened;
    let mut bench = criterion.benchmark_group("read");
    bench.sample_size(10).measurement_time(Duration::from_secs(20)).throughput(Throughput::Elements(LOG));
    bench.bench_function(BenchmarkId::from_parameter(LOG), |b| {
        b.iter(|| assert!(read_all(&mut store).is_ok_and(|last| last == LOG)));
    });
    bench.finish();
}

criterion_group!(benches, append, read);
criterion_main!(benches);
