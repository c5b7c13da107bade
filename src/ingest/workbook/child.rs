//! The child side: limits first, then parse, then speak.

use super::cells;
use super::wire::{Job, Line, Refusal};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{self, BufRead as _, BufWriter, Read as _, Write};
use std::process::ExitCode;

/// Exit code of unreadable input.
const UNREADABLE: u8 = 65;

/// Parses the workbook on stdin and writes its sheets to stdout, for our own parent only.
///
/// The first line on stdin holds the limits; the address space is limited before the
/// first byte of the workbook is read.
pub fn worker_main() -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let outcome = work(&mut out);
    let last = match &outcome {
        Ok(()) => Line::End,
        Err(refusal) => Line::Refused(refusal.clone()),
    };
    let said = say(&mut out, &last).and_then(|()| out.flush());
    if outcome.is_ok() && said.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(UNREADABLE) }
}

fn work(out: &mut impl Write) -> Result<(), Refusal> {
    let mut stdin = io::stdin().lock();
    let mut line = Vec::new();
    stdin.read_until(b'\n', &mut line).map_err(|_| Refusal::Damaged)?;
    let job: Job = serde_json::from_slice(&line).map_err(|_| Refusal::Damaged)?;
    limit(&job).map_err(|_| Refusal::NoLimit)?;
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes).map_err(|_| Refusal::Damaged)?;
    cells::read(&bytes, &job, &mut |line| say(out, line))
}

/// No more address space than asked for, and no core file, which would hold the workbook.
fn limit(job: &Job) -> rustix::io::Result<()> {
    let bytes = u64::from(job.memory_mib) * 1024 * 1024;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    setrlimit(Resource::As, Rlimit { current: Some(bytes), maximum: Some(bytes) })
}

fn say(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
