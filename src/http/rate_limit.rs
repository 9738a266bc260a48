//! How often each client may ask. What is remembered is bounded, whoever asks.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config;

/// Whoever has an allowance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// The holder of a key, by its id.
    Key(String),
    /// A machine, or a network of 2^64 addresses, which is what one customer gets.
    Address(IpAddr),
    /// All those that came when no more could be told apart.
    Others,
}

impl Client {
    /// The client at an address; without one it is nobody in particular.
    pub fn at(address: Option<IpAddr>) -> Self {
        Self::Address(match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(address)) if !address.is_loopback() => {
                Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
            }
            Some(address) => address,
            None => Ipv4Addr::UNSPECIFIED.into(),
        })
    }
}

/// One allowance for each client.
#[derive(Debug)]
pub(super) struct RateLimit<C: Clock = DefaultClock>(
    RateLimiter<Client, Clients, C, NoOpMiddleware<C::Instant>>,
);

impl RateLimit {
    /// Nothing if there is no limit.
    pub fn new(settings: &config::RateLimit) -> Option<Self> {
        Self::with_clock(settings, DefaultClock::default())
    }
}

impl<C: Clock> RateLimit<C> {
    fn with_clock(settings: &config::RateLimit, clock: C) -> Option<Self> {
        let rate = NonZero::new(settings.requests_per_second)?;
        let quota = Quota::per_second(rate).allow_burst(NonZero::new(settings.burst)?);
        let clients = Clients { most: settings.clients, states: Mutex::default() };
        Some(Self(RateLimiter::new(quota, clients, clock)))
    }

    /// Takes one request off the client's allowance, or says in how many seconds there will be one again.
    pub fn take(&self, client: &Client) -> Result<(), u64> {
        self.0.check_key(client).map_err(|denied| {
            let wait = denied.wait_time_from(self.0.clock().now());
            wait.saturating_add(Duration::from_nanos(999_999_999)).as_secs().max(1)
        })
    }

    /// Forgets clients whose allowance is whole again: they would start with the same.
    pub fn forget_idle(&self) {
        self.0.retain_recent();
    }

    /// Clients that are told apart at present.
    pub fn clients(&self) -> usize {
        self.0.len()
    }
}

/// What the limiter remembers of each client: no more than `most`, and one for all others.
#[derive(Debug)]
struct Clients {
    most: usize,
    states: Mutex<HashMap<Client, Nanos>>,
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, HashMap<Client, Nanos>> {
        // A number is whole or not written: there is nothing to mistrust after a panic.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Clients {
    type Key = Client;

    fn measure_and_replace<T, F, E>(&self, client: &Client, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut states = self.lock();
        let full = states.len() >= self.most && !states.contains_key(client);
        let client = if full { &Client::Others } else { client };
        let known = states.get(client).copied();
        let (outcome, state) = decide(known)?;
        match states.get_mut(client) {
            Some(kept) => *kept = state,
            None => _ = states.insert(client.clone(), state),
        }
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<Client> for Clients {
    fn retain_recent(&self, drop_below: Nanos) {
        self.lock().retain(|_, state| *state >= drop_below);
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limit(rate: u32, burst: u32, clients: usize) -> (RateLimit<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let settings = config::RateLimit { requests_per_second: rate, burst, clients };
        (RateLimit::with_clock(&settings, clock.clone()).unwrap(), clock)
    }

    fn address(last: u8) -> Client {
        Client::at(Some(Ipv4Addr::new(192, 0, 2, last).into()))
    }

    #[test]
    fn an_allowance_is_spent_and_comes_back() {
        let (limit, clock) = limit(1, 3, 10);
        let desk = Client::Key("desk".into());
        let taken: Vec<_> = (0..4).map(|_| limit.take(&desk)).collect();
        assert_eq!(taken, [Ok(()), Ok(()), Ok(()), Err(1)]);
        assert_eq!(limit.take(&Client::Key("feed".into())), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!((limit.take(&desk), limit.take(&desk)), (Ok(()), Err(1)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten() {
        let (limit, clock) = limit(1, 2, 3);
        assert!((0..200).map(|last| limit.take(&address(last))).filter(Result::is_ok).count() == 3 + 2);
        assert_eq!(limit.clients(), 4);
        // Those that are known keep what is theirs.
        assert_eq!(limit.take(&address(0)), Ok(()));
        clock.advance(Duration::from_secs(5));
        limit.forget_idle();
        assert_eq!((limit.clients(), limit.take(&address(77))), (0, Ok(())));
    }

    #[test]
    fn a_network_counts_as_one_client() {
        let of = |text: &str| Client::at(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), address(7));
        assert_ne!(of("::1"), of("::2"));
    }

    #[test]
    fn zero_is_no_limit() {
        let settings = config::RateLimit { requests_per_second: 0, ..config::RateLimit::default() };
        assert!(RateLimit::new(&settings).is_none());
    }
}
