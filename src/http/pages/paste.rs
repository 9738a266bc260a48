//! `GET /paste` and `POST /paste`: headlines in a box, grouped by themselves; nothing is kept.

use actix_web::http::StatusCode;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::answer::{Frame, page};
use super::places;
use crate::http::addressed::Addressed;
use crate::http::body::read_document_form;
use crate::http::problem::{Kind, Problem};
use crate::ingest::{self, Format};
use crate::service::Clustered;

/// Headlines of everyday news, to see what the service does.
const SAMPLE: &str = include_str!("../../../data/headlines.txt");

#[derive(Template)]
#[template(path = "paste.html")]
struct Paste {
    frame: Frame,
    text: String,
    outcome: Option<Outcome>,
    /// What is wrong with what was pasted.
    refused: Option<String>,
    /// The form cannot be sent where keys are needed: a browser has none to send with it.
    keys: bool,
    origin: String,
}

/// The pasted headlines, grouped.
struct Outcome {
    headlines: usize,
    topics: Vec<(String, Vec<Vec<String>>)>,
    loose: Vec<(String, Option<String>)>,
    rejected: Vec<(usize, String)>,
}

pub(in crate::http) async fn paste_form(
    context: Addressed,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page(StatusCode::OK, &Paste::new(&context, &request, String::new()))
}

pub(in crate::http) async fn paste(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let fields = read_document_form(&request, payload, &context).await?;
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let text = match field("sample") {
        Some(_) => SAMPLE.to_owned(),
        None => field("headlines").unwrap_or_default().to_owned(),
    };
    let rules = context.config.rules();
    let body = text.clone().into_bytes();
    let parsed = web::block(move || ingest::parse(Format::Text, &body, &rules)).await;
    let view = Paste::new(&context, &request, text);
    match parsed.map_err(|_| Problem::new(Kind::Internal, "The parser stopped."))? {
        Ok(document) => {
            let outcome = Outcome::of(&context.service.cluster(document).await?);
            page(StatusCode::OK, &Paste { outcome: Some(outcome), ..view })
        }
        Err(error) => {
            let problem = Problem::from(error);
            page(problem.status(), &Paste { refused: Some(problem.detail().to_owned()), ..view })
        }
    }
}

impl Paste {
    fn new(context: &Addressed, request: &HttpRequest, text: String) -> Self {
        Self {
            frame: Frame::new(context, "paste"),
            text,
            outcome: None,
            refused: None,
            keys: context.access.needs_keys(),
            origin: places::origin(request, context.config.server.bind),
        }
    }
}

impl Outcome {
    fn of(Clustered { headlines, grouping, rejected }: &Clustered) -> Self {
        let text = |at: usize| headlines[at].text.clone();
        let label = |id| grouping.topics.iter().find(|topic| topic.id == id).map(|topic| topic.label.clone());
        let topics = grouping.topics.iter().map(|topic| {
            let stories = topic.stories.iter();
            let stories = stories.map(|story| story.headlines.iter().map(|&at| text(at)).collect());
            (topic.label.clone(), stories.collect())
        });
        let loose = grouping.placements.iter().enumerate().filter(|(_, placement)| placement.topic.is_none());
        let nearest = |nearest: &crate::engine::Nearest| label(nearest.topic);
        Self {
            headlines: headlines.len(),
            topics: topics.collect(),
            loose: loose.map(|(at, it)| (text(at), it.nearest.as_ref().and_then(nearest))).collect(),
            rejected: rejected.iter().map(|item| (item.line, item.reason.to_string())).collect(),
        }
    }
}
