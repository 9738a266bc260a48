//! Seeded random projection, for matrices too wide to hold.

use ndarray::ArrayViewMut1;
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Random projection with signs (Achlioptas, *Database-friendly random projections*, 2003): every column of the
/// input becomes a random vector of +1 and -1, and a row the weighted sum of its columns' vectors.
///
/// Cosines are kept up to a random error of about `1 / sqrt(dimensions)`, 0.06 for 256, so a baseline on
/// projected points is weaker than on the full matrix: say so wherever its scores are shown. The vectors are
/// drawn from the seed and the column on demand; no projection matrix is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    /// Columns after projection.
    pub dimensions: usize,
    /// Decides the random vectors.
    pub seed: u64,
}

impl Default for Projection {
    /// 256 dimensions.
    fn default() -> Self {
        Self { dimensions: 256, seed: 0 }
    }
}

impl Projection {
    /// Adds `value` times the vector of `column` to `target`, of shape `(dimensions,)`.
    pub(super) fn add(&self, target: &mut ArrayViewMut1<'_, f32>, column: usize, value: f32) {
        let mut signs = self.signs(column);
        let mut bits = 0;
        for (dimension, sum) in target.iter_mut().enumerate() {
            if dimension % 64 == 0 {
                bits = signs.next_u64();
            }
            *sum += if bits & 1 == 1 { value } else { -value };
            bits >>= 1;
        }
    }

    fn signs(&self, column: usize) -> Xoshiro256PlusPlus {
        let base = Xoshiro256PlusPlus::seed_from_u64(self.seed).next_u64();
        Xoshiro256PlusPlus::seed_from_u64(base.wrapping_add(column as u64))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;

    fn vector(projection: Projection, column: usize) -> Array1<f32> {
        let mut row = Array1::zeros(projection.dimensions);
        projection.add(&mut row.view_mut(), column, 1.0);
        row
    }

    #[test]
    fn columns_become_nearly_orthogonal_and_depend_on_the_seed() {
        let wide = Projection { dimensions: 4_096, seed: 3 };
        let (one, other) = (vector(wide, 0), vector(wide, 1));
        assert_eq!(one.dot(&one), 4_096.0);
        assert!((one.dot(&other) / 4_096.0).abs() < 0.08);
        assert_eq!(one, vector(wide, 0));
        assert_ne!(one, vector(Projection { seed: 4, ..wide }, 0));
    }
}
