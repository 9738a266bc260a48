//! Fetching with manners: turns, redirections, a bounded number of requests.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use url::Url;

use super::client::{Client, Fetched, Hop, Validators};
use super::turns::Turns;
use super::{FeedSettings, FetchError};

/// Redirections that are followed.
const MOST_REDIRECTS: usize = 5;

/// Gets documents: one request at a time per host and a few at a time in all.
#[derive(Debug)]
pub struct Fetcher {
    client: Arc<Client>,
    turns: Turns,
    slots: Arc<Semaphore>,
}

impl Fetcher {
    /// A fetcher for documents of at most `most_bytes` bytes.
    pub fn new(settings: &FeedSettings, most_bytes: usize) -> Self {
        Self {
            client: Arc::new(Client::new(settings, most_bytes)),
            turns: Turns::new(Duration::from_secs(settings.host_pause_seconds)),
            slots: Arc::new(Semaphore::new(settings.fetches)),
        }
    }

    /// Gets the document at `url` unless it is the one that is `known`.
    ///
    /// # Errors
    /// When there is no such document within the limits, or it may not be asked for.
    pub async fn fetch(&self, url: &Url, known: &Validators) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            match self.ask(url, known.clone()).await? {
                Hop::Answer(answer) => return Ok(answer),
                Hop::Redirect(target) => url = target,
            }
        }
        Err(FetchError::TooManyRedirects { limit: MOST_REDIRECTS })
    }

    /// One request, in a thread of its own: nothing has to wait for it when the program ends.
    async fn ask(&self, url: Url, known: Validators) -> Result<Hop, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { scheme: url.scheme().to_owned() });
        }
        let turn = self.turns.take(url.host_str().unwrap_or_default()).await;
        let failed = |reason: &str| FetchError::Connection(reason.to_owned());
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| failed("no slot"))?;
        let (reply, answer) = oneshot::channel();
        let client = Arc::clone(&self.client);
        let work = move || {
            let asked = client.ask(&url, &known);
            // Held until the request is over, even if nobody waits for it any more.
            drop((turn, slot));
            let _ = reply.send(asked);
        };
        let thread = std::thread::Builder::new().name("fetch".to_owned()).spawn(work);
        thread.map_err(|error| failed(&format!("no thread for it: {error}")))?;
        answer.await.map_err(|_| failed("the fetch stopped"))?
    }
}
