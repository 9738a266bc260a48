//! The notations topics are printed in.

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;

use super::{markdown, table};
use crate::engine::{Evidence, Topic};
use crate::http::csv::write_csv;
use crate::http::dto::{ClusterAnswer, PlacedHeadline};
use crate::http::why::Why;
use crate::service::Clustered;
use crate::track::Id;

/// How topics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// For people
    Table,
    /// One row per topic, for reviewing labels
    Markdown,
    /// One document, as POST /v1/cluster answers it
    Json,
    /// One object per headline, in input order
    Jsonl,
    /// One row per headline, in input order
    Csv,
}

/// A headline with the name of its topic.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    placed: PlacedHeadline<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic_label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why<'a>>,
}

pub(super) fn render(
    format: OutputFormat,
    clustered: &Clustered,
    evidence: Option<&Evidence>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    match format {
        OutputFormat::Table => table::write(clustered, evidence, out)?,
        OutputFormat::Markdown => markdown::write(clustered, usize::MAX, out)?,
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &ClusterAnswer::from(clustered))?;
            writeln!(out)?;
        }
        OutputFormat::Jsonl => {
            for row in rows(clustered, evidence) {
                serde_json::to_writer(&mut *out, &row)?;
                writeln!(out)?;
            }
        }
        OutputFormat::Csv => write_csv(csv_rows(clustered), out)?,
    }
    Ok(())
}

fn rows<'a>(clustered: &'a Clustered, evidence: Option<&'a Evidence>) -> impl Iterator<Item = Row<'a>> {
    let topics: HashMap<Id, &Topic> =
        clustered.grouping.topics.iter().map(|topic| (topic.id, topic)).collect();
    let Clustered { headlines, grouping, .. } = clustered;
    headlines.iter().zip(&grouping.placements).enumerate().map(move |(at, (headline, placement))| {
        let placed = PlacedHeadline::new(headline, placement);
        let topic_label =
            placed.place.topic.and_then(|id| topics.get(&id).copied()).map(|topic| topic.label.as_str());
        let why =
            evidence.map(|evidence| Why::of(evidence.explain(headlines, grouping, at), headlines.as_slice()));
        Row { placed, topic_label, why }
    })
}

fn csv_rows(clustered: &Clustered) -> impl Iterator<Item = (PlacedHeadline<'_>, Option<&str>)> {
    rows(clustered, None).map(|row| (row.placed, row.topic_label))
}
