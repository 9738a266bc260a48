//! The result of clustering: topics of stories of headlines.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tracing::debug_span;

use super::clustering::Clustering;
use super::{Evidence, Method};
use crate::Headline;
use crate::cluster::Partition;
use crate::label::label_topics;
use crate::track::{Id, Level};

/// A running subject, such as a war or an election: one or more stories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topic {
    /// Id: `t-` and a counter in base 32.
    pub id: Id,
    /// Short readable name in original casing.
    pub label: String,
    /// Terms that set the topic apart, best first, in original casing.
    pub keywords: Vec<String>,
    /// Names of countries and organisations the topic is about, most frequent first.
    pub entities: Vec<String>,
    /// Position in the input of the most central headline.
    pub representative: usize,
    /// Number of headlines.
    pub size: usize,
    /// Stories, largest first.
    pub stories: Vec<Arc<Story>>,
}

/// One event: what a reader would call the same news.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// Id: `s-` and a counter in base 32.
    pub id: Id,
    /// Title of the most central headline.
    pub label: String,
    /// Positions in the input, by (time, id).
    pub headlines: Vec<usize>,
}

/// The topic that came closest for a headline that belongs to none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// Id of the topic.
    pub topic: Id,
    /// Similarity of the headline to the topic, 0 to 1.
    pub similarity: f32,
}

/// Where one headline went. `story` and `topic` are set together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Placement {
    /// Id of its story.
    pub story: Option<Id>,
    /// Id of its topic.
    pub topic: Option<Id>,
    /// For a headline without a topic: the one that came closest, if any shares anything with it.
    pub nearest: Option<Nearest>,
}

/// Topics of a set of headlines, and where each headline went.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Grouping {
    /// Topics, largest first; ties by id.
    pub topics: Vec<Topic>,
    /// One entry per headline, in input order.
    pub placements: Vec<Placement>,
}

impl Grouping {
    /// For each headline the number of its cluster at one level; one without a topic is a cluster of its own.
    pub fn labels_at(&self, level: Level) -> Vec<usize> {
        let id = |placement: &Placement| match level {
            Level::Story => placement.story,
            Level::Topic => placement.topic,
        };
        let mut numbers = BTreeMap::new();
        let mut next = 0..;
        let mut fresh = || next.next().unwrap_or_default();
        self.placements
            .iter()
            .map(|placement| match id(placement) {
                Some(id) => *numbers.entry(id).or_insert_with(&mut fresh),
                None => fresh(),
            })
            .collect()
    }
}

/// Clusters `headlines` from nothing. Pure: the same headlines in any order, at any thread count, give the
/// same groups. Ids count from 1 and mean something within this grouping only.
pub fn group(headlines: &[Headline], method: &Method) -> Grouping {
    group_with_evidence(headlines, method).0
}

/// The same as [`group`], with what is needed to explain it. The evidence holds the vectors and neighbours of all
/// headlines: about 1.5 kB each.
pub fn group_with_evidence(headlines: &[Headline], method: &Method) -> (Grouping, Evidence) {
    let clustering = Clustering::of(headlines, method);
    let topics = debug_span!("labels").in_scope(|| topics_of(&clustering, headlines, method));
    let placements = placements(&clustering, &topics, headlines.len());
    (Grouping { topics, placements }, Evidence::new(clustering, method.clone()))
}

/// Topics with at least the wanted number of headlines, largest first, ties by their earliest headline.
fn topics_of(clustering: &Clustering, headlines: &[Headline], method: &Method) -> Vec<Topic> {
    let copies = |texts: &[usize]| -> usize { texts.iter().map(|&text| clustering.copies[text].len()).sum() };
    let mut groups: Vec<Vec<usize>> = clustering.topics.members();
    groups.retain(|texts| copies(texts) >= method.settings().min_topic_size.max(1));
    groups.sort_by_key(|texts| (Reverse(copies(texts)), texts[0]));
    let central: Vec<Vec<usize>> =
        groups.par_iter().map(|texts| by_centrality(texts, &clustering.topics, clustering)).collect();
    let title = |&text: &usize| &headlines[clustering.copies[text][0]];
    let titles: Vec<Vec<&Headline>> = central.iter().map(|texts| texts.iter().map(title).collect()).collect();
    let labels = label_topics(&titles, method.lists().unsaid());
    let stories: Vec<_> = groups.par_iter().map(|texts| stories_of(texts, clustering, headlines)).collect();
    let mut ids = Counter::new(Level::Story);
    let mut topics = Counter::new(Level::Topic);
    let mut numbered = |stories: Vec<(String, Vec<usize>)>| -> Vec<Arc<Story>> {
        let story = |(label, headlines)| Arc::new(Story { id: ids.next(), label, headlines });
        stories.into_iter().map(story).collect()
    };
    groups
        .iter()
        .zip(central)
        .zip(labels)
        .zip(stories)
        .map(|(((texts, central), label), stories)| Topic {
            id: topics.next(),
            label: label.name,
            keywords: label.keywords,
            entities: label.entities,
            representative: clustering.copies[central[0]][0],
            size: copies(texts),
            stories: numbered(stories),
        })
        .collect()
}

