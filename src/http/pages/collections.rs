//! `GET /collections`: the collections, each with the way to its pages and its data.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use jiff::Timestamp;

use super::answer::{Frame, page};
use super::time::Moment;
use crate::http::addressed::Addressed;
use crate::http::problem::Problem;
use crate::service::Service;

#[derive(Template)]
#[template(path = "collections.html")]
struct CollectionsPage {
    frame: Frame,
    collections: Vec<Entry>,
}

/// A collection.
struct Entry {
    name: String,
    /// What addresses of its pages and of its data begin with.
    root: String,
    api: String,
    /// Nothing for the default one.
    created: Option<Moment>,
    headlines: usize,
    topics: usize,
}

pub(in crate::http) async fn collections(context: Addressed) -> Result<HttpResponse, Problem> {
    let now = Timestamp::now();
    let collections = context.collections.all().iter().map(|service| Entry::of(service, now)).collect();
    page(StatusCode::OK, &CollectionsPage { frame: Frame::new(&context, "collections"), collections })
}

impl Entry {
    fn of(service: &Service, now: Timestamp) -> Self {
        let (profile, snapshot) = (service.profile(), service.snapshot());
        let (root, api) = match profile.created {
            Some(_) => {
                (format!("/collections/{}", profile.name), format!("/v1/collections/{}", profile.name))
            }
            None => (String::new(), "/v1".to_owned()),
        };
        Self {
            name: profile.name.clone(),
            root,
            api,
            created: profile.created.map(|created| Moment::new(created, now)),
            headlines: snapshot.len(),
            topics: snapshot.topics().len(),
        }
    }
}
