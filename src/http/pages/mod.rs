//! Pages for people, rendered here from the same snapshots as the JSON answers.
//!
//! One view a file, each with a template of its own in `templates/`; `answer` sends them with their headers, `assets`
//! holds what they load. All of it works without a script; the script adds search while typing and live updates.

mod answer;
mod assets;
mod chart;
mod edit;
mod filter;
mod front;
mod headline;
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
pub(super) use edit::{
    edit_group, edit_headline, edits, show_group_forms, show_headline_form, show_undo, undo,
};
pub(super) use front::front;
pub(super) use headline::headline;
pub(super) use map::{LastMap, map};
pub(super) use overview::fragment;
pub(super) use paste::{paste, paste_form};
pub(super) use places::{Whence, elsewhere, whence};
pub(super) use quality::{assess_form, quality};
pub(super) use sign_in::{cookie, sign_in, sign_in_form, sign_out};
pub(super) use story::story;
pub(super) use topic::topic;

/// What is open to everybody: nothing of the collection is in it.
pub(super) fn is_open(path: &str) -> bool {
    path.starts_with("/assets/") || path == "/sign-in" || path == "/sign-out"
}

/// Whether a path is below those that take corrections from a form.
pub(super) fn is_form(path: &str) -> bool {
    ["/topics/", "/stories/", "/headlines/", "/edits/"].iter().any(|start| path.starts_with(start))
}

/// Whether a path is that of a page or a part of one. A browser that has signed in may read these, and no others.
pub(super) fn is_page(path: &str) -> bool {
    matches!(path, "/" | "/map" | "/paste" | "/quality" | "/edits" | "/fragments/topics") || is_form(path)
}

/// Whether whoever asks would rather have a page than JSON.
pub(super) fn wants_page(request: &impl HttpMessage) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.to_ascii_lowercase().contains("text/html"))
}
