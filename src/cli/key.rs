//! `slugline key`: makes API keys.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use crate::auth::{Key, Keys, KeysError, Scope, Secret};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key and print it, once, with the line for the file of keys
    New(New),
}

#[derive(Debug, clap::Args)]
struct New {
    /// What it may do
    #[arg(long, value_enum, value_delimiter = ',', required = true, value_name = "SCOPE,…")]
    scope: Vec<Scope>,
    /// What to call it, in the file and in logs
    #[arg(long)]
    name: String,
    /// Add the line to this file, which is made if need be, and print the key alone
    #[arg(long, value_name = "FILE")]
    append: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let Command::New(new) = &args.command;
    let secret = Secret::generate().context("no random bytes from the operating system")?;
    let key = Key::new(new.name.clone(), new.scope.clone(), &secret)
        .map_err(|reason| anyhow!(reason.replace("`id`", "--name")))?;
    let mut out = std::io::stdout().lock();
    match &new.append {
        Some(path) => {
            append(path, &key)?;
            writeln!(out, "{}", secret.reveal())?;
        }
        None => {
            writeln!(out, "key, shown this once:       {}", secret.reveal())?;
            writeln!(out, "line for the file of keys:  {}", key.line())?;
        }
    }
    Ok(())
}

fn append(path: &Path, key: &Key) -> anyhow::Result<()> {
    match Keys::load(path) {
        Ok(keys) if keys.contains(key.id()) => bail!("{} holds a key `{}` already", path.display(), key.id()),
        Ok(_) | Err(KeysError::Empty { .. }) => {}
        Err(KeysError::Unreadable { reason, .. }) if reason.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let start = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        file.write_all(format!("{start}{}\n", key.line()).as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
