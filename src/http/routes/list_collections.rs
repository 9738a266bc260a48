//! `GET /v1/collections`: all collections, the default one first.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};

use crate::http::app::Context;
use crate::http::dto::CollectionList;

pub(super) async fn list_collections(context: Data<Context>) -> impl Responder {
    HttpResponse::Ok().json(CollectionList::of(&context.collections))
}
