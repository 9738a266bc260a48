//! What is read: standard input, files, the files of directories, feeds on the network.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use url::Url;

use crate::cli::input::Input;
use crate::feeds::{FeedSettings, Fetched, Fetcher, Validators};
use crate::ingest::Format;

/// Bytes of a feed that are read from the network.
const MOST_BYTES: usize = 64 * 1_024 * 1_024;

/// One document to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A file, or standard input for `-`.
    File(PathBuf),
    Feed(Url),
}

impl Source {
    /// What one argument stands for: itself, or the files of a directory and of those in it, by name.
    pub fn find(given: &str) -> anyhow::Result<Vec<Self>> {
        let scheme = given.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if matches!(scheme.as_deref(), Some("http" | "https")) {
            let url = Url::parse(given).map_err(|error| anyhow::anyhow!("an address is invalid: {error}"))?;
            return Ok(vec![Self::Feed(url)]);
        }
        let path = PathBuf::from(given);
        if !path.is_dir() {
            return Ok(vec![Self::File(path)]);
        }
        let mut found = Found::default();
        found.walk(&path)?;
        if found.skipped > 0 {
            eprintln!("{given}: {} files skipped whose endings are none that are read", found.skipped);
        }
        anyhow::ensure!(!found.files.is_empty(), "{given}: no files of headlines in it");
        Ok(found.files.into_iter().map(Self::File).collect())
    }

    /// How messages call it. The query of an address may be a key.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) if path == Path::new("-") => "stdin".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Feed(url) => {
                let mut shown = url.clone();
                shown.set_query(None);
                shown.set_fragment(None);
                // Neither can fail on an address with a host.
                let _ = (shown.set_username(""), shown.set_password(None));
                shown.into()
            }
        }
    }
}

/// The files of a directory so far.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    skipped: usize,
}

impl Found {
    /// Hidden files are passed over, and links to directories, which may lead in circles.
    fn walk(&mut self, directory: &Path) -> anyhow::Result<()> {
        let context = || directory.display().to_string();
        let entries: Result<Vec<_>, _> = directory.read_dir().with_context(context)?.collect();
        let mut entries = entries.with_context(context)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            if entry.file_type().with_context(context)?.is_dir() {
                self.walk(&path)?;
            } else if path.is_file() && Format::from_extension(&path).is_some() {
                self.files.push(path);
            } else {
                self.skipped += 1;
            }
        }
        Ok(())
    }
}

/// Reads documents.
pub(super) struct Reader {
    format: Option<Format>,
    fetcher: Fetcher,
    runtime: tokio::runtime::Runtime,
}

impl Reader {
    /// A reader that takes everything for `format`, if one is given.
    pub fn new(format: Option<Format>, allow_private_sources: bool) -> anyhow::Result<Self> {
        let settings = FeedSettings { allow_private_sources, ..FeedSettings::default() };
        let fetcher = Fetcher::new(&settings, MOST_BYTES);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        Ok(Self { format, fetcher, runtime: runtime.context("cannot fetch feeds")? })
    }

    /// The document and its notation.
    pub fn read(&self, source: &Source) -> anyhow::Result<(Format, Vec<u8>)> {
        let url = match source {
            Source::Feed(url) => url,
            Source::File(path) => {
                let input = Input::read(path, self.format)?;
                return Ok((input.format, input.bytes));
            }
        };
        match self.runtime.block_on(self.fetcher.fetch(url, &Validators::default()))? {
            Fetched::Document { bytes, .. } => Ok((self.format.unwrap_or(Format::Feed), bytes)),
            Fetched::Unchanged => anyhow::bail!("the server says that nothing has changed, unasked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_stands_for_its_files_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("b");
        std::fs::create_dir(&inner).unwrap();
        for name in ["c.csv", "a.txt", ".hidden.txt", "notes.md", "b/feed.XML"] {
            std::fs::write(directory.path().join(name), "x").unwrap();
        }
        let found = Source::find(directory.path().to_str().unwrap()).unwrap();
        let wanted = ["a.txt", "b/feed.XML", "c.csv"].map(|name| Source::File(directory.path().join(name)));
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_directory_without_headlines_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("notes.md"), "x").unwrap();
        assert!(Source::find(directory.path().to_str().unwrap()).is_err());
    }

    #[test]
    fn names_of_feeds_hold_no_keys() {
        let found = Source::find("HTTP://user:word@a.example/feed?key=1").unwrap();
        assert_eq!(found[0].name(), "http://a.example/feed");
    }
}
