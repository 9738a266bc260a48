//! `GET /headlines/{id}`: one headline, where it is, and why, in words and bars.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;

use super::answer::{Frame, page};
use super::edit::{Done, Edited, Fields, MoveForm};
use super::lineage::Link;
use super::story::Title;
use crate::engine::{Bond, Explanation, Headlines, Placement, Snapshot};
use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::{Kind, Problem};
use crate::http::query::read_query;

/// Width of a full bar.
const BAR: f32 = 200.0;

#[derive(Template)]
#[template(path = "headline.html")]
struct HeadlinePage {
    frame: Frame,
    headline: Title,
    url: Option<String>,
    topic: Option<Link>,
    story: Option<Link>,
    /// The topic that came closest, where there is none.
    nearest: Option<(Link, Bar)>,
    /// Nothing for headlines older than the window.
    receipt: Option<Receipt>,
    /// For who may move it, while it is in the window.
    form: Option<MoveForm>,
    done: Option<Done>,
}

/// A number between 0 and 1 and the length of its bar.
struct Bar {
    percent: String,
    width: f32,
}

impl Bar {
    fn of(share: f32) -> Self {
        // No number where there is nothing to have a share of.
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        Self { percent: format!("{:.0} %", share * 100.0), width: (share * BAR).round() }
    }
}

/// An explanation, ready to be read.
struct Receipt {
    story: Option<Tie>,
    topic: Option<(Bar, Bar, Title)>,
    runner_up: Option<Tie>,
    margin: Bar,
    parts: Vec<(String, bool, Bar)>,
    same_title: Vec<Title>,
    guards: Vec<(Title, String)>,
}

/// What ties the headline to a story.
struct Tie {
    story: Option<Link>,
    closest: Title,
    similarity: Bar,
    pull: Bar,
}

pub(in crate::http) async fn headline(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Edited { edited } = read_query(&request)?;
    let id = id.into_inner().id;
    let explained = context.service.explain(id.clone()).await?;
    let (explanation, snapshot) = match explained {
        Some((explanation, snapshot)) => (Some(explanation), snapshot),
        None => (None, context.service.snapshot()),
    };
    let now = Timestamp::now();
    let stored;
    let (headline, placement) = match snapshot.headline(&id) {
        Some((headline, placement)) => (headline, *placement),
        None => {
            let kept = context.service.stored_headline(id).await?;
            stored = kept.ok_or_else(|| Problem::new(Kind::HeadlineNotFound, "No headline has this id."))?;
            (&stored, Placement::default())
        }
    };
    let nearest = placement.nearest;
    let view = HeadlinePage {
        frame: Frame::new(&context, ""),
        headline: Title::of(headline, now),
        // Checked when it came in; a link must not be anything else, wherever it came from.
        url: headline.url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        topic: placement.topic.map(|id| Link::to(id, &snapshot)),
        story: placement.story.map(|id| Link::to(id, &snapshot)),
        nearest: nearest.map(|it| (Link::to(it.topic, &snapshot), Bar::of(it.similarity))),
        form: (context.access.may_write(&request))
            .then(|| MoveForm::of(&headline.id, &snapshot, &context.root, Fields::default(), None))
            .flatten(),
        done: Done::of(edited, &context, &request, &snapshot),
        receipt: explanation.map(|explanation| Receipt::of(explanation, &snapshot, now)),
    };
    page(StatusCode::OK, &view)
}

impl Receipt {
    fn of(explanation: Explanation, snapshot: &Snapshot, now: Timestamp) -> Self {
        let title = |at: usize| snapshot.at(at).map(|headline| Title::of(headline, now));
        let tie = |bond: Bond| {
            Some(Tie {
                story: bond.story.map(|id| Link::to(id, snapshot)),
                closest: title(bond.closest)?,
                similarity: Bar::of(bond.similarity),
                pull: Bar::of(bond.pull),
            })
        };
        let weights = explanation.terms.iter().map(|share| share.weight).chain([explanation.meaning]);
        let whole: f32 = weights.sum();
        let mut parts: Vec<(String, bool, Bar)> = explanation
            .terms
            .into_iter()
            .map(|share| (share.term, share.entity, Bar::of(share.weight / whole)))
            .collect();
        if explanation.meaning > 0.0 {
            parts.push(("Meaning beyond the words".to_owned(), false, Bar::of(explanation.meaning / whole)));
        }
        Self {
            story: explanation.story.and_then(tie),
            topic: explanation.topic.and_then(|bond| {
                Some((Bar::of(bond.similarity), Bar::of(bond.entities), title(bond.closest)?))
            }),
            runner_up: explanation.runner_up.and_then(tie),
            margin: Bar::of(explanation.margin),
            parts,
            same_title: explanation.same_title.into_iter().filter_map(title).collect(),
            guards: explanation
                .guards
                .into_iter()
                .filter_map(|held| Some((title(held.headline)?, held.rule)))
                .collect(),
        }
    }
}
