//! Headlines as a table of comma-separated values.

use std::io::Write;

use super::dto::PlacedHeadline;
use crate::track::Id;

const COLUMNS: [&str; 11] = [
    "id",
    "title",
    "time",
    "source",
    "url",
    "lang",
    "story",
    "topic",
    "topic_label",
    "nearest_topic",
    "nearest_similarity",
];

/// Writes one row per headline, with the label of its topic, below a row of names.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_csv<'a>(
    rows: impl IntoIterator<Item = (PlacedHeadline<'a>, Option<&'a str>)>,
    out: impl Write,
) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    for (PlacedHeadline { headline, place }, label) in rows {
        let time = headline.time.map(|time| time.to_string()).unwrap_or_default();
        let similarity = place.nearest.map(|nearest| nearest.similarity.to_string()).unwrap_or_default();
        csv.write_record([
            headline.id.as_str(),
            headline.text.as_str(),
            &time,
            headline.source.as_deref().unwrap_or_default(),
            headline.url.as_deref().unwrap_or_default(),
            headline.lang.as_deref().unwrap_or_default(),
            &written(place.story),
            &written(place.topic),
            label.unwrap_or_default(),
            &written(place.nearest.map(|nearest| nearest.topic)),
            &similarity,
        ])?;
    }
    Ok(csv.flush()?)
}

fn written(id: Option<Id>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
