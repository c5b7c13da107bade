//! One run as a process of its own: whatever it does, the daemon lives.

use super::Watched;
use crate::clock;
use crate::error::Exit;
use crate::ledger::{Lease, Ledger};
use chrono::TimeDelta;
use rustix::process::{Pid, Signal, kill_process};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// A lease outlives three lost heartbeats.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(120);
const HEARTBEAT: Duration = Duration::from_secs(30);
/// What a run that was asked to end gets before it is killed.
const LAST_WORDS: Duration = Duration::from_secs(30);

/// How a run ended.
pub(super) struct Ended {
    /// Its exit code; 128 and the signal when one ended it.
    pub(super) code: u8,
    /// The daemon asked it to end.
    pub(super) asked: bool,
}

/// Runs the pipeline and holds the lease until it ends. Once `stopping` holds, the run may
/// go on for `grace`, is then asked to end, and at last killed.
pub(super) async fn run(
    watched: &Watched,
    lease: &Lease,
    ledger: &Ledger,
    mut stopping: tokio::sync::watch::Receiver<Option<Exit>>,
    grace: Duration,
) -> io::Result<Ended> {
    let mut child = start(watched, lease)?;
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut patience: Option<Instant> = None;
    let mut asked = false;
    loop {
        let limit = patience.unwrap_or_else(Instant::now);
        tokio::select! {
            status = child.wait() => return Ok(Ended { code: code(status?), asked }),
            _ = heartbeat.tick() => beat(ledger, lease),
            changed = stopping.wait_for(Option::is_some), if patience.is_none() => {
                // A closed channel is a daemon that is ending.
                let _ended = changed.is_err();
                patience = Some(Instant::now() + grace);
            }
            () = sleep_until(limit), if patience.is_some() => {
                if asked {
                    child.start_kill()?;
                } else {
                    terminate(&child)?;
                    asked = true;
                }
                patience = Some(Instant::now() + LAST_WORDS);
            }
        }
    }
}

fn start(watched: &Watched, lease: &Lease) -> io::Result<Child> {
    let now = clock::now();
    let mut command = Command::new(&watched.executable);
    command
        .arg("run")
        .arg(&watched.folder)
        .arg("--state")
        .arg(&watched.state)
        .arg("--published")
        .arg(&watched.published)
        .args(["--as-of", &watched.due.day(now).to_string()])
        .args(["--scheduled-for", &lease.due.at.to_rfc3339()])
        .stdin(Stdio::null())
        // A key pressed at the terminal reaches the daemon, which decides about the run.
        .process_group(0);
    command.spawn()
}

fn beat(ledger: &Ledger, lease: &Lease) {
    match ledger.beat(lease, clock::now() + LEASE) {
        Ok(true) => {}
        // The state folder has a lock of its own, so a second run cannot start beside this one.
        Ok(false) => tracing::warn!(pipeline = %lease.due.pipeline, "the lease was lost"),
        Err(error) => tracing::warn!(pipeline = %lease.due.pipeline, %error, "no heartbeat"),
    }
}

fn terminate(child: &Child) -> io::Result<()> {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    match id {
        Some(id) => Ok(kill_process(id, Signal::TERM)?),
        None => Ok(()),
    }
}

fn code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    u8::try_from(code).unwrap_or(u8::MAX)
}
