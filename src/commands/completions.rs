//! `maillage completions`: what a shell has to know.

use crate::error::Exit;
use clap::Command;
use clap_complete::{Shell, generate};

/// Prints the completions of a command for a shell.
#[must_use]
pub fn completions(shell: Shell, command: &mut Command) -> Exit {
    let mut script = Vec::new();
    generate(shell, command, "maillage", &mut script);
    print!("{}", String::from_utf8_lossy(&script));
    Exit::Done
}
