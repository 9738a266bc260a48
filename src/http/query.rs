//! Queries of lists: parsed strictly and kept within limits.

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};

/// Items on a page unless another number is asked for.
const DEFAULT_LIMIT: usize = 50;

/// Which events are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventQuery {
    /// Those with greater numbers.
    #[serde(default)]
    pub since: u64,
    pub limit: Option<usize>,
}

/// Reads the query of a request. Which parameters there are is up to `T`.
pub(super) fn read_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    let query = Query::<T>::from_query(request.query_string());
    let Query(query) = query.map_err(|error| invalid(format!("The query is invalid: {error}.")))?;
    Ok(query)
}

/// Items on the page asked for, of which there may be `most`.
pub(super) fn page_limit(asked: Option<usize>, most: usize) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(DEFAULT_LIMIT.min(most));
    if !(1..=most).contains(&limit) {
        return Err(invalid(format!("`limit` must be between 1 and {most}, not {limit}.")));
    }
    Ok(limit)
}

/// What is wrong with a query.
pub(super) fn invalid(reason: String) -> Problem {
    Problem::new(Kind::InvalidQuery, reason)
}
