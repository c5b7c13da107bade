//! The child side: limits first, then parse, then speak.

use super::super::content::Content;
use super::cells;
use super::wire::{Job, LINE, Line, Refusal, frame};
use crate::telemetry;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::time::Duration;

/// Exit code of unreadable input.
const UNREADABLE: u8 = 65;
/// Exit code when resident memory passed the limit.
pub(super) const OVER_MEMORY: u8 = 86;
/// How often resident memory is looked at: fresh memory comes at some gigabytes a second, and a look costs 0.15 ms.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// What the program itself holds, and what may be added between two looks, MiB.
const RESERVE_MIB: u64 = 48;
/// Address space for each byte of the limit: parsers reserve what a sheet declares and touch
/// what it holds, so the limit proper is on resident memory.
const ADDRESSES: u64 = 8;

/// Parses the workbook on stdin and writes its sheets to stdout, for our own parent only.
///
/// The job, in json, holds the limits; they stand before the first byte of the workbook is read.
pub fn worker_main(job: &str) -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    let outcome = work(job, &mut out);
    let mut lines = telemetry::panics().into_iter().map(Line::Panicked).chain([cells::last(&outcome)]);
    let said = lines.try_for_each(|line| frame(&mut out, LINE, &serde_json::to_vec(&line)?));
    let said = said.and_then(|()| out.flush());
    if outcome.is_ok() && said.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(UNREADABLE) }
}

fn work(job: &str, out: &mut impl Write) -> Result<(), Refusal> {
    let job: Job = serde_json::from_str(job).map_err(|_| Refusal::Damaged)?;
    limit(&job).map_err(|_| Refusal::NoLimit)?;
    watch(&job);
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    let content = stdin.and_then(Content::of).map_err(|_| Refusal::Damaged)?;
    cells::read(&content, &job, out)
}

/// No more address space than a multiple of the limit, and no core file, which would hold
/// the workbook.
fn limit(job: &Job) -> rustix::io::Result<()> {
    let bytes = u64::from(job.memory_mib) * 1024 * 1024;
    let addresses = bytes.saturating_mul(ADDRESSES);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    setrlimit(Resource::As, Rlimit { current: Some(addresses), maximum: Some(addresses) })
}

/// Ends the process when its resident memory comes near the limit. Where the system does not
/// tell resident memory, the limit on addresses is the only one.
fn watch(job: &Job) {
    let most = (u64::from(job.memory_mib).saturating_sub(RESERVE_MIB)).max(32) * 1024 * 1024;
    std::thread::spawn(move || {
        loop {
            let Some(resident) = resident_bytes() else { return };
            if resident > most {
                std::process::exit(i32::from(OVER_MEMORY));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    });
}

/// Resident memory of this process.
fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
