//! The static embedding: one vector a word piece, summed over a title.
//!
//! It says what words alone cannot: that two titles without a word in common mean much the same. The table
//! and its format are described in `data/embedding/README.md`.

use std::sync::LazyLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::dense::{DenseRows, quantise};

static TABLE: &[u8] = include_bytes!("../../data/embedding/static.bin");

/// Headlines that the table's own centre weighs as much as, when a collection has its own.
const CENTRE_PRIOR: f32 = 200.0;

/// Titles from which a centre is learnt, at the most: a mean of so many is as good as that of all.
const CENTRE_SAMPLE: usize = 16_384;

/// What can be wrong with an embedding table.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EmbeddingError {
    /// The first bytes are not those of a table of version 1.
    #[error("not an embedding table of version 1")]
    Magic,
    /// The table ends early or its lengths contradict each other.
    #[error("the embedding table is cut short or damaged")]
    Damaged,
}

/// Vectors of word pieces, read in place from a table.
#[derive(Debug)]
pub struct StaticEmbedding {
    pieces: FxHashMap<&'static str, u32>,
    longest: usize,
    dims: usize,
    centre: Vec<f32>,
    scales: Vec<f32>,
    vectors: &'static [u8],
}

impl StaticEmbedding {
    /// The table that is compiled in. An empty one if it were damaged, which a test rules out.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<StaticEmbedding> =
            LazyLock::new(|| StaticEmbedding::read(TABLE).unwrap_or_else(|_| StaticEmbedding::empty()));
        &EMBEDDED
    }

    fn empty() -> Self {
        let pieces = FxHashMap::default();
        Self { pieces, longest: 0, dims: 0, centre: Vec::new(), scales: Vec::new(), vectors: &[] }
    }

    /// Reads a table; see `data/embedding/README.md` for its layout.
    ///
    /// # Errors
    /// When the magic number, the version or a length is wrong.
    pub fn read(table: &'static [u8]) -> Result<Self, EmbeddingError> {
        let mut reader = Reader(table);
        if reader.take(8)? != b"SLUGEMB1" || reader.u32()? != 1 {
            return Err(EmbeddingError::Magic);
        }
        let (dims, count, text) = (reader.u32()? as usize, reader.u32()?, reader.u32()? as usize);
        let centre = reader.floats(dims)?;
        let mut text = Reader(reader.take(text)?);
        let mut pieces = FxHashMap::default();
        for piece in 0..count {
            let length = text.take(1)?[0] as usize;
            let name = std::str::from_utf8(text.take(length)?).map_err(|_| EmbeddingError::Damaged)?;
            pieces.insert(name, piece);
        }
        let scales = reader.floats(count as usize)?;
        let vectors = reader.take(count as usize * dims)?;
        let longest = pieces.keys().map(|piece| piece.len()).max().unwrap_or(0);
        Ok(Self { pieces, longest, dims, centre, scales, vectors })
    }

    /// Length of the vectors.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Embeds titles in parallel, relative to their common centre, as unit vectors of small integers.
    pub fn embed<S: AsRef<str> + Sync>(&self, titles: &[S]) -> DenseRows {
        self.embed_around(titles, &self.centre_of(titles))
    }

    /// Like [`embed`](Self::embed), relative to a centre found earlier.
    pub fn embed_around<S: AsRef<str> + Sync>(&self, titles: &[S], centre: &[f32]) -> DenseRows {
        let mut rows = DenseRows::new(self.dims, titles.len());
        if self.dims > 0 {
            let places = rows.values.par_chunks_mut(self.dims).zip(&mut rows.scales);
            places.zip(titles).for_each_init(
                || vec![0.0; self.dims],
                |sum, ((row, scale), title)| {
                    if self.unit_sum(title.as_ref(), sum) {
                        *scale = quantise(sum, centre, row);
                    }
                },
            );
        }
        rows
    }

    /// Direction of a title, not centred, as a unit vector; empty when nothing of it is known.
    pub fn direction(&self, title: &str) -> Vec<f32> {
        let mut sum = vec![0.0; self.dims];
        if self.unit_sum(title, &mut sum) { sum } else { Vec::new() }
    }

    /// Titles by their [directions](Self::direction), as [`embed_around`](Self::embed_around) has them.
    pub fn centred(&self, directions: &[&[f32]], centre: &[f32]) -> DenseRows {
        let mut rows = DenseRows::new(self.dims, directions.len());
        if self.dims > 0 {
            let places = rows.values.chunks_mut(self.dims).zip(&mut rows.scales);
            for ((row, scale), direction) in places.zip(directions).filter(|(_, known)| !known.is_empty()) {
                *scale = quantise(&mut direction.to_vec(), centre, row);
            }
        }
        rows
    }

    /// Mean unit vector of `titles`, of many of some evenly spaced, with the table's centre as prior. Summed in blocks of
    /// fixed size, so that it does not depend on the number of threads.
    pub fn centre_of<S: AsRef<str> + Sync>(&self, titles: &[S]) -> Vec<f32> {
        const BLOCK: usize = 1024;
        let sample: Vec<&S> = titles.iter().step_by(titles.len().div_ceil(CENTRE_SAMPLE).max(1)).collect();
        let sums: Vec<Vec<f32>> = sample
            .par_chunks(BLOCK)
            .map(|block| {
                let (mut total, mut sum) = (vec![0.0; self.dims], vec![0.0; self.dims]);
                for title in block {
                    if self.unit_sum(title.as_ref(), &mut sum) {
                        total.iter_mut().zip(&sum).for_each(|(t, s)| *t += s);
                    }
                }
                total
            })
            .collect();
        let mut centre: Vec<f32> = self.centre.iter().map(|c| c * CENTRE_PRIOR).collect();
        for sum in &sums {
            centre.iter_mut().zip(sum).for_each(|(c, s)| *c += s);
        }
        let weight = CENTRE_PRIOR + sample.len() as f32;
        centre.iter_mut().for_each(|c| *c /= weight);
        centre
    }

    /// Sets `sum` to the unit vector of `title`, not centred. False when no piece of it is known.
    fn unit_sum(&self, title: &str, sum: &mut [f32]) -> bool {
        sum.fill(0.0);
        self.pieces_of(title, |piece| {
            let vector = &self.vectors[piece as usize * self.dims..][..self.dims];
            add_scaled(sum, self.scales[piece as usize], vector);
        });
        normalise(sum)
    }

    /// Calls `visit` with the word pieces of `title`, cut greedily from the left.
    fn pieces_of(&self, title: &str, mut visit: impl FnMut(u32)) {
        let plain: String = if title.is_ascii() {
            title.to_ascii_lowercase()
        } else {
            title.nfd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect()
        };
        let mut found = Vec::new();
        let mut rest = plain.as_str();
        while let Some(first) = rest.chars().next() {
            let end = match first.is_alphanumeric() {
                true => rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            found.clear();
            if !first.is_whitespace() && self.cut(&rest[..end], &mut found) {
                found.iter().copied().for_each(&mut visit);
            }
            rest = &rest[end..];
        }
    }

    /// Cuts one word into pieces; false when some part of it is unknown.
    fn cut(&self, word: &str, found: &mut Vec<u32>) -> bool {
        let mut key = String::new();
        let mut rest = word;
        while !rest.is_empty() {
            let mut end = rest.len().min(self.longest);
            let piece = loop {
                if rest.is_char_boundary(end) {
                    key.clear();
                    key.push_str(if found.is_empty() { "" } else { "##" });
                    key.push_str(&rest[..end]);
                    if let Some(&piece) = self.pieces.get(key.as_str()) {
                        break piece;
                    }
                }
                end -= 1;
                if end == 0 {
                    return false;
                }
            };
            found.push(piece);
            rest = &rest[end..];
        }
        true
    }
}

