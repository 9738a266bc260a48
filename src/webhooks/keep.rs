//! Where webhooks are kept: a file each, beside the store. They are apart from it so that whoever receives nothing costs
//! those who post nothing: the store has one writer, which this never waits for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::hook::Record;
use crate::store::{replace_file, sync_directory};

/// Why webhooks could not be read or written. One line that names the file.
#[derive(Debug, Error)]
pub enum KeepError {
    /// The file system refuses.
    #[error("cannot use {}: {reason}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// This is no webhook of this program.
    #[error("{} holds no webhook that this program understands: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: serde_json::Error,
    },
}

/// A directory, or nothing: webhooks of a collection in memory end with it.
#[derive(Debug)]
pub(super) struct Keep(Option<PathBuf>);

impl Keep {
    /// In a directory, which is made when the first webhook is; without one, nowhere.
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self(directory)
    }

    /// All that are there.
    pub fn load(&self) -> Result<Vec<Record>, KeepError> {
        let Some(directory) = &self.0 else { return Ok(Vec::new()) };
        let failed = |reason| KeepError::Io { path: directory.clone(), reason };
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut records = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            // What was being written when the program ended was never acknowledged.
            if path.extension().is_some_and(|extension| extension == "json") {
                records.push(read(&path)?);
            }
        }
        Ok(records)
    }

    /// Keeps a webhook as it is now. Returns once it survives a loss of power.
    pub fn save(&self, record: &Record) -> Result<(), KeepError> {
        let Some(directory) = &self.0 else { return Ok(()) };
        let path = file(directory, &record.subscription.id);
        let written = serde_json::to_vec(record).map_err(io::Error::from);
        let written = written.and_then(|content| replace_file(&path, &content));
        written.map_err(|reason| KeepError::Io { path, reason })
    }

    /// Keeps a webhook no longer.
    pub fn remove(&self, id: &str) -> Result<(), KeepError> {
        let Some(directory) = &self.0 else { return Ok(()) };
        let path = file(directory, id);
        let removed = fs::remove_file(&path).and_then(|()| sync_directory(directory));
        removed.map_err(|reason| KeepError::Io { path, reason })
    }
}

fn file(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.json"))
}

fn read(path: &Path) -> Result<Record, KeepError> {
    let text = fs::read(path).map_err(|reason| KeepError::Io { path: path.to_owned(), reason })?;
    serde_json::from_slice(&text).map_err(|reason| KeepError::Malformed { path: path.to_owned(), reason })
}
