//! Sends pages with the headers they need.

use std::fmt::Display;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::assets::{ICON, MERGE_SCRIPT, SCRIPT, STYLE};
use super::{places, sign_in};
use crate::http::addressed::Addressed;
use crate::http::problem::{Kind, Problem};

/// Pages load what this service serves and nothing else, run no script but its file, and are framed by nobody.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What is around every page.
pub(super) struct Frame {
    pub style: &'static str,
    pub script: &'static str,
    /// For who may correct what is on the page.
    pub merge_script: &'static str,
    pub icon: &'static str,
    /// The entry of the navigation that is this page.
    pub here: &'static str,
    /// Whether there is something to sign out of.
    pub signed_in: bool,
    /// What addresses of pages and of data of the collection begin with.
    pub root: String,
    pub api: String,
    /// The collection, unless it is the default one.
    pub collection: Option<String>,
    /// Whether there are others than the default one.
    pub has_collections: bool,
}

impl Frame {
    /// The frame of a page of a collection.
    pub fn new(context: &Addressed, here: &'static str) -> Self {
        let profile = context.service.profile();
        Self {
            signed_in: context.access.needs_keys(),
            root: context.root.clone(),
            api: context.base.clone(),
            collection: profile.created.map(|_| profile.name.clone()),
            has_collections: context.collections.has_named(),
            ..Self::bare(here)
        }
    }

    /// The frame of a page for somebody who may not have signed in.
    pub fn bare(here: &'static str) -> Self {
        Self {
            style: &STYLE.path,
            script: &SCRIPT.path,
            merge_script: &MERGE_SCRIPT.path,
            icon: &ICON.path,
            here,
            signed_in: false,
            root: String::new(),
            api: "/v1".to_owned(),
            collection: None,
            has_collections: false,
        }
    }
}

/// A page with this status. Other pages may not keep it: it is for whoever was let in.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
    let body = template.render().map_err(|_| Problem::new(Kind::Internal, "The page could not be made."))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::VARY, "accept, cookie"))
        // Or browsers would send the forms of our own pages with `Origin: null`.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .body(body))
}

/// A part of a page, for the script that puts it in place of what it has, marked with what tells whether it changed.
pub(super) fn part(template: &impl Template, tag: &str) -> Result<HttpResponse, Problem> {
    let mut answer = page(StatusCode::OK, template)?;
    for (name, value) in [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache")] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

/// Says that a part is as the script has it.
pub(super) fn unchanged(tag: String) -> HttpResponse {
    HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish()
}

/// The tag of what is made of a collection at this `version`. Another process, or another collection of the same name, may
/// make something else of the same.
pub(super) fn tag(context: &Addressed, version: &impl Display) -> String {
    let created = context.service.profile().created.unwrap_or_default();
    format!("W/\"{:x}-{:x}-{version}\"", context.started.at.as_millisecond(), created.as_millisecond())
}

/// Sends the browser on to another page with a GET.
pub(super) fn see_other(path: &str) -> Result<HttpResponse, Problem> {
    let target = HeaderValue::from_str(path)
        .map_err(|_| Problem::new(Kind::Internal, "The address cannot be sent."))?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, target)).finish())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    title: &'a str,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
}

/// A failure as a page; for want of a key, the form that takes one. Nothing where it cannot be made.
pub(in crate::http) fn failure(problem: &Problem, request: &HttpRequest, id: &str) -> Option<HttpResponse> {
    let status = problem.status();
    if status == StatusCode::UNAUTHORIZED {
        let next = places::local(request.uri().path_and_query().map_or("/", |path| path.as_str()));
        let refused = sign_in::presented(request.headers()).then_some(problem.detail());
        return sign_in::form(status, next, refused).ok();
    }
    let page_of_it = ProblemPage {
        frame: Frame::bare(""),
        title: problem.title(),
        detail: problem.detail(),
        code: problem.code(),
        request_id: id,
    };
    page(status, &page_of_it).ok()
}
