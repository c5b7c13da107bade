//! Programs that run to their end beside each other, with the time and the memory of each.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A program that takes longer is ended, so that a benchmark ends.
pub(crate) const LONGEST: Duration = Duration::from_hours(1);

/// How a program ended.
pub(crate) struct Watched {
    /// Its exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    pub(crate) time: Duration,
    /// The largest resident memory of the process or of one of its children.
    pub(crate) memory_kib: u64,
}

/// Runs a program; its output goes nowhere.
pub(crate) fn watched(command: &mut Command) -> Watched {
    let start = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stderr.take().unwrap();
    let told = std::thread::spawn(move || {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut pipe, &mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    // The memory is looked at beside, so that the time ends with the program and not with a look.
    let (process, id) = (child.id(), rustix::process::Pid::from_child(&child));
    let (end, ended) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let mut most = peak_kib(process);
        while ended.recv_timeout(Duration::from_millis(2)) == Err(RecvTimeoutError::Timeout) {
            most = most.max(peak_kib(process));
            if start.elapsed() > LONGEST {
                let _ended_by_itself = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
        }
        most
    });
    let status = child.wait().unwrap();
    let time = start.elapsed();
    drop(end);
    Watched { code: status.code(), time, stderr: told.join().unwrap(), memory_kib: watch.join().unwrap() }
}

/// The highest resident memory so far of a process or of one of its children.
fn peak_kib(process: u32) -> u64 {
    let own = |process: u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:").map(str::to_owned));
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok()).map(own);
    children.max().unwrap_or(0).max(own(process))
}

/// The Python that `MAILLAGE_PYTHON` names; loud when there is none.
pub(crate) fn python(packages: &str) -> Option<OsString> {
    let named = std::env::var_os("MAILLAGE_PYTHON");
    if named.is_none() {
        eprintln!("PYTHON LEFT OUT: set MAILLAGE_PYTHON to an interpreter that has {packages}");
    }
    named
}
