use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rstest::rstest;

use super::*;
use crate::Headline;

/// A headline at so many seconds, titled by its id.
pub(in crate::track) fn headline(id: &str, seconds: Option<i64>, source: Option<&str>) -> Headline {
    Headline {
        id: id.into(),
        text: id.into(),
        time: seconds.map(at),
        source: source.map(str::to_owned),
        url: None,
        lang: None,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// The trend of headlines at these hours, looked at from `now` hours, observed from hour 0.
fn trend(hours: &[i64], now: i64) -> Trend {
    let times: Vec<_> = hours.iter().map(|hour| at(hour * HOUR)).collect();
    Trend::of(&times, at(0), at(now * HOUR)).unwrap()
}

/// Every `step` hours from `start` to just before `end`.
fn every(step: usize, start: i64, end: i64) -> Vec<i64> {
    (start..end).step_by(step).collect()
}

#[test]
fn velocity_and_expectation_are_counts_a_day() {
    let trend = trend(&[every(6, 0, 240), every(2, 240, 264)].concat(), 263);
    assert_eq!((trend.window_seconds, trend.recent), (DAY, 12));
    assert_eq!(trend.velocity, 12.0);
    // The first headline opens the past and is not counted: 39 in 239 hours.
    assert!((trend.expected.unwrap() - 39.0 * 24.0 / 239.0).abs() < 1e-12);
    assert_eq!((trend.first_seen, trend.last_seen), (at(0), at(262 * HOUR)));
}

#[test]
fn the_window_is_a_quarter_of_what_was_observed_within_bounds() {
    for (now, window) in [(0, 1), (3, 1), (8, 2), (48, 12), (96, 24), (5_000, 24)] {
        assert_eq!(trend(&[0], now).window_seconds, window * HOUR);
    }
}

#[test]
fn dates_without_an_hour_count_by_whole_days() {
    let days: Vec<i64> = (0..10).flat_map(|day| [day * 24; 5]).collect();
    let trend = trend(&days, 9 * 24);
    assert_eq!((trend.velocity, trend.expected, trend.phase), (5.0, Some(5.0), Phase::Steady));
}

#[test]
fn without_times_nothing_is_known_and_future_ones_do_not_count() {
    assert_eq!(Trend::of(&[], at(0), at(9)), None);
    assert_eq!(Trend::of(&[at(10)], at(0), at(9)), None);
    assert_eq!(Trend::of(&[at(4), at(10)], at(0), at(9)).unwrap().last_seen, at(4));
}

#[test]
fn what_was_never_observed_before_is_no_burst() {
    let trend = Trend::of(&[at(5); 90], at(5), at(5)).unwrap();
    assert_eq!((trend.burst, trend.expected, trend.phase), (0.0, None, Phase::Emerging));
    assert!(trend.velocity > 0.0 && !trend.is_burst());
}

#[test]
fn news_out_of_nothing_bursts_by_how_much_of_it_there_is() {
    // A quarter of the time holds all of it: .25 for each headline.
    for (count, hours) in [(2, vec![170, 171]), (6, every(2, 156, 168))] {
        let trend = trend(&hours, 172);
        assert_eq!((trend.recent, trend.phase), (count, Phase::Emerging));
        assert!((trend.burst - count as f64 * 4f64.log10()).abs() < 1e-9, "{}", trend.burst);
        assert_eq!(trend.is_burst(), count > 4);
    }
}

#[test]
fn times_before_the_beginning_of_observation_extend_it() {
    let times = [at(0), at(9 * HOUR)];
    assert_eq!(Trend::of(&times, at(5 * HOUR), at(9 * HOUR)), Trend::of(&times, at(0), at(9 * HOUR)));
}

#[test]
fn each_phase_has_its_rule() {
    let steady = every(6, 0, 240);
    assert_eq!(trend(&steady, 240).phase, Phase::Steady);
    assert_eq!(trend(&[steady.clone(), every(2, 240, 264)].concat(), 264).phase, Phase::Growing);
    // Silence that the pace before makes unlikely; a slower topic keeps its phase longer.
    assert_eq!(trend(&steady, 260).phase, Phase::Steady);
    assert_eq!(trend(&steady, 270).phase, Phase::Fading);
    assert_eq!(trend(&every(48, 0, 240), 270).phase, Phase::Steady);
    // Fewer, without being silent.
    let fewer = [every(1, 0, 240), every(12, 240, 300)].concat();
    assert_eq!(trend(&fewer, 300).phase, Phase::Fading);
    assert_eq!(trend(&[1_000, 1_010], 1_011).phase, Phase::Emerging);
}

#[test]
fn phases_change_at_their_boundary_and_not_before() {
    assert_eq!(trend(&[100, 101], 100 + 23).phase, Phase::Emerging);
    assert_ne!(trend(&[100, 101], 100 + 24).phase, Phase::Emerging);
    let steady = every(24, 0, 240);
    let last = 216;
    assert_ne!(trend(&steady, last + 7 * 24 - 1).phase, Phase::Dormant);
    assert_eq!(trend(&steady, last + 7 * 24).phase, Phase::Dormant);
    // A look again at the same time says the same; a dormant group that comes back is no longer dormant.
    assert_eq!(trend(&[steady, every(1, 498, 503)].concat(), 502).phase, Phase::Growing);
}

#[test]
fn a_single_headline_emerges_fades_and_sleeps() {
    let phases: Vec<Phase> =
        [0, 23, 24, 7 * 24 - 1, 7 * 24].map(|hours| trend(&[40], 40 + hours).phase).into();
    assert_eq!(phases, [Phase::Emerging, Phase::Emerging, Phase::Fading, Phase::Fading, Phase::Dormant]);
}

/// Arrivals at `rate(day)` a day over `days`, by thinning a Poisson process of the `highest` rate.
fn arrivals(
    random: &mut Xoshiro256PlusPlus,
    days: f64,
    highest: f64,
    rate: impl Fn(f64) -> f64,
) -> Vec<Timestamp> {
    let mut times = Vec::new();
    let mut day = 0.0;
    loop {
        day -= (1.0 - random.r#gen::<f64>()).ln() / highest;
        if day >= days {
            return times;
        }
        if random.r#gen::<f64>() * highest < rate(day) {
            times.push(at((day * DAY as f64) as i64));
        }
    }
}

/// Trends of `runs` groups that are seen at all, each looked at after `days`.
fn simulated(runs: usize, days: f64, highest: f64, rate: impl Fn(f64) -> f64) -> Vec<Trend> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let now = at((days * DAY as f64) as i64);
    let look = |_| Trend::of(&arrivals(&mut random, days, highest, &rate), at(0), now);
    (0..runs).filter_map(look).collect()
}

fn share(trends: &[Trend], is: impl Fn(&Trend) -> bool) -> f64 {
    trends.iter().filter(|trend| is(trend)).count() as f64 / trends.len() as f64
}

/// A share of `runs` may be above its level by three standard errors.
fn assert_at_most(level: f64, found: f64, runs: usize) {
    assert!(found <= level + 3.0 * (level / runs as f64).sqrt(), "{found} is more than {level}");
}

#[rstest]
#[case(0.2, 40.0, 20_000)]
#[case(1.0, 10.0, 20_000)]
#[case(5.0, 40.0, 20_000)]
#[case(5.0, 1.5, 20_000)]
#[case(60.0, 20.0, 8_000)]
fn steady_groups_burst_in_at_most_one_of_a_thousand_looks(
    #[case] rate: f64,
    #[case] days: f64,
    #[case] runs: usize,
) {
    let trends = simulated(runs, days, rate, |_| rate);
    let bursts = share(&trends, Trend::is_burst);
    let surprises = share(&trends, |trend| trend.burst >= CHANGED);
    let fading = share(&trends, |trend| trend.phase == Phase::Fading);
    println!("{rate} a day for {days} days: {bursts:.5} burst, {surprises:.5} score 2, {fading:.5} fading");
    assert_at_most(0.001, bursts, trends.len());
    assert_at_most(0.01, surprises, trends.len());
    // Not held exactly: where a lull begins with the last headline, its length is itself a matter of chance.
    assert_at_most(0.025, fading, trends.len());
}

#[test]
fn false_alarms_come_as_often_as_the_score_says_where_counts_are_large() {
    let trends = simulated(8_000, 20.0, 60.0, |_| 60.0);
    let surprises = share(&trends, |trend| trend.burst >= CHANGED);
    assert!(surprises > 0.005, "{surprises} is far below one in a hundred");
}

/// A look at the time of a group's own last headline finds that one more than chance would have it there.
#[rstest]
#[case(0.2)]
#[case(1.0)]
#[case(5.0)]
#[case(60.0)]
fn looks_at_a_headline_of_the_group_itself_find_up_to_three_times_as_many_bursts(#[case] rate: f64) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let look = |_| {
        let times = arrivals(&mut random, 20.0, rate, |_| rate);
        Trend::of(&times, at(0), *times.last()?)
    };
    let trends: Vec<Trend> = (0..8_000).filter_map(look).collect();
    let bursts = share(&trends, Trend::is_burst);
    println!("{rate} a day, looked at with its last headline: {bursts:.5}");
    assert_at_most(0.003, bursts, trends.len());
}

