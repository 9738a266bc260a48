//! Headlines per second of each step and of the whole, on 10,000 and 70,000 real headlines.
//!
//! Reads `archive_2025_26.jsonl` from `SLUGLINE_DATASETS` (default `../shared/datasets`).

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use linfa::param_guard::ParamGuard;
use linfa::traits::Transformer;
use slugline::Headline;
use slugline::cluster::{Graph, MapEquationParams, MapEquationValidParams};
use slugline::engine::{Method, Scale, group};
use slugline::index::{Neighbours, Similarity};
use slugline::vector::{Documents, StaticEmbedding, TfIdfParams};

#[derive(serde::Deserialize)]
struct Row {
    id: String,
    text: String,
    time: jiff::Timestamp,
}

/// The first `count` headlines of the archive, or none, said loudly, when it is absent.
fn headlines(count: usize) -> Vec<Headline> {
    let directory = std::env::var("SLUGLINE_DATASETS").unwrap_or_else(|_| "../shared/datasets".into());
    let path = Path::new(&directory).join("archive_2025_26.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("NOTHING IS MEASURED: {} is absent; set SLUGLINE_DATASETS", path.display());
        return Vec::new();
    };
    let rows = text.lines().take(count).filter_map(|line| serde_json::from_str::<Row>(line).ok());
    rows.map(|row| Headline {
        id: row.id,
        text: row.text,
        time: Some(row.time),
        source: None,
        url: None,
        lang: Some("en".into()),
    })
    .collect()
}

fn similarity(headlines: &[&Headline]) -> Similarity {
    let documents = Documents::analyse(headlines);
    let Ok(params) = TfIdfParams::default().check() else { unreachable!("the defaults are in range") };
    let weights = params.learn(&documents);
    let titles: Vec<&str> = headlines.iter().map(|headline| headline.text.as_str()).collect();
    let meaning = StaticEmbedding::embedded().embed(&titles);
    let times = headlines.iter().map(|headline| headline.time);
    let entities = weights.entities(&documents, 1.0);
    Similarity::new(weights.transform(&documents), entities, Some(meaning), 1.0, times)
}

fn map_equation(scale: &Scale) -> MapEquationValidParams {
    let params = MapEquationParams::default().markov_time(scale.markov_time);
    let Ok(params) = params.check() else { unreachable!("the defaults are in range") };
    params
}

fn steps(criterion: &mut Criterion) {
    for count in [10_000, 70_000] {
        let owned = headlines(count);
        if owned.is_empty() {
            return;
        }
        let rows: Vec<&Headline> = owned.iter().collect();
        let similar = similarity(&rows);
        let neighbours = Neighbours::join(&similar, 100);
        let method = Method::default();
        let (story, topic) = (&method.settings().story, &method.settings().topic);
        let graphs = [story, topic].map(|scale| {
            Graph::from_neighbours(&neighbours, 0.027, |a, b, content| {
                (content * similar.decay(a, b, scale.half_life_days)).powi(3)
            })
        });
        let mut bench = criterion.benchmark_group("clustering");
        bench
            .sample_size(10)
            .warm_up_time(Duration::from_millis(1))
            .throughput(Throughput::Elements(count as u64));
        bench.bench_with_input(BenchmarkId::new("vectorize", count), &rows, |b, rows| {
            b.iter(|| black_box(similarity(rows)));
        });
        bench.bench_with_input(BenchmarkId::new("neighbours", count), &similar, |b, similar| {
            b.iter(|| black_box(Neighbours::join(similar, 100)));
        });
        bench.bench_with_input(BenchmarkId::new("communities", count), &graphs, |b, [stories, topics]| {
            b.iter(|| {
                let stories = map_equation(story).minimise(stories).into_partition();
                black_box(map_equation(topic).minimise_groups(topics, &stories))
            });
        });
        bench.bench_with_input(BenchmarkId::new("whole", count), &owned, |b, owned| {
            b.iter(|| black_box(group(owned, &method)));
        });
        bench.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
