//! Textbook methods from linfa to compare against, at their honest best.
//!
//! They work on dense matrices and are quadratic or need the number of clusters, which is why the service does
//! not use them; they are here to be beaten on the same vectors and scored by the same metrics.
//!
//! ```
//! use slugline::evaluate::baselines::{Baseline, Cut, Points, baseline};
//!
//! let rows = [vec![(0, 1.0)], vec![(0, 2.0), (1, 0.1)], vec![(2, 1.0)]];
//! let points = Points::from_sparse(&rows, 3, None, Points::LIMIT)?;
//! assert_eq!(baseline(Baseline::AverageLink { cut: Cut::Clusters(2) }, &points, 0)?, [0, 0, 1]);
//! # Ok::<(), slugline::evaluate::baselines::BaselineError>(())
//! ```

mod average_link;
mod dbscan;
mod error;
mod k_means;
mod points;
mod projection;

pub use error::BaselineError;
pub use points::Points;
pub use projection::Projection;

/// Where to cut a tree of merges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cut {
    /// When this many clusters are left.
    Clusters(usize),
    /// Before the first merge of two clusters whose mean cosine is not above this.
    Similarity(f32),
}

/// A method with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Baseline {
    /// k-means (Lloyd 1982) from k-means++ starts, on unit rows.
    ///
    /// Assigning a unit row to the nearest centroid is not quite choosing the largest cosine, as centroids are
    /// not unit: short (diffuse) ones are favoured a little. Fewer clusters come back when some end up empty.
    KMeans {
        /// Number of clusters.
        clusters: usize,
        /// Runs from different starts, of which the tightest is kept; at least one is made.
        restarts: usize,
    },
    /// DBSCAN (Ester, Kriegel, Sander & Xu 1996), neighbours being rows with a cosine above a threshold.
    /// Rows it calls noise come back as clusters of one. `O(rows^2 * dimensions)`.
    Dbscan {
        /// Cosine above which two rows are neighbours, at least -1 and below 1.
        similarity: f32,
        /// Neighbours, itself included, that make a row the core of a cluster; at least 2.
        min_points: usize,
    },
    /// Agglomerative clustering by mean cosine distance (UPGMA, Sokal & Michener 1958). Takes `O(rows^2)` time
    /// and `6 rows^2` bytes within the memory limit of the points. Clusters without a common term are all at the
    /// same distance, 1: a cut below that level merges them in an order that follows the order of the rows.
    AverageLink {
        /// Where merging stops.
        cut: Cut,
    },
}

/// Clusters `points`; the result has one label a row, numbered by first appearance.
///
/// Rows without a feature come back as clusters of one, beyond the number of clusters asked for. `seed` decides
/// the starts of k-means; the other methods have no chance in them. The same input gives the same labels at any
/// number of threads.
///
/// # Errors
/// When a parameter is out of range, there are fewer rows with a feature than clusters, or the method would
/// exceed the memory limit of `points`.
pub fn baseline(kind: Baseline, points: &Points, seed: u64) -> Result<Vec<usize>, BaselineError> {
    check(kind, points.unit().nrows())?;
    let labels = match kind {
        _ if points.unit().is_empty() => Vec::new(),
        Baseline::KMeans { clusters, restarts } => k_means::k_means(points, clusters, restarts, seed)?,
        Baseline::Dbscan { similarity, min_points } => dbscan::dbscan(points, similarity, min_points)?,
        Baseline::AverageLink { cut } => average_link::average_link(points, cut)?,
    };
    Ok(points.spread(&labels))
}

