//! What is known of sources over a restart: one small file, replaced as a whole.
//!
//! Nothing depends on it: without it every feed is read again, and all of its items are duplicates.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::Progress;
use super::client::Validators;
use crate::store::replace_file;

/// What is known of one source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Known {
    /// Of the last document that was kept.
    pub validators: Validators,
    pub progress: Progress,
}

/// The same with what tells the source from others.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    #[serde(flatten)]
    pub known: Known,
}

/// The file, or nothing: what is known of sources of a collection in memory ends with it.
#[derive(Debug, Default)]
pub(super) struct Keep(Arc<Mutex<Option<PathBuf>>>);

impl Keep {
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(Some(path))))
    }

    /// What was kept. A file that cannot be read or understood is ignored, and replaced in time.
    pub fn load(path: &PathBuf) -> Vec<Entry> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            text => text,
        };
        let entries = text.and_then(|text| Ok(serde_json::from_slice(&text)?));
        entries.unwrap_or_else(|error| {
            tracing::warn!(
                file = %path.display(), %error,
                "what was known of feeds cannot be read and is forgotten; they are read anew"
            );
            Vec::new()
        })
    }

    /// Keeps what `entries` tells once it is its turn, so that what is known last is written last.
    pub async fn save(&self, entries: impl FnOnce() -> Vec<Entry>) {
        let path = self.0.lock().await;
        let Some(file) = path.clone() else { return };
        let entries = entries();
        let written = spawn_blocking(move || replace_file(&file, &serde_json::to_vec(&entries)?)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "what is known of feeds cannot be written down; they are read anew after a restart");
        }
    }
}
