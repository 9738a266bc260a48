//! Who asks, and whether they may.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::Authority;
use actix_web::{HttpMessage, HttpRequest};
use arc_swap::ArcSwap;

use super::correct::Bearer;
use super::pages::{self, Whence};
use super::problem::{Kind, Problem};
use super::proxies::client_address;
use super::rate_limit::{Client, RateLimit};
use crate::auth::{Key, Keys, KeysError, Scope};
use crate::config::{Config, Network};

/// The accepted keys and the allowances of clients.
#[derive(Debug)]
pub struct Access {
    /// Nothing if there are none, which lets in everybody who reaches the service.
    keys: Option<ArcSwap<Keys>>,
    rate_limit: Option<RateLimit>,
    open_metrics: bool,
    proxies: Vec<Network>,
    /// Names by which the service may be asked for; nothing if any will do.
    hosts: Option<Vec<String>>,
}

impl Access {
    /// As the settings say.
    ///
    /// # Errors
    /// When the file of keys is of no use.
    pub fn new(config: &Config) -> Result<Self, KeysError> {
        let keys = match config.auth.needs_keys() {
            true => Some(ArcSwap::from_pointee(Keys::load(&config.auth.keys_file)?)),
            false => None,
        };
        let private = keys.is_none() && config.server.bind.ip().to_canonical().is_loopback();
        Ok(Self {
            keys,
            rate_limit: RateLimit::new(&config.rate_limit),
            open_metrics: config.auth.open_metrics,
            proxies: config.server.trusted_proxies.clone(),
            hosts: private.then(|| config.auth.hosts.clone()),
        })
    }

    /// Number of accepted keys.
    pub fn keys(&self) -> usize {
        self.keys.as_ref().map_or(0, |keys| keys.load().count())
    }

    /// Whether there are keys at all.
    pub(super) fn needs_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// Whether whoever asks may correct what is there.
    pub(super) fn may_write(&self, request: &HttpRequest) -> bool {
        !self.needs_keys() || request.extensions().get::<Bearer>().is_some_and(|key| key.may_write)
    }

