//! What is shown at an address under `/v1` as far as it follows from the published view alone. One table, from which the
//! middleware knows what may be told unchanged by the version (`conditional`), what has fields to choose (`fields`) and which
//! answers may be kept with the view (`recall`).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use actix_web::dev::ServiceRequest;
use serde_json::Value;

use super::app::Context;
use super::openapi;
use crate::service::Service;

/// What an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Something that is of use as a whole only.
    Whole,
    /// A table of any size, of use as a whole only.
    Table,
    /// An object with fields.
    One,
    /// A page of objects with fields, in this member.
    List(&'static str),
}

use Shape::{List, One, Table, Whole};

impl Shape {
    /// Whether there are fields to choose.
    pub fn has_fields(self) -> bool {
        matches!(self, One | List(_))
    }

    /// Whether an answer is kept for those who ask the same.
    pub fn is_kept(self) -> bool {
        self != Table
    }
}

/// By the pattern of the route. What is not here depends on more than the view.
const RESOURCES: [(&str, Shape); 20] = [
    ("/v1/topics", List("topics")),
    ("/v1/topics/{id}", One),
    ("/v1/topics/{id}/timeline", Whole),
    ("/v1/topics/{id}/related", List("related")),
    ("/v1/topics/{id}/events", List("events")),
    ("/v1/topics/{id}/headlines", List("headlines")),
    ("/v1/topics/{id}/feed.atom", Whole),
    ("/v1/topics/{id}/feed.json", Whole),
    ("/v1/topics/{id}/headlines.csv", Table),
    ("/v1/stories/{id}", One),
    ("/v1/stories/{id}/events", List("events")),
    ("/v1/stories/{id}/headlines", List("headlines")),
    ("/v1/headlines/{id}", One),
    ("/v1/headlines/{id}/why", Whole),
    ("/v1/headlines.csv", Table),
    ("/v1/events", List("events")),
    ("/v1/search", List("headlines")),
    ("/v1/changes", List("topics")),
    ("/v1/feeds/topics.atom", Whole),
    ("/v1/feeds/topics.json", Whole),
];

/// The pattern of the route that a request to read is for, and what is there; nothing for other requests.
pub(super) fn of(request: &ServiceRequest) -> Option<(&'static str, Shape)> {
    let pattern = request.method().is_safe().then(|| request.match_pattern()).flatten()?;
    at(&pattern)
}

/// What is there by the pattern of a route.
pub(super) fn at(pattern: &str) -> Option<(&'static str, Shape)> {
    // What there is of one collection, there is of each.
    let within = pattern.strip_prefix("/v1/collections/{collection}").or(pattern.strip_prefix("/v1"))?;
    RESOURCES.into_iter().find(|(known, _)| known.strip_prefix("/v1") == Some(within))
}

/// The collection that an address names, or the default one. Asked before the route is found, which is why the path is
/// read: as routes see it, where what is percent-encoded without need is plain.
pub(super) fn service_of(context: &Context, request: &ServiceRequest) -> Option<Arc<Service>> {
    let path = request.match_info().as_str();
    match path.strip_prefix("/v1/collections/").and_then(|rest| rest.split('/').next()) {
        None => Some(Arc::clone(context.collections.default_one())),
        Some(name) => context.collections.find(name),
    }
}

/// Names of the fields that an answer may have, as the description of the interface lists them.
pub(super) fn fields_of(pattern: &str) -> &'static [String] {
    FIELDS.get(pattern).map_or(&[], Vec::as_slice)
}

static FIELDS: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(openapi::DOCUMENT).unwrap_or_default();
    let names = |operation: &Value| -> Option<Vec<String>> {
        let parameters = operation["get"]["parameters"].as_array()?;
        let fields = parameters.iter().find(|parameter| parameter["name"] == "fields")?;
        let names = fields["schema"]["items"]["enum"].as_array()?.iter();
        Some(names.filter_map(|name| name.as_str().map(ToOwned::to_owned)).collect())
    };
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.filter_map(|(path, operation)| Some((path.clone(), names(operation)?))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_fields_is_described_with_them_and_nothing_else_is() {
        for (pattern, shape) in RESOURCES {
            assert_eq!(fields_of(pattern).is_empty(), !shape.has_fields(), "{pattern}");
        }
        assert!(FIELDS.keys().all(|path| RESOURCES.iter().any(|(pattern, _)| pattern == path)));
    }
}
