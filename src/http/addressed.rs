//! What the address of a request names: a collection, and something in it.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;

use super::app::Context;
use super::problem::{Kind, Problem};
use crate::service::Service;

/// The context of a request, with the collection that its address names: below `/v1/collections/{collection}` and
/// `/collections/{collection}` that one, elsewhere the default one. Handlers that take this serve any collection.
#[derive(Clone)]
pub struct Addressed {
    context: Data<Context>,
    /// What may be done with the collection.
    pub service: Arc<Service>,
    /// What addresses of things in the collection begin with.
    pub base: String,
    /// What addresses of pages of the collection begin with.
    pub root: String,
}

impl Deref for Addressed {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

impl FromRequest for Addressed {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Addressed {
    /// The name of the collection.
    pub fn collection(&self) -> &str {
        &self.service.profile().name
    }

    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let context = request.app_data::<Data<Context>>().cloned();
        let context = context.ok_or_else(|| Problem::new(Kind::Internal, "The service has no context."))?;
        let name = request.match_info().get("collection");
        let (service, base, root) = match name {
            None => (Arc::clone(context.collections.default_one()), "/v1".to_owned(), String::new()),
            Some(name) => {
                let service = context.collections.find(name).ok_or_else(Problem::no_such_collection)?;
                (service, format!("/v1/collections/{name}"), format!("/collections/{name}"))
            }
        };
        Ok(Self { context, service, base, root })
    }
}

/// The `{number}` of an edit in an address.
#[derive(Debug, Deserialize)]
pub struct EditNumber {
    /// The number, as it stands there.
    pub number: String,
}

impl Deref for EditNumber {
    type Target = str;

    fn deref(&self) -> &str {
        &self.number
    }
}

/// The `{id}` of an address, whatever else is named there.
#[derive(Debug, Deserialize)]
pub struct ItemId {
    /// The id.
    pub id: String,
}

impl Deref for ItemId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.id
    }
}
