//! All collections: the default one and those that were created.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use thiserror::Error;
use tokio::task::spawn_blocking;

use super::log::Log;
use super::{
    Capacity, CollectionSettings, Profile, ProfileError, Readiness, Service, ServiceError, Shared,
    StartError, Verified, Writer, check_name, storage_refusal, verify,
};
use crate::engine::Settings;
use crate::store::{Body, DEFAULT, NewEntry, Store, StoreError, Stores};

/// Why a collection was not created or deleted.
#[derive(Debug, Error)]
pub enum CollectionError {
    /// Its name or settings are of no use.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// There already is one of this name.
    #[error("there already is a collection `{0}`")]
    Exists(String),
    /// There is none of this name.
    #[error("there is no collection of this name")]
    Unknown,
    /// There are as many as there may be.
    #[error(
        "there are {0} collections already, as many as there may be; the setting `limits.collections` says how many"
    )]
    TooMany(usize),
    /// The default collection stays.
    #[error("the default collection cannot be deleted")]
    Default,
    /// The service stops or its store failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Every collection, each with a writer and a store of its own.
pub struct Collections {
    base: Settings,
    /// How many there may be.
    most: usize,
    shared: Shared,
    default: Arc<Service>,
    named: ArcSwap<BTreeMap<String, Arc<Service>>>,
    /// Held while a collection is created or deleted: one at a time.
    keeping: Mutex<Keeping>,
}

struct Keeping {
    stores: Box<dyn Stores>,
    /// By name, until they are waited for.
    writers: BTreeMap<String, Writer>,
    is_closed: bool,
}

impl Collections {
    /// Restores all collections and starts their writers. `base` is the method of the default collection, from which
    /// others differ as their settings say.
    ///
    /// # Errors
    /// When a store cannot be read or a thread cannot be started.
    pub fn start(
        base: Settings,
        capacity: &Capacity,
        most: usize,
        mut stores: Box<dyn Stores>,
    ) -> Result<Self, StartError> {
        let shared = Shared::new(*capacity);
        let mut writers = BTreeMap::new();
        let mut start = |name: &str, store: Box<dyn Store>| {
            let mut log = Log::open(store)?;
            let profile = match name {
                DEFAULT => Profile::of_default(&base),
                _ => Profile::stored(name.to_owned(), &mut log)?,
            };
            let (service, writer) = Service::start(profile, &base, log, &shared)?;
            writers.insert(name.to_owned(), writer);
            Ok::<_, StartError>(Arc::new(service))
        };
        // The default one first: whoever has it has the directory.
        let default = start(DEFAULT, stores.open(DEFAULT)?)?;
        let mut named = BTreeMap::new();
        for name in names_in(&mut *stores)? {
            named.insert(name.clone(), start(&name, stores.open(&name)?)?);
        }
        let keeping = Mutex::new(Keeping { stores, writers, is_closed: false });
        Ok(Self { base, most, shared, default, named: ArcSwap::from_pointee(named), keeping })
    }

    /// The collection that is always there.
    pub fn default_one(&self) -> &Arc<Service> {
        &self.default
    }

    /// The collection of this name.
    pub fn find(&self, name: &str) -> Option<Arc<Service>> {
        match name {
            DEFAULT => Some(Arc::clone(&self.default)),
            _ => self.named.load().get(name).cloned(),
        }
    }

    /// Whether there are others than the default one.
    pub fn has_named(&self) -> bool {
        !self.named.load().is_empty()
    }

    /// The default collection, then the others by name.
    pub fn all(&self) -> Vec<Arc<Service>> {
        let named = self.named.load();
        std::iter::once(&self.default).chain(named.values()).map(Arc::clone).collect()
    }

    /// Creates a collection at the time `created`. It is durable when this returns, and goes on if nobody waits for it.
    ///
    /// # Errors
    /// If there is one of this name, its name or settings are of no use, there are as many as there may be, the store
    /// fails, or the service stops.
    pub async fn create(
        self: &Arc<Self>,
        name: String,
        settings: CollectionSettings,
        created: Timestamp,
    ) -> Result<Arc<Service>, CollectionError> {
        let profile = Profile::new(name, settings, &self.base, created)?;
        let this = Arc::clone(self);
        let work = spawn_blocking(move || this.create_now(profile, created));
        work.await.map_err(|_| ServiceError::Failed)?
    }

    /// Deletes a collection and all that is in it, for good. What is queued for it is finished first.
    ///
    /// # Errors
    /// If there is none of this name or it is the default one, the store fails, or the service stops.
    pub async fn delete(self: &Arc<Self>, name: String) -> Result<(), CollectionError> {
        let this = Arc::clone(self);
        let work = spawn_blocking(move || this.delete_now(&name));
        work.await.map_err(|_| ServiceError::Failed)?
    }

