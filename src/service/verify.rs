//! Whether a log, applied from its beginning, gives the state that a restart from the last checkpoint gives.

use super::StartError;
use super::collection::take;
use super::log::{Log, Step};
use crate::engine::{Departed, Engine, Method};

/// What came of applying a log twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Entries in the log.
    pub entries: u64,
    /// Headlines in the window at its end.
    pub headlines: usize,
    /// State when every entry is applied, from the first.
    pub from_the_beginning: [u8; 32],
    /// State by way of the newest checkpoint; none if there is none that can be used.
    pub from_a_checkpoint: Option<[u8; 32]>,
}

impl Verified {
    /// Whether both are the same.
    pub fn holds(&self) -> bool {
        self.from_a_checkpoint.is_none_or(|state| state == self.from_the_beginning)
    }
}

/// Applies a log from its beginning and from its newest checkpoint. Changes nothing.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn verify(method: &Method, mut log: Log) -> Result<Verified, StartError> {
    let mut anew = Engine::new(method.clone());
    log.replay(|step| applied(&mut anew, step))?;
    let mut log = log.reopened()?;
    let resumed = log.resume(|checkpoint| Engine::resume(method.clone(), checkpoint))?;
    let from_a_checkpoint = match resumed {
        Some(mut engine) => {
            log.replay(|step| applied(&mut engine, step))?;
            Some(engine.state_hash())
        }
        None => None,
    };
    Ok(Verified {
        entries: log.last_seq().max(anew.snapshot().version),
        headlines: anew.snapshot().len(),
        from_the_beginning: anew.state_hash(),
        from_a_checkpoint,
    })
}

/// Does what the log says and lets go of what left memory by that.
fn applied(engine: &mut Engine, step: Step) -> Departed {
    take(engine, step);
    drop(engine.take_departed());
    Departed::default()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Headline;
    use crate::store::MemoryStore;

    fn written(checkpoint_of: &[&str]) -> Log {
        let mut log = Log::open(Box::new(MemoryStore::default())).unwrap();
        let mut engine = Engine::new(Method::default());
        for id in ["a", "b", "c"] {
            let headline = Headline {
                id: id.to_owned(),
                text: format!("Ferry {id} runs aground off Malta"),
                time: None,
                source: None,
                url: None,
                lang: None,
            };
            let batch = log.append(Timestamp::UNIX_EPOCH, vec![headline]).unwrap();
            engine.apply(batch.headlines, batch.at);
        }
        let mut other = Engine::new(Method::default());
        for id in checkpoint_of {
            let headline = engine.snapshot().headline(id).unwrap().0.clone();
            other.apply(vec![headline], Timestamp::UNIX_EPOCH);
        }
        if !checkpoint_of.is_empty() {
            log.applied(checkpoint_of.len());
            log.save_checkpoint(&other);
        }
        log.reopened().unwrap()
    }

    #[test]
    fn a_log_alone_and_one_with_its_checkpoint_hold() {
        let alone = verify(&Method::default(), written(&[])).unwrap();
        assert_eq!((alone.entries, alone.headlines, alone.from_a_checkpoint), (3, 3, None));
        assert!(alone.holds());
    }

    #[test]
    fn a_checkpoint_of_another_state_does_not_hold() {
        let verified = verify(&Method::default(), written(&["a", "c", "b"])).unwrap();
        assert!(verified.from_a_checkpoint.is_some() && !verified.holds());
    }
}
