//! Slugline clusters headlines into stories and topics.
#![forbid(unsafe_code)]

mod canonical;
pub mod cluster;
pub mod contrast;
mod digest;
pub mod engine;
pub mod evaluate;
pub mod headline;
pub mod index;
pub mod label;
mod ledger;
pub mod map;
pub mod text;
pub mod track;
pub mod vector;

#[cfg(feature = "server")]
pub mod auth;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod feeds;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "server")]
pub mod ingest;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "server")]
pub mod webhooks;

pub use headline::Headline;
