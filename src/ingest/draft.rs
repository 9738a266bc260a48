//! A headline as posted: fields read and named, nothing checked yet.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::{Rejection, Rules};

/// The fields of a headline before they are checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Draft {
    pub id: Option<String>,
    pub title: Option<String>,
    pub time: Option<String>,
    pub source: Option<String>,
    pub url: Option<String>,
    pub lang: Option<String>,
    /// Fields that mean nothing here.
    pub ignored: Vec<String>,
}

/// Fields of a headline, by the name used in messages.
pub(super) const FIELDS: [&str; 6] = ["id", "title", "time", "source", "url", "lang"];

/// The field that a key or column name means.
pub(super) fn field_named(name: &str) -> Option<&'static str> {
    let name = if name == "text" { "title" } else { name };
    FIELDS.into_iter().find(|field| *field == name)
}

impl Draft {
    /// The place of a field named in [`FIELDS`].
    pub fn field_mut(&mut self, field: &str) -> &mut Option<String> {
        match field {
            "id" => &mut self.id,
            "time" => &mut self.time,
            "source" => &mut self.source,
            "url" => &mut self.url,
            "lang" => &mut self.lang,
            _ => &mut self.title,
        }
    }

    /// Reads one JSON value as a headline object, naming the first thing that is wrong with it.
    pub fn from_json(text: &str, rules: &Rules) -> Result<Self, Rejection> {
        let mut json = serde_json::Deserializer::from_str(text);
        let draft =
            json.deserialize_any(ObjectVisitor { rules }).and_then(|draft| json.end().map(|()| draft));
        draft.unwrap_or_else(|error| {
            Err(Rejection::InvalidJson { column: error.column(), reason: reason_of(&error) })
        })
    }
}

/// What serde_json says, without the position it appends.
pub(super) fn reason_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(reason, _)| reason.to_owned())
}

/// How a JSON value is called in messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// At most 40 characters of something a caller wrote, safe to print.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

/// Visits any JSON value; what is not a proper headline object becomes an inner `Rejection`.
struct ObjectVisitor<'a> {
    rules: &'a Rules,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = Result<Draft, Rejection>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a headline object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut draft = Draft::default();
        let mut seen = Vec::with_capacity(FIELDS.len());
        while let Some(key) = map.next_key::<String>()? {
            if self.rules.ignore_unknown_fields && field_named(&key).is_none() {
                map.next_value::<IgnoredAny>()?;
                draft.ignored.push(excerpt(&key));
                continue;
            }
            let value = map.next_value::<Value>()?;
            if let Err(rejection) = take_field(&mut draft, &mut seen, &key, value) {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Err(rejection));
            }
        }
        Ok(Ok(draft))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Err(Rejection::NotAnObject { found: "an array" }))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "a string" }))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "a boolean" }))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "null" }))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "a number" }))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "a number" }))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Err(Rejection::NotAnObject { found: "a number" }))
    }
}

fn take_field(
    draft: &mut Draft,
    seen: &mut Vec<&'static str>,
    key: &str,
    value: Value,
) -> Result<(), Rejection> {
    let field = field_named(key).ok_or_else(|| Rejection::UnknownField { field: excerpt(key) })?;
    if seen.contains(&field) {
        return Err(Rejection::RepeatedField { field });
    }
    seen.push(field);
    *draft.field_mut(field) = match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Number(number) if field == "time" => Some(number.to_string()),
        other => {
            let wanted = if field == "time" { "a string or a number" } else { "a string" };
            return Err(Rejection::WrongType { field, wanted, found: kind_of(&other) });
        }
    };
    Ok(())
}
