//! `DELETE /v1/headlines/{id}`: takes a headline out of the collection for good.

use actix_web::HttpResponse;
use actix_web::web::Path;
use jiff::Timestamp;

use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::{Kind, Problem};

pub(super) async fn delete_headline(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    match context.service.delete(id.into_inner().id, Timestamp::now()).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Problem::new(Kind::HeadlineNotFound, "No headline has this id.")),
    }
}
