//! `DELETE /v1/headlines/{id}`: takes a headline out of the collection for good.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use jiff::Timestamp;

use crate::http::app::Context;
use crate::http::problem::{Kind, Problem};

pub(super) async fn delete_headline(
    context: Data<Context>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    match context.service.delete(id.into_inner(), Timestamp::now()).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Problem::new(Kind::HeadlineNotFound, "No headline has this id.")),
    }
}
