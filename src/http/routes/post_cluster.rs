//! `POST /v1/cluster`: headlines in, topics out, nothing kept.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::http::addressed::Addressed;
use crate::http::body::read_document;
use crate::http::dto::ClusterAnswer;
use crate::http::problem::Problem;

pub(super) async fn post_cluster(
    context: Addressed,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let document = read_document(&request, payload, &context).await?;
    let clustered = context.service.cluster(document).await?;
    Ok(HttpResponse::Ok().json(ClusterAnswer::from(&clustered)))
}
