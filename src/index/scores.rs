//! Sums by row, of which only few are touched.

/// Cosines of one row with others; cleared in time proportional to what was touched. One for each thread.
#[derive(Debug)]
pub(super) struct Scores {
    of_row: Vec<f32>,
    /// Rows with a score, the first `count` of these, each once.
    touched: Vec<u32>,
    count: usize,
}

impl Scores {
    /// No scores, of this many rows.
    pub fn new(rows: usize) -> Self {
        // One more than can be touched, as the place after the last is written to, too.
        Self { of_row: vec![0.0; rows], touched: vec![0; rows + 1], count: 0 }
    }

    /// Adds to the cosine with `other`. Without a branch, which the processor would guess wrong for about every third posting.
    pub fn add(&mut self, other: u32, score: f32) {
        let slot = &mut self.of_row[other as usize];
        self.touched[self.count] = other;
        self.count += usize::from(*slot == 0.0);
        *slot += score.max(f32::MIN_POSITIVE);
    }

    /// Takes out the cosine with `other`; 0 without a common column, or when it was taken out before.
    pub fn take(&mut self, other: u32) -> f32 {
        std::mem::take(&mut self.of_row[other as usize])
    }

    /// Takes out all cosines that are left, each with its row, and 0 for those that were taken out.
    pub fn drain(&mut self) -> impl Iterator<Item = (f32, u32)> + '_ {
        let touched = std::mem::take(&mut self.count);
        self.touched[..touched].iter().map(|&other| (std::mem::take(&mut self.of_row[other as usize]), other))
    }
}