    /// Whether this key, typed in by somebody, lets them read.
    pub(super) fn may_read(&self, token: &str) -> Result<(), Problem> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let keys = keys.load();
        let key = keys.find(token).ok_or_else(unknown)?;
        if key.allows(Scope::Read) { Ok(()) } else { Err(Problem::missing_scope(Scope::Read)) }
    }

    /// Takes one request off the allowance of the address, for routes that are open to everybody but try keys.
    pub(super) fn take_for_guess(&self, request: &HttpRequest) -> Result<(), Problem> {
        self.take(&Client::at(self.address_of(request.peer_addr(), request.headers())))
    }

    /// Whom a request is from, for the log; nothing unless there are proxies whose word is taken.
    pub(super) fn forwarded_client(&self, request: &ServiceRequest) -> Option<IpAddr> {
        (!self.proxies.is_empty()).then(|| self.address_of(request.peer_addr(), request.headers())).flatten()
    }

    fn address_of(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        client_address(peer.map(|peer| peer.ip()), headers, &self.proxies)
    }

    /// Reads the keys again; the present ones stay if the file is of no use.
    ///
    /// # Errors
    /// When it is.
    pub fn reload(&self, file: &Path) -> Result<(), KeysError> {
        if let Some(keys) = &self.keys {
            keys.store(Arc::new(Keys::load(file)?));
        }
        Ok(())
    }

    /// Forgets clients that have not asked for a while.
    pub fn forget_idle_clients(&self) {
        self.rate_limit.iter().for_each(RateLimit::forget_idle);
    }

    /// Clients that are told apart at present.
    pub fn clients(&self) -> usize {
        self.rate_limit.as_ref().map_or(0, RateLimit::clients)
    }

    /// Lets a request in or says why not. Whoever has no accepted key spends the allowance of their address, so that
    /// guessing is bounded as well.
    pub(super) fn admit(&self, request: &ServiceRequest) -> Result<(), Problem> {
        let Some(scope) = self.scope_needed(request) else { return Ok(()) };
        let peer = self.address_of(request.peer_addr(), request.headers());
        let Some(keys) = &self.keys else {
            self.take(&Client::at(peer))?;
            return self.require_known_host(request.headers());
        };
        let keys = keys.load();
        match identify(&keys, request) {
            Ok(key) => {
                tracing::Span::current().record("key", key.id());
                let bearer = Bearer { name: key.id().to_owned(), may_write: key.allows(Scope::Write) };
                request.extensions_mut().insert(bearer);
                self.take(&Client::Key(key.id().to_owned()))?;
                if key.allows(scope) { Ok(()) } else { Err(Problem::missing_scope(scope)) }
            }
            Err(problem) => {
                self.take(&Client::at(peer))?;
                Err(problem)
            }
        }
    }

    fn take(&self, client: &Client) -> Result<(), Problem> {
        match &self.rate_limit {
            Some(limit) => limit.take(client).map_err(Problem::rate_limited),
            None => Ok(()),
        }
    }

    /// A page can make a name of its own lead to this machine, and is then of the same site for the browser. It cannot
    /// do so with an address, or with `localhost`.
    fn require_known_host(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(hosts) = &self.hosts else { return Ok(()) };
        // Browsers always send it.
        let Some(value) = headers.get(header::HOST) else { return Ok(()) };
        let authority = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
        let host = authority.as_ref().map_or("", Authority::host).to_ascii_lowercase();
        let named = hosts.iter().any(|name| name.eq_ignore_ascii_case(&host));
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        if address || host == "localhost" || host.ends_with(".localhost") || named {
            return Ok(());
        }
        let detail = "The service is not known by this name; the setting `auth.hosts` lists those it has.";
        Err(Problem::new(Kind::UnknownHost, detail))
    }

    /// What a key must allow for this request; nothing for what is open to everybody. Whatever is not known here, such
    /// as a route that is added later, needs a key.
    fn scope_needed(&self, request: &ServiceRequest) -> Option<Scope> {
        match request.path() {
            "/health/live" | "/health/ready" => return None,
            "/metrics" if self.open_metrics => return None,
            path if pages::is_open(path) => return None,
            _ => {}
        }
        // As routes see it: what is percent-encoded without need is plain here.
        let path = request.match_info().as_str();
        if is_of_webhooks(path) {
            return Some(Scope::Admin);
        }
        Some(match (request.method().is_safe(), manages(path)) {
            (true, _) => Scope::Read,
            (false, true) => Scope::Admin,
            (false, false) => Scope::Write,
        })
    }
}

/// Whether a path is that of the collections, of one of them as a whole, or of the settings.
fn manages(path: &str) -> bool {
    let path = path.trim_matches('/');
    match path.strip_prefix("v1/collections") {
        Some(rest) => rest.is_empty() || rest.starts_with('/') && !rest[1..].contains('/'),
        None => path == "v1/settings" || path.starts_with("v1/settings/"),
    }
}

/// Whether a path is that of webhooks, which make the service ask others: reading them tells whom.
fn is_of_webhooks(path: &str) -> bool {
    let mut parts = path.trim_matches('/').split('/');
    let of_collection = match (parts.next(), parts.next()) {
        (Some("v1"), Some("collections")) => parts.nth(1),
        (Some("v1"), part) => part,
        _ => None,
    };
    of_collection == Some("webhooks")
}

