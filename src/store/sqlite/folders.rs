//! A folder with a database of its own for each collection.
//!
//! The default collection is in the data directory itself, as it was before there were others; `collections/NAME` below
//! it holds each other one. A folder gets its name for good in one step once all is in it, and loses it in one step
//! before anything in it is removed, so that there is never half a collection under a name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::SqliteStore;
use super::directory::{DATABASE, sync};
use crate::store::{DEFAULT, NewEntry, Store, StoreError, Stores};

/// Folder of the collections beside the default one.
const FOLDER: &str = "collections";
/// Before the name of a collection that is being created, or removed. No name begins with a point.
const UNFINISHED: &str = ".new-";
const REMOVED: &str = ".removed-";

/// Collections in a data directory. Whoever opens the [default](DEFAULT) one first, and closes it last, has the
/// directory for himself.
#[derive(Debug)]
pub struct SqliteStores {
    root: PathBuf,
}

impl SqliteStores {
    /// The collections in `directory`, which is made if need be as the first of them is opened.
    pub fn new(directory: &Path) -> Self {
        Self { root: directory.to_owned() }
    }

    fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    /// Fills a folder that has no name of its own yet.
    fn prepare(unfinished: &Path, first: &NewEntry) -> Result<(), StoreError> {
        remove(unfinished)?;
        let mut store = SqliteStore::open(unfinished)?;
        store.create_collection(DEFAULT)?;
        store.append(DEFAULT, std::slice::from_ref(first))?;
        drop(store);
        sync(unfinished)
    }
}

impl Stores for SqliteStores {
    fn named(&mut self) -> Result<Vec<String>, StoreError> {
        let folder = self.folder();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::io(&folder, &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| StoreError::io(&folder, &error))?.path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some(name) if name.starts_with(UNFINISHED) || name.starts_with(REMOVED) => remove(&path)?,
                Some(name) if !name.starts_with('.') && path.is_dir() => names.push(name.to_owned()),
                _ => tracing::warn!(path = %path.display(), "this is no collection and left alone"),
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open(&mut self, name: &str) -> Result<Box<dyn Store>, StoreError> {
        if name == DEFAULT {
            return Ok(Box::new(SqliteStore::open(&self.root)?));
        }
        let folder = self.folder().join(name);
        if !folder.is_dir() {
            return Err(StoreError::UnknownCollection(name.to_owned()));
        }
        let database = folder.join(DATABASE);
        if !database.exists() {
            return Err(StoreError::Damaged { path: database, reason: "it is missing".to_owned() });
        }
        Ok(Box::new(SqliteStore::open(&folder)?))
    }

    fn create(&mut self, name: &str, first: &NewEntry) -> Result<Box<dyn Store>, StoreError> {
        let folder = self.folder();
        let (unfinished, path) = (folder.join(format!("{UNFINISHED}{name}")), folder.join(name));
        if name == DEFAULT || path.exists() {
            return Err(StoreError::CollectionExists(name.to_owned()));
        }
        if !folder.is_dir() {
            fs::create_dir_all(&folder).map_err(|error| StoreError::io(&folder, &error))?;
            sync(&self.root)?;
        }
        // What cannot be finished now is cleared away at the next start, if not here.
        let prepared = Self::prepare(&unfinished, first).and_then(|()| rename(&unfinished, &path));
        if prepared.is_err() {
            let _ = remove(&unfinished);
        }
        prepared?;
        sync(&folder).and_then(|()| self.open(name)).inspect_err(|_| {
            // Not acknowledged, so that it must not be there.
            let _ = rename(&path, &unfinished);
            let _ = remove(&unfinished);
        })
    }

    fn delete(&mut self, name: &str) -> Result<(), StoreError> {
        let folder = self.folder();
        let (path, removed) = (folder.join(name), folder.join(format!("{REMOVED}{name}")));
        if !path.is_dir() {
            return Err(StoreError::UnknownCollection(name.to_owned()));
        }
        remove(&removed)?;
        rename(&path, &removed)?;
        if let Err(error) = sync(&folder) {
            rename(&removed, &path)?;
            return Err(error);
        }
        if let Err(error) = remove(&removed) {
            tracing::warn!(%error, "a deleted collection still takes up space; the next start tries again");
        }
        Ok(())
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|error| StoreError::io(to, &error))
}

/// Removes a folder and all in it, if it is there.
fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(path, &error)),
        _ => Ok(()),
    }
}
