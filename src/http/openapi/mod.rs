//! The description of the interface as OpenAPI 3.1, for programs as it is and for people as a page.
//!
//! The document is kept by hand beside the routes. `tests/openapi.rs` holds it to them: every route and every problem is
//! in it and nothing else, and its examples are answered as it says.

mod page;

/// The document.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// The page: HTML that loads nothing. Nothing if the document is no JSON.
pub fn page() -> Option<String> {
    Some(page::render(&serde_json::from_str(DOCUMENT).ok()?))
}
