//! Keeps web pages of other sites from posting to a service on the visitor's own machine.
//!
//! Browsers send plain-text posts across sites without asking first, and say so in `Sec-Fetch-Site`. Pages that the
//! settings name may post.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::http::app::Context;
use crate::http::problem::{Kind, Problem};

/// Refuses what a browser says another site has sent, reads excepted: answers are closed to other sites anyway.
pub(in crate::http) async fn same_site<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<actix_web::body::EitherBody<B>>, Error> {
    // "same-site" is another port or a sibling host: not ours either.
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    let foreign = matches!(site, Some(b"cross-site" | b"same-site"));
    if foreign && !request.method().is_safe() && !is_welcome(&request) {
        let problem = Problem::new(Kind::CrossSite, "A page of another site may not post here.");
        return Ok(request.error_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn is_welcome(request: &ServiceRequest) -> bool {
    let context = request.app_data::<Data<Context>>();
    let origin = request.headers().get(header::ORIGIN);
    context.zip(origin).is_some_and(|(context, origin)| context.config.cors.allows(origin.as_bytes()))
}
