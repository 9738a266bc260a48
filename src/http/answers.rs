//! Finished answers, kept with the view that they follow from.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::uri::PathAndQuery;
use actix_web::web::Bytes;

use super::feed::origin;

/// Bytes of answers that are kept with one view. When there are more, all are given up: whoever asks for ever new things
/// then costs others an answer made again now and then, and nothing has to be written down about who asked for what when.
const MOST: usize = 4 << 20;
/// Bytes of the largest answer that is kept.
const LARGEST: usize = 512 << 10;
/// Bytes that an answer takes up besides its body, by estimate.
const OVERHEAD: usize = 1024;

/// All of a request that its answer depends on, besides the view and whether it is admitted at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    path_and_query: PathAndQuery,
    /// Feeds hold addresses, and tags name them.
    origin: String,
    accept_encoding: Option<HeaderValue>,
}

/// An answer with status 200.
#[derive(Debug)]
pub(super) struct Answer {
    /// The pattern of the route that gave it.
    pub route: Arc<str>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The answers of one view by their questions.
#[derive(Debug, Default)]
pub(super) struct Answers(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<Question, Arc<Answer>>,
    bytes: usize,
}

impl Question {
    /// What a request to read asks; nothing for requests of other kinds, and for those that say in several headers what
    /// they accept.
    pub fn of(request: &ServiceRequest) -> Option<Self> {
        if request.method() != Method::GET {
            return None;
        }
        let mut encodings = request.headers().get_all(header::ACCEPT_ENCODING);
        let (accept_encoding, another) = (encodings.next().cloned(), encodings.next());
        let path_and_query = request.uri().path_and_query().filter(|_| another.is_none())?.clone();
        Some(Self { path_and_query, origin: origin(request.request()), accept_encoding })
    }
}

impl Answer {
    /// The entity tag of the answer.
    pub fn tag(&self) -> Option<&str> {
        self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
    }

    /// The answer once more.
    pub fn response(&self) -> HttpResponse {
        let mut response = HttpResponse::Ok().body(self.body.clone());
        *response.headers_mut() = self.headers.clone();
        response
    }
}

impl Answers {
    /// The answer to a question that was asked before.
    pub fn find(&self, question: &Question) -> Option<Arc<Answer>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).answers.get(question).map(Arc::clone)
    }

    /// Keeps an answer, unless it is too large.
    pub fn keep(&self, question: Question, answer: Answer) {
        let bytes = OVERHEAD + answer.body.len();
        if answer.body.len() > LARGEST {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes > MOST {
            *kept = Kept::default();
        }
        kept.bytes += bytes;
        kept.answers.insert(question, Arc::new(answer));
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn question(uri: &str, headers: &[(&'static str, &'static str)]) -> Option<Question> {
        let request = TestRequest::with_uri(uri);
        let request = headers.iter().fold(request, |request, header| request.append_header(*header));
        Question::of(&request.to_srv_request())
    }

    fn answer(bytes: usize) -> Answer {
        Answer { route: "/v1/topics".into(), headers: HeaderMap::new(), body: vec![b' '; bytes].into() }
    }

    #[test]
    fn whatever_an_answer_depends_on_tells_questions_apart() {
        let plain = question("/v1/topics?limit=2", &[]);
        assert!(plain.is_some());
        assert_eq!(plain, question("/v1/topics?limit=2", &[("x-request-id", "a")]));
        for (uri, header) in [
            ("/v1/topics?limit=3", None),
            ("/v1/collections/sport/topics?limit=2", None),
            ("/v1/topics?limit=2", Some(("host", "news.example"))),
            ("/v1/topics?limit=2", Some(("accept-encoding", "gzip"))),
        ] {
            assert_ne!(plain, question(uri, header.as_slice()), "{uri} {header:?}");
        }
        assert_eq!(question("/v1/topics", &[("accept-encoding", "br"), ("accept-encoding", "gzip")]), None);
        let head = TestRequest::with_uri("/v1/topics").method(Method::HEAD).to_srv_request();
        assert_eq!(Question::of(&head), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let answers = Answers::default();
        let ask = |at: usize| question(&format!("/v1/topics?offset={at}"), &[]).unwrap();
        answers.keep(ask(0), answer(LARGEST + 1));
        assert!(answers.find(&ask(0)).is_none(), "too large");
        let fit = MOST / (LARGEST + OVERHEAD);
        for at in 0..=fit {
            answers.keep(ask(at), answer(LARGEST));
            assert!(answers.find(&ask(at)).is_some_and(|kept| kept.body.len() == LARGEST));
        }
        assert!((0..fit).all(|at| answers.find(&ask(at)).is_none()), "all went when they became too many");
        assert!(answers.0.read().unwrap().bytes <= MOST);
    }
}
