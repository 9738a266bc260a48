//! Keeps web pages of other sites from posting to a service on the visitor's own machine.
//!
//! Browsers send plain-text posts across sites without asking first, and say so in `Sec-Fetch-Site`.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::http::problem::{Kind, Problem};

/// Refuses what a browser says another site has sent, reads excepted: answers are closed to other sites anyway.
pub(in crate::http) async fn same_site<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<actix_web::body::EitherBody<B>>, Error> {
    // "same-site" is another port or a sibling host: not ours either.
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    if matches!(site, Some(b"cross-site" | b"same-site")) && !request.method().is_safe() {
        let problem = Problem::new(Kind::CrossSite, "A page of another site may not post here.");
        return Ok(request.error_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
