//! The `slugline` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    slugline::cli::main()
}
