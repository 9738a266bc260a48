//! Dot products of rows of signed bytes, by the widest instructions the processor has.
//!
//! Integers add up to the same in any order, so that results are the same on all processors.

use multiversion::multiversion;
use multiversion::target::match_target;

/// Others that rows are compared with at a time, which then stay in the cache nearest to the processor.
const TILE: usize = 32;

/// A plain loop, because the closures of an iterator would not be compiled for the caller's processor.
#[inline(always)]
pub(super) fn dot<T: Copy + Into<i32>>(a: &[T], b: &[i8]) -> i32 {
    let mut sum = 0;
    for (&x, &y) in a.iter().zip(b) {
        sum += x.into() * i32::from(y);
    }
    sum
}

/// Sets `cosines` to those of each of `rows` with each of `others` among `values`, of `dims` components each, row by row.
/// Compiled for several processors, of which the best is chosen when the program runs.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vnni", "x86_64+avx512f+avx512bw", "x86_64+avx2"))]
pub(super) fn dot_each(
    values: &[i8],
    dims: usize,
    scales: &[f32],
    rows: &[u32],
    others: &[u32],
    cosines: &mut [f32],
) {
    match_target! {
        "x86_64+avx512f+avx512vnni" => vnni::dot_each(values, dims, scales, rows, others, cosines),
        _ => {
            // Every x86-64 and ARM processor multiplies and adds 16-bit integers eight at a time or more.
            let mut wide = Vec::with_capacity(rows.len() * dims);
            for &row in rows {
                for &value in &values[row as usize * dims..][..dims] {
                    wide.push(i16::from(value));
                }
            }
            for (tile, few) in others.chunks(TILE).enumerate() {
                for (at, &row) in rows.iter().enumerate() {
                    let (scale, row) = (scales[row as usize], &wide[at * dims..][..dims]);
                    let cosines = &mut cosines[at * others.len() + tile * TILE..][..few.len()];
                    for (slot, &other) in cosines.iter_mut().zip(few) {
                        let product = dot(row, &values[other as usize * dims..][..dims]);
                        *slot = product as f32 * (scale * scales[other as usize]);
                    }
                }
            }
        }
    }
}

/// For processors that multiply and add 64 bytes at a time, one factor of which has no sign: rows are raised by 128, and
/// what that adds to a product, which is 128 times the sum of the other's components, is taken off again.
#[cfg(target_arch = "x86_64")]
mod vnni {
    use std::arch::x86_64::{_mm512_dpbusd_epi32, _mm512_reduce_add_epi32, _mm512_setzero_si512};

    use zerocopy::transmute;

    use super::TILE;

    /// What makes signed bytes unsigned.
    const RAISED: i32 = 128;

    #[target_feature(enable = "avx512f,avx512vnni")]
    pub(super) fn dot_each(
        values: &[i8],
        dims: usize,
        scales: &[f32],
        rows: &[u32],
        others: &[u32],
        cosines: &mut [f32],
    ) {
        let of = |row: u32| &values[row as usize * dims..][..dims];
        let mut raised = Vec::with_capacity(rows.len() * dims);
        for &row in rows {
            raised.extend(of(row).iter().map(|&value| (i32::from(value) + RAISED) as u8));
        }
        let ones = vec![1; dims];
        for (tile, few) in others.chunks(TILE).enumerate() {
            let mut excess = [0; TILE];
            for (excess, &other) in excess.iter_mut().zip(few) {
                *excess = RAISED * dot(&ones, of(other));
            }
            for (at, &row) in rows.iter().enumerate() {
                let (scale, row) = (scales[row as usize], &raised[at * dims..][..dims]);
                let cosines = &mut cosines[at * others.len() + tile * TILE..][..few.len()];
                for ((slot, &other), excess) in cosines.iter_mut().zip(few).zip(excess) {
                    let product = dot(row, of(other)) - excess;
                    *slot = product as f32 * (scale * scales[other as usize]);
                }
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn dot(a: &[u8], b: &[i8]) -> i32 {
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
        let mut sums = _mm512_setzero_si512();
        for (&a, &b) in a.iter().zip(b) {
            sums = _mm512_dpbusd_epi32(sums, transmute!(a), transmute!(b));
        }
        let mut rest = 0;
        for (&a, &b) in a_rest.iter().zip(b_rest) {
            rest += i32::from(a) * i32::from(b);
        }
        _mm512_reduce_add_epi32(sums) + rest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_the_processor_every_product_is_that_of_plain_integers(
            dims in prop::sample::select(vec![1, 63, 64, 65, 130, 256]),
            seed in any::<u64>(),
            count in 1usize..80,
        ) {
            let mut state = seed;
            let values: Vec<i8> = (0..count * dims)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 56) as i8
                })
                .collect();
            let scales: Vec<f32> = (0..count).map(|row| 1.0 / (row + 1) as f32).collect();
            let others: Vec<u32> = (0..count as u32).rev().collect();
            let rows: Vec<u32> = (0..count as u32).step_by(3).collect();
            let mut cosines = vec![0.0; rows.len() * others.len()];
            dot_each(&values, dims, &scales, &rows, &others, &mut cosines);
            for (&row, cosines) in rows.iter().zip(cosines.chunks(others.len())) {
                for (&other, &cosine) in others.iter().zip(cosines) {
                    let [a, b] = [row, other].map(|row| row as usize);
                    let product: i32 = (0..dims)
                        .map(|at| i32::from(values[a * dims + at]) * i32::from(values[b * dims + at]))
                        .sum();
                    prop_assert_eq!(cosine, product as f32 * (scales[a] * scales[b]));
                }
            }
        }
    }

    #[test]
    fn the_largest_components_do_not_overflow() {
        let values = [[i8::MIN; 256], [i8::MAX; 256]].concat();
        let mut cosines = vec![0.0; 4];
        dot_each(&values, 256, &[1.0, 1.0], &[0, 1], &[0, 1], &mut cosines);
        assert_eq!(cosines, [4_194_304.0, -4_161_536.0, -4_161_536.0, 4_129_024.0]);
    }
}
