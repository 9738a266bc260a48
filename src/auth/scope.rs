//! What a key may do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing a key may do. None includes another: a key that posts need not be one that reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Ask for what is there.
    Read,
    /// Post headlines.
    Write,
    /// Manage collections and settings.
    Admin,
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        })
    }
}
