//! Failures as RFC 9457 problem details with stable codes.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;

use crate::auth::Scope;
use crate::ingest::DocumentError;
use crate::service::{CollectionError, ServiceError};
use crate::track::Level;
use crate::webhooks::WebhookError;

/// Every kind of failure an answer may report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No headlines in the body.
    EmptyBody,
    /// The body is not UTF-8.
    InvalidEncoding,
    /// The body is not JSON.
    InvalidJson,
    /// The body is JSON but no headline and no array.
    NotHeadlines,
    /// The CSV header is unusable.
    InvalidCsvHeader,
    /// The body is not XML.
    InvalidXml,
    /// The body is no feed.
    NotAFeed,
    /// The body broke off or is not compressed as declared.
    UnreadableBody,
    /// A query parameter is unknown or out of range.
    InvalidQuery,
    /// There is no accepted API key with the request.
    Unauthorized,
    /// The API key does not allow this.
    MissingScope,
    /// The client asked too often.
    RateLimited,
    /// The service is not known by the name it was asked for.
    UnknownHost,
    /// A web page of another site sent the request.
    CrossSite,
    /// No such route.
    NotFound,
    /// No such topic.
    TopicNotFound,
    /// No such story.
    StoryNotFound,
    /// No such headline.
    HeadlineNotFound,
    /// No such collection.
    CollectionNotFound,
    /// A collection of this name is there already.
    CollectionExists,
    /// The name or the settings of a collection are of no use.
    InvalidCollection,
    /// There are as many collections as there may be.
    TooManyCollections,
    /// The default collection is to stay.
    DefaultCollection,
    /// No such webhook, or failed message of one.
    WebhookNotFound,
    /// What a webhook should be made from is of no use.
    InvalidWebhook,
    /// There are as many webhooks as there may be.
    TooManyWebhooks,
    /// No such edit.
    EditNotFound,
    /// No such standing topic.
    StandingNotFound,
    /// The body is JSON but not what the edit needs.
    InvalidEdit,
    /// The edit asks for nothing.
    EmptyEdit,
    /// The topic or story is no more.
    Ended,
    /// A topic or story is to be merged with itself.
    MergeWithItself,
    /// A pinned topic or story would end.
    Pinned,
    /// What is to be split off is not in there.
    NotAMember,
    /// All of a topic or story is to be split off.
    NothingLeft,
    /// A topic would be too small.
    TooSmall,
    /// Two headlines with the same title are to be parted.
    SameTitle,
    /// The edit was undone before.
    AlreadyUndone,
    /// The edit undid another.
    NotUndoable,
    /// The route does not know the method.
    MethodNotAllowed,
    /// No encoding of the answer suits the client.
    NotAcceptable,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body is above the limit.
    BodyTooLarge,
    /// More headlines than the limit.
    TooManyItems,
    /// A content type that is no notation for headlines.
    UnsupportedMediaType,
    /// A content encoding that cannot be undone.
    UnsupportedEncoding,
    /// The queue is full.
    QueueFull,
    /// The clustering slots are taken.
    Busy,
    /// The service stops.
    Stopping,
    /// There is no space for more headlines.
    StorageFull,
    /// The store failed.
    StorageFailed,
    /// The answer took too long.
    Timeout,
    /// A bug.
    Internal,
    /// Any other failure of the client, refused before it reached a route.
    BadRequest,
}