    fn create_now(&self, profile: Profile, created: Timestamp) -> Result<Arc<Service>, CollectionError> {
        let mut keeping = self.keeping()?;
        // The default one is not among the named.
        let count = self.named.load().len() + 1;
        if self.find(&profile.name).is_some() {
            return Err(CollectionError::Exists(profile.name));
        }
        if count >= self.most {
            return Err(CollectionError::TooMany(count));
        }
        // Before anything is stored, so that what is stored can be used.
        profile.method(&self.base)?;
        let first = NewEntry { at: created, body: Body::Configure(profile.written()) };
        let store = keeping.stores.create(&profile.name, &first).map_err(|error| refused(&error))?;
        let name = profile.name.clone();
        let service = match Log::open(store).and_then(|log| self.open(profile, log, &mut keeping)) {
            Ok(service) => service,
            Err(error) => {
                tracing::error!(%error, collection = name, "a new collection cannot be used");
                let _ = keeping.stores.delete(&name);
                return Err(ServiceError::Failed.into());
            }
        };
        tracing::info!(collection = name, "collection created");
        Ok(service)
    }

    fn delete_now(&self, name: &str) -> Result<(), CollectionError> {
        if name == DEFAULT {
            return Err(CollectionError::Default);
        }
        let mut keeping = self.keeping()?;
        let service = self.find(name).ok_or(CollectionError::Unknown)?;
        self.hide(name);
        service.close();
        if let Some(writer) = keeping.writers.remove(name) {
            writer.join();
        }
        if let Err(error) = keeping.stores.delete(name) {
            self.reopen(name, &service, &mut keeping);
            return Err(refused(&error).into());
        }
        tracing::info!(collection = name, "collection deleted");
        Ok(())
    }

    /// Has a collection that could not be deleted back.
    fn reopen(&self, name: &str, closed: &Service, keeping: &mut Keeping) {
        let store = keeping.stores.open(name).map_err(StartError::from);
        let log = store.and_then(Log::open);
        if let Err(error) = log.and_then(|log| self.open(closed.profile().clone(), log, keeping)) {
            tracing::error!(%error, collection = name, "a collection is out of use until the next start");
        }
    }

    /// Starts a writer and shows the collection.
    fn open(&self, profile: Profile, log: Log, keeping: &mut Keeping) -> Result<Arc<Service>, StartError> {
        let name = profile.name.clone();
        let (service, writer) = Service::start(profile, &self.base, log, &self.shared)?;
        let service = Arc::new(service);
        keeping.writers.insert(name.clone(), writer);
        let mut named = BTreeMap::clone(&self.named.load());
        named.insert(name, Arc::clone(&service));
        self.named.store(Arc::new(named));
        Ok(service)
    }

    fn hide(&self, name: &str) {
        let mut named = BTreeMap::clone(&self.named.load());
        named.remove(name);
        self.named.store(Arc::new(named));
    }

    fn keeping(&self) -> Result<MutexGuard<'_, Keeping>, ServiceError> {
        let keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        if keeping.is_closed { Err(ServiceError::Stopped) } else { Ok(keeping) }
    }

    /// Whether new headlines are welcome everywhere.
    pub fn readiness(&self) -> Readiness {
        // Those that are ready need no looking into; a collection that is being deleted is not among them.
        let states: Vec<Readiness> = self.all().iter().map(|service| service.readiness()).collect();
        let worst = [Readiness::Stopping, Readiness::ReadOnly].into_iter().find(|bad| states.contains(bad));
        worst.unwrap_or(Readiness::Ready)
    }

    /// Says through readiness that this instance is about to stop.
    pub fn announce_stop(&self) {
        self.shared.announce_stop();
    }

    /// Waits until a writer fails.
    pub async fn failed(&self) {
        self.shared.failed().await;
    }

    /// Takes no more headlines and no more collections, and waits until the writers have finished what is queued and
    /// closed their stores; false if one has failed.
    pub fn close(&self) -> bool {
        let mut keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        keeping.is_closed = true;
        self.all().iter().for_each(|service| service.close());
        // The default one last: it has the directory.
        let default = keeping.writers.remove(DEFAULT);
        let writers = std::mem::take(&mut keeping.writers).into_values().chain(default);
        // Each is waited for, whatever became of the others.
        writers.map(Writer::join).filter(|finished| !finished).count() == 0
    }
}

/// The collections that may be addressed. Others were put there by somebody else, and are left alone.
fn names_in(stores: &mut dyn Stores) -> Result<Vec<String>, StoreError> {
    let mut names = stores.named()?;
    names.retain(|name| {
        let is_name = check_name(name).is_ok() && name != DEFAULT;
        if !is_name {
            tracing::warn!(name, "this cannot be the name of a collection; what is there is left alone");
        }
        is_name
    });
    Ok(names)
}

fn refused(error: &StoreError) -> ServiceError {
    tracing::error!(%error, "the collections cannot be changed");
    storage_refusal(error)
}

/// Verifies every collection, the default one first.
///
/// # Errors
/// When a store cannot be read.
pub fn verify_all(base: &Settings, stores: &mut dyn Stores) -> Result<Vec<(String, Verified)>, StartError> {
    let default = stores.open(DEFAULT)?;
    let names = names_in(stores)?;
    // Held open by the first, so that nobody else changes anything meanwhile.
    let mut logs = vec![(Profile::of_default(base), Log::open(default)?)];
    for name in names {
        let mut log = Log::open(stores.open(&name)?)?;
        logs.push((Profile::stored(name, &mut log)?, log));
    }
    let verified = logs.into_iter().map(|(profile, log)| {
        let method = profile.method(base).map_err(|error| StartError::UnknownCollectionSettings {
            collection: profile.name.clone(),
            reason: error.to_string(),
        })?;
        Ok((profile.name, verify(&method, log)?))
    });
    verified.collect()
}