#[rstest]
#[case(2.0, 0.1)]
#[case(5.0, 0.5)]
#[case(10.0, 0.9)]
#[case(20.0, 0.99)]
fn a_rate_tripled_for_a_day_is_found(#[case] rate: f64, #[case] least: f64) {
    let trends = simulated(2_000, 28.0, 3.0 * rate, |day| if day < 27.0 { rate } else { 3.0 * rate });
    let bursts = share(&trends, Trend::is_burst);
    let growing = share(&trends, |trend| trend.phase == Phase::Growing);
    println!("{rate} a day tripled for a day: {bursts:.3} burst, {growing:.3} growing");
    assert!(bursts >= least && growing >= bursts, "{bursts}, {growing}");
}

/// Nine times as many headlines at the height of the day as at its depth.
#[test]
fn a_rhythm_of_the_day_misleads_only_while_the_window_is_shorter_than_one() {
    let bursts = |days: f64| {
        let rate = |day: f64| 20.0 * (1.0 + 0.8 * (day * std::f64::consts::TAU).sin());
        let trends = simulated(4_000, days, 36.0, rate);
        let bursts = share(&trends, Trend::is_burst);
        println!("20 a day with a rhythm, for {days} days: {bursts:.5}");
        bursts
    };
    let early: Vec<f64> = (4..16).map(|quarter| bursts(f64::from(quarter) / 4.0)).collect();
    assert!(early.iter().any(|&bursts| bursts > 0.005), "{early:?}");
    assert!(early.iter().all(|&bursts| bursts < 0.03), "{early:?}");
    for days in [4.0, 10.0, 10.25, 10.5, 10.75] {
        assert_at_most(0.001, bursts(days), 4_000);
    }
}

/// 24 a day on five days, 10 on two.
#[test]
fn a_rhythm_of_the_week_raises_false_alarms_on_working_days() {
    let bursts: Vec<f64> = (29..36)
        .map(|days| {
            let rate = |day: f64| if day % 7.0 < 5.0 { 24.0 } else { 10.0 };
            let bursts = share(&simulated(4_000, f64::from(days), 24.0, rate), Trend::is_burst);
            println!("a rhythm of the week, after {days} days: {bursts:.5}");
            bursts
        })
        .collect();
    // Day 29 begins a week: five working days, then two that are not.
    assert!(bursts[..5].iter().all(|&bursts| bursts > 0.005 && bursts < 0.02), "{bursts:?}");
    bursts[5..].iter().for_each(|&bursts| assert_at_most(0.001, bursts, 4_000));
}
