//! Following sources: fetch, parse, hand on, wait.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::client::Fetched;
use super::sources::Harvest;
use super::{FetchError, Fetcher, Source, Sources};
use crate::ingest::{Document, Rules, parse_feed};
use crate::service::{Receipt, ServiceError};

/// The longest pause before headlines are offered again to a full queue.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Follows all sources until the future is dropped, or `deliver`, which takes a source, what was read of it and the time it came, says
/// that the service stops.
pub async fn follow<D>(sources: &Sources, fetcher: &Fetcher, rules: &Rules, deliver: &D)
where
    D: AsyncFn(&Source, Document, Timestamp) -> Result<Receipt, ServiceError>,
{
    join_all(sources.iter().map(|source| follow_one(source, sources, fetcher, rules, deliver))).await;
}

async fn follow_one<D>(source: &Source, all: &Sources, fetcher: &Fetcher, rules: &Rules, deliver: &D)
where
    D: AsyncFn(&Source, Document, Timestamp) -> Result<Receipt, ServiceError>,
{
    sleep(source.rest_left(Timestamp::now())).await;
    loop {
        let outcome = poll(source, fetcher, rules, deliver).await;
        if matches!(outcome, Err(FetchError::Service(ServiceError::Stopped))) {
            return;
        }
        let wait = source.record(&outcome, Timestamp::now());
        tell(source, &outcome, wait);
        all.save().await;
        sleep(wait).await;
    }
}

async fn poll<D>(
    source: &Source,
    fetcher: &Fetcher,
    rules: &Rules,
    deliver: &D,
) -> Result<Harvest, FetchError>
where
    D: AsyncFn(&Source, Document, Timestamp) -> Result<Receipt, ServiceError>,
{
    let (bytes, validators) = match fetcher.fetch(&source.url, &source.validators()).await? {
        Fetched::Unchanged => return Ok(Harvest::default()),
        Fetched::Document { bytes, validators } => (bytes, validators),
    };
    let (rules, subscription) = (*rules, source.subscription.clone());
    let parsed = spawn_blocking(move || parse_feed(&bytes, &rules, &subscription)).await;
    let document = parsed.map_err(|_| ServiceError::Failed)??;
    let receipt =
        hand_on(document, &async |document, received| deliver(source, document, received).await).await?;
    // Only now: what could not be kept is fetched again.
    source.keep(validators);
    let (new, duplicate, rejected) = receipt.counts();
    let [seen, new, rejected] = [new + duplicate + rejected, new, rejected].map(|count| count as u64);
    Ok(Harvest { seen, new, rejected })
}

/// Waits for room in the queue, where a client over HTTP would be told to come again.
async fn hand_on<D>(document: Document, deliver: &D) -> Result<Receipt, ServiceError>
where
    D: AsyncFn(Document, Timestamp) -> Result<Receipt, ServiceError>,
{
    let mut pause = Duration::from_secs(1);
    loop {
        match deliver(document.clone(), Timestamp::now()).await {
            Err(ServiceError::QueueFull) => {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            other => return other,
        }
    }
}

fn tell(source: &Source, outcome: &Result<Harvest, FetchError>, wait: Duration) {
    let (source, next_seconds) = (source.label(), wait.as_secs());
    let label = match outcome {
        Ok(Harvest { seen: 0, .. }) => {
            tracing::debug!(source, next_seconds, "feed unchanged");
            "unchanged"
        }
        Ok(Harvest { seen, new, rejected }) => {
            tracing::info!(source, seen, new, rejected, next_seconds, "feed read");
            "read"
        }
        Err(error) => {
            tracing::warn!(source, %error, next_seconds, "feed failed");
            "failed"
        }
    };
    metrics::counter!("slugline_feed_fetches_total", "outcome" => label).increment(1);
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::ingest::{Format, parse};

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_is_waited_for() {
        let refusals = RefCell::new(5);
        let deliver = async |document: Document, _| {
            let mut left = refusals.borrow_mut();
            if *left > 0 {
                *left -= 1;
                return Err(ServiceError::QueueFull);
            }
            assert_eq!(document.items.len(), 1);
            Ok(Receipt { version: 1, verdicts: Vec::new() })
        };
        let document = parse(Format::Text, b"Tide turns", &Rules::default()).unwrap();
        let receipt = hand_on(document, &deliver).await;
        assert_eq!((receipt.unwrap().version, *refusals.borrow()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn other_refusals_are_passed_on() {
        let deliver = async |_: Document, _| Err(ServiceError::StorageFull);
        assert_eq!(hand_on(Document::default(), &deliver).await, Err(ServiceError::StorageFull));
    }
}
