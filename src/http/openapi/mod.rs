//! The description of the interface as OpenAPI 3.1, for programs as it is and for people as a page.
//!
//! The document is kept by hand beside the routes. `tests/openapi.rs` holds it to them: every route and every problem is
//! in it and nothing else, and its examples are answered as it says. What may be asked of the default collection may be
//! asked of each by its name; that half of the document is made from the other (`collections`).

mod collections;
mod page;

use std::sync::LazyLock;

/// What is kept by hand.
pub const DOCUMENT: &str = include_str!("openapi.json");

static WHOLE: LazyLock<Option<String>> = LazyLock::new(|| {
    let mut document = serde_json::from_str(DOCUMENT).ok()?;
    collections::describe_each(&mut document);
    serde_json::to_string(&document).ok()
});

/// The document.
pub fn document() -> &'static str {
    WHOLE.as_deref().unwrap_or(DOCUMENT)
}

/// The page: HTML that loads nothing. Nothing if the document is no JSON.
pub fn page() -> Option<String> {
    Some(page::render(&serde_json::from_str(DOCUMENT).ok()?))
}
