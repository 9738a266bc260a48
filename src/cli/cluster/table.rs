//! Topics for people: one block per topic, its stories and their headlines indented below.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::Headline;
use crate::engine::{Story, Topic};
use crate::http::dto::ClusterAnswer;
use crate::service::Clustered;

pub(super) fn write(clustered: &Clustered, out: &mut impl Write) -> io::Result<()> {
    let counts = ClusterAnswer::from(clustered).counts;
    writeln!(
        out,
        "{}, {} in them, {} without a topic",
        counted(counts.topics, "topic", "topics"),
        counted(counts.assigned, "headline", "headlines"),
        counts.unassigned
    )?;
    for (rank, topic) in clustered.grouping.topics.iter().enumerate() {
        write_topic(rank + 1, topic, &clustered.headlines, out)?;
    }
    write_unassigned(clustered, out)
}

fn write_topic(rank: usize, topic: &Topic, headlines: &[Headline], out: &mut impl Write) -> io::Result<()> {
    let size = counted(topic.size, "headline", "headlines");
    let stories = counted(topic.stories.len(), "story", "stories");
    writeln!(out, "\n{rank:>3}. {} ({size}, {stories})", topic.label)?;
    if !topic.keywords.is_empty() {
        writeln!(out, "     {}", topic.keywords.join(", "))?;
    }
    for story in &topic.stories {
        write_story(story, headlines, out)?;
    }
    Ok(())
}

/// A story of one headline is that headline.
fn write_story(story: &Story, headlines: &[Headline], out: &mut impl Write) -> io::Result<()> {
    let members: Vec<&Headline> = story.headlines.iter().filter_map(|&at| headlines.get(at)).collect();
    if let [only] = members[..] {
        return writeln!(out, "     - {}", only.text);
    }
    writeln!(out, "     - {} ({})", story.label, members.len())?;
    members.iter().try_for_each(|headline| writeln!(out, "         {}", headline.text))
}

fn write_unassigned(clustered: &Clustered, out: &mut impl Write) -> io::Result<()> {
    let answer = ClusterAnswer::from(clustered);
    if answer.unassigned.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nWithout a topic ({})", answer.unassigned.len())?;
    let labels: HashMap<&str, &str> =
        clustered.grouping.topics.iter().map(|topic| (topic.id.as_str(), topic.label.as_str())).collect();
    for placed in &answer.unassigned {
        let nearest = placed.place.nearest.and_then(|nearest| {
            let label = labels.get(nearest.topic.as_str())?;
            Some(format!("  [nearest: {label}, {:.2}]", nearest.similarity))
        });
        writeln!(out, "     - {}{}", placed.headline.text, nearest.unwrap_or_default())?;
    }
    Ok(())
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Grouping, Nearest, Placement};

    fn clustered() -> Clustered {
        let titles = ["Dockers walk out", "Dock strike begins", "Port talks fail", "Owl nests in depot"];
        let headline = |(at, text): (usize, &&str)| Headline {
            id: at.to_string(),
            text: (*text).to_owned(),
            time: None,
            source: None,
            url: None,
            lang: None,
        };
        let story = |id: &str, label: &str, headlines: &[usize]| Story {
            id: id.to_owned(),
            label: label.to_owned(),
            headlines: headlines.to_vec(),
        };
        let topic = Topic {
            id: "t-1".to_owned(),
            label: "Dock strike".to_owned(),
            keywords: vec!["dock".to_owned(), "port".to_owned()],
            entities: Vec::new(),
            representative: 1,
            size: 3,
            stories: vec![story("s-1", "Dock strike begins", &[0, 1]), story("s-2", "Port talks fail", &[2])],
        };
        let inside = |story: &str| Placement {
            story: Some(story.to_owned()),
            topic: Some("t-1".to_owned()),
            nearest: None,
        };
        let nearest = Nearest { topic: "t-1".to_owned(), similarity: 0.25 };
        let outside = Placement { story: None, topic: None, nearest: Some(nearest) };
        let placements = vec![inside("s-1"), inside("s-1"), inside("s-2"), outside];
        Clustered {
            headlines: titles.iter().enumerate().map(headline).collect(),
            grouping: Grouping { topics: vec![topic], placements },
            rejected: Vec::new(),
        }
    }

    #[test]
    fn topics_stories_headlines_and_the_nearest_topic_are_shown() {
        let mut out = Vec::new();
        write(&clustered(), &mut out).unwrap();
        let wanted = "\
1 topic, 3 headlines in them, 1 without a topic

  1. Dock strike (3 headlines, 2 stories)
     dock, port
     - Dock strike begins (2)
         Dockers walk out
         Dock strike begins
     - Port talks fail

Without a topic (1)
     - Owl nests in depot  [nearest: Dock strike, 0.25]
";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }

    #[test]
    fn json_carries_whole_headlines() {
        let clustered = clustered();
        let answer = serde_json::to_value(ClusterAnswer::from(&clustered)).unwrap();
        assert_eq!(answer["topics"][0]["stories"][0]["headlines"][1]["text"], "Dock strike begins");
        assert_eq!(answer["topics"][0]["representative"]["id"], "1");
        assert_eq!(answer["unassigned"][0]["nearest"]["topic"], "t-1");
        assert_eq!(answer["counts"]["assigned"], 3);
    }
}
