//! The methods that can be scored: ours and the textbook baselines.

use std::collections::HashMap;

use anyhow::Context;
use linfa::ParamGuard;
use linfa::traits::Transformer;
use serde::Serialize;

use super::report::Plan;
use crate::Headline;
use crate::engine::{Grouping, Level, Placement, group};
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
        Algorithm::Slugline => return Ok(labels_at(level, &group(headlines, plan.method))),
        Algorithm::Kmeans => Baseline::KMeans { clusters: classes, restarts: K_MEANS_RESTARTS },
        Algorithm::Dbscan => Baseline::Dbscan { similarity: DBSCAN_SIMILARITY, min_points: DBSCAN_POINTS },
        Algorithm::AverageLink => Baseline::AverageLink { cut: Cut::Clusters(classes) },
    };
    let points = points(headlines, plan)?;
    baseline(kind, &points, plan.seed).with_context(|| format!("{kind:?} on {} headlines", headlines.len()))
}

/// The clusters of one level. A headline without a topic is a cluster of its own.
pub(in crate::cli) fn labels_at(level: Level, grouping: &Grouping) -> Vec<usize> {
    let id = |placement: &'_ Placement| match level {
        Level::Story => placement.story,
        Level::Topic => placement.topic,
    };
    let mut numbers = HashMap::new();
    let mut next = 0..;
    let mut fresh = || next.next().unwrap_or_default();
    grouping
        .placements
        .iter()
        .map(|placement| match id(placement) {
            Some(id) => *numbers.entry(id).or_insert_with(&mut fresh),
            None => fresh(),
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Id;

    #[test]
    fn headlines_without_a_topic_are_clusters_of_their_own() {
        let placed = |story: &str, topic: &str| Placement {
            story: Id::parse(story),
            topic: Id::parse(topic),
            nearest: None,
        };
        let placements = vec![
            placed("s-000001", "t-000001"),
            Placement::default(),
            placed("s-000002", "t-000001"),
            Placement::default(),
        ];
        let grouping = Grouping { topics: Vec::new(), placements };
        assert_eq!(labels_at(Level::Topic, &grouping), [0, 1, 0, 2]);
        assert_eq!(labels_at(Level::Story, &grouping), [0, 1, 2, 3]);
    }
}
