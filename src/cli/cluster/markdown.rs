//! The largest topics as a Markdown table, for reviewing labels.

use std::io::{self, Write};

use crate::service::Clustered;

/// Keywords shown of a topic.
const KEYWORDS: usize = 5;

/// Writes one row for each of the `top` largest topics, each with its representative headline.
pub(super) fn write(clustered: &Clustered, top: usize, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "| # | label | headlines | stories | keywords | representative headline |")?;
    writeln!(out, "| ---: | --- | ---: | ---: | --- | --- |")?;
    for (rank, topic) in clustered.grouping.topics.iter().take(top).enumerate() {
        let keywords = topic.keywords[..topic.keywords.len().min(KEYWORDS)].join(", ");
        let representative = clustered.headlines.get(topic.representative);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            rank + 1,
            escaped(&topic.label),
            topic.size,
            topic.stories.len(),
            escaped(&keywords),
            escaped(representative.map_or("", |headline| &headline.text)),
        )?;
    }
    Ok(())
}

/// `text` with a backslash before what Markdown would take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '<' | '[' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_markdown_stand_for_themselves() {
        assert_eq!(escaped("a | b_c *d* <e>"), "a \\| b\\_c \\*d\\* \\<e>");
    }
}
