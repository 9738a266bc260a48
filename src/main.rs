//! The `slugline` command.

fn main() {}
