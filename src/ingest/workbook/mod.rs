//! Workbooks and Parquet files, parsed in a child process under limits on memory, time and cells.
//!
//! A workbook can ask for more memory than there is, and then the process that parses it
//! is aborted: so it is never ours. The stdin of the child is the file, of which it reads what it
//! needs where it stands, and it answers in frames on stdout; it has no environment, writes no
//! file and opens none but its own figures.

mod ahead;
mod biff12;
mod cells;
mod child;
mod columnar;
mod compound;
mod container;
#[cfg(test)]
mod corpora_tests;
mod defined;
mod mend;
mod ods;
#[cfg(test)]
mod ods_tests;
#[cfg(test)]
mod promises_tests;
mod ranges;
mod records;
mod scan;
mod spreadsheet_xml;
#[cfg(test)]
mod spreadsheet_xml_tests;
mod structure;
mod teller;
mod unpacked;
mod values;
mod wire;
mod xls;
#[cfg(test)]
mod xls_tests;
mod xml;

pub use child::worker_main;
pub(super) use records::is_bare;
pub(super) use wire::Wanted;

use super::budget::Budget;
use super::page::Page;
use super::sniff::Workbook;
use super::table::{Event, Gathered};
use super::{Context, IngestError, codec, files};
use crate::telemetry;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use wire::{Job, LINE, Line, ROW, Refusal};

const LIMITS: &str = "remove what is not data from the workbook, or raise `workbook_memory_mib`, \
                      `workbook_seconds` and `workbook_cells` under `limits` (`read` and `map`: `--memory-mib`, \
                      `--seconds`, `--cells`)";

/// Bytes that are taken from the child at a time.
const PIECE: usize = 1 << 18;

