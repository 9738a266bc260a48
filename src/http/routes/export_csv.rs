//! `GET /v1/headlines.csv` and `GET /v1/topics/{id}/headlines.csv`: headlines and where they are, as a table.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Path};

use crate::engine::{Headlines, Snapshot, Topic};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::csv::write_csv;
use crate::http::dto::PlacedHeadline;
use crate::http::problem::{Kind, Problem};
use crate::track::{Id, Level};

/// All headlines, in order of arrival.
pub(super) async fn export_all(context: Addressed) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let bytes = web::block(move || {
        let topics = snapshot.topics().iter();
        let labels: HashMap<Id, &str> = topics.map(|topic| (topic.id, topic.label.as_str())).collect();
        table(snapshot.headlines().map(|(headline, placement)| {
            let label = placement.topic.and_then(|id| labels.get(&id).copied());
            (PlacedHeadline::new(headline, placement), label)
        }))
    });
    answer("headlines.csv".to_owned(), bytes.await)
}

/// Those of one topic, story by story.
pub(super) async fn export_topic(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let topic = snapshot.topic(&id).cloned().ok_or_else(|| Problem::no_such(Level::Topic))?;
    let name = format!("{}.csv", topic.id);
    answer(name, web::block(move || table(rows_of(&topic, &snapshot))).await)
}

fn rows_of<'a>(
    topic: &'a Topic,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (PlacedHeadline<'a>, Option<&'a str>)> {
    let positions = topic.stories.iter().flat_map(|story| &story.headlines);
    let headlines = positions.filter_map(|&at| snapshot.headline(&snapshot.at(at)?.id));
    headlines
        .map(|(headline, placement)| (PlacedHeadline::new(headline, placement), Some(topic.label.as_str())))
}

fn table<'a>(rows: impl IntoIterator<Item = (PlacedHeadline<'a>, Option<&'a str>)>) -> csv::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_csv(rows, &mut bytes)?;
    Ok(bytes)
}

fn answer<E>(name: String, table: Result<csv::Result<Vec<u8>>, E>) -> Result<HttpResponse, Problem> {
    let bytes = table.ok().and_then(Result::ok);
    let bytes = bytes.ok_or_else(|| Problem::new(Kind::Internal, "The table could not be written."))?;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(bytes))
}
