//! `GET /v1/topics`: the topics, largest first or in another order, a page at a time, as they are or as they were.

use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use crate::engine::{TopicPlace, TopicSort};
use crate::http::addressed::Addressed;
use crate::http::dto::{PastTopicPage, TopicPage};
use crate::http::problem::Problem;
use crate::http::query::{invalid, page_limit, read_query};
use crate::service::Moment;
use crate::track::Level;

/// Which page is wanted, and of which order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    sort: Option<TopicSort>,
    limit: Option<usize>,
    offset: Option<usize>,
    cursor: Option<String>,
    as_of: Option<String>,
}

pub(super) async fn list_topics(context: Addressed, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Page { sort, limit, offset, cursor, as_of } = read_query(&request)?;
    let limit = page_limit(limit, context.config.limits.page_items)?;
    let snapshot = context.service.snapshot();
    if as_of.is_none() && (cursor.is_some() || sort == Some(TopicSort::Born)) {
        let (sort, after) = walked_to(sort, offset, cursor.as_deref())?;
        return Ok(HttpResponse::Ok().json(TopicPage::after(&snapshot, sort, after, limit)));
    }
    if cursor.is_some() {
        return Err(invalid("`cursor` does not go with `as_of`: the past stays, use `offset`.".to_owned()));
    }
    let (sort, offset) = (sort.unwrap_or_default(), offset.unwrap_or(0));
    let Some(as_of) = as_of else {
        return Ok(HttpResponse::Ok().json(TopicPage::of(&snapshot, sort, limit, offset)));
    };
    if sort != TopicSort::default() {
        return Err(invalid(
            "`sort` does not go with `as_of`: topics as they were are listed by size.".to_owned(),
        ));
    }
    let moment = moment_of(&as_of, snapshot.lineage.last())?;
    let past = context.service.as_of(&snapshot, moment).await?;
    let topics = past.outlines.at(Level::Topic);
    Ok(HttpResponse::Ok().json(PastTopicPage::of(past.version, topics, limit, offset)))
}

/// The order of a walk, and the place in it after which it goes on.
fn walked_to(
    sort: Option<TopicSort>,
    offset: Option<usize>,
    cursor: Option<&str>,
) -> Result<(TopicSort, Option<TopicPlace>), Problem> {
    if offset.is_some() {
        return Err(invalid("`offset` does not go with `sort=born` or `cursor`.".to_owned()));
    }
    let Some(cursor) = cursor else { return Ok((sort.unwrap_or_default(), None)) };
    let wrong = || invalid("`cursor` must be the `next` of a page.".to_owned());
    let (of_cursor, place) = TopicPlace::read(cursor).ok_or_else(wrong)?;
    if let Some(sort) = sort.filter(|sort| *sort != of_cursor) {
        return Err(invalid(format!("`cursor` is of a page by `sort={of_cursor}`, not by `sort={sort}`.")));
    }
    Ok((of_cursor, Some(place)))
}

/// The moment right after an event, or a time.
fn moment_of(as_of: &str, last: u64) -> Result<Moment, Problem> {
    if let Ok(number) = as_of.parse::<u64>() {
        if number > last {
            return Err(invalid(format!("`as_of` is event {number}, but the last one is {last}.")));
        }
        return Ok(Moment::Event(number));
    }
    as_of.parse::<Timestamp>().map(Moment::Time).map_err(|_| {
        invalid("`as_of` must be the number of an event or a time such as 2025-12-01T08:30:00Z.".to_owned())
    })
}
