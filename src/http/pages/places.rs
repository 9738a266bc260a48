//! Addresses that come from outside: where to go after signing in, and under which name the service was asked for.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::uri::Authority;

use crate::http::problem::{Kind, Problem};

/// `path` if it is one of this service, else the first page. Browsers read `//` and `/\` as another host.
pub(super) fn local(path: &str) -> &str {
    let rest = path.strip_prefix('/');
    let is_local = rest.is_some_and(|rest| !rest.starts_with(['/', '\\']));
    if is_local && path.bytes().all(|byte| byte.is_ascii_graphic()) { path } else { "/" }
}

/// The address of the service as the browser has it; the one it listens on where that is not sent or makes no sense.
/// It is shown inside a command for a shell, so nothing but names, addresses and ports will do.
pub(super) fn origin(request: &HttpRequest, bound: std::net::SocketAddr) -> String {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        host.bytes().all(allowed) && host.parse::<Authority>().is_ok_and(|it| !it.host().is_empty())
    };
    match host.filter(plain) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{bound}"),
    }
}

/// Where the form was that a browser sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Whence {
    /// On a page of this service.
    Here,
    /// On a page of another site, or of another port of this machine.
    Elsewhere,
    /// Nothing says; browsers do.
    Unknown,
}

/// What a request says of its origin. `Sec-Fetch-Site` cannot be set by a page; browsers that do not send it, old ones or
/// those that reach the service by a name without TLS, say in `Origin` which page it was.
pub(in crate::http) fn whence(headers: &HeaderMap) -> Whence {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some("same-origin"), _) => Whence::Here,
        (Some(_), _) => Whence::Elsewhere,
        (None, None) => Whence::Unknown,
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            let host = text(header::HOST);
            let is_here = authority.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host));
            if is_here { Whence::Here } else { Whence::Elsewhere }
        }
    }
}

/// The refusal of a form that was not on a page of this service.
pub(in crate::http) fn elsewhere() -> Problem {
    let detail = "Corrections are taken from the pages of this service alone. A proxy before it must pass on the `Host` \
                  that the browser sent.";
    Problem::new(Kind::CrossSite, detail)
}

/// Whether the browser has this machine itself on the line: by an address or a name that never leaves it.
pub(super) fn is_loopback(request: &HttpRequest) -> bool {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let authority = host.and_then(|host| host.parse::<Authority>().ok());
    let name = authority.as_ref().map_or("", Authority::host).to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked_for(host: &str) -> HttpRequest {
        TestRequest::default().insert_header((header::HOST, host)).to_http_request()
    }

    #[test]
    fn only_paths_of_this_service_are_gone_to() {
        for path in ["/", "/topics/t-000001?x=1", "/?q=a%20b"] {
            assert_eq!(local(path), path);
        }
        for path in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nx: y", "a", "/a b"]
        {
            assert_eq!(local(path), "/", "{path:?}");
        }
    }

    #[test]
    fn the_address_in_a_command_is_one() {
        let bound = "127.0.0.1:8080".parse().unwrap();
        for host in ["news.example", "localhost:9", "[::1]:80"] {
            assert_eq!(origin(&asked_for(host), bound), format!("http://{host}"));
        }
        for host in ["", "a;rm", "$(id)", "a b", "a@b", "'x'", ":80"] {
            assert_eq!(origin(&asked_for(host), bound), "http://127.0.0.1:8080", "{host}");
        }
    }

    #[test]
    fn where_a_form_was_is_told_by_the_browser() {
        let told = |site: &str, origin: &str| {
            let mut request = TestRequest::default().insert_header((header::HOST, "news.example:8080"));
            if !site.is_empty() {
                request = request.insert_header(("sec-fetch-site", site));
            }
            if !origin.is_empty() {
                request = request.insert_header((header::ORIGIN, origin));
            }
            whence(request.to_http_request().headers())
        };
        assert_eq!(told("", ""), Whence::Unknown);
        for (site, origin) in [("same-origin", "null"), ("", "https://News.example:8080")] {
            assert_eq!(told(site, origin), Whence::Here, "{site} {origin}");
        }
        for (site, origin) in [
            ("same-site", "http://news.example:8080"),
            ("cross-site", ""),
            ("none", ""),
            ("", "null"),
            ("", "http://news.example"),
            ("", "http://news.example:8080.evil.example"),
        ] {
            assert_eq!(told(site, origin), Whence::Elsewhere, "{site} {origin}");
        }
    }

    #[test]
    fn loopback_is_told_by_name_and_address() {
        for host in ["localhost:1", "a.localhost", "127.3.0.1", "[::1]:5"] {
            assert!(is_loopback(&asked_for(host)), "{host}");
        }
        for host in ["news.example", "127.0.0.1.evil.example", "10.0.0.1", ""] {
            assert!(!is_loopback(&asked_for(host)), "{host}");
        }
    }
}
