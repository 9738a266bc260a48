//! Orders in which topics are listed.

use std::cmp::Reverse;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Activity, Topic, TopicActivity};
use crate::track::{Id, Level, Trend};

/// Orders of a list of topics. Ties, and topics without any time, keep the order by size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TopicSort {
    /// Highest burst score first, then highest velocity.
    Trending,
    /// Largest first.
    #[default]
    Size,
    /// Latest last headline first.
    Recent,
    /// Latest first headline first.
    New,
    /// By id, which is the order of birth and never changes.
    Born,
}

/// Where a topic stands in an order: what it is ordered by, then its size, then its id. No two stand in one place, and a
/// topic stays in its own as long as these stay, whatever becomes of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicPlace {
    /// In an order of numbers, the highest first.
    key: Reverse<[u64; 2]>,
    size: Reverse<usize>,
    id: Id,
}

impl TopicSort {
    /// Positions of topics in this order, given what goes on in each, largest topic first.
    pub fn order(self, activity: &[TopicActivity]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..activity.len()).collect();
        // Stable, so that ties stay as they are.
        order.sort_by_key(|&at| Reverse(self.key(activity[at].topic.trend.as_ref())));
        order
    }

    /// Whether it takes knowing what goes on in topics.
    pub fn needs_activity(self) -> bool {
        !matches!(self, Self::Size | Self::Born)
    }

    /// The place of a topic in this order, given what goes on in it.
    pub fn place(self, topic: &Topic, activity: Option<&Activity>) -> TopicPlace {
        let trend = activity.and_then(|activity| activity.trend.as_ref());
        let size = if self == Self::Born { 0 } else { topic.size };
        TopicPlace { key: Reverse(self.key(trend)), size: Reverse(size), id: topic.id }
    }

    fn key(self, trend: Option<&Trend>) -> [u64; 2] {
        // Below all others where nothing is known.
        let Some(trend) = trend else { return [0; 2] };
        match self {
            Self::Size | Self::Born => [0; 2],
            Self::Recent => of_time(trend.last_seen),
            Self::New => of_time(trend.first_seen),
            Self::Trending => [of_number(trend.burst), of_number(trend.velocity)],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Trending => "trending",
            Self::Size => "size",
            Self::Recent => "recent",
            Self::New => "new",
            Self::Born => "born",
        }
    }
}

impl TopicPlace {
    /// The place in words of letters, digits, hyphens and full stops, with the order that it is one of. In the order of
    /// birth it is the id.
    pub fn cursor(self, sort: TopicSort) -> String {
        let Self { key: Reverse([first, second]), size: Reverse(size), id } = self;
        match sort {
            TopicSort::Born => id.to_string(),
            _ => format!("{}.{first:x}.{second:x}.{size:x}.{id}", sort.name()),
        }
    }

    /// Reads what [`cursor`](Self::cursor) wrote.
    pub fn read(cursor: &str) -> Option<(TopicSort, Self)> {
        let place = |key, size, id: &str| {
            let id = Id::parse(id).filter(|id| id.level() == Level::Topic)?;
            Some(Self { key: Reverse(key), size: Reverse(size), id })
        };
        let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
        match cursor.split('.').collect::<Vec<&str>>()[..] {
            [id] => Some((TopicSort::Born, place([0; 2], 0, id)?)),
            [name, first, second, size, id] => {
                let sorts = [TopicSort::Trending, TopicSort::Size, TopicSort::Recent, TopicSort::New];
                let sort = sorts.into_iter().find(|sort| sort.name() == name)?;
                let size = usize::try_from(number(size)?).ok()?;
                Some((sort, place([number(first)?, number(second)?], size, id)?))
            }
            _ => None,
        }
    }
}

impl fmt::Display for TopicSort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Times in their order, none of them 0.
fn of_time(time: Timestamp) -> [u64; 2] {
    let nanosecond = time.as_nanosecond() - Timestamp::MIN.as_nanosecond() + 1;
    [(nanosecond >> 64) as u64, nanosecond as u64]
}

/// Numbers in their order, 0 and those above it above 0.
fn of_number(number: f64) -> u64 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headlines at these hours, looked at after 200.
    fn activity(hours: &[i64]) -> TopicActivity {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        let times: Vec<Timestamp> = hours.iter().copied().map(at).collect();
        let trend = Trend::of(&times, at(0), at(200));
        TopicActivity { topic: Activity { trend, ..Activity::default() }, stories: Vec::new() }
    }

    /// Topics of which each is smaller than the one before.
    fn topic(at: usize) -> Topic {
        let id = Id::new(Level::Topic, at as u32 + 1);
        let (label, keywords, entities, stories) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        Topic { id, label, keywords, entities, representative: 0, size: 10 - at, stories }
    }

    #[test]
    fn each_order_puts_its_own_first_and_topics_without_times_last() {
        let old = activity(&[0, 10, 20, 30, 40, 50]);
        let lasting = activity(&[1, 60, 120, 199]);
        let breaking = activity(&[195, 196, 197]);
        let untimed = activity(&[]);
        let topics = [old, untimed, lasting.clone(), breaking, lasting];
        let order = |sort: TopicSort| {
            let place = |at: usize| sort.place(&topic(at), Some(&topics[at].topic));
            let mut order: Vec<usize> = (0..topics.len()).collect();
            order.sort_by_key(|&at| place(at));
            assert_eq!(order, sort.order(&topics));
            for place in order.iter().map(|&at| place(at)) {
                assert_eq!(TopicPlace::read(&place.cursor(sort)), Some((sort, place)));
            }
            order
        };
        assert_eq!(order(TopicSort::Size), [0, 1, 2, 3, 4]);
        assert_eq!(order(TopicSort::Trending), [3, 2, 4, 0, 1]);
        assert_eq!(order(TopicSort::Recent), [2, 4, 3, 0, 1]);
        assert_eq!(order(TopicSort::New), [3, 2, 4, 0, 1]);
        assert_eq!(order(TopicSort::Born), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn numbers_and_times_keep_their_order() {
        let numbers = [-1.0, -0.5, 0.0, 1e-9, 0.3, 3.0, 1e9].map(of_number);
        assert!(numbers.is_sorted() && numbers[0] > 0);
        let nanosecond = |number| of_time(Timestamp::from_nanosecond(number).unwrap());
        let times = [nanosecond(-1), nanosecond(0), nanosecond(1), nanosecond(1_760_000_000_000_000_000)];
        assert!(times.is_sorted());
        assert!(of_time(Timestamp::MIN) > [0; 2] && of_time(Timestamp::MIN) < times[0]);
        assert!(of_time(Timestamp::MAX) > times[3]);
    }

    #[test]
    fn what_is_no_place_is_not_read() {
        for cursor in [
            "",
            "x",
            "s-000001",
            "size.0.0.2",
            "size.0.0.2.s-000001",
            "born.0.0.2.t-000001",
            "size.g.0.2.t-000001",
            "size.0.0.2.t-000001.x",
        ] {
            assert_eq!(TopicPlace::read(cursor), None, "{cursor}");
        }
    }
}
