//! `maillage completions`: what a shell has to know.

use crate::error::Exit;
use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

/// Prints the completions of a shell.
#[must_use]
pub fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    generate(shell, &mut crate::cli::Cli::command(), "maillage", &mut script);
    print!("{}", String::from_utf8_lossy(&script));
    Exit::Done
}
