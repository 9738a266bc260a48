//! Topics for people: one block per topic, its stories and their headlines indented below.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::Headline;
use crate::engine::{Bond, Evidence, Explanation, Grouping, Story, Topic};
use crate::http::dto::ClusterAnswer;
use crate::service::Clustered;

/// Topics and what is in none; with `evidence`, below each headline why it is there.
pub(super) fn write(
    clustered: &Clustered,
    evidence: Option<&Evidence>,
    out: &mut impl Write,
) -> io::Result<()> {
    let counts = ClusterAnswer::from(clustered).counts;
    writeln!(
        out,
        "{}, {} in them, {} without a topic",
        counted(counts.topics, "topic", "topics"),
        counted(counts.assigned, "headline", "headlines"),
        counts.unassigned
    )?;
    let mut table = Table { clustered, evidence, out };
    for (rank, topic) in clustered.grouping.topics.iter().enumerate() {
        table.topic(rank + 1, topic)?;
    }
    table.unassigned()
}

struct Table<'a, W> {
    clustered: &'a Clustered,
    evidence: Option<&'a Evidence>,
    out: &'a mut W,
}

impl<W: Write> Table<'_, W> {
    fn topic(&mut self, rank: usize, topic: &Topic) -> io::Result<()> {
        let size = counted(topic.size, "headline", "headlines");
        let stories = counted(topic.stories.len(), "story", "stories");
        writeln!(self.out, "\n{rank:>3}. {} ({size}, {stories})", topic.label)?;
        if !topic.keywords.is_empty() {
            writeln!(self.out, "     {}", topic.keywords.join(", "))?;
        }
        topic.stories.iter().try_for_each(|story| self.story(story))
    }

    /// A story of one headline is that headline.
    fn story(&mut self, story: &Story) -> io::Result<()> {
        if let [only] = story.headlines[..] {
            return self.headline("     - ", only, "");
        }
        writeln!(self.out, "     - {} ({})", story.label, story.headlines.len())?;
        story.headlines.iter().try_for_each(|&at| self.headline("         ", at, ""))
    }

    fn headline(&mut self, before: &str, at: usize, after: &str) -> io::Result<()> {
        let Clustered { headlines, grouping, .. } = self.clustered;
        writeln!(self.out, "{before}{}{after}", headlines[at].text)?;
        if let Some(evidence) = self.evidence {
            for line in reasons(&evidence.explain(headlines, grouping, at), headlines) {
                writeln!(self.out, "{}  {line}", " ".repeat(before.len()))?;
            }
        }
        Ok(())
    }

    fn unassigned(&mut self) -> io::Result<()> {
        let Grouping { topics, placements } = &self.clustered.grouping;
        let without: Vec<usize> =
            (0..placements.len()).filter(|&at| placements[at].topic.is_none()).collect();
        if without.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\nWithout a topic ({})", without.len())?;
        let labels: HashMap<_, &str> = topics.iter().map(|topic| (topic.id, topic.label.as_str())).collect();
        for at in without {
            let nearest = placements[at].nearest.as_ref().and_then(|nearest| {
                let label = labels.get(&nearest.topic)?;
                Some(format!("  [nearest: {label}, {:.2}]", nearest.similarity))
            });
            self.headline("     - ", at, &nearest.unwrap_or_default())?;
        }
        Ok(())
    }
}

/// An explanation in words, a line for each kind of reason.
fn reasons(why: &Explanation, headlines: &[Headline]) -> Vec<String> {
    let Explanation { same_title, story, topic, runner_up, margin, terms, meaning, guards } = why;
    let mut lines = Vec::new();
    if !same_title.is_empty() {
        lines.push(format!("= the same title as {}", counted(same_title.len(), "other", "others")));
    }
    let parts = terms.iter().map(|share| {
        let mark = if share.entity { "@" } else { "" };
        format!("{mark}{} {:.2}", share.term, share.weight)
    });
    let parts: Vec<String> =
        parts.chain((*meaning > 0.0).then(|| format!("(meaning) {meaning:.2}"))).collect();
    let first = |text: &str, bond: &Bond| {
        format!("{text}: similarity {:.2}, pull {:.0} %", bond.similarity, 100.0 * bond.pull)
    };
    match story {
        Some(bond) => lines.push(format!("= {}; {}", first("with its story", bond), parts.join(", "))),
        None => lines.push("= a story by itself".to_owned()),
    }
    if let Some(link) = topic {
        lines.push(format!(
            "= with its topic: similarity {:.2}, shared entities {:.0} %, closest \u{201c}{}\u{201d}",
            link.similarity,
            100.0 * link.entities,
            headlines[link.closest].text
        ));
    }
    if let Some(bond) = runner_up {
        let closest = &headlines[bond.closest].text;
        let parts = if story.is_none() { format!("; {}", parts.join(", ")) } else { String::new() };
        let margin = format!("margin {:.0} %", 100.0 * margin);
        lines.push(format!(
            "\u{2260} {} ({margin}) with \u{201c}{closest}\u{201d}{parts}",
            first("next", bond)
        ));
    }
    lines.extend(guards.iter().map(|held| {
        format!("\u{2260} held apart ({}) from \u{201c}{}\u{201d}", held.rule, headlines[held.headline].text)
    }));
    lines
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::engine::{Nearest, Placement};
    use crate::track::Id;

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
        let id_of = |id: &str| Id::parse(id).unwrap();
        let story = |id: &str, label: &str, headlines: &[usize]| {
            Arc::new(Story { id: id_of(id), label: label.to_owned(), headlines: headlines.to_vec() })
        };
        let topic = Topic {
            id: id_of("t-000001"),
            label: "Dock strike".to_owned(),
            keywords: vec!["dock".to_owned(), "port".to_owned()],
            entities: Vec::new(),
            representative: 1,
            size: 3,
            stories: vec![
                story("s-000001", "Dock strike begins", &[0, 1]),
                story("s-000002", "Port talks fail", &[2]),
            ],
        };
        let inside = |story: &str| Placement {
            story: Some(id_of(story)),
            topic: Some(id_of("t-000001")),
            nearest: None,
        };
        let nearest = Nearest { topic: id_of("t-000001"), similarity: 0.25 };
        let outside = Placement { story: None, topic: None, nearest: Some(nearest) };
        let placements = vec![inside("s-000001"), inside("s-000001"), inside("s-000002"), outside];
        Clustered {
            headlines: titles.iter().enumerate().map(headline).collect(),
            grouping: Grouping { topics: vec![topic], placements },
            rejected: Vec::new(),
        }
    }

    #[test]
    fn topics_stories_headlines_and_the_nearest_topic_are_shown() {
        let mut out = Vec::new();
        write(&clustered(), None, &mut out).unwrap();
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
        assert_eq!(answer["unassigned"][0]["nearest"]["topic"], "t-000001");
        assert_eq!(answer["counts"]["assigned"], 3);
    }
}
