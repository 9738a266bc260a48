//! `DELETE /v1/webhooks/{id}`: ends a subscription.

use actix_web::HttpResponse;
use actix_web::web::{self, Path};

use crate::http::addressed::{Addressed, ItemId};
use crate::http::problem::{Kind, Problem};

pub(super) async fn delete_webhook(context: Addressed, id: Path<ItemId>) -> Result<HttpResponse, Problem> {
    // Waits for the disk.
    let deleted = web::block(move || context.webhooks.delete(context.collection(), &id)).await;
    deleted.map_err(|_| Problem::new(Kind::Internal, "Deleting the webhook stopped."))??;
    Ok(HttpResponse::NoContent().finish())
}
