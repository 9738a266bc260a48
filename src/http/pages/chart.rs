//! Charts as paths of SVG: bars alone, so that a chart of hundreds is a few kilobytes.

use std::fmt::Write;

use jiff::Timestamp;

use super::time::start_of;
use crate::track::{Timeline, Trend};

/// Bars of a sparkline, and how high they get.
const SPARK_BARS: usize = 28;
const SPARK_HEIGHT: f64 = 20.0;
/// The drawing area of a timeline.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 140.0;
const WIDEST_BAR: f64 = 48.0;

/// Headlines over the same stretch of time for every topic, so that sparklines can be compared along it. Each is
/// drawn to its own height.
pub(super) fn spark(times: impl Iterator<Item = Timestamp>, from: Timestamp, to: Timestamp) -> String {
    let (start, span) = (from.as_second(), (to.as_second() - from.as_second()).max(1));
    let mut bars = [0_u32; SPARK_BARS];
    for offset in times.map(|time| time.as_second() - start).filter(|offset| (0..=span).contains(offset)) {
        let at = (offset as f64 / span as f64 * SPARK_BARS as f64) as usize;
        bars[at.min(SPARK_BARS - 1)] += 1;
    }
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    let mut path = String::new();
    for (at, &count) in bars.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (f64::from(count) / f64::from(most) * SPARK_HEIGHT).max(2.0);
        bar(&mut path, at as f64 * 3.0, 2.0, SPARK_HEIGHT, height);
    }
    path
}

fn bar(path: &mut String, left: f64, width: f64, floor: f64, height: f64) {
    // Writing to a string does not fail.
    let _ = write!(
        path,
        "M{} {}h{}v-{}h-{}z",
        short(left),
        short(floor),
        short(width),
        short(height),
        short(width)
    );
}

/// One digit after the point, if any.
fn short(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// A topic by time, drawn.
#[derive(Default)]
pub(super) struct TimelineChart {
    /// Bars at the usual pace.
    pub usual: String,
    /// Bars at whose end the topic burst.
    pub bursting: String,
    /// Headlines of the highest bar.
    pub most: usize,
    /// Where the axis begins and ends, in words.
    pub first: String,
    pub last: String,
    /// What a bar lasts, in words.
    pub width: String,
    /// The bars that are not empty, in words: start, headlines, publishers, burst.
    pub rows: Vec<(String, usize, usize, bool)>,
}

impl TimelineChart {
    /// Draws `timeline` of headlines at `times`, ascending, in a collection observed from `since` to `now`.
    pub fn of(timeline: &Timeline, times: &[Timestamp], since: Timestamp, now: Timestamp) -> Self {
        let Some((first, last)) = timeline.buckets.first().zip(timeline.buckets.last()) else {
            return Self::default();
        };
        let width = timeline.width_seconds;
        let most = timeline.buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0).max(1);
        let mut chart = Self {
            most,
            first: start_of(first.start, width),
            last: start_of(last.start, width),
            width: width_in_words(width),
            ..Self::default()
        };
        let step = WIDTH / timeline.buckets.len() as f64;
        let wide = (step * 0.8).min(WIDEST_BAR);
        for (at, bucket) in timeline.buckets.iter().enumerate().filter(|(_, bucket)| bucket.count > 0) {
            let bursts = burst_at(bucket.start, width, times, since, now);
            let height = (bucket.count as f64 / most as f64 * HEIGHT).max(2.0);
            let path = if bursts { &mut chart.bursting } else { &mut chart.usual };
            bar(path, at as f64 * step + (step - wide) / 2.0, wide, HEIGHT, height);
            chart.rows.push((start_of(bucket.start, width), bucket.count, bucket.publishers, bursts));
        }
        chart
    }
}

/// Whether the topic burst as seen at the end of a stretch of time.
fn burst_at(start: Timestamp, width: i64, times: &[Timestamp], since: Timestamp, now: Timestamp) -> bool {
    let end = Timestamp::from_second(start.as_second().saturating_add(width - 1)).unwrap_or(now).min(now);
    Trend::of(times, since, end).is_some_and(|trend| trend.is_burst())
}

fn width_in_words(seconds: i64) -> String {
    match seconds {
        3_600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        seconds => super::time::length(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headline;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_sparkline_spans_the_stretch_it_is_given() {
        let path = spark([0, 100, 100, 1_000, -5, 1_001].into_iter().map(at), at(0), at(1_000));
        assert_eq!(path, "M0 20h2v-10h-2zM6 20h2v-20h-2zM81 20h2v-10h-2z");
        assert_eq!(spark(std::iter::empty(), at(0), at(0)), "");
    }

    #[test]
    fn a_timeline_marks_the_stretch_in_which_the_topic_burst() {
        let hour = 3_600;
        let steady = (0..20).map(|day| day * 24 * hour);
        let seconds: Vec<i64> = steady.chain((0..30).map(|n| 20 * 24 * hour + n * 60)).collect();
        let times: Vec<Timestamp> = seconds.iter().copied().map(at).collect();
        let headlines: Vec<Headline> = times
            .iter()
            .map(|&time| Headline {
                id: time.to_string(),
                text: "Harbour strike goes on".to_owned(),
                time: Some(time),
                source: None,
                url: None,
                lang: None,
            })
            .collect();
        let now = times[times.len() - 1];
        let chart = TimelineChart::of(&Timeline::of(&headlines), &times, times[0], now);
        let bursts: Vec<bool> = chart.rows.iter().map(|row| row.3).collect();
        assert_eq!(bursts.iter().filter(|&&burst| burst).count(), 1, "{bursts:?}");
        assert!(bursts[20]);
        assert_eq!((chart.most, chart.width.as_str()), (30, "a day"));
        assert_eq!(chart.bursting.matches('M').count(), 1);
    }
}
