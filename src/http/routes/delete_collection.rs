//! `DELETE /v1/collections/{collection}`: takes a collection away for good, with all that is in it and its
//! webhooks.

use actix_web::{HttpResponse, web};

use crate::http::addressed::Addressed;
use crate::http::problem::{Kind, Problem};

pub(super) async fn delete_collection(context: Addressed) -> Result<HttpResponse, Problem> {
    let name = context.collection().to_owned();
    context.collections.delete(name.clone()).await?;
    context.sources.forget_those_of(|collection| collection == name);
    context.sources.save().await;
    let ended = web::block(move || context.webhooks.delete_those_of(|collection| collection == name)).await;
    ended.map_err(|_| Problem::new(Kind::Internal, "Deleting the webhooks of the collection stopped."))?;
    Ok(HttpResponse::NoContent().finish())
}
