//! Why a feed could not be fetched. Texts hold no queries of addresses: those may carry keys.

use std::io::ErrorKind;
use std::time::Duration;

use thiserror::Error;

use crate::ingest::DocumentError;
use crate::service::ServiceError;

/// Why there is no document, or nothing became of it.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The server could not be met over TLS, as when nobody known vouches for its certificate.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// An address of another kind.
    #[error("only http and https addresses are fetched, not {scheme}")]
    Scheme {
        /// Its scheme.
        scheme: String,
    },
    /// A host with addresses on this machine or in a private network only.
    #[error("{host} is on this machine or in a private network, which allow_private_sources would permit")]
    Private {
        /// The host.
        host: String,
    },
    /// A host without an address.
    #[error("the host cannot be found")]
    HostNotFound,
    /// An answer that is neither a document nor a redirection.
    #[error("the server answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// When the server wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// A redirection that leads nowhere.
    #[error("the server redirected to no address")]
    BadRedirect,
    /// One redirection after the other.
    #[error("there were more than {limit} redirections")]
    TooManyRedirects {
        /// How many are followed.
        limit: usize,
    },
    /// A document above the limit.
    #[error("the document is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A compression that was not asked for.
    #[error("the document is compressed in a way that was not asked for")]
    Encoding,
    /// No answer, or not all of it, in time.
    #[error("the server took too long")]
    Timeout,
    /// The connection could not be made or broke off.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The document is no feed.
    #[error("the document is refused: {0}")]
    Document(#[from] DocumentError),
    /// The service did not take what was in it.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl FetchError {
    /// When the server wants to be asked again, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::HostNotFound,
            ureq::Error::Timeout(_) => Self::Timeout,
            // What the resolver refused.
            ureq::Error::Other(other) => match other.downcast::<Self>() {
                Ok(own) => *own,
                Err(other) => Self::Connection(other.to_string()),
            },
            ureq::Error::Tls(reason) => Self::Tls(reason.to_owned()),
            // How rustls reports what goes wrong while hands are shaken.
            ureq::Error::Io(error) if error.kind() == ErrorKind::InvalidData => Self::Tls(error.to_string()),
            ureq::Error::Io(error) => Self::Connection(error.to_string()),
            // It repeats the address.
            ureq::Error::BadUri(_) => Self::Connection("the address is invalid".to_owned()),
            other => Self::Connection(other.to_string()),
        }
    }
}
