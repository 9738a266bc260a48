//! Corrections on the pages: forms, what they would change, doing it, and the list of what was done.
//!
//! A form is sent twice. The first time the answer is a preview: the edit is rehearsed and told in words. The second time,
//! from the preview, it is made. Nothing is kept in between: the preview holds the fields of the form.

mod fields;
mod forms;
mod history;
mod preview;
mod words;

use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use self::preview::{Preview, Signature};
use super::answer::{Frame, page, see_other};
use super::lineage::{Link, ended};
use super::places::{Whence, elsewhere, whence};
use crate::auth::Scope;
use crate::engine::{Corrected, Edit, EditRefusal, Order, Snapshot};
use crate::http::addressed::{Addressed, EditNumber, ItemId};
use crate::http::correct::{Bearer, id_of};
use crate::http::problem::{Kind, Problem};
use crate::http::routes::number_of;
use crate::track::{Id, Level};

pub(super) use self::fields::Fields;
pub(super) use self::forms::{GroupForms, MoveForm};
pub(super) use self::history::Done;
pub(in crate::http) use self::history::edits;

/// Part of the query of a page that tells of an edit just made.
#[derive(Deserialize)]
pub(super) struct Edited {
    /// Its number.
    pub edited: Option<u64>,
}

/// What a form is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Group(Id),
    Headline(String),
    Edit(u64),
}

/// The forms by themselves: after a refusal, after going back, or for who asks for them.
#[derive(Template)]
#[template(path = "edit.html")]
struct FormsPage {
    frame: Frame,
    about: Link,
    forms: String,
    /// What is wrong, if no form is there to tell.
    refused: Option<String>,
}

/// `GET /topics/{id}/edit` and `GET /stories/{id}/edit`.
pub(in crate::http) async fn show_group_forms(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let id = group_of(&request, &id)?;
    show(&context, &request, &snapshot, &Target::Group(id), Fields::default(), None).await
}

/// `GET /headlines/{id}/edit`.
pub(in crate::http) async fn show_headline_form(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    show(&context, &request, &snapshot, &Target::Headline(id.into_inner().id), Fields::default(), None).await
}

/// `GET /edits/{number}/undo`, where a browser comes to after signing in again.
pub(in crate::http) async fn show_undo(context: Addressed) -> Result<HttpResponse, Problem> {
    see_other(&format!("{}/edits", context.root))
}

/// `POST /topics/{id}/edit` and `POST /stories/{id}/edit`.
pub(in crate::http) async fn edit_group(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = group_of(&request, &id)?;
    take(context, request, payload, Target::Group(id)).await
}

/// `POST /headlines/{id}/edit`.
pub(in crate::http) async fn edit_headline(
    context: Addressed,
    id: Path<ItemId>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    take(context, request, payload, Target::Headline(id.into_inner().id)).await
}

/// `POST /edits/{number}/undo`.
pub(in crate::http) async fn undo(
    context: Addressed,
    number: Path<EditNumber>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let number = number_of(&number)?;
    take(context, request, payload, Target::Edit(number)).await
}

/// The id in an address, whose folder tells its level.
fn group_of(request: &HttpRequest, text: &str) -> Result<Id, Problem> {
    let is_story = request.match_pattern().is_some_and(|pattern| pattern.ends_with("/stories/{id}/edit"));
    id_of(if is_story { Level::Story } else { Level::Topic }, text)
}

/// Takes a form: shows what it would change, or has it done.
async fn take(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
    target: Target,
) -> Result<HttpResponse, Problem> {
    if whence(request.headers()) == Whence::Elsewhere {
        return Err(elsewhere());
    }
    let fields = Fields::read(&request, payload, &context).await?;
    let snapshot = context.service.snapshot();
    if fields.has("back") {
        return show(&context, &request, &snapshot, &target, fields, None).await;
    }
    let edit = match target.edit(&fields, &snapshot) {
        Ok(edit) => edit,
        Err(problem) => return show(&context, &request, &snapshot, &target, fields, Some(problem)).await,
    };
    let signature = Signature::of(&fields, Bearer::name_at(&request));
    let mut refused = None;
    if fields.has("confirmed") {
        let order = Order { author: signature.author(), reason: signature.reason(), edit: edit.clone() };
        match made(&context, order, false).await {
            Ok(corrected) => {
                let number = corrected.record.number;
                return see_other(&format!("{}{}?edited={number}", context.root, target.page(&snapshot)));
            }
            Err(Refused::Signature(field, problem)) => refused = Some((field, problem)),
            Err(Refused::Edit(problem)) => {
                return show(&context, &request, &snapshot, &target, fields, Some(problem)).await;
            }
        }
    }
    // Whoever signs it does not change what it does.
    let unsigned = Order { author: None, reason: None, edit };
    match made(&context, unsigned, true).await {
        Ok(corrected) => {
            let status = refused.as_ref().map_or(StatusCode::OK, |(_, problem)| problem.status());
            let frame = Frame::new(&context, "");
            let preview = Preview::of(frame, &target, &fields, signature, refused, &corrected, &snapshot);
            page(status, &preview)
        }
        Err(Refused::Edit(problem) | Refused::Signature(_, problem)) => {
            show(&context, &request, &snapshot, &target, fields, Some(problem)).await
        }
    }
}

