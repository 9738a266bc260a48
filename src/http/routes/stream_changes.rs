//! `GET /v1/changes/stream`: what is new about topics as it happens, as Server-Sent Events.

use std::time::{Duration, Instant};

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, error};
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use crate::http::addressed::Addressed;
use crate::http::dto::ChangePage;
use crate::http::problem::{Kind, Problem};
use crate::http::query::{invalid, read_query};

/// How often a stream looks whether there is anything new.
const LOOK: Duration = Duration::from_millis(250);
/// The longest silence: whoever is in between must not take the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The longest a stream lasts. Clients come back by themselves, with a key that is checked again.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Most topics in one event.
const TOPICS: usize = 100;
/// How long a client should wait before it comes back.
const GREETING: &[u8] = b"retry: 2000\n\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    since: Option<u64>,
}

/// Compression would hold events back, so the answer says that its encoding is settled.
pub(super) async fn stream_changes(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Start { since } = read_query(&request)?;
    let since = last_event_id(&request)?.or(since);
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let slot = context.streams.clone().try_acquire_owned().map_err(|_| {
        Problem::new(Kind::Busy, "As many streams as are allowed are open; GET /v1/changes tells the same.")
    })?;
    let since = since.unwrap_or_else(|| context.service.snapshot().lineage.last());
    let listener = Listener { context, since, opened: Instant::now(), spoken: None, _slot: slot };
    Ok(response.streaming(unfold(listener, Listener::next)))
}

/// Where a client that was here before had got to.
fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let number =
        number.ok_or_else(|| invalid("`Last-Event-ID` must be the number of an event.".to_owned()))?;
    Ok(Some(number))
}

/// A client that listens, and how far it was told.
struct Listener {
    context: Addressed,
    since: u64,
    opened: Instant,
    /// When something was last sent; nothing before the greeting.
    spoken: Option<Instant>,
    _slot: OwnedSemaphorePermit,
}

impl Listener {
    async fn next(mut self) -> Option<(Result<Bytes, error::Error>, Self)> {
        let Some(spoken) = self.spoken else { return Some(self.say(Bytes::from_static(GREETING))) };
        loop {
            if self.context.service.is_stopping() || self.opened.elapsed() >= LONGEST {
                return None;
            }
            if let Some(message) = self.news().await {
                return Some(self.say(message));
            }
            if spoken.elapsed() >= HEARTBEAT {
                return Some(self.say(Bytes::from_static(b":\n\n")));
            }
            sleep(LOOK).await;
        }
    }

    fn say(mut self, message: Bytes) -> (Result<Bytes, error::Error>, Self) {
        self.spoken = Some(Instant::now());
        (Ok(message), self)
    }

    /// The next event, if there is any news.
    async fn news(&mut self) -> Option<Bytes> {
        let snapshot = self.context.service.snapshot();
        let since = self.since;
        if snapshot.lineage.last() <= since {
            return None;
        }
        // Should that fail, it is tried again at the next look.
        let digest = self.context.service.changes(&snapshot, since, TOPICS).await.ok()?;
        let page = ChangePage::of(&snapshot, digest);
        self.since = page.next;
        if page.topics.is_empty() {
            return None;
        }
        let data = serde_json::to_string(&page).ok()?;
        Some(format!("id: {}\nevent: changes\ndata: {data}\n\n", page.next).into())
    }
}
