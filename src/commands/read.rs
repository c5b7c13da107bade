//! `maillage read`: what ingest sees in one file.

use crate::config::{self, Hidden, Limits};
use crate::error::Exit;
use crate::ingest::view::{Format, Request, ViewError, Viewed, view};
use crate::ingest::{Context, SnapshotSink};
use crate::model::Finding;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal as _};
use std::path::PathBuf;

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Workbook, csv, json or Parquet file
    pub file: PathBuf,
    /// Name of the sheet, or its position among the tabs from 1 (default: the first table)
    #[arg(long)]
    pub sheet: Option<String>,
    /// csv: every row and column of the used range; json and parquet: only what holds something
    #[arg(long, value_enum, default_value_t = FormatFlag::Csv)]
    pub format: FormatFlag,
    /// What happens to hidden rows, columns and sheets
    #[arg(long, value_enum, default_value_t = HiddenFlag::Include)]
    pub hidden: HiddenFlag,
    #[command(flatten)]
    limits: LimitFlags,
}

/// What reading one file may take.
#[derive(Debug, clap::Args)]
pub struct LimitFlags {
    /// Memory of the process that reads a workbook or Parquet, and of the rows of other files, MiB
    #[arg(long, default_value_t = Limits::default().workbook_memory_mib)]
    pub memory_mib: u32,
    /// Longest time that reading the file may take
    #[arg(long, default_value_t = Limits::default().workbook_seconds)]
    pub seconds: u32,
    /// Most cells
    #[arg(long, default_value_t = Limits::default().workbook_cells)]
    pub cells: u64,
    /// Largest file, MiB
    #[arg(long, default_value_t = Limits::default().file_mib)]
    pub file_mib: u32,
}

impl LimitFlags {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            workbook_memory_mib: self.memory_mib,
            workbook_seconds: self.seconds,
            workbook_cells: self.cells,
            file_mib: self.file_mib,
            ..Limits::default()
        }
    }
}

/// How the sheet is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[expect(missing_docs, reason = "the names are the formats, and a comment would be shown as help")]
pub enum FormatFlag {
    Csv,
    Json,
    Parquet,
}

/// Policy for what is hidden.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[expect(missing_docs, reason = "the names are those of the setting, and a comment would be shown as help")]
pub enum HiddenFlag {
    Include,
    Exclude,
    Refuse,
}

/// Nothing is kept of a file that is only looked at.
pub(super) struct Nowhere;

impl SnapshotSink for Nowhere {
    fn keep(&self, _bytes: &[u8]) -> io::Result<String> {
        Ok(String::new())
    }

    fn read(&self, _sha256: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

fn no_environment(_: &str) -> Option<String> {
    None
}

/// What reading without a run needs: no secret, no memory, and nothing kept.
pub(super) fn bare(pipeline_dir: PathBuf, limits: Limits, worker: PathBuf) -> Context<'static> {
    Context { pipeline_dir, limits, worker, snapshots: &Nowhere, environment: &no_environment, replay: None }
}

/// Prints one sheet, and what was met on the way to standard error.
#[must_use]
pub fn read(arguments: &Arguments) -> Exit {
    let format = match arguments.format {
        FormatFlag::Csv => Format::Csv,
        FormatFlag::Json => Format::Json,
        FormatFlag::Parquet => Format::Parquet,
    };
    if format == Format::Parquet && io::stdout().is_terminal() {
        eprintln!("Parquet is not for a terminal\nhelp: send it to a file with `> sheet.parquet`");
        return Exit::Usage;
    }
    if let Err(failure) = super::files::must_be_there(&arguments.file, "FILE") {
        return super::place::failed(&failure);
    }
    let hidden = match arguments.hidden {
        HiddenFlag::Include => Hidden::Include,
        HiddenFlag::Exclude => Hidden::Exclude,
        HiddenFlag::Refuse => Hidden::Refuse,
    };
    let Ok(worker) = config::executable() else {
        eprintln!("the program cannot find itself\nhelp: start it by its full path");
        return Exit::Failed;
    };
    let context = bare(PathBuf::new(), arguments.limits.limits(), worker);
    let request = Request { path: &arguments.file, sheet: arguments.sheet.as_deref(), format, hidden };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start: {error}");
            return Exit::Failed;
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, super::printing::stdout());
    match runtime.block_on(view(&request, &context, &mut out)) {
        Ok(viewed) => {
            eprint!("{}", told(&viewed));
            Exit::Done
        }
        Err(ViewError::Input(error)) => {
            eprintln!("{error}");
            Exit::Unreadable
        }
        // Whoever took the output has seen enough.
        Err(ViewError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error @ ViewError::Output(_)) => {
            eprintln!("{error}");
            Exit::Failed
        }
    }
}

/// Sheets and findings, for the terminal of the one who named the file.
fn told(viewed: &Viewed) -> String {
    let mut text = String::new();
    if viewed.sheets.len() > 1 {
        text.push_str("feuilles / sheets:");
        for (name, written) in &viewed.sheets {
            let mark = if *written { " (écrite / written)" } else { "" };
            let _infallible = write!(text, " « {} »{mark}", name.reveal());
        }
        text.push('\n');
    }
    if let Some(form) = &viewed.text {
        let _infallible = writeln!(text, "texte / text: {form}");
    }
    text + &findings(&viewed.findings)
}

/// Findings, for the terminal of the one who named the file.
pub(super) fn findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _infallible = writeln!(
            text,
            "{} {} {}\n  {}\n  {}\n  help: {}\n  help: {}",
            finding.severity.code(),
            finding.kind.code(),
            finding.location.private(finding.column.as_deref()),
            finding.message_fr,
            finding.message_en,
            finding.repair_fr,
            finding.repair_en,
        );
    }
    text
}
