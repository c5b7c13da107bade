//! Faults on purpose, so that a test can have the program killed at a chosen step. They
//! exist in debug builds only, and only when `MAILLAGE_FAULT` names them.

use chrono::{DateTime, Utc};
use std::io;

/// Another time than that of the machine: the one that follows `clock=` in `MAILLAGE_FAULT`.
#[must_use]
pub fn clock() -> Option<DateTime<Utc>> {
    #[cfg(debug_assertions)]
    if let Some(fault) = crate::config::environment("MAILLAGE_FAULT") {
        return fault.strip_prefix("clock=").and_then(|time| time.parse().ok());
    }
    None
}

/// Dies here as by `SIGKILL`, when `MAILLAGE_FAULT` is `name`.
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    if crate::config::environment("MAILLAGE_FAULT").as_deref() == Some(name) {
        let _dead = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// Waits here until the file that follows `name=` in `MAILLAGE_FAULT` is there; says that it does
/// with a second file, of the same name and `.waits`.
pub fn pause(name: &str) {
    #[cfg(debug_assertions)]
    if let Some(fault) = crate::config::environment("MAILLAGE_FAULT")
        && let Some(file) = fault.strip_prefix(name).and_then(|rest| rest.strip_prefix('='))
    {
        let _told = std::fs::write(format!("{file}.waits"), "");
        while !std::path::Path::new(file).exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// A full disk, when `MAILLAGE_FAULT` is `name`.
///
/// # Errors
/// "No space left on device", then.
pub fn disk(name: &str) -> io::Result<()> {
    #[cfg(debug_assertions)]
    if crate::config::environment("MAILLAGE_FAULT").as_deref() == Some(name) {
        return Err(rustix::io::Errno::NOSPC.into());
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
    Ok(())
}
