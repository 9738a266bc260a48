//! Events wherever they are: the newest in memory, those before them in the store.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::changes::{Digest, MOST_EVENTS, digest};
use super::{Service, ServiceError};
use crate::engine::Snapshot;
use crate::track::{Event, Id, Outlines};

/// Events of the store that are read at a time, and most of them in one digest: so that neither memory nor the writer, who
/// reads them, has much to do for one who asks.
const AT_ONCE: usize = 4_096;

/// Events that are asked for of those that left memory: of those before number `before` at most `limit`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Earlier {
    pub wanted: Wanted,
    pub before: u64,
    pub limit: usize,
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// The first after an event.
    Since(u64),
    /// The first after an event that name an id.
    Naming(Id, u64),
    /// The last that name an id.
    LastNaming(Id),
}

impl Wanted {
    pub fn includes(self, event: &Event) -> bool {
        match self {
            Self::Since(since) => event.number > since,
            Self::Naming(id, since) => event.number > since && event.ids().any(|named| named == id),
            Self::LastNaming(id) => event.ids().any(|named| named == id),
        }
    }

    /// Whether these can be what was asked for: there are no gaps between events in order.
    pub fn is_answered_by(self, events: &[Arc<Event>]) -> bool {
        match self {
            Self::Since(since) => {
                !events.is_empty()
                    && events.iter().zip(since + 1..).all(|(event, number)| event.number == number)
            }
            Self::Naming(..) | Self::LastNaming(_) => true,
        }
    }
}

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// When what this event is part of had happened; 0 is before the first.
    Event(u64),
    /// A time.
    Time(Timestamp),
}

/// What there was at a moment.
#[derive(Debug)]
pub struct Past {
    moment: Moment,
    /// Version of the collection; 0 for the empty one before the first event.
    pub version: u64,
    /// What lived.
    pub outlines: Outlines,
}

impl Past {
    fn at(moment: Moment) -> Self {
        Self { moment, version: 0, outlines: Outlines::default() }
    }

    /// Goes on to the next events; false once one of them is later than the moment.
    fn tell(&mut self, events: &[Arc<Event>]) -> bool {
        for event in events {
            let is_past = match self.moment {
                Moment::Event(number) => event.number <= number,
                Moment::Time(time) => event.at <= time,
            };
            // What is part of one version happened together.
            if !is_past && event.version != self.version {
                return false;
            }
            self.version = event.version;
            self.outlines.tell(event);
        }
        true
    }
}

impl Service {
    /// At most `limit` events after number `since`, in order.
    ///
    /// # Errors
    /// When they are in the store and it cannot be asked or does not have them.
    pub async fn events(
        &self,
        snapshot: &Snapshot,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, ServiceError> {
        let mut events = Vec::new();
        if since < snapshot.lineage.forgotten() && limit > 0 {
            events = self.earlier(snapshot, Wanted::Since(since), limit).await?;
        }
        let since = events.last().map_or(since, |event| event.number);
        let rest = limit.saturating_sub(events.len());
        events.extend(snapshot.lineage.events_since(since).take(rest).map(Arc::clone));
        Ok(events)
    }

    /// At most `limit` events after number `since` that name a story or topic, in order.
    ///
    /// # Errors
    /// When some are in the store and it cannot be asked.
    pub async fn events_of(
        &self,
        snapshot: &Snapshot,
        id: Id,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, ServiceError> {
        let life = snapshot.lineage.life_of(id, since, usize::MAX);
        let mut events = Vec::new();
        if life.earlier > since {
            events = self.earlier(snapshot, Wanted::Naming(id, since), limit).await?;
        }
        let rest = limit.saturating_sub(events.len());
        events.extend(life.events.into_iter().take(rest).map(Arc::clone));
        Ok(events)
    }

    /// The last `limit` events that name a story or topic, in order.
    ///
    /// # Errors
    /// When some are in the store and it cannot be asked.
    pub async fn last_events_of(
        &self,
        snapshot: &Snapshot,
        id: Id,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, ServiceError> {
        let life = snapshot.lineage.life_of(id, 0, limit);
        let mut events = Vec::new();
        let rest = limit.saturating_sub(life.events.len());
        if rest > 0 && life.earlier > 0 {
            events = self.earlier(snapshot, Wanted::LastNaming(id), rest).await?;
        }
        events.extend(life.events.into_iter().map(Arc::clone));
        Ok(events)
    }

    /// What is new about topics since event `since`: of at most `limit` of them, up to where the digest says.
    ///
    /// # Errors
    /// When events are in the store and it cannot be asked or does not have them.
    pub async fn changes(
        &self,
        snapshot: &Arc<Snapshot>,
        since: u64,
        limit: usize,
    ) -> Result<Digest, ServiceError> {
        let forgotten = snapshot.lineage.forgotten();
        let earlier = match since < forgotten {
            true => self.earlier(snapshot, Wanted::Since(since), AT_ONCE).await?,
            false => Vec::new(),
        };
        let snapshot = Arc::clone(snapshot);
        // Reads many events, and the headlines of topics that have grown.
        let digested = spawn_blocking(move || {
            let read = earlier.last().map_or(since, |event| event.number);
            let recent = (read >= forgotten).then(|| snapshot.lineage.events_since(read));
            let events = earlier.iter().chain(recent.into_iter().flatten());
            digest(&snapshot, events.map(Arc::as_ref).take(MOST_EVENTS), since, limit)
        });
        digested.await.map_err(|_| ServiceError::Failed)
    }

    /// What there was at a moment. Reads every event up to it where those are not in memory.
    ///
    /// # Errors
    /// When events are in the store and it cannot be asked or does not have them.
    pub async fn as_of(&self, snapshot: &Arc<Snapshot>, moment: Moment) -> Result<Past, ServiceError> {
        let recent = Arc::clone(snapshot);
        let remembered = spawn_blocking(move || remembered(&recent, moment)).await;
        if let Some(past) = remembered.map_err(|_| ServiceError::Failed)? {
            return Ok(past);
        }
        let (mut past, mut since) = (Past::at(moment), 0);
        loop {
            let events = self.events(snapshot, since, AT_ONCE).await?;
            let Some(last) = events.last() else { return Ok(past) };
            since = last.number;
            let told = spawn_blocking(move || {
                let goes_on = past.tell(&events);
                (past, goes_on)
            });
            let (told, goes_on) = told.await.map_err(|_| ServiceError::Failed)?;
            if !goes_on {
                return Ok(told);
            }
            past = told;
        }
    }

    /// Events that left memory before this view.
    async fn earlier(
        &self,
        snapshot: &Snapshot,
        wanted: Wanted,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, ServiceError> {
        let earlier = Earlier { wanted, before: snapshot.lineage.forgotten() + 1, limit };
        self.collection.earlier(earlier, self.shared.capacity.patience).await
    }
}

/// What there was at a moment, if memory reaches back to it.
fn remembered(snapshot: &Snapshot, moment: Moment) -> Option<Past> {
    let lineage = &snapshot.lineage;
    let version = match moment {
        Moment::Event(number) => lineage.event(number).map_or(0, |event| event.version),
        Moment::Time(time) => lineage.version_at(time),
    };
    Some(Past { moment, version, outlines: lineage.as_of(version)? })
}
