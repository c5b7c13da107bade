//! Signals that ask a process to end.

use crate::error::Exit;
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on; the future ends when a signal came, with the exit code that it asks for.
///
/// # Errors
/// When the system lets no handler be set.
pub(super) fn stop() -> io::Result<impl Future<Output = Exit>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => Exit::Terminated,
            _ = interrupt.recv() => Exit::Interrupted,
        }
    })
}
