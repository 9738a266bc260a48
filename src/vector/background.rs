//! How common each term is in news at large: what a collection of seventeen headlines cannot know.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Number of headlines that the shipped counts are scaled to.
const SCALE: f32 = 1e6;
/// Count assumed for a term that is not listed: below the least that is.
const UNLISTED: f32 = 4.0;

/// Share of background headlines with `term`.
pub fn background_rate(term: &str) -> f32 {
    static COUNTS: LazyLock<FxHashMap<&str, f32>> = LazyLock::new(|| {
        let table = include_str!("../../data/background/frequencies.tsv");
        table.lines().filter_map(|line| line.split_once('\t')).filter_map(entry).collect()
    });
    COUNTS.get(term).copied().unwrap_or(UNLISTED) / SCALE
}

fn entry((term, count): (&'static str, &'static str)) -> Option<(&'static str, f32)> {
    count.parse().ok().map(|count| (term, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let table = include_str!("../../data/background/frequencies.tsv");
        assert!(table.lines().count() > 10_000);
        assert!(table.lines().all(|line| line.split_once('\t').and_then(entry).is_some()));
    }

    #[test]
    fn common_terms_are_more_frequent_than_rare_ones() {
        assert!(background_rate("bank") > background_rate("ferri"));
        assert!(background_rate("ferri") > background_rate("qqqq"));
        assert!(background_rate("@US") > background_rate("@TW"));
    }
}