impl Kind {
    /// Status, code and title.
    fn describe(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::EmptyBody => (S::BAD_REQUEST, "empty-body", "The body is empty"),
            Self::InvalidEncoding => (S::BAD_REQUEST, "invalid-encoding", "The body is not UTF-8"),
            Self::InvalidJson => (S::BAD_REQUEST, "invalid-json", "The body is not valid JSON"),
            Self::NotHeadlines => (S::BAD_REQUEST, "not-headlines", "The body holds no headlines"),
            Self::InvalidCsvHeader => (S::BAD_REQUEST, "invalid-csv-header", "The CSV header is unusable"),
            Self::InvalidXml => (S::BAD_REQUEST, "invalid-xml", "The body is not valid XML"),
            Self::NotAFeed => (S::BAD_REQUEST, "not-a-feed", "The body is no feed"),
            Self::UnreadableBody => (S::BAD_REQUEST, "unreadable-body", "The body cannot be read"),
            Self::InvalidQuery => (S::BAD_REQUEST, "invalid-query", "The query is invalid"),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "An API key is needed"),
            Self::MissingScope => (S::FORBIDDEN, "missing-scope", "The API key does not allow this"),
            Self::RateLimited => (S::TOO_MANY_REQUESTS, "rate-limited", "Too many requests came at once"),
            Self::UnknownHost => (S::MISDIRECTED_REQUEST, "unknown-host", "The service has another name"),
            Self::CrossSite => (S::FORBIDDEN, "cross-site", "Requests from other sites are refused"),
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is nothing here"),
            Self::TopicNotFound => (S::NOT_FOUND, "topic-not-found", "There is no such topic"),
            Self::StoryNotFound => (S::NOT_FOUND, "story-not-found", "There is no such story"),
            Self::HeadlineNotFound => (S::NOT_FOUND, "headline-not-found", "There is no such headline"),
            Self::CollectionNotFound => (S::NOT_FOUND, "collection-not-found", "There is no such collection"),
            Self::CollectionExists => {
                (S::CONFLICT, "collection-exists", "There is such a collection already")
            }
            Self::InvalidCollection => {
                (S::BAD_REQUEST, "invalid-collection", "The collection cannot be created so")
            }
            Self::TooManyCollections => {
                (S::CONFLICT, "too-many-collections", "There are too many collections")
            }
            Self::DefaultCollection => (S::CONFLICT, "default-collection", "The default collection stays"),
            Self::WebhookNotFound => (S::NOT_FOUND, "webhook-not-found", "There is no such webhook"),
            Self::InvalidWebhook => (S::BAD_REQUEST, "invalid-webhook", "This makes no webhook"),
            Self::TooManyWebhooks => (S::CONFLICT, "too-many-webhooks", "There are too many webhooks"),
            Self::EditNotFound => (S::NOT_FOUND, "edit-not-found", "There is no such edit"),
            Self::StandingNotFound => (S::NOT_FOUND, "standing-not-found", "There is no such standing topic"),
            Self::InvalidEdit => (S::BAD_REQUEST, "invalid-edit", "The edit cannot be understood"),
            Self::EmptyEdit => (S::BAD_REQUEST, "empty-edit", "The edit asks for nothing"),
            Self::Ended => (S::CONFLICT, "ended", "The topic or story is no more"),
            Self::MergeWithItself => {
                (S::BAD_REQUEST, "merge-with-itself", "Nothing can be merged with itself")
            }
            Self::Pinned => (S::CONFLICT, "pinned", "The topic or story is pinned"),
            Self::NotAMember => (S::CONFLICT, "not-a-member", "The part is not in there"),
            Self::NothingLeft => (S::CONFLICT, "nothing-left", "Nothing would be left"),
            Self::TooSmall => (S::CONFLICT, "too-small", "A topic would be too small"),
            Self::SameTitle => (S::CONFLICT, "same-title", "The titles are the same"),
            Self::AlreadyUndone => (S::CONFLICT, "already-undone", "The edit was undone before"),
            Self::NotUndoable => (S::CONFLICT, "not-undoable", "Undoing cannot be undone"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method-not-allowed", "The method is not allowed")
            }
            Self::NotAcceptable => (S::NOT_ACCEPTABLE, "not-acceptable", "No encoding of the answer suits"),
            Self::BodyTimeout => (S::REQUEST_TIMEOUT, "body-timeout", "The body came too slowly"),
            Self::BodyTooLarge => (S::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"),
            Self::TooManyItems => (S::PAYLOAD_TOO_LARGE, "too-many-items", "There are too many headlines"),
            Self::UnsupportedMediaType => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The content type is not supported")
            }
            Self::UnsupportedEncoding => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported-encoding", "The content encoding is not supported")
            }
            Self::QueueFull => (S::SERVICE_UNAVAILABLE, "queue-full", "The queue is full"),
            Self::Busy => (S::SERVICE_UNAVAILABLE, "busy", "The service is busy"),
            Self::Stopping => (S::SERVICE_UNAVAILABLE, "stopping", "The service is stopping"),
            Self::StorageFull => (S::INSUFFICIENT_STORAGE, "storage-full", "There is no space left"),
            Self::StorageFailed => (S::SERVICE_UNAVAILABLE, "storage-failed", "The store failed"),
            Self::Timeout => (S::SERVICE_UNAVAILABLE, "timeout", "The answer took too long"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "The service failed"),
            Self::BadRequest => (S::BAD_REQUEST, "bad-request", "The request cannot be served"),
        }
    }

    /// Seconds after which a refused client may try again, where that may help.
    fn retry_after(self) -> Option<u64> {
        match self {
            Self::QueueFull | Self::Busy | Self::Stopping | Self::Timeout => Some(1),
            // Somebody has to make room first.
            Self::StorageFull | Self::StorageFailed => Some(30),
            _ => None,
        }
    }
}

