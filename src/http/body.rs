//! From a request body to a document, a JSON object or the fields of a form: read within limits, documents taken apart off
//! the serving threads.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Decompress;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::{self, Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::time::timeout;

use super::app::Context;
use super::media::format_of;
use super::problem::{Kind, Problem};
use crate::ingest::{self, Document, Rules};

/// A refused body is read on, up to this many times the limit, so that most clients get to see the answer instead
/// of a reset connection.
const DRAIN_FACTOR: usize = 4;

/// Reads the headlines of a request.
pub(super) async fn read_document(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
) -> Result<Document, Problem> {
    read_few(request, payload, context, usize::MAX).await
}

/// Reads the headlines of a request, of which there may be `most`.
pub(super) async fn read_few(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
    most: usize,
) -> Result<Document, Problem> {
    let limit = context.config.limits.body_bytes;
    let patience = context.config.request_timeout();
    let (format, encoding) = match format_of(request).and_then(|format| Ok((format, encoding_of(request)?))) {
        Ok(known) => known,
        Err(problem) => {
            let _ = timeout(patience, read(payload, ContentEncoding::Identity, limit)).await;
            return Err(problem);
        }
    };
    let body = timeout(patience, read(payload, encoding, limit)).await.map_err(|_| late(patience))??;
    let rules = context.config.rules();
    let rules = Rules { items: rules.items.min(most), ..rules };
    let span = tracing::info_span!("parse", bytes = body.len());
    let parsed = web::block(move || span.in_scope(|| ingest::parse(format, &body, &rules))).await;
    Ok(parsed.map_err(|_| Problem::new(Kind::Internal, "The parser stopped."))??)
}

fn media_of(request: &HttpRequest) -> &str {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
}

/// Reads the fields of a form, in order.
pub(super) async fn read_form(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
    limit: usize,
) -> Result<Vec<(String, String)>, Problem> {
    let body = read_as("application/x-www-form-urlencoded", request, payload, context, limit).await?;
    Ok(url::form_urlencoded::parse(&body).into_owned().collect())
}

/// Reads a form that holds a document: as large as one may be, and escaped, which makes at most three bytes of one.
pub(super) async fn read_document_form(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
) -> Result<Vec<(String, String)>, Problem> {
    read_form(request, payload, context, context.config.limits.body_bytes.saturating_mul(3)).await
}

/// Reads one JSON object of at most `limit` bytes. `wrong` says what JSON of another shape is.
pub(super) async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
    limit: usize,
    wrong: impl FnOnce(String) -> Problem,
) -> Result<T, Problem> {
    let body = read_as("application/json", request, payload, context, limit).await?;
    if body.trim_ascii().is_empty() {
        return Err(Problem::new(Kind::EmptyBody, "The body must be a JSON object."));
    }
    parse_json(&body, wrong)
}

/// Like [`read_json`]; a body of nothing is an object without fields.
pub(super) async fn read_json_if_any<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
    limit: usize,
    wrong: impl FnOnce(String) -> Problem,
) -> Result<T, Problem> {
    let body = read_as("application/json", request, payload, context, limit).await?;
    parse_json(if body.is_empty() { b"{}" } else { &body }, wrong)
}

fn parse_json<T: DeserializeOwned>(body: &[u8], wrong: impl FnOnce(String) -> Problem) -> Result<T, Problem> {
    // Fields without names would do as well otherwise.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(wrong("it must be an object, not an array".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => wrong(error.to_string()),
        _ => Problem::invalid_json(&error),
    })
}

/// Reads a body of one type, or of nothing.
async fn read_as(
    wanted: &str,
    request: &HttpRequest,
    payload: Payload,
    context: &Context,
    limit: usize,
) -> Result<Bytes, Problem> {
    let patience = context.config.request_timeout();
    let encoding = encoding_of(request);
    let body = timeout(patience, read(payload, encoding.clone().unwrap_or(ContentEncoding::Identity), limit));
    let body = body.await.map_err(|_| late(patience))?;
    let is_something = body.as_ref().is_ok_and(|body| !body.is_empty());
    if is_something && !media_of(request).eq_ignore_ascii_case(wanted) {
        let detail = format!("Content-Type must be {wanted} here.");
        return Err(Problem::new(Kind::UnsupportedMediaType, detail));
    }
    encoding?;
    body
}

fn late(patience: Duration) -> Problem {
    Problem::new(Kind::BodyTimeout, format!("The body must arrive within {} s.", patience.as_secs()))
}

/// Brotli is left out for requests: a few bytes of it can unfold to gigabytes before any limit is checked.
fn encoding_of(request: &HttpRequest) -> Result<ContentEncoding, Problem> {
    let Some(value) = request.headers().get(header::CONTENT_ENCODING) else {
        return Ok(ContentEncoding::Identity);
    };
    match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(ContentEncoding::Identity),
        "gzip" => Ok(ContentEncoding::Gzip),
        "deflate" => Ok(ContentEncoding::Deflate),
        _ => {
            let detail = "Content-Encoding of a request must be gzip, deflate or identity.";
            Err(Problem::new(Kind::UnsupportedEncoding, detail))
        }
    }
}

async fn read(payload: Payload, encoding: ContentEncoding, limit: usize) -> Result<Bytes, Problem> {
    let mut payload = Decompress::new(payload, encoding);
    let mut body = BytesMut::new();
    let mut length = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(Kind::UnreadableBody, "The body broke off or is not compressed as declared.")
        })?;
        length = length.saturating_add(chunk.len());
        if length <= limit {
            body.extend_from_slice(&chunk);
        } else if length > limit.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if length > limit {
        return Err(Problem::new(Kind::BodyTooLarge, format!("At most {limit} bytes are taken at once.")));
    }
    Ok(body.freeze())
}
