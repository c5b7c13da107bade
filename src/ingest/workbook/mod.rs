//! Workbooks, parsed in a child process under a memory limit and a cap on cells.
//!
//! A workbook can ask for more memory than there is, and then the process that parses it
//! is aborted: so it is never ours. The child gets the bytes on stdin and answers in lines
//! of json on stdout; it has no environment, writes no file and opens none.

mod cells;
mod child;
#[cfg(test)]
mod corpora_tests;
mod hidden;
mod scan;
mod wire;

pub use child::worker_main;

use super::page::Page;
use super::sniff::{Workbook, password};
use super::table::Sheet;
use super::{Context, IngestError};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use wire::{Job, Line, Refusal};

/// Longest time that one workbook may take.
const LONGEST: Duration = Duration::from_mins(10);

const LIMITS: &str = "remove what is not data from the workbook, or raise `workbook_memory_mib` and \
                      `workbook_cells` under `limits`";

/// Sheets of a workbook, in its own order.
pub(super) async fn read(
    page: &Page,
    kind: Workbook,
    context: &Context<'_>,
) -> Result<Vec<Sheet>, IngestError> {
    let limits = &context.limits;
    let job = Job { kind, cells: limits.workbook_cells, memory_mib: limits.workbook_memory_mib };
    let failed = |cause: std::io::Error| {
        IngestError::unreadable(
            &page.place,
            format!("the process that parses workbooks does not run: {}", cause.kind()),
            "check that the program may start itself",
        )
    };
    let mut child = Command::new(&context.worker)
        .arg("read-workbook")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    match tokio::time::timeout(LONGEST, converse(&mut child, page, &job)).await {
        Ok(Ok(Ok(sheets))) => Ok(sheets),
        Ok(Ok(Err(refusal))) => Err(refused(page, &refusal)),
        Ok(Err(_)) => {
            // Ended without its last word: aborted for want of memory, or panicked.
            let killed = child.wait().await.is_ok_and(|status| status.code().is_none());
            let cause = if killed {
                "parsing it was stopped because it needs more memory than the limit"
            } else {
                "parsing it failed: the workbook is damaged or of an unusual kind"
            };
            let help =
                if killed { LIMITS } else { "open it in a spreadsheet program and save it as .xlsx again" };
            Err(IngestError::unreadable(&page.place, cause, help))
        }
        Err(_) => Err(IngestError::unreadable(
            &page.place,
            format!("parsing it takes longer than {} s", LONGEST.as_secs()),
            LIMITS,
        )),
    }
}

/// Gives the child its work and takes the answer; an error when it ends before the end.
async fn converse(child: &mut Child, page: &Page, job: &Job) -> std::io::Result<Result<Vec<Sheet>, Refusal>> {
    let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let mut stdin = child.stdin.take().ok_or_else(broken)?;
    let stdout = child.stdout.take().ok_or_else(broken)?;
    let give = async move {
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        // A child that refuses early closes its stdin; what it says counts, not that.
        let _ = stdin.write_all(&line).await;
        let _ = stdin.write_all(&page.bytes).await;
        let _ = stdin.shutdown().await;
        drop(stdin);
        Ok::<(), std::io::Error>(())
    };
    let take = async move {
        let mut reader = BufReader::with_capacity(1 << 16, stdout.take(wire::most_bytes(job)));
        let mut gathered = wire::Gathered::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line).await? == 0 {
                return Err(broken());
            }
            match serde_json::from_slice(&line)? {
                Line::End => return Ok(Ok(gathered.sheets())),
                Line::Refused(refusal) => return Ok(Err(refusal)),
                other => gathered.add(other),
            }
        }
    };
    let (given, taken) = tokio::join!(give, take);
    given?;
    taken
}

fn refused(page: &Page, refusal: &Refusal) -> IngestError {
    let (cause, help) = match refusal {
        Refusal::Password => return password(page),
        Refusal::TooManyCells(most) => (format!("it holds more than {most} cells"), LIMITS),
        Refusal::TooMuchText => ("its texts are larger than half the memory limit".to_owned(), LIMITS),
        Refusal::Scattered(sheet) => (
            format!("the cells of sheet {sheet} stand too far apart to be a table"),
            "delete the stray cells far to the right and below, then save",
        ),
        Refusal::Bomb => ("unpacked, it would be larger than the memory limit allows".to_owned(), LIMITS),
        Refusal::Sheet(sheet) => (
            format!("sheet {sheet} is damaged"),
            "open the workbook in a spreadsheet program, repair the sheet and save",
        ),
        Refusal::Damaged => (
            "the workbook is damaged or of an unusual kind".to_owned(),
            "open it in a spreadsheet program and save it as .xlsx again",
        ),
        Refusal::NoLimit => (
            "the memory limit cannot be set on this system".to_owned(),
            "raise the limits of the account that runs the program",
        ),
    };
    IngestError::unreadable(&page.place, cause, help)
}
