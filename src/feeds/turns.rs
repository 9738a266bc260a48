//! One request at a time per host, and a pause between two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};
use tokio::time::Instant;

/// Who is being asked, and when those that were asked lately were.
#[derive(Debug)]
pub(super) struct Turns {
    pause: Duration,
    hosts: Mutex<HashMap<String, Arc<Turnstile<Option<Instant>>>>>,
}

/// The right to send one request to a host, given back when dropped.
#[derive(Debug)]
pub(super) struct Turn(OwnedMutexGuard<Option<Instant>>);

impl Turns {
    pub fn new(pause: Duration) -> Self {
        Self { pause, hosts: Mutex::default() }
    }

    /// Waits until nobody asks this host and the pause after the last request is over.
    pub async fn take(&self, host: &str) -> Turn {
        let turn = Turn(self.turnstile(host).lock_owned().await);
        if let Some(ended) = *turn.0 {
            tokio::time::sleep(self.pause.saturating_sub(ended.elapsed())).await;
        }
        turn
    }

    fn turnstile(&self, host: &str) -> Arc<Turnstile<Option<Instant>>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // Redirections may lead to any number of hosts; only those that matter are remembered.
        hosts.retain(|_, turnstile| {
            Arc::strong_count(turnstile) > 1
                || turnstile
                    .try_lock()
                    .is_ok_and(|last| last.is_some_and(|ended| ended.elapsed() < self.pause))
        });
        Arc::clone(hosts.entry(host.to_ascii_lowercase()).or_default())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_asked_by_one_at_a_time_and_others_meanwhile() {
        let turns = Turns::new(Duration::ZERO);
        let first = turns.take("dockpost.example").await;
        let mut second = Box::pin(turns.take("DockPost.example"));
        let waited = tokio::time::timeout(Duration::from_secs(60), &mut second).await;
        assert!(waited.is_err());
        turns.take("echo.example").await;
        drop(first);
        second.await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_turn_comes_after_the_pause() {
        let pause = Duration::from_secs(5);
        let turns = Turns::new(pause);
        drop(turns.take("dockpost.example").await);
        let started = Instant::now();
        drop(turns.take("echo.example").await);
        assert_eq!(started.elapsed(), Duration::ZERO);
        drop(turns.take("dockpost.example").await);
        assert!(started.elapsed() >= pause);
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_were_left_alone_are_forgotten() {
        let turns = Turns::new(Duration::ZERO);
        for number in 0..100 {
            drop(turns.take(&format!("host-{number}.example")).await);
        }
        assert_eq!(turns.hosts.lock().unwrap().len(), 1);
    }
}
