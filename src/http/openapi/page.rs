//! The document as a page: one section per operation, by path.

use serde_json::{Map, Value};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;\
color:#1b1b1b;background:#fff}code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f3f3f1;padding:.75rem;\
overflow-x:auto}h2{font-size:1.1rem;margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}\
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.15rem 1rem .15rem 0}\
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#181818}pre{background:#262626}a{color:#9cf}}";

/// Renders an OpenAPI document.
pub fn render(document: &Value) -> String {
    let info = &document["info"];
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>\
         <h1>{title}</h1><p>{}</p><p>For programs: <a href=\"openapi.json\">openapi.json</a></p>\n",
        text(&info["description"]),
        title = text(&info["title"]),
    );
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            html.push_str(&section(document, path, method, operation));
        }
    }
    html.push_str("</body></html>\n");
    html
}

fn section(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let id = text(&operation["operationId"]);
    let mut html = format!(
        "<h2 id=\"{id}\"><code>{} {}</code></h2>\n<p>{}</p>\n",
        method.to_ascii_uppercase(),
        escaped(path),
        text(&operation["summary"]),
    );
    if operation["description"].is_string() {
        html.push_str(&format!("<p>{}</p>\n", text(&operation["description"])));
    }
    html.push_str(&parameters(document, operation));
    for (media, content) in members(&operation["requestBody"]["content"]) {
        html.push_str(&example("Body", media, content));
    }
    for (status, response) in members(&operation["responses"]) {
        let response = resolved(document, response);
        html.push_str(&format!(
            "<p><code>{}</code> {}</p>\n",
            escaped(status),
            text(&response["description"])
        ));
        for (media, content) in members(&response["content"]) {
            html.push_str(&example("", media, content));
        }
    }
    html
}

fn parameters(document: &Value, operation: &Value) -> String {
    let Some(list) = operation["parameters"].as_array() else { return String::new() };
    let row = |parameter: &Value| {
        let parameter = resolved(document, parameter);
        format!(
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
            text(&parameter["name"]),
            text(&parameter["in"]),
            text(&parameter["description"]),
        )
    };
    format!("<table>{}</table>\n", list.iter().map(row).collect::<String>())
}

fn example(what: &str, media: &str, content: &Value) -> String {
    let shown = match &content["example"] {
        Value::Null => return String::new(),
        Value::String(plain) => plain.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    format!("<p>{what} <code>{}</code></p><pre tabindex=\"0\">{}</pre>\n", escaped(media), escaped(&shown))
}

/// What a reference within the document leads to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, member)| (name.as_str(), member))
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(plain: &str) -> String {
    let mut html = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}
