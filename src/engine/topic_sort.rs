//! Orders in which topics are listed.

use std::cmp::Reverse;

use serde::Deserialize;

use super::TopicActivity;
use crate::track::Trend;

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

impl TopicSort {
    /// Positions of topics in this order, given what goes on in each, largest topic first.
    pub fn order(self, activity: &[TopicActivity]) -> Vec<usize> {
        let trend = |at: usize| activity[at].topic.trend.as_ref();
        let mut order: Vec<usize> = (0..activity.len()).collect();
        // Stable, so that ties stay as they are.
        match self {
            Self::Size | Self::Born => {}
            Self::Recent => order.sort_by_key(|&at| Reverse(trend(at).map(|trend| trend.last_seen))),
            Self::New => order.sort_by_key(|&at| Reverse(trend(at).map(|trend| trend.first_seen))),
            Self::Trending => order.sort_by(|&a, &b| {
                let ((burst, velocity), (other_burst, other_velocity)) = (pace(trend(a)), pace(trend(b)));
                other_burst.total_cmp(&burst).then(other_velocity.total_cmp(&velocity))
            }),
        }
        order
    }
}

/// Burst score and velocity; below all others where nothing is known.
fn pace(trend: Option<&Trend>) -> (f64, f64) {
    trend.map_or((-1.0, -1.0), |trend| (trend.burst, trend.velocity))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::engine::Activity;

    /// Headlines at these hours, looked at after 200.
    fn activity(hours: &[i64]) -> TopicActivity {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        let times: Vec<Timestamp> = hours.iter().copied().map(at).collect();
        let trend = Trend::of(&times, at(0), at(200));
        TopicActivity { topic: Activity { trend, ..Activity::default() }, stories: Vec::new() }
    }

    #[test]
    fn each_order_puts_its_own_first_and_topics_without_times_last() {
        let old = activity(&[0, 10, 20, 30, 40, 50]);
        let lasting = activity(&[1, 60, 120, 199]);
        let breaking = activity(&[195, 196, 197]);
        let untimed = activity(&[]);
        let topics = [old, untimed, lasting.clone(), breaking, lasting];
        let order = |sort: TopicSort| sort.order(&topics);
        assert_eq!(order(TopicSort::Size), [0, 1, 2, 3, 4]);
        assert_eq!(order(TopicSort::Trending), [3, 2, 4, 0, 1]);
        assert_eq!(order(TopicSort::Recent), [2, 4, 3, 0, 1]);
        assert_eq!(order(TopicSort::New), [3, 2, 4, 0, 1]);
    }
}