fn check(kind: Baseline, rows: usize) -> Result<(), BaselineError> {
    match kind {
        Baseline::KMeans { clusters, .. } | Baseline::AverageLink { cut: Cut::Clusters(clusters) }
            if clusters == 0 || clusters > rows =>
        {
            Err(BaselineError::Clusters { clusters, rows })
        }
        Baseline::Dbscan { similarity, .. } | Baseline::AverageLink { cut: Cut::Similarity(similarity) }
            if !(-1.0..1.0).contains(&similarity) =>
        {
            Err(BaselineError::Similarity(similarity))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// Three directions in the plane, at 0, 60 and 120 degrees, with rows a few degrees around each, of
    /// different lengths, and one row without a feature.
    fn fans() -> Points {
        let degrees = [0.0_f32, 62.0, 3.0, 121.0, 58.0, -4.0, 118.0, 60.0, 124.0];
        let mut rows = Array2::zeros((degrees.len() + 1, 2));
        for (row, degrees) in degrees.iter().enumerate() {
            let length = 1.0 + row as f32;
            rows[[row, 0]] = length * degrees.to_radians().cos();
            rows[[row, 1]] = length * degrees.to_radians().sin();
        }
        Points::from_dense(rows.view(), None, Points::LIMIT).unwrap()
    }

    const FANS: [usize; 10] = [0, 1, 0, 2, 1, 0, 2, 1, 2, 3];

    #[test]
    fn k_means_finds_directions_whatever_the_lengths() {
        for seed in 0..5 {
            let labels = baseline(Baseline::KMeans { clusters: 3, restarts: 5 }, &fans(), seed).unwrap();
            assert_eq!(labels, FANS);
        }
    }

    #[test]
    fn k_means_takes_more_clusters_than_distinct_rows() {
        let points =
            Points::from_dense(array![[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]].view(), None, 1_000).unwrap();
        assert_eq!(baseline(Baseline::KMeans { clusters: 2, restarts: 1 }, &points, 1).unwrap(), [0, 0, 0]);
    }

    #[test]
    fn dbscan_joins_above_the_cosine_and_leaves_noise_alone() {
        // Within a fan rows are at most 7 degrees apart: cos 7 = .9925.
        let kind = |similarity| Baseline::Dbscan { similarity, min_points: 3 };
        assert_eq!(baseline(kind(0.99), &fans(), 0).unwrap(), FANS);
        // cos 2 = .9994: pairs at most, no core of three, all noise. cos 60 = .5: one chain.
        assert_eq!(baseline(kind(0.9995), &fans(), 0).unwrap(), (0..10).collect::<Vec<_>>());
        assert_eq!(baseline(kind(0.3), &fans(), 0).unwrap(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn average_link_stops_at_the_number_or_the_similarity() {
        let cut = |cut| baseline(Baseline::AverageLink { cut }, &fans(), 0).unwrap();
        assert_eq!(cut(Cut::Clusters(3)), FANS);
        assert_eq!(cut(Cut::Similarity(0.9)), FANS);
        assert_eq!(cut(Cut::Clusters(9)), (0..10).collect::<Vec<_>>());
        assert_eq!(cut(Cut::Clusters(1)), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn average_link_averages_the_cosine_itself() {
        // cos(a, b) = .8 merges first. Then c has cosines .5 and 0 to them, mean .25, and .2 to d: it joins a and b.
        // With -ln(cos) capped at 13.8 it would be (0.7 + 13.8) / 2 = 7.3 against 1.6, and c would join d.
        let (a, b) = ([1.0, 0.0, 0.0, 0.0], [0.8, 0.6, 0.0, 0.0]);
        let third = 11_f32.sqrt() / 6.0;
        let c = [0.5, -2.0 / 3.0, third, 0.0];
        let d = [0.0, 0.0, 0.2 / third, (1.0 - (0.2 / third).powi(2)).sqrt()];
        let rows = Array2::from_shape_vec((4, 4), [a, b, c, d].concat()).unwrap();
        let points = Points::from_dense(rows.view(), None, Points::LIMIT).unwrap();
        let labels = baseline(Baseline::AverageLink { cut: Cut::Clusters(2) }, &points, 0).unwrap();
        assert_eq!(labels, [0, 0, 0, 1]);
    }

    #[test]
    fn refuses_parameters_out_of_range_and_matrices_beyond_the_limit() {
        let error = |kind| baseline(kind, &fans(), 0).unwrap_err();
        for clusters in [0, 10] {
            let wanted = |error| matches!(error, BaselineError::Clusters { rows: 9, .. });
            assert!(wanted(error(Baseline::KMeans { clusters, restarts: 1 })));
            assert!(wanted(error(Baseline::AverageLink { cut: Cut::Clusters(clusters) })));
        }
        for similarity in [1.0, -1.5, f32::NAN] {
            let kind = Baseline::Dbscan { similarity, min_points: 2 };
            assert!(matches!(error(kind), BaselineError::Similarity(_)));
        }
        let kind = Baseline::Dbscan { similarity: 0.5, min_points: 1 };
        assert!(matches!(error(kind), BaselineError::Dbscan(_)));
        let small = Points::from_dense(Array2::ones((50, 2)).view(), None, 1_000).unwrap();
        let kind = Baseline::AverageLink { cut: Cut::Clusters(2) };
        assert!(matches!(baseline(kind, &small, 0), Err(BaselineError::TooLarge { needed: 15_000, .. })));
    }

    #[test]
    fn labels_do_not_depend_on_threads() {
        let rows: Vec<Vec<(u32, f32)>> = (0..300_u32)
            .map(|row| vec![(row % 7, 1.0), (7 + row * row % 31, 1.0), (38 + row % 11, 0.5)])
            .collect();
        let points = Points::from_sparse(&rows, 49, None, Points::LIMIT).unwrap();
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| baseline(Baseline::KMeans { clusters: 12, restarts: 2 }, &points, 9)).unwrap()
        };
        assert_eq!(on(1), on(4));
    }

    #[test]
    fn rows_without_any_feature_stay_apart() {
        let points = Points::from_dense(Array2::zeros((3, 2)).view(), None, 1_000).unwrap();
        let kind = Baseline::Dbscan { similarity: 0.5, min_points: 2 };
        assert_eq!(baseline(kind, &points, 0).unwrap(), [0, 1, 2]);
    }
}
