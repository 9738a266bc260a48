//! Headlines of a group counted by stretches of time.

use jiff::Timestamp;
use serde::Serialize;

use super::trend::{DAY, HOUR};
use crate::Headline;

/// Most buckets of a timeline.
const MOST_BUCKETS: i64 = 400;

/// Counts over time, from the first headline to the last without gaps, at most 400 of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Seconds that each bucket lasts: an hour for groups that span up to 2 days, 6 hours up to 14, else a day, or as
    /// many whole days as keep the number of buckets within bounds.
    pub width_seconds: i64,
    /// The buckets, earliest first; each holds times from its start to just before the next one's.
    pub buckets: Vec<Bucket>,
}

/// What one stretch of time holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Its start, a whole multiple of the width since 1970.
    pub start: Timestamp,
    /// Headlines in it.
    pub count: usize,
    /// Distinct publishers among those that have one.
    pub publishers: usize,
}

impl Timeline {
    /// Counts `headlines`, in any order; those without a time are left out.
    pub fn of<'a>(headlines: impl IntoIterator<Item = &'a Headline>) -> Self {
        let mut seen: Vec<(i64, Option<&str>)> = headlines
            .into_iter()
            .filter_map(|headline| Some((headline.time?.as_second(), headline.source.as_deref())))
            .collect();
        seen.sort_unstable();
        let (Some(&(first, _)), Some(&(last, _))) = (seen.first(), seen.last()) else {
            return Self { width_seconds: HOUR, buckets: Vec::new() };
        };
        let width = width(last - first);
        let number = |seconds: i64| seconds.div_euclid(width);
        let mut buckets: Vec<Bucket> =
            (number(first)..=number(last)).map(|number| Bucket::empty(number * width)).collect();
        // By publisher within each bucket, so that the distinct ones are where it changes.
        let mut visits: Vec<(i64, Option<&str>)> =
            seen.into_iter().map(|(seconds, source)| (number(seconds) - number(first), source)).collect();
        visits.sort_unstable();
        for (at, &(bucket, source)) in visits.iter().enumerate() {
            let is_new = source.is_some() && (at == 0 || visits[at - 1] != (bucket, source));
            let bucket = &mut buckets[bucket as usize];
            bucket.count += 1;
            bucket.publishers += usize::from(is_new);
        }
        Self { width_seconds: width, buckets }
    }
}

impl Bucket {
    fn empty(start: i64) -> Self {
        // Only the first bucket of all time starts before the times there are.
        let start = Timestamp::from_second(start).unwrap_or(Timestamp::MIN);
        Self { start, count: 0, publishers: 0 }
    }
}

/// Seconds that a bucket lasts where first and last headline are `span` seconds apart.
fn width(span: i64) -> i64 {
    match span {
        _ if span <= 2 * DAY => HOUR,
        _ if span <= 14 * DAY => 6 * HOUR,
        // A span may touch two buckets more than it fills.
        _ => DAY * (span / (DAY * (MOST_BUCKETS - 2)) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::trend::tests::headline;

    #[test]
    fn buckets_are_aligned_dense_and_count_publishers_once() {
        let headlines = [
            headline("b", Some(HOUR + 1), Some("Dock Post")),
            headline("a", Some(HOUR - 1), Some("Dock Post")),
            headline("c", Some(HOUR + 2), None),
            headline("d", Some(2 * HOUR - 1), Some("Dock Post")),
            headline("e", Some(HOUR), Some("Island Echo")),
            headline("f", Some(3 * HOUR), None),
            headline("g", None, Some("Island Echo")),
        ];
        let timeline = Timeline::of(&headlines);
        assert_eq!(timeline.width_seconds, HOUR);
        let starts: Vec<i64> = timeline.buckets.iter().map(|bucket| bucket.start.as_second()).collect();
        assert_eq!(starts, [0, HOUR, 2 * HOUR, 3 * HOUR]);
        let counts: Vec<_> =
            timeline.buckets.iter().map(|bucket| (bucket.count, bucket.publishers)).collect();
        assert_eq!(counts, [(1, 1), (4, 2), (0, 0), (1, 0)]);
    }

    #[test]
    fn the_width_grows_with_the_span_and_bounds_the_number() {
        let end = |span: i64| Timeline::of(&[headline("a", Some(-7), None), headline("b", Some(span), None)]);
        assert_eq!(end(2 * DAY - 7).width_seconds, HOUR);
        assert_eq!(end(2 * DAY).width_seconds, 6 * HOUR);
        assert_eq!(end(14 * DAY - 7).width_seconds, 6 * HOUR);
        assert_eq!(end(14 * DAY).width_seconds, DAY);
        for days in [15, 397, 398, 399, 5_000, 1_000_000] {
            let timeline = end(days * DAY);
            assert!(timeline.buckets.len() <= MOST_BUCKETS as usize, "{days}: {}", timeline.buckets.len());
            assert_eq!(timeline.width_seconds % DAY, 0);
            assert_eq!(timeline.buckets.iter().map(|bucket| bucket.count).sum::<usize>(), 2);
        }
    }

    #[test]
    fn the_ends_of_time_fit() {
        let ends = [Timestamp::MIN, Timestamp::MAX].map(|time| {
            let mut headline = headline("a", None, None);
            headline.time = Some(time);
            headline
        });
        let buckets = Timeline::of(&ends).buckets;
        assert_eq!((buckets[0].count, buckets[buckets.len() - 1].count), (1, 1));
        assert!(buckets.len() <= MOST_BUCKETS as usize);
    }

    #[test]
    fn without_times_there_is_nothing_to_count() {
        assert!(Timeline::of(&[headline("a", None, None)]).buckets.is_empty());
    }
}
