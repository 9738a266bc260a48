//! Permanent ids in place of those that a grouping counted for itself.

use std::collections::HashMap;

use super::grouping::{Grouping, Placement, Story, Topic};
use crate::Headline;
use crate::track::{Groups, Id, Level, Stamp, Tracker};

/// Lets `tracker` follow both levels of a new grouping, gives its topics and stories their permanent ids and puts them
/// in their order: largest first, ties by id.
pub(super) fn identify(
    mut grouping: Grouping,
    headlines: &[Headline],
    tracker: &mut Tracker,
    stamp: Stamp,
) -> Grouping {
    let topics = tracker.follow(Level::Topic, &topics_of(&grouping, headlines.len()), headlines, stamp);
    let stories = tracker.follow(Level::Story, &stories_of(&grouping, headlines.len()), headlines, stamp);
    rename(&mut grouping, &topics, &stories);
    grouping.topics.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.id.cmp(&b.id)));
    grouping
}

fn topics_of(grouping: &Grouping, headlines: usize) -> Groups<'_> {
    let mut of_headlines = vec![None; headlines];
    for (number, topic) in (0..).zip(&grouping.topics) {
        for &headline in topic.stories.iter().flat_map(|story| &story.headlines) {
            of_headlines[headline] = Some(number);
        }
    }
    Groups { of_headlines, labels: grouping.topics.iter().map(|topic| topic.label.as_str()).collect() }
}

fn stories_of(grouping: &Grouping, headlines: usize) -> Groups<'_> {
    let stories = || grouping.topics.iter().flat_map(|topic| &topic.stories);
    let mut of_headlines = vec![None; headlines];
    for (number, story) in (0..).zip(stories()) {
        for &headline in &story.headlines {
            of_headlines[headline] = Some(number);
        }
    }
    Groups { of_headlines, labels: stories().map(|story| story.label.as_str()).collect() }
}

/// Writes ids, in the order of topics and of the stories within them, wherever the grouping names them.
fn rename(grouping: &mut Grouping, topics: &[Id], stories: &[Id]) {
    let mut nearest: HashMap<String, String> = HashMap::with_capacity(topics.len());
    let mut stories = stories.iter();
    for (Topic { id: topic_id, stories: of_topic, .. }, topic) in grouping.topics.iter_mut().zip(topics) {
        let counted = std::mem::replace(topic_id, topic.to_string());
        nearest.insert(counted, topic_id.clone());
        for (Story { id, headlines, .. }, story) in of_topic.iter_mut().zip(&mut stories) {
            *id = story.to_string();
            for &headline in &*headlines {
                let Placement { story, topic, .. } = &mut grouping.placements[headline];
                (*story, *topic) = (Some(id.clone()), Some(topic_id.clone()));
            }
        }
        of_topic.sort_by(|a, b| b.headlines.len().cmp(&a.headlines.len()).then_with(|| a.id.cmp(&b.id)));
    }
    for near in grouping.placements.iter_mut().filter_map(|placement| placement.nearest.as_mut()) {
        if let Some(id) = nearest.get(&near.topic) {
            near.topic.clone_from(id);
        }
    }
}
