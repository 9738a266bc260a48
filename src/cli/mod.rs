//! The command line: `cluster`, `evaluate`, `replay`, `serve`, `ingest`, `key` and `healthcheck`.

mod cluster;
mod evaluate;
mod healthcheck;
mod ingest;
mod input;
mod key;
mod progress;
mod replay;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Clusters headlines into stories and topics.
#[derive(Debug, Parser)]
#[command(name = "slugline", version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Cluster a file of headlines and print its topics
    Cluster(cluster::Args),
    /// Cluster labelled headlines and score the result against the labels
    Evaluate(evaluate::Args),
    /// Put labelled headlines through the engine batch by batch and report how steady ids are on the way
    Replay(replay::Args),
    /// Run the HTTP service
    #[command(
        after_help = "A flag wins over its environment variable, which wins over the file given by --config, \
                            which wins over the default."
    )]
    Serve(Box<serve::Args>),
    /// Post files, directories, standard input or feeds to a running service
    Ingest(ingest::Args),
    /// Make API keys for the service
    Key(key::Args),
    /// Ask a running service whether it is ready; the exit code is the answer
    Healthcheck(healthcheck::Args),
}

/// Runs the command the process was started with. Failures are one line on standard error and exit code 1; misuse
/// is explained by clap with exit code 2.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Cluster(args) => cluster::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Ingest(args) => ingest::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Healthcheck(args) => healthcheck::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of our output has seen enough, as in `slugline cluster … | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("slugline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    use std::io::{Error, ErrorKind::BrokenPipe};
    let kind_of = |cause: &(dyn std::error::Error + 'static)| {
        let plain = || cause.downcast_ref::<Error>().map(Error::kind);
        let json = || cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        let csv = || match cause.downcast_ref::<csv::Error>()?.kind() {
            csv::ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        };
        plain().or_else(json).or_else(csv)
    };
    error.chain().any(|cause| kind_of(cause) == Some(BrokenPipe))
}
