//! `DELETE /v1/collections/{collection}`: takes a collection away for good, with all that is in it.

use actix_web::HttpResponse;

use crate::http::addressed::Addressed;
use crate::http::problem::Problem;

pub(super) async fn delete_collection(context: Addressed) -> Result<HttpResponse, Problem> {
    context.collections.delete(context.service.profile().name.clone()).await?;
    Ok(HttpResponse::NoContent().finish())
}
