//! Tells clients that what they have is still so (304), from the version of the view alone, and keeps everybody from showing
//! it without asking.

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::http::app::Context;
use crate::http::etag::{is_any, is_known};
use crate::http::feed::origin;
use crate::http::resources;

/// Answers 304 without asking the route where it would say what the client has, and marks what the route says.
pub(in crate::http) async fn conditional<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(tag) = tag_of(&request) else { return Ok(next.call(request).await?.map_into_left_body()) };
    let headers = request.headers();
    let (known, any) = (is_known(headers, &tag), is_any(headers));
    let value = HeaderValue::from_str(&tag)?;
    // A tag names the address too, so that whoever presents it was answered here before.
    if known && !any {
        return Ok(request.into_response(not_modified(value)).map_into_right_body());
    }
    let mut response = next.call(request).await?;
    if response.status() != StatusCode::OK {
        return Ok(response.map_into_left_body());
    }
    if any {
        return Ok(response.into_response(not_modified(value)).map_into_right_body());
    }
    response.headers_mut().insert(header::ETAG, value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response.map_into_left_body())
}

fn not_modified(tag: HeaderValue) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .finish()
}

/// The tag of what is at an address now; nothing for what does not follow from the view. The same view may be shown
/// otherwise by another program or with other settings, so tags end with the process. Weak, because compression gives the
/// same answer in other bytes. Taken before the route looks at the view: what it then sees may be newer, and is sent again.
fn tag_of(request: &ServiceRequest) -> Option<String> {
    resources::of(request)?;
    let context = request.app_data::<Data<Context>>()?;
    let mut hash = DefaultHasher::new();
    (request.uri().path(), request.query_string(), origin(request.request())).hash(&mut hash);
    let service = resources::service_of(context, request)?;
    // A collection may be deleted and made anew under its name.
    service.profile().created.hash(&mut hash);
    let (version, started) = (service.snapshot().version, context.started.at.as_microsecond());
    Some(format!("W/\"{version:x}-{started:x}-{:x}\"", hash.finish()))
}
