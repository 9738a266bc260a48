//! `GET /v1/collections/{collection}`: one collection, how much is in it and how it is set.

use actix_web::{HttpResponse, Responder};

use crate::http::addressed::Addressed;
use crate::http::dto::CollectionSummary;

pub(super) async fn get_collection(context: Addressed) -> impl Responder {
    HttpResponse::Ok().json(CollectionSummary::of(&context.service))
}
