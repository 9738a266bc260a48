//! The methods that can be scored: ours and the textbook baselines.

use anyhow::Context;
use linfa::ParamGuard;
use linfa::traits::Transformer;
use serde::Serialize;

use super::report::Plan;
use crate::Headline;
use crate::engine::{Level, group};
use crate::evaluate::baselines::{Baseline, Cut, Points, Projection, baseline};
use crate::vector::{Documents, SparseRows, TfIdfParams};

/// A method to score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Algorithm {
    /// The method of the service
    Slugline,
    /// k-means, told the true number of classes
    Kmeans,
    /// DBSCAN: three headlines with a cosine above .5 start a cluster
    Dbscan,
    /// Average link, cut at the true number of classes
    AverageLink,
}

/// Cosine above which DBSCAN takes two headlines for neighbours: they share half of their weight. Lower ones
/// chain unrelated headlines together, and below about .35 the error of the projection makes neighbours by itself.
const DBSCAN_SIMILARITY: f32 = 0.5;
/// Headlines, itself included, that make a headline the core of a DBSCAN cluster.
const DBSCAN_POINTS: usize = 3;
/// Starts of k-means, of which the best is kept.
const K_MEANS_RESTARTS: usize = 3;

/// Finds the clusters of `headlines` at one level, one label a row. Baselines are told the number of `classes`.
pub(super) fn cluster(
    headlines: &[Headline],
    level: Level,
    classes: usize,
    plan: &Plan<'_>,
) -> anyhow::Result<Vec<usize>> {
    let kind = match plan.algorithm {
        Algorithm::Slugline => return Ok(group(headlines, plan.method).labels_at(level)),
        Algorithm::Kmeans => Baseline::KMeans { clusters: classes, restarts: K_MEANS_RESTARTS },
        Algorithm::Dbscan => Baseline::Dbscan { similarity: DBSCAN_SIMILARITY, min_points: DBSCAN_POINTS },
        Algorithm::AverageLink => Baseline::AverageLink { cut: Cut::Clusters(classes) },
    };
    let points = points(headlines, plan)?;
    baseline(kind, &points, plan.seed).with_context(|| format!("{kind:?} on {} headlines", headlines.len()))
}

/// The tf-idf rows that the method uses, dense, projected at random if so planned.
fn points(headlines: &[Headline], plan: &Plan<'_>) -> anyhow::Result<Points> {
    let documents = Documents::analyse(&headlines.iter().collect::<Vec<_>>());
    let params = TfIdfParams::default().entity_weight(plan.method.settings().entity_weight).check()?;
    let rows: SparseRows = params.learn(&documents).transform(&documents);
    let rows: Vec<Vec<(u32, f32)>> = (0..rows.len())
        .map(|row| {
            let (columns, weights) = rows.row(row);
            columns.iter().copied().zip(weights.iter().copied()).collect()
        })
        .collect();
    let projection =
        (plan.dimensions > 0).then_some(Projection { dimensions: plan.dimensions, seed: plan.seed });
    Ok(Points::from_sparse(&rows, documents.vocabulary().len(), projection, Points::LIMIT)?)
}
