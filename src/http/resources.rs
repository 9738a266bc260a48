//! What is shown at an address under `/v1` as far as it follows from the published view alone. One table, from which the
//! middleware knows what may be told unchanged by the version (`conditional`) and what has fields to choose (`fields`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::dev::ServiceRequest;
use serde_json::Value;

use super::openapi;

/// What an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Something that is of use as a whole only.
    Whole,
    /// An object with fields.
    One,
    /// A page of objects with fields, in this member.
    List(&'static str),
}

use Shape::{List, One, Whole};

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
    ("/v1/topics/{id}/headlines.csv", Whole),
    ("/v1/stories/{id}", One),
    ("/v1/stories/{id}/events", List("events")),
    ("/v1/stories/{id}/headlines", List("headlines")),
    ("/v1/headlines/{id}", One),
    ("/v1/headlines/{id}/why", Whole),
    ("/v1/headlines.csv", Whole),
    ("/v1/events", List("events")),
    ("/v1/search", List("headlines")),
    ("/v1/changes", List("topics")),
    ("/v1/feeds/topics.atom", Whole),
    ("/v1/feeds/topics.json", Whole),
];

/// The pattern of the route that a request to read is for, and what is there; nothing for other requests.
pub(super) fn of(request: &ServiceRequest) -> Option<(&'static str, Shape)> {
    let pattern = request.method().is_safe().then(|| request.match_pattern()).flatten()?;
    // What there is of one collection, there is of each.
    let pattern = pattern.replacen("/v1/collections/{collection}/", "/v1/", 1);
    RESOURCES.into_iter().find(|(known, _)| *known == pattern)
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
            assert_eq!(fields_of(pattern).is_empty(), shape == Whole, "{pattern}");
        }
        assert!(FIELDS.keys().all(|path| RESOURCES.iter().any(|(pattern, _)| pattern == path)));
    }
}