/// Takes what a reader says; an error stops the reading.
pub(super) type Listener<'a> = &'a mut (dyn FnMut(Event<'_>) -> Result<(), IngestError> + Send);

/// Sheets of a workbook, in its own order.
pub(super) async fn read(
    page: &Page,
    kind: Workbook,
    context: &Context<'_>,
) -> Result<Gathered, IngestError> {
    let mut gathered = Gathered::default();
    // The limit on the child knows nothing of what is held here.
    let (budget, held) = (Budget::new(&context.limits), &mut gathered);
    let mut before = budget.taken();
    let mut listen = move |event: Event<'_>| {
        match &event {
            Event::Sheet(_) => before = budget.taken(),
            Event::Again | Event::Dropped => budget.back_to(before),
            Event::Row(bytes) => {
                let cells = codec::outline(bytes).map_or(0, |outline| outline.cells);
                if !budget.takes_row(cells.into(), bytes.len() as u64) {
                    budget.check(&page.place)?;
                }
            }
            Event::Structure { .. } | Event::Remark(_) => {}
        }
        held.take(event).ok_or_else(|| refused(page, kind, &Refusal::Damaged))
    };
    stream(page, kind, None, context, &mut listen).await?;
    Ok(gathered)
}

/// Says a workbook to a listener as it is read.
pub(super) async fn stream(
    page: &Page,
    kind: Workbook,
    wanted: Option<Wanted>,
    context: &Context<'_>,
    listen: Listener<'_>,
) -> Result<(), IngestError> {
    let limits = &context.limits;
    let job = Job { kind, cells: limits.workbook_cells, memory_mib: limits.workbook_memory_mib, wanted };
    let failed = |cause: std::io::Error| {
        IngestError::unreadable(
            &page.place,
            format!("the process that parses workbooks does not run: {}", cause.kind()),
            "check that the program may start itself",
        )
    };
    let asked = serde_json::to_string(&job).map_err(|error| failed(error.into()))?;
    let mut child = Command::new(&context.worker)
        .args(["read-workbook", &asked])
        .env_clear()
        .stdin(page.content.file().map_err(failed)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let (longest, begun) = (Duration::from_secs(limits.workbook_seconds.into()), Instant::now());
    // A child that is done before it is asked is ready whatever the time: the clock has the last word.
    let answer = tokio::time::timeout(longest, converse(&mut child, &job, listen)).await;
    match answer.ok().filter(|_| begun.elapsed() < longest) {
        _ if !page.content.is_unchanged() => Err(files::being_written(&page.place)),
        Some(Ok(())) => Ok(()),
        Some(Err(Broken::Said(error))) => Err(error),
        Some(Err(Broken::Refused(refusal))) => Err(refused(page, kind, &refusal)),
        Some(Err(Broken::Off)) => {
            // Ended without its last word: over its memory, aborted, or killed from outside.
            let status = child.wait().await.ok();
            let code = status.and_then(|status| status.code());
            let is_over = code.is_none() || code == Some(child::OVER_MEMORY.into());
            let refusal = if is_over { Refusal::TooMuchMemory } else { Refusal::Damaged };
            Err(refused(page, kind, &refusal))
        }
        None => Err(IngestError::unreadable(
            &page.place,
            format!("parsing it takes longer than {} s", longest.as_secs()),
            LIMITS,
        )),
    }
}

/// Why a conversation ended early.
enum Broken {
    /// The child ended without its last word.
    Off,
    /// The child refused the workbook.
    Refused(Refusal),
    /// The listener wants no more.
    Said(IngestError),
}

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Self {
        Self::Off
    }
}

/// Passes on what the child says.
async fn converse(child: &mut Child, job: &Job, listen: Listener<'_>) -> Result<(), Broken> {
    let mut stdout = child.stdout.take().ok_or(Broken::Off)?.take(wire::most_bytes(job));
    let mut said = Vec::with_capacity(PIECE * 2);
    loop {
        said.reserve(PIECE);
        if stdout.read_buf(&mut said).await? == 0 {
            return Err(Broken::Off);
        }
        let mut rest = said.as_slice();
        while let Some((tag, bytes, after)) = wire::unframe(rest) {
            rest = after;
            let event = match tag {
                ROW => Event::Row(bytes),
                LINE => match serde_json::from_slice(bytes).map_err(|_| Broken::Off)? {
                    Line::End => return Ok(()),
                    Line::Panicked(place) => {
                        telemetry::tell_caught(&place);
                        continue;
                    }
                    Line::Refused(refusal) => return Err(Broken::Refused(refusal)),
                    Line::Sheet(sheet) => Event::Sheet(sheet.into()),
                    Line::Structure(found) => found.event(),
                    Line::Remark(remark) => Event::Remark(remark),
                    Line::Again => Event::Again,
                    Line::Dropped => Event::Dropped,
                },
                _ => return Err(Broken::Off),
            };
            listen(event).map_err(Broken::Said)?;
        }
        let used = said.len() - rest.len();
        said.drain(..used);
    }
}

/// The parser of xls holds each sheet from its first to its last cell, so that one far cell is enough.
const XLS_MEMORY: (&str, &str) = (
    "parsing it needs more memory than the limit: a sheet of an .xls is held whole, and one of these has \
     a cell far from the others (Ctrl+End shows the last one), or is damaged",
    "delete the rows and columns behind the data, or save it as .xlsx, of which only filled cells are held, \
     or raise `workbook_memory_mib` under `limits` (`read` and `map`: `--memory-mib`)",
);

const WRITE_AGAIN: &str = "write it again in the program that made it, or give csv";

fn refused(page: &Page, kind: Workbook, refusal: &Refusal) -> IngestError {
    let (cause, help) = match refusal {
        Refusal::Password => (
            "the workbook is protected by a password".to_owned(),
            "open it, remove the password (File, Info, Protect) and save it",
        ),
        Refusal::TooManyCells(most) => (format!("it holds more than {most} cells"), LIMITS),
        Refusal::TooMuchText => ("its texts are larger than half the memory limit".to_owned(), LIMITS),
        Refusal::Bomb => ("unpacked, it would be larger than the memory limit allows".to_owned(), LIMITS),
        Refusal::TooMuchMemory if kind == Workbook::Xls => (XLS_MEMORY.0.to_owned(), XLS_MEMORY.1),
        Refusal::TooMuchMemory => ("parsing it needs more memory than the limit".to_owned(), LIMITS),
        Refusal::NoSheet(broken) => {
            let broken: Vec<String> = broken.iter().map(u32::to_string).collect();
            let which = if broken.is_empty() {
                "no sheet has cells".to_owned()
            } else {
                format!("damaged or of an unusual kind, at position {}", broken.join(", "))
            };
            (
                format!("none of its sheets can be read: {which}"),
                "open it in a spreadsheet program, repair its sheets and save it as .xlsx again",
            )
        }
        Refusal::NoCells(rank) => (
            format!("sheet {rank} is a sheet of a chart, a dialogue or macros, without cells"),
            "give `--sheet` the name or the position of a sheet with cells",
        ),
        Refusal::NoSuchSheet(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            (
                format!("it has no such sheet; its sheets are, in order: {}", names.join(", ")),
                "give `--sheet` one of these names (`--sheet=NAME` where it begins with `-`), or a position from 1",
            )
        }
        Refusal::Compression(name) => (
            format!("the Parquet file is compressed with {name}, which is not read"),
            "write it again with zstd or snappy, or give csv",
        ),
        Refusal::Undecoded(cause) => (format!("the Parquet file cannot be decoded ({cause})"), WRITE_AGAIN),
        Refusal::Damaged if kind == Workbook::Parquet => {
            ("the Parquet file is damaged".to_owned(), WRITE_AGAIN)
        }
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
