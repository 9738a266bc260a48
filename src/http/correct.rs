//! From a request for an edit to the answer: who asks, whether it is a rehearsal, and what is wrong with it.

use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::addressed::Addressed;
use super::body::read_json_if_any;
use super::dto::EditAnswer;
use super::problem::{Kind, Problem};
use super::query::read_query;
use crate::engine::{Edit, EditRefusal, Order};
use crate::track::{Id, Level};

/// Most events that an answer lists.
const EVENTS_LISTED: usize = 200;

/// The API key that a request came with, kept in its extensions.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    /// The name of the key.
    pub name: String,
    /// Whether it may correct.
    pub may_write: bool,
}

impl Bearer {
    /// The name of the key that a request came with; none where there are no keys.
    pub fn name_at(request: &HttpRequest) -> Option<String> {
        request.extensions().get::<Self>().map(|key| key.name.clone())
    }
}

/// What a body asks for, and beside it who asks and why.
struct Signed<T> {
    asked: T,
    author: Option<String>,
    reason: Option<String>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Signed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mut text = |name: &str| {
            let text = Option::deserialize(fields.remove(name).unwrap_or_default());
            text.map_err(|error| D::Error::custom(format!("`{name}`: {error}")))
        };
        let (author, reason) = (text("author")?, text("reason")?);
        let asked = T::deserialize(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self { asked, author, reason })
    }
}

/// The body of a request for an edit that its address tells all of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoMore {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rehearsal {
    #[serde(default)]
    dry_run: bool,
}

/// Reads the body of a request for an edit, has it made or rehearsed, and answers with what it did or would do.
pub(super) async fn correct<T: DeserializeOwned>(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
    edit: impl FnOnce(T) -> Result<Edit, Problem>,
) -> Result<HttpResponse, Problem> {
    let received = Timestamp::now();
    let Rehearsal { dry_run } = read_query(&request)?;
    let limit = context.config.limits.body_bytes;
    let wrong = |reason| Problem::new(Kind::InvalidEdit, format!("The body does not fit: {reason}."));
    let body = read_json_if_any(&request, payload, &context, limit, wrong).await?;
    let Signed { asked, author, reason } = body;
    // With keys, nobody can sign as somebody else.
    let order = Order { author: Bearer::name_at(&request).or(author), reason, edit: edit(asked)? };
    let corrected = context.service.edit(order, received, dry_run).await??;
    Ok(HttpResponse::Ok().json(EditAnswer::of(&corrected, dry_run, EVENTS_LISTED)))
}

/// What is there, be it null, in place of what is missing.
pub(super) fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The topic or story that an address names: below `/stories` a story.
pub(super) fn group_of(request: &HttpRequest, id: &str) -> Result<Id, Problem> {
    let is_story = request.match_pattern().is_some_and(|pattern| pattern.contains("/stories/"));
    id_of(if is_story { Level::Story } else { Level::Topic }, id)
}

/// The id in an address, which must be one of this level.
pub(super) fn id_of(level: Level, text: &str) -> Result<Id, Problem> {
    Id::parse(text).filter(|id| id.level() == level).ok_or_else(|| Problem::no_such(level))
}

impl From<EditRefusal> for Problem {
    fn from(refusal: EditRefusal) -> Self {
        let kind = match &refusal {
            EditRefusal::Empty => Kind::EmptyEdit,
            EditRefusal::BadText { .. }
            | EditRefusal::WrongLevel { .. }
            | EditRefusal::Twice(_)
            | EditRefusal::TooManySeeds
            | EditRefusal::UnknownEntity(_)
            | EditRefusal::NoWord(_) => Kind::InvalidEdit,
            EditRefusal::UnknownGroup(id) if id.level() == Level::Topic => Kind::TopicNotFound,
            EditRefusal::UnknownGroup(_) => Kind::StoryNotFound,
            EditRefusal::UnknownHeadline(_) => Kind::HeadlineNotFound,
            EditRefusal::Ended { .. } => Kind::Ended,
            EditRefusal::WithItself(_) => Kind::MergeWithItself,
            EditRefusal::Pinned(_) => Kind::Pinned,
            EditRefusal::NotAMember { .. } => Kind::NotAMember,
            EditRefusal::NothingLeft(_) => Kind::NothingLeft,
            EditRefusal::TooSmall { .. } => Kind::TooSmall,
            EditRefusal::SameTitle { .. } => Kind::SameTitle,
            EditRefusal::UnknownEdit(_) => Kind::EditNotFound,
            EditRefusal::AlreadyUndone { .. } => Kind::AlreadyUndone,
            EditRefusal::IsUndo(_) => Kind::NotUndoable,
        };
        Self::new(kind, format!("The edit is refused: {refusal}."))
    }
}
