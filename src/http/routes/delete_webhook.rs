//! `DELETE /v1/webhooks/{id}`: ends a subscription.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};

use crate::http::app::Context;
use crate::http::problem::{Kind, Problem};

pub(super) async fn delete_webhook(
    context: Data<Context>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    // Waits for the disk.
    let deleted = web::block(move || context.webhooks.delete(&id)).await;
    deleted.map_err(|_| Problem::new(Kind::Internal, "Deleting the webhook stopped."))??;
    Ok(HttpResponse::NoContent().finish())
}
