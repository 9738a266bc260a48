//! Posting to a service, with patience when it is busy.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ureq::Agent;
use ureq::http::{Response, StatusCode, header};
use url::{Host, Url};

use crate::feeds::retry_after_of;
use crate::ingest::Entry;
use crate::service::check_name;

/// How often one request is sent before it counts as failed.
const ATTEMPTS: u32 = 10;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Bytes of an answer that are read.
const MOST_ANSWER: u64 = 256 * 1_024 * 1_024;

/// Why a batch could not be posted, or told of: what ends the run.
#[derive(Debug, Error)]
pub(super) enum PostError {
    /// A larger batch than the service takes.
    #[error("the service finds a single headline too large")]
    TooLarge,
    /// No connection, or it broke off.
    #[error("cannot reach the service at {to}: {reason}")]
    Unreachable { to: String, reason: String },
    /// Refused.
    #[error("the service refused with status {status}: {detail}")]
    Refused { status: u16, detail: String },
    /// An answer that is not the one of a slugline service.
    #[error("the answer is not one of a slugline service: {0}")]
    Foreign(String),
    /// Nobody reads what is told.
    #[error("cannot write")]
    Output(#[source] std::io::Error),
}

/// A service to post to.
pub(super) struct Client {
    agent: Agent,
    address: Url,
    /// The header that carries the key.
    authorization: Option<String>,
}

/// One headline as it is posted.
#[derive(Serialize)]
struct Line<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

/// What became of a batch.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub counts: Counts,
    results: Vec<Item>,
}

#[derive(Deserialize)]
pub(super) struct Counts {
    pub created: usize,
    pub duplicate: usize,
}

/// What became of one headline.
#[derive(Deserialize)]
pub(super) struct Item {
    pub index: usize,
    status: String,
    pub detail: Option<String>,
}

impl Answer {
    /// The headlines that were turned away.
    pub fn rejected(&self) -> impl Iterator<Item = &Item> {
        self.results.iter().filter(|item| item.status == "rejected")
    }
}

impl Client {
    pub fn new(
        to: &str,
        collection: Option<&str>,
        key_file: Option<&Path>,
        timeout: Duration,
    ) -> anyhow::Result<Self> {
        let base = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.with_context(|| format!("--to must be an http address, not {to}"))?;
        let collection = match collection {
            Some(name) => {
                check_name(name)
                    .map_err(|_| anyhow::anyhow!("--collection: {name} is no name of a collection"))?;
                format!("/collections/{name}")
            }
            None => String::new(),
        };
        let path = format!("{}/v1{collection}/headlines", base.path().trim_end_matches('/'));
        let mut address = base.clone();
        address.set_path(&path);
        let authorization = key_file.map(read_key).transpose()?.map(|key| format!("Bearer {key}"));
        if authorization.is_some() && base.scheme() == "http" && !is_loopback(&base) {
            eprintln!("slugline: the key is sent unencrypted to another machine");
        }
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // A key is for the service it was given for, and for nobody in between.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("slugline/", env!("CARGO_PKG_VERSION")));
        Ok(Self { agent: config.build().new_agent(), address, authorization })
    }

    /// Posts headlines, again after a while if the service has no room for them: that is harmless, as those that it
    /// has taken are duplicates then.
    pub fn post(&self, batch: &[(usize, Entry)]) -> Result<Answer, PostError> {
        let body = body_of(batch)?;
        let mut attempt = 1;
        loop {
            let mut response = self.send(&body)?;
            let status = response.status();
            let text = response.body_mut().with_config().limit(MOST_ANSWER).read_to_string();
            let text = text.map_err(|error| self.unreachable(&error))?;
            match status {
                StatusCode::OK => {
                    return serde_json::from_str(&text)
                        .map_err(|error| PostError::Foreign(error.to_string()));
                }
                StatusCode::PAYLOAD_TOO_LARGE => return Err(PostError::TooLarge),
                StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS if attempt < ATTEMPTS => {
                    let pause = pause_before(attempt, &response);
                    eprintln!("slugline: {}; trying again in {} s", detail_of(&text), pause.as_secs());
                    std::thread::sleep(pause);
                    attempt += 1;
                }
                _ => {
                    return Err(PostError::Refused { status: status.as_u16(), detail: detail_of(&text) });
                }
            }
        }
    }

    fn send(&self, body: &[u8]) -> Result<Response<ureq::Body>, PostError> {
        let mut request = self.agent.post(self.address.as_str());
        request = request.header(header::CONTENT_TYPE, "application/x-ndjson");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        request.send(body).map_err(|error| self.unreachable(&error))
    }

    fn unreachable(&self, error: &ureq::Error) -> PostError {
        let reason = match error {
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        PostError::Unreachable { to: self.address.origin().ascii_serialization(), reason }
    }
}

fn body_of(batch: &[(usize, Entry)]) -> Result<Vec<u8>, PostError> {
    let mut body = Vec::new();
    for (_, entry) in batch {
        let line = Line {
            title: &entry.text,
            id: entry.id.as_deref(),
            time: entry.time.map(|time| time.to_string()),
            source: entry.source.as_deref(),
            url: entry.url.as_deref(),
            lang: entry.lang.as_deref(),
        };
        serde_json::to_writer(&mut body, &line).map_err(|error| PostError::Foreign(error.to_string()))?;
        body.push(b'\n');
    }
    Ok(body)
}

/// As long as the service says, else longer each time.
fn pause_before(attempt: u32, response: &Response<ureq::Body>) -> Duration {
    let told = response.headers().get(header::RETRY_AFTER);
    let told = told.and_then(|value| retry_after_of(value.to_str().ok()?, Timestamp::now()));
    told.unwrap_or_else(|| Duration::from_secs(1 << (attempt - 1).min(6))).min(LONGEST_PAUSE)
}

/// What a problem says, or that it says nothing.
fn detail_of(text: &str) -> String {
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    serde_json::from_str::<Problem>(text)
        .map_or_else(|_| "no reason given".to_owned(), |problem| problem.detail)
}

fn read_key(path: &Path) -> anyhow::Result<String> {
    let shown = || format!("cannot read the key file {}", path.display());
    let key = std::fs::read_to_string(path).with_context(shown)?;
    let key = key.trim();
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    anyhow::ensure!(is_key, "{} does not hold one key and nothing else", path.display());
    Ok(key.to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}
