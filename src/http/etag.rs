//! Entity tags (RFC 9110): what a client has already, it need not be sent again.

use actix_web::http::header::{self, HeaderMap};

/// Whether the client says that it has what this tag stands for. Tags are compared weakly.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers).any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

/// A tag without the mark of a weak one.
fn opaque(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

/// Whether the client says that it has something, whatever it is.
pub(super) fn is_any(headers: &HeaderMap) -> bool {
    listed(headers).any(|known| known.trim() == "*")
}

fn listed(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::IF_NONE_MATCH);
    values.filter_map(|value| value.to_str().ok()).flat_map(|tags| tags.split(','))
}
