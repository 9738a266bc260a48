//! Pages for people, rendered here from the same snapshots as the JSON answers.
//!
//! One view a file, each with a template of its own in `templates/`; `answer` sends them with their headers, `assets`
//! holds what they load. All of it works without a script; the script adds search while typing and live updates.

mod answer;
mod assets;
mod chart;
mod collections;
mod edit;
mod filter;
mod front;
mod headline;
mod latest;
mod lineage;
mod map;
mod overview;
mod paste;
mod places;
mod quality;
mod sign_in;
mod story;
mod survey;
mod time;
mod topic;

use actix_web::HttpMessage;
use actix_web::http::header;

pub(super) use answer::failure;
pub(super) use assets::asset;
pub(super) use collections::collections;
pub(super) use edit::{
    edit_group, edit_headline, edits, show_group_forms, show_headline_form, show_undo, undo,
};
pub(super) use front::{front, front_of_collection, to_front};
pub(super) use headline::headline;
pub(super) use latest::Latest;
pub(super) use map::{Drawing, map};
pub(super) use overview::fragment;
pub(super) use paste::{paste, paste_form};
pub(super) use places::{Whence, elsewhere, whence};
pub(super) use quality::{Condition, assess_form, quality};
pub(super) use sign_in::{cookie, sign_in, sign_in_form, sign_out};
pub(super) use story::story;
pub(super) use topic::{topic, topic_fragment};

/// What is open to everybody: nothing of the collection is in it.
pub(super) fn is_open(path: &str) -> bool {
    path.starts_with("/assets/") || path == "/sign-in" || path == "/sign-out"
}

/// The part of a path that says which page of a collection it is; all collections have the same.
fn within_collection(path: &str) -> &str {
    let below = path.strip_prefix("/collections/");
    below.and_then(|below| below.find('/').map(|end| &below[end..])).unwrap_or(path)
}

/// Whether a path is below those that take corrections from a form.
pub(super) fn is_form(path: &str) -> bool {
    let path = within_collection(path);
    ["/topics/", "/stories/", "/headlines/", "/edits/"].iter().any(|start| path.starts_with(start))
}

/// Whether a path is that of a page or a part of one. A browser that has signed in may read these, and no others.
pub(super) fn is_page(path: &str) -> bool {
    let is_one =
        |path: &str| matches!(path, "/" | "/map" | "/paste" | "/quality" | "/edits" | "/fragments/topics");
    path == "/collections"
        || path.strip_prefix("/collections/").is_some_and(|name| !name.contains('/'))
        || is_one(within_collection(path))
        || within_collection(path).starts_with("/fragments/topics/")
        || is_form(path)
}

/// Whether whoever asks would rather have a page than JSON.
pub(super) fn wants_page(request: &impl HttpMessage) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.to_ascii_lowercase().contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_opens_the_pages_of_every_collection_and_nothing_else() {
        for path in [
            "/",
            "/map",
            "/fragments/topics/t-1",
            "/collections",
            "/collections/sport",
            "/collections/sport/",
            "/collections/sport/quality",
            "/collections/sport/topics/t-1",
        ] {
            assert!(is_page(path), "{path}");
        }
        for path in
            ["/collections/sport/v1/topics", "/collections/sport/metrics", "/v1/collections/sport/", "/v1"]
        {
            assert!(!is_page(path), "{path}");
        }
        assert!(is_form("/collections/sport/topics/t-1/edit") && is_form("/edits/1/undo"));
        assert!(!is_form("/collections/sport/paste") && !is_form("/v1/collections/sport/topics/t-1/merge"));
    }
}
