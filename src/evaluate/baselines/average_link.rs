//! Average-link agglomerative clustering through `linfa-hierarchical`.

use linfa::traits::Transformer;
use linfa_hierarchical::{HierarchicalCluster, Method};
use linfa_kernel::{Kernel, KernelInner, KernelMethod};
use ndarray::Array2;

use super::Cut;
use super::error::BaselineError;
use super::points::Points;

/// Labels of the unit rows.
pub(super) fn average_link(points: &Points, cut: Cut) -> Result<Vec<usize>, BaselineError> {
    let rows = points.unit();
    // The kernel, and its upper triangle as distances.
    points.fits(rows.nrows(), rows.nrows(), 3)?;
    let linkage = HierarchicalCluster::default().with_method(Method::Average);
    let linkage = match cut {
        Cut::Clusters(clusters) => linkage.num_clusters(clusters),
        Cut::Similarity(similarity) => linkage.max_distance(1.0 - similarity),
    };
    Ok(linkage.transform(kernel(rows))?.targets)
}

/// The Gaussian kernel `exp(-|a - b|^2 / 2) = exp(cos(a, b) - 1)` of unit rows.
///
/// linfa links by `-ln(kernel)`, which is then exactly the cosine distance `1 - cos`; a linear kernel would make
/// it average `-ln(cos)`, in which a single pair without a common word outweighs all others. Built here from one
/// matrix product, since linfa's own constructor visits pairs one by one.
fn kernel(rows: &Array2<f32>) -> Kernel<f32> {
    let mut similarity = rows.dot(&rows.t());
    similarity.mapv_inplace(|cosine| (cosine.clamp(-1.0, 1.0) - 1.0).exp());
    Kernel { inner: KernelInner::Dense(similarity), method: KernelMethod::Gaussian(2.0) }
}