/// Why an edit was not made.
enum Refused {
    Edit(Problem),
    /// For what is said of who makes it and why: the field, and what is wrong with it.
    Signature(&'static str, Problem),
}

async fn made(context: &Addressed, order: Order, is_rehearsal: bool) -> Result<Corrected, Refused> {
    match context.service.edit(order, Timestamp::now(), is_rehearsal).await {
        Ok(Ok(corrected)) => Ok(corrected),
        Ok(Err(refusal)) => Err(match refusal {
            EditRefusal::BadText { field: field @ ("author" | "reason"), .. } => {
                Refused::Signature(field, refusal.into())
            }
            _ => Refused::Edit(refusal.into()),
        }),
        Err(error) => Err(Refused::Edit(error.into())),
    }
}

/// The forms of a target with what was filled in and what is wrong with it.
async fn show(
    context: &Addressed,
    request: &HttpRequest,
    snapshot: &Snapshot,
    target: &Target,
    fields: Fields,
    problem: Option<Problem>,
) -> Result<HttpResponse, Problem> {
    if !context.access.may_write(request) {
        return Err(Problem::missing_scope(Scope::Write));
    }
    let status = problem.as_ref().map_or(StatusCode::OK, Problem::status);
    let refused = problem.map(|problem| problem.detail().to_owned());
    let (forms, refused) = match target {
        Target::Group(id) => match GroupForms::of(*id, snapshot, &context.root, fields, refused) {
            Some(forms) => (forms.render(), None),
            None => return ended(context, snapshot, id.level(), &id.to_string()).await,
        },
        Target::Headline(id) => match MoveForm::of(id, snapshot, &context.root, fields, refused) {
            Some(form) => (form.render(), None),
            None => {
                return Err(Problem::new(Kind::HeadlineNotFound, "No headline in the window has this id."));
            }
        },
        Target::Edit(_) if refused.is_none() => return see_other(&format!("{}/edits", context.root)),
        Target::Edit(_) => (Ok(String::new()), refused),
    };
    let forms = forms.map_err(|_| Problem::new(Kind::Internal, "The page could not be made."))?;
    let about = target.link(snapshot);
    page(status, &FormsPage { frame: Frame::new(context, ""), about, forms, refused })
}

impl Target {
    /// The edit that a form asks for.
    fn edit(&self, fields: &Fields, snapshot: &Snapshot) -> Result<Edit, Problem> {
        match self {
            Self::Group(id) => fields.group_edit(*id, snapshot),
            Self::Headline(id) => fields.move_edit(id, snapshot),
            Self::Edit(number) => Ok(Edit::Undo { edit: *number }),
        }
    }

    /// Where the form goes, within the collection.
    fn action(&self) -> String {
        match self {
            Self::Group(id) => format!("{}/edit", Link::address(*id)),
            Self::Headline(id) => format!("/headlines/{id}/edit"),
            Self::Edit(number) => format!("/edits/{number}/undo"),
        }
    }

    /// The page of what it is about: for an edit that of what it changed, if there still is one.
    fn page(&self, snapshot: &Snapshot) -> String {
        let living = |id: Id| {
            let id_text = id.to_string();
            snapshot.topic(&id_text).is_some() || snapshot.story(&id_text).is_some()
        };
        match self {
            Self::Group(id) => Link::address(*id),
            Self::Headline(id) => format!("/headlines/{id}"),
            Self::Edit(number) => match snapshot.edit(*number).map(|record| &record.edit) {
                Some(
                    Edit::Amend { id, .. }
                    | Edit::Split { id, .. }
                    | Edit::Merge { into: id, .. }
                    | Edit::MoveStory { story: id, .. },
                ) if living(*id) => Link::address(*id),
                Some(Edit::Move { headline, .. }) if snapshot.headline(headline).is_some() => {
                    format!("/headlines/{headline}")
                }
                _ => "/edits".to_owned(),
            },
        }
    }

    /// The same page with what it is called.
    fn link(&self, snapshot: &Snapshot) -> Link {
        match self {
            Self::Group(id) => Link::to(*id, snapshot),
            Self::Headline(id) => {
                let text = snapshot.headline(id).map(|(headline, _)| headline.text.clone());
                Link { path: self.page(snapshot), id: id.clone(), label: text.unwrap_or_default() }
            }
            Self::Edit(number) => {
                Link { path: "/edits".to_owned(), id: number.to_string(), label: "Corrections".to_owned() }
            }
        }
    }
}
