//! Times as people read them.

use jiff::Timestamp;

/// A moment as a machine reads it, in full, and how long ago it was.
pub(super) struct Moment {
    pub stamp: String,
    pub full: String,
    pub age: String,
}

impl Moment {
    /// `time` as seen at `now`.
    pub fn new(time: Timestamp, now: Timestamp) -> Self {
        let seconds = Timestamp::from_second(time.as_second()).unwrap_or(time);
        Self { stamp: seconds.to_string(), full: clock(time), age: age(time, now) }
    }
}

/// Day and minute, in UTC.
pub(super) fn clock(time: Timestamp) -> String {
    time.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// The day, in UTC, and the hour where stretches are shorter than a day.
pub(super) fn start_of(time: Timestamp, width_seconds: i64) -> String {
    let form = if width_seconds < 86_400 { "%-d %b, %H:%M" } else { "%-d %b %Y" };
    time.strftime(form).to_string()
}

/// How long ago a moment was, as the script says it too.
fn age(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second());
    match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3_600),
        172_800..5_184_000 => format!("{} days ago", seconds / 86_400),
        _ => time.strftime("%-d %b %Y").to_string(),
    }
}

/// A length of time in its largest unit.
pub(super) fn length(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}

/// A pace to as many digits as it deserves.
pub(super) fn pace(per_day: f64) -> String {
    if per_day >= 10.0 { format!("{per_day:.0}") } else { format!("{per_day:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_unit_that_fits() {
        let now = Timestamp::from_second(1_764_000_000).unwrap();
        let ago = |seconds: i64| age(Timestamp::from_second(1_764_000_000 - seconds).unwrap(), now);
        assert_eq!(ago(-500), "just now");
        assert_eq!(ago(59), "just now");
        assert_eq!(ago(60), "1 min ago");
        assert_eq!(ago(7_199), "1 h ago");
        assert_eq!(ago(172_799), "47 h ago");
        assert_eq!(ago(172_800), "2 days ago");
        assert_eq!(ago(5_184_000), "25 Sep 2025");
        assert_eq!(age(Timestamp::MIN, Timestamp::MAX).split(' ').count(), 3);
    }
}