/// Adds `scale` times the signed bytes of `vector` to `sum`. Compiled for several processors; each
/// component is summed by itself, so that results are the same on all.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
fn add_scaled(sum: &mut [f32], scale: f32, vector: &[u8]) {
    for (total, &component) in sum.iter_mut().zip(vector) {
        *total += scale * f32::from(component as i8);
    }
}

fn normalise(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|v| *v /= length);
    }
    length > 0.0
}

/// Takes little-endian values off the front of a byte slice.
struct Reader(&'static [u8]);

impl Reader {
    fn take(&mut self, bytes: usize) -> Result<&'static [u8], EmbeddingError> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or(EmbeddingError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, EmbeddingError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, EmbeddingError> {
        let bytes = self.take(count * 4)?;
        Ok(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Expected {
        text: String,
        tokens: Vec<String>,
        vector: Vec<f32>,
    }

    #[test]
    fn agrees_with_the_reference_reader() {
        let table = StaticEmbedding::embedded();
        assert!(table.dims() > 0, "the shipped table is readable");
        let expected: Vec<Expected> =
            serde_json::from_str(include_str!("../../data/embedding/expected.json")).unwrap();
        for case in expected {
            let mut pieces = Vec::new();
            table.pieces_of(&case.text, |piece| pieces.push(piece));
            let wanted: Vec<u32> = case.tokens.iter().map(|token| table.pieces[token.as_str()]).collect();
            assert_eq!(pieces, wanted, "{}", case.text);
            let mut vector = vec![0.0; table.dims()];
            table.unit_sum(&case.text, &mut vector);
            vector.iter_mut().zip(&table.centre).for_each(|(v, c)| *v -= c);
            normalise(&mut vector);
            for (found, wanted) in vector.iter().zip(&case.vector) {
                assert!((found - wanted).abs() < 1e-4, "{}: {found} is not {wanted}", case.text);
            }
        }
    }

    #[test]
    fn meaning_counts_without_a_shared_word() {
        let titles = ["Ferry workers walk out", "Ship crews go on strike", "Bakery wins prize for rye bread"];
        let rows = StaticEmbedding::embedded().embed(&titles);
        assert!(rows.cosine(0, 1) > rows.cosine(0, 2) + 0.2);
        assert!((rows.cosine(0, 0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_title_without_known_pieces_has_no_direction() {
        let rows = StaticEmbedding::embedded().embed(&["", "Ferry workers walk out"]);
        assert_eq!(rows.cosine(0, 1), 0.0);
    }

    #[test]
    fn damaged_tables_are_refused() {
        assert_eq!(StaticEmbedding::read(b"SLUGEMB2").err(), Some(EmbeddingError::Magic));
        assert_eq!(StaticEmbedding::read(&TABLE[..100]).err(), Some(EmbeddingError::Damaged));
        assert_eq!(StaticEmbedding::read(b"").err(), Some(EmbeddingError::Damaged));
    }
}