/// Label and headlines of each story of a topic, largest first.
fn stories_of(texts: &[usize], clustering: &Clustering, headlines: &[Headline]) -> Vec<(String, Vec<usize>)> {
    let story_of = clustering.stories.groups_of_rows();
    let mut by_story: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &text in texts {
        by_story.entry(story_of[text]).or_default().push(text);
    }
    let mut stories: Vec<(String, Vec<usize>)> = by_story
        .values()
        .map(|texts| {
            let central = clustering.copies[by_centrality(texts, &clustering.stories, clustering)[0]][0];
            let mut members: Vec<usize> =
                texts.iter().flat_map(|&text| &clustering.copies[text]).copied().collect();
            members.sort_by(|&a, &b| {
                (headlines[a].time, &headlines[a].id).cmp(&(headlines[b].time, &headlines[b].id))
            });
            (headlines[central].text.clone(), members)
        })
        .collect();
    stories.sort_by_key(|story| Reverse(story.1.len()));
    stories
}

/// Texts of one of `groups`, those first that are most similar to the others; ties by position.
fn by_centrality(texts: &[usize], groups: &Partition, clustering: &Clustering) -> Vec<usize> {
    let group_of = groups.groups_of_rows();
    let mut scored: Vec<(f32, usize)> = texts
        .iter()
        .map(|&text| {
            let (others, similarities) = clustering.neighbours.of(text);
            let near = others
                .iter()
                .zip(similarities)
                .filter(|(other, _)| group_of[**other as usize] == group_of[text]);
            (near.map(|(_, similarity)| similarity).sum(), text)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, text)| text).collect()
}

fn placements(clustering: &Clustering, topics: &[Topic], headlines: usize) -> Vec<Placement> {
    let mut placements = vec![Placement::default(); headlines];
    for topic in topics {
        for story in &topic.stories {
            for &headline in &story.headlines {
                placements[headline].story = Some(story.id);
                placements[headline].topic = Some(topic.id);
            }
        }
    }
    for headline in 0..headlines {
        if placements[headline].topic.is_none() {
            placements[headline].nearest = nearest(clustering, clustering.text_of[headline], &placements);
        }
    }
    placements
}

/// The topic of the most similar headline that has one.
fn nearest(clustering: &Clustering, text: usize, placements: &[Placement]) -> Option<Nearest> {
    let (others, similarities) = clustering.neighbours.of(text);
    others.iter().zip(similarities).find_map(|(&other, &similarity)| {
        let topic = placements[clustering.copies[other as usize][0]].topic?;
        Some(Nearest { topic, similarity })
    })
}

/// Ids for groups that are forgotten with the answer: one after the other, from 1.
struct Counter {
    level: Level,
    issued: u32,
}

impl Counter {
    fn new(level: Level) -> Self {
        Self { level, issued: 0 }
    }

    fn next(&mut self) -> Id {
        self.issued += 1;
        Id::new(self.level, self.issued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_without_a_topic_are_clusters_of_their_own() {
        let placed = |story: &str, topic: &str| Placement {
            story: Id::parse(story),
            topic: Id::parse(topic),
            nearest: None,
        };
        let placements = vec![
            placed("s-000001", "t-000001"),
            Placement::default(),
            placed("s-000002", "t-000001"),
            Placement::default(),
        ];
        let grouping = Grouping { topics: Vec::new(), placements };
        assert_eq!(grouping.labels_at(Level::Topic), [0, 1, 0, 2]);
        assert_eq!(grouping.labels_at(Level::Story), [0, 1, 2, 3]);
    }
}