/// The key that the request presents: in its header or, for reading pages and sending their forms, in the cookie of who
/// has signed in. The cookie opens nothing else, as the browser sends it without being asked; and a form only if the
/// browser says that it was one of this service.
fn identify<'a>(keys: &'a Keys, request: &ServiceRequest) -> Result<&'a Key, Problem> {
    let headers = request.headers();
    let reads_page = request.method().is_safe() && pages::is_page(request.path());
    let sends_form = request.method() == Method::POST && pages::is_form(request.path());
    if (reads_page || sends_form)
        && !headers.contains_key(header::AUTHORIZATION)
        && let Some(token) = pages::cookie(headers)
    {
        if sends_form && pages::whence(headers) != Whence::Here {
            return Err(pages::elsewhere());
        }
        return keys.find(token).ok_or_else(unknown);
    }
    let mut given = headers.get_all(header::AUTHORIZATION);
    let (first, second) = (given.next(), given.next());
    let Some(value) = first else {
        return Err(Problem::unauthorized("An API key is needed, as `Authorization: Bearer KEY`.", None));
    };
    let malformed = || {
        let detail = "The header Authorization must be `Bearer KEY`, once.";
        Problem::unauthorized(detail, Some("invalid_request"))
    };
    let text = value.to_str().ok().filter(|_| second.is_none()).ok_or_else(malformed)?;
    let (scheme, token) = text.trim().split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(malformed());
    }
    keys.find(token.trim()).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::unauthorized("This API key is not an accepted one.", Some("invalid_token"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn needed(method: Method, path: &str, open_metrics: bool) -> Option<Scope> {
        let access = Access { keys: None, rate_limit: None, open_metrics, proxies: Vec::new(), hosts: None };
        access.scope_needed(&TestRequest::with_uri(path).method(method).to_srv_request())
    }

    #[test]
    fn reading_posting_and_managing_are_told_apart() {
        use Scope::{Admin, Read, Write};
        for (method, path, scope) in [
            (Method::GET, "/", Some(Read)),
            (Method::HEAD, "/v1/topics", Some(Read)),
            (Method::OPTIONS, "/v1/topics", Some(Read)),
            (Method::GET, "/v1/collections", Some(Read)),
            (Method::GET, "/nope", Some(Read)),
            (Method::POST, "/v1/headlines", Some(Write)),
            (Method::POST, "/v1/cluster", Some(Write)),
            (Method::POST, "/v1/classify", Some(Write)),
            (Method::PATCH, "/v1/topics/t-000001", Some(Write)),
            (Method::DELETE, "/v1/headlines/a", Some(Write)),
            (Method::POST, "/v1/collections/sport/headlines", Some(Write)),
            (Method::POST, "/v1/collectionssport", Some(Write)),
            (Method::POST, "/v1/collections", Some(Admin)),
            (Method::DELETE, "/v1/collections/sport", Some(Admin)),
            (Method::DELETE, "/v1/%63ollections/sport/", Some(Admin)),
            (Method::PATCH, "/v1/settings", Some(Admin)),
            (Method::GET, "/v1/webhooks", Some(Admin)),
            (Method::GET, "/v1/%77ebhooks/w-1/failed", Some(Admin)),
            (Method::POST, "/v1/webhooks/", Some(Admin)),
            (Method::DELETE, "/v1/webhooks/w-1", Some(Admin)),
            (Method::GET, "/v1/webhookss", Some(Read)),
            (Method::GET, "/v1/collections/sport/webhooks", Some(Admin)),
            (Method::POST, "/v1/collections/sport/%77ebhooks/w-1/redeliver", Some(Admin)),
            (Method::GET, "/v1/collections/webhooks/topics", Some(Read)),
            (Method::GET, "/topics/t-000001", Some(Read)),
            (Method::GET, "/headlines/a", Some(Read)),
            (Method::GET, "/fragments/topics", Some(Read)),
            (Method::POST, "/paste", Some(Write)),
            (Method::GET, "/assets/0/slugline.css", None),
            (Method::POST, "/sign-in", None),
            (Method::GET, "/sign-in/x", Some(Read)),
            (Method::GET, "/health/live", None),
            (Method::GET, "/health/ready?x=1", None),
            (Method::GET, "/health/other", Some(Read)),
            (Method::GET, "/metrics", Some(Read)),
        ] {
            assert_eq!(needed(method.clone(), path, false), scope, "{method} {path}");
        }
        assert_eq!(needed(Method::GET, "/metrics", true), None);
        assert_eq!(needed(Method::GET, "/v1/status", true), Some(Read));
    }

    #[test]
    fn names_that_a_page_could_have_made_lead_here_are_refused() {
        let access = Access {
            keys: None,
            rate_limit: None,
            open_metrics: false,
            proxies: Vec::new(),
            hosts: Some(vec!["News.example".to_owned()]),
        };
        let verdict = |host: &str| {
            let request = TestRequest::default().insert_header((header::HOST, host)).to_srv_request();
            access.admit(&request).is_ok()
        };
        for host in
            ["localhost", "LocalHost:8080", "a.localhost", "127.0.0.1:1", "[::1]:8080", "news.example:80"]
        {
            assert!(verdict(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "a@b@c", ""] {
            assert!(!verdict(host), "{host}");
        }
    }
}
