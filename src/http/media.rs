//! Which parser reads a body: chosen by its content type alone.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::problem::{Kind, Problem};
use crate::ingest::Format;

const SUPPORTED: &str = "application/json, application/x-ndjson, text/plain, text/csv, application/rss+xml, \
                         application/atom+xml or application/feed+json, in UTF-8";
/// Characters of an unknown type that are repeated in the answer.
const MOST_ECHOED: usize = 60;

/// The notation of the body.
pub(super) fn format_of(request: &HttpRequest) -> Result<Format, Problem> {
    let unsupported = |found: &str| {
        Problem::new(Kind::UnsupportedMediaType, format!("Content-Type must be {SUPPORTED}, not {found}."))
    };
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else {
        return Err(unsupported("missing"));
    };
    let value = value.to_str().map_err(|_| unsupported("unreadable"))?.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let format = match parts.next().unwrap_or_default() {
        "application/json" => Format::Json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Format::Jsonl,
        "text/plain" => Format::Text,
        "text/csv" => Format::Csv,
        "application/rss+xml" | "application/rdf+xml" | "application/atom+xml" | "application/feed+json" => {
            Format::Feed
        }
        other => return Err(unsupported(&other.chars().take(MOST_ECHOED).collect::<String>())),
    };
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|name| name.trim_matches('"'));
    match charset {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(format),
        Some(other) => Err(unsupported(&other.chars().take(MOST_ECHOED).collect::<String>())),
    }
}
