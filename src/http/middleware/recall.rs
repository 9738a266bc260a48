//! Gives answers again that were given before to the same question about the same view.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::observe::Route;
use crate::http::answers::{Answer, Answers, Question};
use crate::http::app::Context;
use crate::http::etag::is_known;
use crate::http::resources;
use crate::service::Service;

/// Answers from memory where it can, and keeps what may be asked for again. Stands around everything that shapes an answer,
/// compression included, and within everything that decides who gets one.
pub(in crate::http) async fn recall<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some((service, question)) = asked(&request) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let view = service.view();
    let Some(answers) = view.attached::<Answers>() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    match answers.find(&question) {
        // What the client has already is not sent at all; that is for `conditional` to say.
        Some(answer) if !answer.tag().is_some_and(|tag| is_known(request.headers(), tag)) => {
            request.extensions_mut().insert(Route(Arc::clone(&answer.route)));
            Ok(request.into_response(answer.response()).map_into_right_body())
        }
        Some(_) => Ok(next.call(request).await?.map_into_left_body()),
        None => {
            let response = next.call(request).await?;
            let Some(route) = kept_route(&response) else { return Ok(response.map_into_left_body()) };
            let (response, answer) = read(response, route).await?;
            // Views never come back: if it is there still, the answer is about no other one.
            if Arc::ptr_eq(&view, &service.view()) {
                answers.keep(question, answer);
            }
            Ok(response.map_into_right_body())
        }
    }
}

/// The collection that is asked about, and what is asked.
fn asked(request: &ServiceRequest) -> Option<(Arc<Service>, Question)> {
    request.match_info().as_str().strip_prefix("/v1/")?;
    let service = resources::service_of(request.app_data::<Data<Context>>()?, request)?;
    Some((service, Question::of(request)?))
}

/// The route of an answer that is worth keeping and follows from the view: its tag says so.
fn kept_route<B>(response: &ServiceResponse<B>) -> Option<Arc<str>> {
    let is_whole = response.status() == StatusCode::OK && response.headers().contains_key(header::ETAG);
    let pattern = is_whole.then(|| response.request().match_pattern()).flatten()?;
    resources::at(&pattern).filter(|(_, shape)| shape.is_kept())?;
    Some(pattern.into())
}

/// Reads an answer to its end: compressed, it was a stream.
async fn read<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    route: Arc<str>,
) -> Result<(ServiceResponse<BoxBody>, Answer), Error> {
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(|error| Error::from(error.into()))?;
    let answer = Answer { route, headers: head.headers().clone(), body: body.clone() };
    Ok((ServiceResponse::new(request, head.set_body(BoxBody::new(body))), answer))
}
