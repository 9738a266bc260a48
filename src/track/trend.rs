//! How a group's pace compares with its own past, and the phase of its life that follows from it.

use jiff::Timestamp;
use serde::Serialize;

use super::predictive::Predictive;

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;

/// Score from which on a pace is a burst: a steady process reaches it in at most one of a thousand looks.
pub const BURST: f64 = 3.0;
/// Score from which on a pace counts as changed, for phases: at most one of a hundred looks.
const CHANGED: f64 = 2.0;
/// The recent window: a quarter of the time observed within these bounds.
const SHORTEST_WINDOW: i64 = HOUR;
const LONGEST_WINDOW: i64 = DAY;
const WINDOWS_OBSERVED: i64 = 4;
/// How far the past reaches back before the window: whole weeks, so that it holds each weekday equally often.
const LOOK_BACK: i64 = 28 * DAY;
/// Age below which a group is new.
const YOUNG: i64 = DAY;
/// Silence from which on a group has ended, until it comes back.
const SILENT: i64 = 7 * DAY;

/// Where a group is in its life. The first that fits holds:
///
/// 1. *dormant*: no headline for 7 days;
/// 2. *emerging*: first headline less than 24 hours old;
/// 3. *growing*: burst score 2 or more;
/// 4. *fading*: as few headlines as lately, or as long a silence, had a chance of 1 in 100 or less by the pace
///    before;
/// 5. *steady*: all else.
///
/// The phase is a function of the headlines and the time alone. It has no memory, hence no hysteresis: a group on a
/// boundary may change with each look. Tests of significance in place of ratios keep chance from doing that often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// New.
    Emerging,
    /// Faster than before.
    Growing,
    /// As before, as far as can be told.
    Steady,
    /// Slower than before.
    Fading,
    /// Silent for long.
    Dormant,
}

/// The pace of a group at one time, against its own past.
///
/// A *burst* is a rise of the rate of arrivals above its usual level (Kleinberg, Bursty and Hierarchical Structure in
/// Streams, KDD 2002). Here it is a test: -log10 of the probability of as many headlines as the recent window holds,
/// or more, if the pace of the past had gone on. A group whose headlines come at random at any steady rate scores `s`
/// or more in at most a share of `10^-s` of looks. That is per group and look: of a thousand steady groups one may
/// burst by chance at any time. Headlines that come in clumps, as when one wire text is printed by many, and rhythms
/// of the day while the window is shorter than one, raise that share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Time of the first headline.
    pub first_seen: Timestamp,
    /// Time of the last headline.
    pub last_seen: Timestamp,
    /// Seconds that the recent window lasts: a quarter of the time observed, at least an hour, at most a day.
    pub window_seconds: i64,
    /// Headlines in the recent window.
    pub recent: usize,
    /// Headlines a day in the recent window.
    pub velocity: f64,
    /// Headlines a day in the past before it: up to 28 days, from the first headline on but at least three windows
    /// where so much was observed. Nothing where nothing was.
    pub expected: Option<f64>,
    /// -log10 of the chance of as many recent headlines or more at the past pace.
    pub burst: f64,
    /// Where it is in its life.
    pub phase: Phase,
}

impl Trend {
    /// The trend at `now` of a group with headlines at `times`, in ascending order, in a collection observed from
    /// `since` on. Times after `now` are left out; nothing is known of a group that has no other.
    pub fn of(times: &[Timestamp], since: Timestamp, now: Timestamp) -> Option<Self> {
        let times = &times[..times.partition_point(|&time| time <= now)];
        let (&first_seen, &last_seen) = (times.first()?, times.last()?);
        let group = Times { times, since: since.min(first_seen).as_second(), now: now.as_second() };
        let window = group.window();
        let start = group.now - window;
        let recent = group.count(start, group.now);
        let past_start = group.past_start(window);
        let past = group.count(past_start, start);
        let exposure = (start - past_start).max(0);
        let burst = Predictive::new(past, exposure, window).surprise_at_least(recent);
        Some(Self {
            first_seen,
            last_seen,
            window_seconds: window,
            recent,
            velocity: per_day(recent, window),
            expected: (exposure > 0).then(|| per_day(past, exposure)),
            burst,
            phase: group.phase(burst, window),
        })
    }

    /// Whether the group bursts: its score is [`BURST`] or more.
    pub fn is_burst(&self) -> bool {
        self.burst >= BURST
    }
}

fn per_day(count: usize, seconds: i64) -> f64 {
    count as f64 * DAY as f64 / seconds as f64
}

/// Times of a group, never empty, and the stretch of time in which they were seen, in Unix seconds.
struct Times<'a> {
    times: &'a [Timestamp],
    since: i64,
    now: i64,
}

impl Times<'_> {
    fn first(&self) -> i64 {
        self.times[0].as_second()
    }

    fn last(&self) -> i64 {
        self.times[self.times.len() - 1].as_second()
    }

    /// The recent window, the same for all groups of a collection.
    fn window(&self) -> i64 {
        ((self.now - self.since) / WINDOWS_OBSERVED).clamp(SHORTEST_WINDOW, LONGEST_WINDOW)
    }

    /// Headlines after `start` up to and with `end`. Half-open on the left, so that a past which begins with the
    /// first headline does not count it: that it is there says nothing of the pace.
    fn count(&self, start: i64, end: i64) -> usize {
        let until = |limit: i64| self.times.partition_point(|time| time.as_second() <= limit);
        until(end).saturating_sub(until(start))
    }

    /// Where the past of a window begins. Of a new group, silence before its first headline is part of its past, or
    /// no news could ever be a burst; but no more of it than three windows, or every group would burst for weeks.
    fn past_start(&self, window: i64) -> i64 {
        let lived = self.first().max(self.now - window - LOOK_BACK);
        lived.min(self.now - WINDOWS_OBSERVED * window).max(self.since)
    }

    fn phase(&self, burst: f64, window: i64) -> Phase {
        if self.now - self.last() >= SILENT {
            Phase::Dormant
        } else if self.now - self.first() < YOUNG {
            Phase::Emerging
        } else if burst >= CHANGED {
            Phase::Growing
        } else if self.lull(window) >= CHANGED {
            Phase::Fading
        } else {
            Phase::Steady
        }
    }

    /// -log10 of the chance of as few headlines lately as there are, in the window or since the last headline,
    /// whichever is longer, at the pace from the first headline to then.
    fn lull(&self, window: i64) -> f64 {
        let lately = window.max(self.now - self.last());
        let end = self.now - lately;
        let start = self.first().max(end - LOOK_BACK).min(end);
        Predictive::new(self.count(start, end), end - start, lately)
            .surprise_at_most(self.count(end, self.now))
    }
}

#[cfg(test)]
pub(super) mod tests;
