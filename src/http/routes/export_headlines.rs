//! `GET /v1/export`: all headlines of the window as `POST /v1/headlines` takes them.

use std::sync::Arc;

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::stream::unfold;

use crate::engine::{Headlines, Snapshot};
use crate::http::addressed::Addressed;

/// Headlines written at a time.
const CHUNK: usize = 500;

/// One view of the collection, in order of arrival, written while it is read.
pub(super) async fn export_headlines(context: Addressed, request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    let name = format!("attachment; filename=\"{}.jsonl\"", context.service.profile().name);
    response.content_type("application/x-ndjson").insert_header((header::CONTENT_DISPOSITION, name));
    if request.method() == Method::HEAD {
        return response.finish();
    }
    response.streaming(unfold((context.service.snapshot(), 0), next))
}

async fn next(
    (snapshot, from): (Arc<Snapshot>, usize),
) -> Option<(Result<Bytes, Error>, (Arc<Snapshot>, usize))> {
    let (mut lines, mut at) = (Vec::new(), from);
    // A stretch from which everything was deleted must not look like the end.
    while at < snapshot.positions() && lines.is_empty() {
        for headline in (at..at + CHUNK).filter_map(|position| snapshot.at(position)) {
            if let Err(error) = serde_json::to_writer(&mut lines, headline) {
                return Some((Err(error.into()), (snapshot, usize::MAX)));
            }
            lines.push(b'\n');
        }
        at += CHUNK;
    }
    (!lines.is_empty()).then(|| (Ok(lines.into()), (snapshot, at)))
}
