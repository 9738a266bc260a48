//! `GET /v1/headlines/{id}`: one headline and where it is.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::engine::Placement;
use crate::http::addressed::{Addressed, ItemId};
use crate::http::dto::PlacedHeadline;
use crate::http::problem::{Kind, Problem};

pub(super) async fn get_headline(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    if let Some((headline, placement)) = snapshot.headline(&id) {
        return Ok(HttpResponse::Ok().json(PlacedHeadline::new(headline, placement)));
    }
    let stored = context.service.stored_headline(id.into_inner().id).await?;
    let headline = stored.ok_or_else(|| Problem::new(Kind::HeadlineNotFound, "No headline has this id."))?;
    Ok(HttpResponse::Ok().json(PlacedHeadline::new(&headline, &Placement::default())))
}