/// One failure: its kind and what was wrong this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    /// Line and column, for documents that do not parse.
    position: Option<(usize, usize)>,
    /// A header that goes with it, such as `Allow`.
    header: Option<(HeaderName, String)>,
}

/// The body of a problem answer.
#[derive(Serialize)]
struct Details<'a> {
    #[serde(rename = "type")]
    uri: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    request_id: &'a str,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), position: None, header: None }
    }

    /// JSON that ends or goes wrong at a line and column, both from 1.
    pub fn invalid_json(error: &serde_json::Error) -> Self {
        let position = Some((error.line(), error.column()));
        Self { position, ..Self::new(Kind::InvalidJson, format!("The body is refused: {error}.")) }
    }

    /// No id of this level was ever issued like the one asked for.
    pub fn no_such(level: Level) -> Self {
        match level {
            Level::Topic => Self::new(Kind::TopicNotFound, "No topic has or had this id."),
            Level::Story => Self::new(Kind::StoryNotFound, "No story has or had this id."),
        }
    }

    /// No collection has the name that the address names.
    pub fn no_such_collection() -> Self {
        Self::new(
            Kind::CollectionNotFound,
            "No collection has this name; GET /v1/collections lists those there are.",
        )
    }

    /// The route knows these methods only.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("This address answers {allow}.");
        Self::new(Kind::MethodNotAllowed, detail).with_header(header::ALLOW, allow.to_owned())
    }

    /// There is no accepted key, and why, in the words of RFC 6750 unless there is none at all.
    pub fn unauthorized(detail: &'static str, error: Option<&'static str>) -> Self {
        let error = error.map_or(String::new(), |error| format!(", error=\"{error}\""));
        let challenge = format!("Bearer realm=\"slugline\"{error}");
        Self::new(Kind::Unauthorized, detail).with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// The key is an accepted one, but not for this.
    pub fn missing_scope(scope: Scope) -> Self {
        let challenge = format!("Bearer realm=\"slugline\", error=\"insufficient_scope\", scope=\"{scope}\"");
        Self::new(Kind::MissingScope, format!("This needs an API key with the scope `{scope}`."))
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// The client has to wait this many seconds.
    pub fn rate_limited(seconds: u64) -> Self {
        let detail = format!("Requests come faster than they are allowed to; try again in {seconds} s.");
        Self::new(Kind::RateLimited, detail).with_header(header::RETRY_AFTER, seconds.to_string())
    }

    fn with_header(self, name: HeaderName, value: String) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// What comes closest to a status that some layer below set without a problem.
    pub fn from_status(status: StatusCode) -> Self {
        let kind = match status {
            StatusCode::NOT_FOUND => Kind::NotFound,
            StatusCode::NOT_ACCEPTABLE => Kind::NotAcceptable,
            StatusCode::REQUEST_TIMEOUT => Kind::BodyTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Kind::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMediaType,
            status if status.is_client_error() => Kind::BadRequest,
            _ => Kind::Internal,
        };
        Self::new(kind, status.canonical_reason().unwrap_or("The request failed."))
    }

    /// The status of its kind.
    pub(super) fn status(&self) -> StatusCode {
        self.kind.describe().0
    }

    /// What its kind is called.
    pub(super) fn title(&self) -> &'static str {
        self.kind.describe().2
    }

    /// What was wrong this time.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The stable code of its kind.
    pub fn code(&self) -> &'static str {
        self.kind.describe().1
    }

    /// The answer, marked with the id of the request it is for.
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let (status, code, title) = self.kind.describe();
        let mut response = HttpResponseBuilder::new(status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some((name, value)) = &self.header {
            response.insert_header((name.clone(), value.as_str()));
        }
        if let Some(seconds) = self.kind.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response.json(Details {
            uri: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            code,
            line: self.position.map(|(line, _)| line),
            column: self.position.map(|(_, column)| column),
            request_id,
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.describe().1, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.describe().0
    }

    /// Replaced by [`Problem::response`] in the middleware, which knows the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let kind = match &error {
            DocumentError::Empty => Kind::EmptyBody,
            DocumentError::Utf16
            | DocumentError::InvalidUtf8 { .. }
            | DocumentError::UnknownEncoding { .. } => Kind::InvalidEncoding,
            DocumentError::InvalidXml { .. } => Kind::InvalidXml,
            DocumentError::NotAFeed { .. } => Kind::NotAFeed,
            DocumentError::InvalidJson { .. } => Kind::InvalidJson,
            DocumentError::NotHeadlines { .. } => Kind::NotHeadlines,
            DocumentError::NoTitleColumn { .. } | DocumentError::RepeatedColumn { .. } => {
                Kind::InvalidCsvHeader
            }
            DocumentError::TooManyItems { .. } => Kind::TooManyItems,
        };
        let position = match &error {
            DocumentError::InvalidJson { line, column, .. } => Some((*line, *column)),
            _ => None,
        };
        Self { position, ..Self::new(kind, format!("The body is refused: {error}.")) }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let kind = match error {
            ServiceError::QueueFull => Kind::QueueFull,
            ServiceError::Stopped => Kind::Stopping,
            ServiceError::Busy => Kind::Busy,
            ServiceError::StorageFull => Kind::StorageFull,
            ServiceError::StorageFailed => Kind::StorageFailed,
            ServiceError::ApplyTimeout | ServiceError::ClusterTimeout => Kind::Timeout,
            ServiceError::UnknownCollection => Kind::CollectionNotFound,
            ServiceError::Failed => Kind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<CollectionError> for Problem {
    fn from(error: CollectionError) -> Self {
        let kind = match error {
            CollectionError::Service(ServiceError::StorageFull) => {
                return Self::new(
                    Kind::StorageFull,
                    "No space is left for another collection; none was created.",
                );
            }
            CollectionError::Service(ServiceError::StorageFailed) => {
                let detail = "The collections cannot be changed at present; they stay as they are.";
                return Self::new(Kind::StorageFailed, detail);
            }
            CollectionError::Service(error) => return error.into(),
            CollectionError::Unknown => return Self::no_such_collection(),
            CollectionError::Profile(_) => Kind::InvalidCollection,
            CollectionError::Exists(_) => Kind::CollectionExists,
            CollectionError::TooMany(_) => Kind::TooManyCollections,
            CollectionError::Default => Kind::DefaultCollection,
        };
        Self::new(kind, format!("The collections stay as they are: {error}."))
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let kind = match &error {
            WebhookError::Invalid(_) => Kind::InvalidWebhook,
            WebhookError::TooMany(_) => Kind::TooManyWebhooks,
            WebhookError::NotFound(_) => Kind::WebhookNotFound,
            WebhookError::Random => Kind::Internal,
            WebhookError::Keep(error) => {
                // It names a file, which is nobody's business but the operator's.
                tracing::error!(%error, "a webhook cannot be written down");
                return Self::new(Kind::StorageFailed, "The webhook cannot be written down at present.");
            }
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_says_when_to_come_back() {
        for error in [ServiceError::QueueFull, ServiceError::Busy, ServiceError::ApplyTimeout] {
            let answer = Problem::from(error).response("r");
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers().get(header::RETRY_AFTER).unwrap(), "1");
        }
        for (error, status) in [(ServiceError::StorageFull, 507), (ServiceError::StorageFailed, 503)] {
            let answer = Problem::from(error).response("r");
            assert_eq!(
                (answer.status().as_u16(), answer.headers().contains_key(header::RETRY_AFTER)),
                (status, true)
            );
        }
        let answer = Problem::from(ServiceError::Failed).response("r");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn layers_without_problems_keep_their_status_class() {
        for status in [400, 403, 404, 406, 408, 413, 415, 431, 500, 502] {
            let status = StatusCode::from_u16(status).unwrap();
            let answer = Problem::from_status(status).response("r");
            assert_eq!(answer.status().is_client_error(), status.is_client_error());
        }
    }
}
