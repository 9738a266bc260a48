//! The routes of the default collection, once more for each collection by its name.

use serde_json::{Map, Value, json};

/// What is below `/v1/` and not of one collection.
const OF_ALL: [&str; 2] = ["/v1/collections", "/v1/sources"];

/// Adds to a document what is below `/v1/collections/{collection}/`.
pub fn describe_each(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let named: Vec<(String, Value)> = paths.iter().filter_map(|(path, item)| of_each(path, item)).collect();
    paths.extend(named);
}

/// A route of the default collection as one of any.
fn of_each(path: &str, item: &Value) -> Option<(String, Value)> {
    if OF_ALL.iter().any(|other| path.starts_with(other)) {
        return None;
    }
    let rest = path.strip_prefix("/v1/")?;
    let mut item = item.clone();
    item.as_object_mut()?.values_mut().filter_map(Value::as_object_mut).for_each(name_collection);
    Some((format!("/v1/collections/{{collection}}/{rest}"), item))
}

fn name_collection(operation: &mut Map<String, Value>) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let id = format!("{id}InCollection");
    operation.insert("operationId".to_owned(), id.into());
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.insert(0, json!({"$ref": "#/components/parameters/collectionOfPath"}));
    }
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        // What is there already says that something in the collection is missing.
        let missing = json!({"$ref": "#/components/responses/Problem"});
        responses.entry("404").or_insert(missing);
    }
}
