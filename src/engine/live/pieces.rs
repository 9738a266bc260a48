//! Long lists written down in pieces, which cores write and read side by side.

use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::{ByteBuf, Bytes};

/// Entries of a piece.
const PIECE: usize = 4096;

/// What is remembered of each entry, by its place and itself.
pub(super) fn write<T: Sync, M: Serialize>(
    entries: &[T],
    remember: impl Fn(u32, &T) -> M + Sync,
) -> Result<Vec<ByteBuf>, rmp_serde::encode::Error> {
    let write = |(piece, entries): (usize, &[T])| {
        let places = (piece * PIECE) as u32..;
        let memories: Vec<M> = places.zip(entries).map(|(place, entry)| remember(place, entry)).collect();
        rmp_serde::to_vec(&memories).map(ByteBuf::from)
    };
    entries.par_chunks(PIECE).enumerate().map(write).collect()
}

/// The entries again, piece by piece; none if the bytes do not tell of them.
pub(super) fn read<M: DeserializeOwned + Send, T: Send>(
    pieces: &[&Bytes],
    recall: impl Fn(M) -> T + Sync,
) -> Option<Vec<Vec<T>>> {
    let read = |piece: &&Bytes| {
        let memories: Vec<M> = rmp_serde::from_slice(piece).ok()?;
        Some(memories.into_iter().map(&recall).collect())
    };
    pieces.par_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order_with_their_places() {
        for count in [0, 1, PIECE, 2 * PIECE + 3] {
            let entries: Vec<String> = (0..count).map(|at| format!("entry {at}")).collect();
            let written = write(&entries, |place, entry| (place, entry.clone())).unwrap();
            assert_eq!(written.len(), count.div_ceil(PIECE));
            let pieces: Vec<&Bytes> = written.iter().map(|piece| Bytes::new(piece)).collect();
            let read: Vec<Vec<(u32, String)>> = read(&pieces, |entry| entry).unwrap();
            assert_eq!(read.concat(), (0..).zip(entries).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_piece_that_tells_of_something_else_is_refused() {
        let written = write(&[1u32, 2], |_, number| *number).unwrap();
        assert!(read::<String, String>(&[Bytes::new(&written[0])], |entry| entry).is_none());
        assert!(read::<u32, u32>(&[Bytes::new(&written[0][..1])], |entry| entry).is_none());
    }
}
