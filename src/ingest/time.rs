//! Times as people and programs write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Rejection;
use super::draft::excerpt;

/// Reads RFC 3339 (`2025-12-01T08:30:00Z`), a date alone (midnight UTC) or Unix seconds.
///
/// # Errors
/// For anything else, naming what is wrong: milliseconds and local times without an offset have their own text.
pub fn parse_time(text: &str) -> Result<Timestamp, Rejection> {
    let invalid = |reason: String| Rejection::InvalidTime { reason };
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).map_err(|_| {
            invalid(format!("{seconds} is out of range for Unix seconds; are these milliseconds?"))
        });
    }
    if is_decimal(text) {
        return from_decimal(text).ok_or_else(|| invalid(format!("{} is out of range", excerpt(text))));
    }
    if is_date(text) {
        let midnight = text.parse::<Date>().and_then(|date| date.to_zoned(TimeZone::UTC));
        return midnight
            .map(|zoned| zoned.timestamp())
            .map_err(|_| invalid(format!("there is no day {text}")));
    }
    text.parse::<Timestamp>().map_err(|_| {
        invalid(format!(
            "`{}` is neither RFC 3339 with an offset, such as 2025-12-01T08:30:00Z, nor a date, nor Unix seconds",
            excerpt(text)
        ))
    })
}

fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
}

/// Unix seconds with a fraction, cut to milliseconds.
fn from_decimal(text: &str) -> Option<Timestamp> {
    let millis = text.parse::<f64>().ok()? * 1_000.0;
    let in_range = millis.abs() < 1e15;
    // The range check makes the conversion exact to the millisecond.
    in_range.then(|| Timestamp::from_millisecond(millis.trunc() as i64).ok()).flatten()
}

fn is_date(text: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}
