//! Signing in with an API key: browsers send none by themselves, so a cookie holds it, for reading pages only.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::answer::{Frame, page, see_other};
use super::places;
use crate::http::app::Context;
use crate::http::body::read_form;
use crate::http::problem::{Kind, Problem};

/// Name of the cookie.
const COOKIE: &str = "slugline_key";
/// Bytes of the form: a key and an address.
const FORM_BYTES: usize = 8_192;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    frame: Frame,
    next: &'a str,
    refused: Option<&'a str>,
}

/// The form, which leads on to `next`.
pub(super) fn form(status: StatusCode, next: &str, refused: Option<&str>) -> Result<HttpResponse, Problem> {
    page(status, &SignIn { frame: Frame::bare(""), next, refused })
}

/// The key in the cookie of a request, if there is one.
pub(in crate::http) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Whether there is any key with a request.
pub(super) fn presented(headers: &HeaderMap) -> bool {
    cookie(headers).is_some() || headers.contains_key(header::AUTHORIZATION)
}

/// `GET /sign-in`.
pub(in crate::http) async fn sign_in_form(context: Data<Context>) -> Result<HttpResponse, Problem> {
    if context.access.needs_keys() { form(StatusCode::OK, "/", None) } else { see_other("/") }
}

/// `POST /sign-in`: a key that may read becomes a cookie.
pub(in crate::http) async fn sign_in(
    context: Data<Context>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    if !context.access.needs_keys() {
        return see_other("/");
    }
    // Before the body is read, so that guessing costs an allowance whatever is in it.
    context.access.take_for_guess(&request)?;
    let fields = read_form(&request, payload, &context, FORM_BYTES).await?;
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    let (key, next) = (field("key").unwrap_or_default(), places::local(field("next").unwrap_or("/")));
    if let Err(problem) = context.access.may_read(key) {
        return form(StatusCode::FORBIDDEN, next, Some(problem.detail()));
    }
    with_cookie(see_other(next)?, key, &request)
}

/// `POST /sign-out`.
pub(in crate::http) async fn sign_out(request: HttpRequest) -> Result<HttpResponse, Problem> {
    with_cookie(see_other("/sign-in")?, "", &request)
}

/// Sets the cookie until the browser is closed; an empty one is forgotten at once. Scripts never see it, other sites
/// cannot have it sent, and it goes over TLS alone unless it does not leave the machine.
fn with_cookie(mut answer: HttpResponse, key: &str, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let secure = if places::is_loopback(request) { "" } else { "; Secure" };
    let end = if key.is_empty() { "; Max-Age=0" } else { "" };
    let value = format!("{COOKIE}={key}; Path=/; HttpOnly; SameSite=Strict{secure}{end}");
    let mut value = HeaderValue::from_str(&value)
        .map_err(|_| Problem::new(Kind::Internal, "The key cannot be kept in a cookie."))?;
    value.set_sensitive(true);
    answer.headers_mut().insert(header::SET_COOKIE, value);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let key = |cookies: &str| {
            let request = TestRequest::default().insert_header((header::COOKIE, cookies)).to_http_request();
            cookie(request.headers()).map(str::to_owned)
        };
        assert_eq!(key("a=b; slugline_key=k1; c=d").as_deref(), Some("k1"));
        assert_eq!(key("slugline_key=").as_deref(), Some(""));
        assert_eq!(key("slugline_key2=x; a=slugline_key=y"), None);
    }
}
