//! Properties of the method that hold for any input.

mod invented;

use std::collections::BTreeMap;

use invented::titles;
use jiff::Timestamp;
use proptest::prelude::*;
use slugline::Headline;
use slugline::engine::{Grouping, Method, group};
use slugline::text::normalised_title;
use slugline::track::Id;

fn headlines() -> impl Strategy<Value = Vec<Headline>> {
    let part = (titles(), prop::option::of(0i64..40));
    prop::collection::vec(part, 1..60).prop_map(|parts| {
        let headline = |(at, (text, day)): (usize, (String, Option<i64>))| Headline {
            id: format!("h{at:02}"),
            text,
            time: day.and_then(|day| Timestamp::from_second(1_760_000_000 + day * 86_400).ok()),
            source: None,
            url: None,
            lang: Some("en".to_owned()),
        };
        parts.into_iter().enumerate().map(headline).collect()
    })
}

/// Story and topic of each headline by its id.
fn places(headlines: &[Headline], grouping: &Grouping) -> BTreeMap<String, (Option<Id>, Option<Id>)> {
    let place = |(headline, placement): (&Headline, &slugline::engine::Placement)| {
        (headline.id.clone(), (placement.story, placement.topic))
    };
    headlines.iter().zip(&grouping.placements).map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_headline_has_one_place_and_identical_titles_share_it(headlines in headlines()) {
        let grouping = group(&headlines, &Method::default());
        prop_assert_eq!(grouping.placements.len(), headlines.len());
        let mut listed: Vec<usize> =
            grouping.topics.iter().flat_map(|topic| &topic.stories).flat_map(|story| story.headlines.clone()).collect();
        listed.sort_unstable();
        let placed: Vec<usize> =
            (0..headlines.len()).filter(|&at| grouping.placements[at].topic.is_some()).collect();
        prop_assert_eq!(listed, placed);
        let mut by_title = BTreeMap::new();
        for (headline, placement) in headlines.iter().zip(&grouping.placements) {
            let title = normalised_title(&headline.text);
            let first = by_title.entry(title).or_insert(placement);
            prop_assert_eq!((&first.story, &first.topic), (&placement.story, &placement.topic));
        }
    }

    #[test]
    fn neither_order_nor_threads_change_anything(headlines in headlines(), seed in any::<u64>()) {
        let wanted = group(&headlines, &Method::default());
        let mut shuffled = headlines.clone();
        shuffled.sort_by_key(|headline| headline.id.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }));
        for threads in [1, 2, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let Ok(pool) = pool else { return Err(TestCaseError::fail("no threads")) };
            let found = pool.install(|| group(&shuffled, &Method::default()));
            prop_assert_eq!(places(&headlines, &wanted), places(&shuffled, &found));
            let labels = |grouping: &Grouping| -> Vec<String> {
                grouping.topics.iter().map(|topic| topic.label.clone()).collect()
            };
            prop_assert_eq!(labels(&wanted), labels(&found));
        }
    }
}
