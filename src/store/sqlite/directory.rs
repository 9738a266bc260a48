//! The data directory: one process at a time, and no database made over the remains of another.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::StoreError;

/// Name of the database in its directory.
pub(super) const DATABASE: &str = "slugline.db";

/// How long a lock is waited for. One whose holder has just ended may last a moment longer: in a process that was
/// forked from it and has not yet become another program.
const PATIENCE: Duration = Duration::from_millis(500);

/// Makes the directory if need be and takes its lock, which lasts until the file is closed, even by a crash.
pub(super) fn lock(directory: &Path) -> Result<File, StoreError> {
    fs::create_dir_all(directory).map_err(|error| StoreError::io(directory, &error))?;
    let path = directory.join("slugline.lock");
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let file = opened.map_err(|error| StoreError::io(&path, &error))?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => thread::sleep(PATIENCE / 20),
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: directory.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(StoreError::io(&path, &error)),
        }
    }
}

/// Refuses what SQLite would take for a new database and write over.
pub(super) fn require_whole(database: &Path) -> Result<(), StoreError> {
    let damaged =
        |reason: &str| Err(StoreError::Damaged { path: database.to_owned(), reason: reason.to_owned() });
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    match OpenOptions::new().read(true).write(true).open(database) {
        Ok(_) if length(database) == 0 => damaged("it is empty"),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            match length(&database.with_file_name(format!("{DATABASE}-wal"))) {
                0 => Ok(()),
                _ => damaged("it is missing, but its write-ahead log is there"),
            }
        }
        Err(error) => Err(StoreError::io(database, &error)),
    }
}

/// Bytes that a batch of some thousand headlines may take.
const ROOM: usize = 1 << 20;

/// Writes a file beside the database and removes it again.
pub(super) fn probe(database: &Path) -> Result<(), StoreError> {
    let path = database.with_file_name("slugline.probe");
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0; ROOM])?;
        file.sync_all()
    });
    let removed = discard(&path);
    written.map_err(|error| StoreError::io(&path, &error))?;
    removed
}

/// Gives a finished file its name for good.
pub(super) fn publish(unfinished: &Path, database: &Path) -> Result<(), StoreError> {
    fs::rename(unfinished, database).map_err(|error| StoreError::io(database, &error))?;
    database.parent().map_or(Ok(()), sync)
}

/// Has the names in a directory survive a loss of power.
pub(super) fn sync(directory: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(|error| StoreError::io(directory, &error))?;
    }
    Ok(())
}

/// Removes what an interrupted start has left.
pub(super) fn discard(unfinished: &Path) -> Result<(), StoreError> {
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(unfinished, &error)),
        _ => Ok(()),
    }
}
