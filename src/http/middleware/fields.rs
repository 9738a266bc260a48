//! `fields=`: of an answer, or of each entry of a page, only what is asked for.

use std::fmt;

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{StatusCode, Uri};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::http::problem::{Kind, Problem};
use crate::http::query::invalid;
use crate::http::resources::{self, Shape};

/// Takes `fields` off the query, so that no route needs to know it, and the other fields off the answer.
pub(in crate::http) async fn fields<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let resource = resources::of(&request).filter(|(_, shape)| shape.has_fields());
    let Some((pattern, shape)) = resource else { return Ok(next.call(request).await?.map_into_left_body()) };
    let asked = match asked_for(request.query_string(), resources::fields_of(pattern)) {
        Ok(Some(asked)) => asked,
        Ok(None) => return Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
    };
    take_off(&mut request);
    let response = next.call(request).await?;
    if response.status() != StatusCode::OK {
        return Ok(response.map_into_left_body());
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(|error| Error::from(error.into()))?;
    let picked = match shape {
        Shape::List(member) => pick_each(&body, member, &asked),
        _ => pick(&body, &asked).and_then(|picked| to_raw_value(&picked)),
    };
    let picked: HttpResponse = match picked {
        Ok(json) => head.set_body(BoxBody::new(json.get().to_owned())),
        Err(_) => {
            let problem = Problem::new(Kind::Internal, "The fields could not be picked.");
            return Ok(ServiceResponse::from_err(problem, request).map_into_right_body());
        }
    };
    Ok(ServiceResponse::new(request, picked).map_into_right_body())
}

/// The fields that a query names; nothing if it does not.
fn asked_for(query: &str, allowed: &[String]) -> Result<Option<Vec<String>>, Problem> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut named = pairs.filter(|(key, _)| key == "fields").map(|(_, value)| value);
    let Some(fields) = named.next() else { return Ok(None) };
    if named.next().is_some() {
        return Err(invalid("`fields` may be there once, with names between commas.".to_owned()));
    }
    let fields: Vec<String> = fields.split(',').map(|name| name.trim().to_owned()).collect();
    match fields.iter().find(|name| !allowed.contains(name)) {
        None => Ok(Some(fields)),
        Some(name) => {
            let name: String = name.chars().take(40).collect();
            Err(invalid(format!("`fields` may name {} here, not `{name}`.", allowed.join(", "))))
        }
    }
}

/// Takes `fields` off the query of a request, which stays as it is otherwise.
fn take_off(request: &mut ServiceRequest) {
    let is_fields = |pair: &&str| {
        url::form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(key, _)| key == "fields")
    };
    let rest: Vec<&str> = request.query_string().split('&').filter(|pair| !is_fields(pair)).collect();
    let path = match rest.is_empty() {
        true => request.uri().path().to_owned(),
        false => format!("{}?{}", request.uri().path(), rest.join("&")),
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(path).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// An object whose values are not looked into, in its order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

fn pick<'a>(json: &'a [u8], asked: &[String]) -> serde_json::Result<Members<'a>> {
    let Members(members) = serde_json::from_slice(json)?;
    let of_name = |name: &String| members.iter().find(|(member, _)| member == name).cloned();
    Ok(Members(asked.iter().filter_map(of_name).collect()))
}

/// The same for each entry of a member, which is a list. An object without the member stays whole: it tells what became of
/// that which was asked for.
fn pick_each(json: &[u8], member: &str, asked: &[String]) -> serde_json::Result<Box<RawValue>> {
    let Members(mut members) = serde_json::from_slice(json)?;
    let Some(list) = members.iter_mut().find(|(name, _)| name == member) else {
        return to_raw_value(&Members(members));
    };
    let entries: Vec<&RawValue> = serde_json::from_str(list.1.get())?;
    let entries: Vec<Members<'_>> =
        entries.into_iter().map(|entry| pick(entry.get().as_bytes(), asked)).collect::<Result<_, _>>()?;
    let entries = to_raw_value(&entries)?;
    list.1 = &entries;
    to_raw_value(&Members(members))
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn what_is_picked_stays_as_it_is_written() {
        let asked = ["size".to_owned(), "id".to_owned(), "state".to_owned()];
        let topic = r#"{"id":"t","label":"x","size":1e3,"more":{"id":2}}"#;
        assert_eq!(json(pick(topic.as_bytes(), &asked).unwrap()), r#"{"size":1e3,"id":"t"}"#);
        let page = format!(r#"{{"version":5,"topics":[{topic},{{"label":"y"}}],"next":"n"}}"#);
        assert_eq!(
            json(pick_each(page.as_bytes(), "topics", &asked).unwrap()),
            r#"{"version":5,"topics":[{"size":1e3,"id":"t"},{}],"next":"n"}"#
        );
        let ended = r#"{"state":"merged","id":"t"}"#;
        assert_eq!(json(pick_each(ended.as_bytes(), "topics", &asked).unwrap()), ended);
    }

    #[test]
    fn names_are_checked() {
        let allowed = ["id".to_owned(), "label".to_owned()];
        let asked = |query| asked_for(query, &allowed);
        assert_eq!(asked("limit=3").unwrap(), None);
        assert_eq!(asked("limit=3&%66ields=label,+id").unwrap(), Some(vec!["label".into(), "id".into()]));
        for wrong in ["fields=", "fields=id,", "fields=id&fields=label", "fields=ID"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        assert!(asked("fields=nope").unwrap_err().detail().contains("id, label here, not `nope`"));
    }
}
