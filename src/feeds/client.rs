//! One request for one document, blocking.

use std::io::Read;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde::{Deserialize, Serialize};
use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::address::guarded_agent;
use super::{FeedSettings, FetchError};

/// What is asked for, best first.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, \
                      application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// The longest time for which a server is believed when it wants to be left alone.
const MOST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest validator that is kept.
const MOST_VALIDATOR: usize = 1_024;

/// What tells a server which version of a document is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
}

/// A successful answer.
#[derive(Debug)]
pub enum Fetched {
    /// The document is still the one that is known.
    Unchanged,
    /// Another one.
    Document {
        /// The document, decompressed.
        bytes: Vec<u8>,
        /// What to ask with next time.
        validators: Validators,
    },
}

/// An answer, or where to ask instead.
pub(super) enum Hop {
    Answer(Fetched),
    Redirect(Url),
}

/// A client for documents of a bounded size.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    most_bytes: usize,
}

impl Client {
    pub fn new(settings: &FeedSettings, most_bytes: usize) -> Self {
        let agent = guarded_agent(settings.timeout_seconds, settings.allow_private_sources, |config| {
            config.accept(ACCEPT).accept_encoding("gzip")
        });
        Self { agent, most_bytes }
    }

    /// Asks once. `url` must be an `http` or `https` one.
    pub fn ask(&self, url: &Url, known: &Validators) -> Result<Hop, FetchError> {
        let mut request = self.agent.get(url.as_str());
        for (name, value) in
            [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)]
        {
            // One that was kept in a file may be anything.
            if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
                request = request.header(name, value);
            }
        }
        let response = request.call()?;
        let status = response.status();
        match status {
            StatusCode::OK => {
                let validators = validators_of(response.headers());
                let encoding =
                    text(response.headers(), header::CONTENT_ENCODING).map(str::to_ascii_lowercase);
                let body = response.into_body().into_reader();
                let bytes = match encoding.as_deref() {
                    None | Some("" | "identity") => self.read(body)?,
                    Some("gzip" | "x-gzip") => self.read(MultiGzDecoder::new(body))?,
                    Some(_) => return Err(FetchError::Encoding),
                };
                Ok(Hop::Answer(Fetched::Document { bytes, validators }))
            }
            StatusCode::NOT_MODIFIED => Ok(Hop::Answer(Fetched::Unchanged)),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => {
                let location = text(response.headers(), header::LOCATION).ok_or(FetchError::BadRedirect)?;
                url.join(location).map(Hop::Redirect).map_err(|_| FetchError::BadRedirect)
            }
            _ => {
                let retry_after = text(response.headers(), header::RETRY_AFTER);
                let retry_after = retry_after.and_then(|value| retry_after_of(value, Timestamp::now()));
                Err(FetchError::Status { status: status.as_u16(), retry_after })
            }
        }
    }

    /// Reads a body after decompression, up to the limit.
    fn read(&self, reader: impl Read) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(self.most_bytes).unwrap_or(u64::MAX);
        let failed = |error: std::io::Error| match error.downcast::<ureq::Error>() {
            Ok(error) => FetchError::from(error),
            Err(error) => FetchError::Connection(error.to_string()),
        };
        reader.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > self.most_bytes {
            return Err(FetchError::TooLarge { limit: self.most_bytes });
        }
        Ok(bytes)
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn validators_of(headers: &HeaderMap) -> Validators {
    let kept =
        |name| text(headers, name).filter(|value| value.len() <= MOST_VALIDATOR).map(ToOwned::to_owned);
    Validators { etag: kept(header::ETAG), last_modified: kept(header::LAST_MODIFIED) }
}

/// Reads `Retry-After`, seconds or a date, as the time from `now` on; at most a day.
pub fn retry_after_of(value: &str, now: Timestamp) -> Option<Duration> {
    let seconds = value.trim().parse::<u64>().ok().map(Duration::from_secs);
    let until = || {
        let date = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value.trim()).ok()?;
        Duration::try_from(date.duration_since(now)).ok()
    };
    seconds.or_else(until).map(|wait| wait.min(MOST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_and_bounded() {
        let now = "2025-12-01T08:00:00Z".parse().unwrap();
        let wait = |value| retry_after_of(value, now).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Mon, 01 Dec 2025 08:01:30 GMT"), Some(90));
        assert_eq!(wait("Mon, 01 Dec 2025 07:00:00 GMT"), None);
        assert_eq!(wait("999999999"), Some(86_400));
        assert_eq!(wait("soon"), None);
    }
}
