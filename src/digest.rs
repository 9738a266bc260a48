//! The digest of a long state.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Bytes of a piece.
const PIECE: usize = 1 << 20;

/// SHA-256 of the SHA-256 of each mebibyte, which several cores work out at once.
pub(crate) fn of_pieces(bytes: &[u8]) -> [u8; 32] {
    let digests: Vec<_> = bytes.par_chunks(PIECE).map(Sha256::digest).collect();
    digests.into_iter().fold(Sha256::new(), |hasher, digest| hasher.chain_update(digest)).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_digests_of_pieces() {
        let bytes: Vec<u8> = (0..2 * PIECE + 5).map(|at| (at % 251) as u8).collect();
        let digests = [&bytes[..PIECE], &bytes[PIECE..2 * PIECE], &bytes[2 * PIECE..]].map(Sha256::digest);
        assert_eq!(of_pieces(&bytes)[..], Sha256::digest(digests.concat())[..]);
        assert_eq!(of_pieces(&[])[..], Sha256::digest([])[..]);
    }

    #[test]
    fn one_byte_more_or_another_one_changes_it() {
        let bytes = vec![7; PIECE + 1];
        let mut other = bytes.clone();
        other[PIECE] = 8;
        assert_ne!(of_pieces(&bytes), of_pieces(&other));
        assert_ne!(of_pieces(&bytes), of_pieces(&bytes[..PIECE]));
    }
}
