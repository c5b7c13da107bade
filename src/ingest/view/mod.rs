//! One sheet of one file as ingest sees it, before any mapping: for `maillage read FILE`.
//!
//! Rows wait in a spool until the used range is known, so memory does not grow with the file.

mod blocks;
mod held;
mod lines;
mod marks;
mod parquet;
mod plain;
mod recast;
mod rows;
mod shown;
mod spool;
mod swift;
mod text;
mod waiting;
mod watched;

pub(super) use spool::Spool;

use super::budget::Budget;
use super::files;
use super::page::Page;
use super::remark::Remark;
use super::sniff::{self, Kind, filled};
use super::table::{Event, Head, Sheet};
use super::text_form::TextForm;
use super::workbook::{self, Wanted};
use super::{Context, IngestError, codec, delimited, json};
use crate::config::{self, Hidden};
use crate::model::{Confidential, Finding, FindingKind};
use plain::{Broken, Plain};
pub use rows::{Numbered, Texts, rows, sheets};
use std::io::{self, Write};
use std::path::Path;
use waiting::Waiting;

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Every row and column from the first cell of the used range (of text, the first field) to the last that holds
    /// something.
    Csv,
    /// One object: name, range, and the rows that hold something with their cells by column.
    Json,
    /// One text column for each column that holds something, and the number of the row.
    Parquet,
}

/// What to show.
#[derive(Debug)]
pub struct Request<'a> {
    /// The file.
    pub path: &'a Path,
    /// Name of the sheet, or its position among the tabs from 1; none: the first that is a table.
    pub sheet: Option<&'a str>,
    /// How it is written.
    pub format: Format,
    /// What happens to hidden rows, columns and sheets.
    pub hidden: Hidden,
}

/// What was shown. Names of sheets are for the terminal of the one who named the file.
#[derive(Debug)]
pub struct Viewed {
    /// Tabs in their order, and whether this one was written.
    pub sheets: Vec<(Confidential<String>, bool)>,
    /// What was met while reading.
    pub findings: Vec<Finding>,
    /// How a text was taken apart; none of anything else.
    pub text: Option<TextForm>,
}

/// Why nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] IngestError),
    /// What was read cannot be written.
    #[error("the sheet cannot be written: {0}\nhelp: check the free space and who takes the output")]
    Output(#[from] io::Error),
}

/// Writes one sheet of a file.
///
/// # Errors
/// Unreadable or missing input, no such sheet, or an output that takes no more.
pub async fn view(
    request: &Request<'_>,
    context: &Context<'_>,
    out: &mut (dyn Write + Send),
) -> Result<Viewed, ViewError> {
    let file = files::single(request.path);
    let as_csv = request.format == Format::Csv;
    // A pipe gives what it holds once: it is opened by who reads it to its end.
    let plain = if request.path.is_file() { Plain::new(&file, &context.limits, as_csv)? } else { None };
    let held = if plain.is_some() { Vec::new().into() } else { files::content(&file, &context.limits)? };
    let page = Page { place: file.place, label: file.label, content: held };
    let mut stage = Stage::new(request, &page);
    if let Some(plain) = plain {
        stage.begin_only(Some(plain.form()))?;
        let told = if as_csv { plain.csv(out) } else { plain.spool(&mut stage.spool) };
        let told = told.map_err(|broken| match broken {
            Broken::Input(error) => ViewError::Input(error),
            Broken::Output(error) => ViewError::Output(error),
        })?;
        for remark in &told {
            stage.remark(remark);
        }
        if as_csv {
            out.flush()?;
            return Ok(stage.viewed());
        }
        return stage.finish(out);
    }
    let budget = Budget::new(&context.limits);
    match filled(&page, &budget)? {
        Kind::Workbook(kind) => {
            if kind == sniff::Workbook::Parquet {
                stage.must_be_only()?;
            }
            let wanted = request.sheet.map(|text| Wanted { text: text.to_owned() });
            let mut listen = |event: Event<'_>| stage.take(event).map_err(|error| unkept(&page, &error));
            workbook::stream(&page, kind, wanted, context, &mut listen).await?;
        }
        Kind::Json(value) => stage.whole(&json::as_sheet(&value))?,
        Kind::Text(text) => {
            stage.whole(&delimited::read(&page.place, &text, &config::Text::default(), &budget)?)?;
        }
    }
    stage.finish(out)
}

/// The spool is a file of ours: when it fails, the listener says so as an error of the page.
pub(super) fn unkept(page: &Page, error: &io::Error) -> IngestError {
    IngestError::unreadable(
        &page.place,
        format!("its rows cannot be kept until they are written: {}", error.kind()),
        "check the free space of the folder for temporary files",
    )
}

/// The sheet that will be written, as it comes in.
struct Stage<'a> {
    request: &'a Request<'a>,
    page: &'a Page,
    spool: Spool,
    /// Lines of csv, where none of their cells can still be left out.
    waiting: Option<Waiting>,
    staged: Option<Head>,
    /// Where the used range of the staged sheet begins, from 0.
    first: (u32, u32),
    current: Head,
    /// Whether rows of the current sheet go to the spool.
    taking: bool,
    sheets: Vec<(u32, Confidential<String>)>,
    findings: Vec<Finding>,
    /// Findings before the current sheet.
    findings_before: usize,
}

impl<'a> Stage<'a> {
    fn new(request: &'a Request<'a>, page: &'a Page) -> Self {
        Self {
            request,
            page,
            spool: Spool::new(),
            waiting: Self::may_wait(request).then(Waiting::new),
            staged: None,
            first: (0, 0),
            current: Head::default(),
            taking: false,
            sheets: Vec::new(),
            findings: Vec::new(),
            findings_before: 0,
        }
    }

    /// What is hidden is known at the end of a sheet only.
    fn may_wait(request: &Request<'_>) -> bool {
        request.format == Format::Csv && request.hidden != Hidden::Exclude
    }

    fn clear(&mut self) {
        self.first = (0, 0);
        self.spool.clear();
        self.waiting = self.waiting.is_some().then(Waiting::new);
    }

    fn encoded(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.waiting {
            Some(waiting) => waiting.encoded(bytes),
            None => self.spool.encoded(bytes),
        }
    }

    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Sheet(head) => self.begin(head),
            Event::Row(bytes) if self.taking => self.encoded(bytes)?,
            Event::Row(_) => {}
            Event::Structure { hidden_columns, merged, first, .. } => {
                if let (true, Some(head)) = (self.taking, &mut self.staged) {
                    head.hidden_columns = hidden_columns;
                    head.merged = merged;
                    self.first = first;
                }
            }
            Event::Remark(remark) => self.remark(&remark),
            Event::Again => {
                self.findings.truncate(self.findings_before);
                if self.taking {
                    self.clear();
                }
            }
            Event::Dropped => {
                if self.taking {
                    self.staged = None;
                    self.taking = false;
                    self.clear();
                }
            }
        }
        Ok(())
    }

    /// The first sheet that is a table is written; a hidden one gives way to the first that shows.
    fn begin(&mut self, head: Head) {
        self.sheets.push((head.rank, head.name.clone()));
        self.findings_before = self.findings.len();
        let excluded = self.request.hidden == Hidden::Exclude && head.hidden;
        let better = self.staged.as_ref().is_none_or(|staged| staged.hidden && !head.hidden);
        self.taking = better && !excluded;
        if self.taking {
            self.clear();
            self.staged = Some(head.clone());
        }
        self.current = head;
    }

    fn remark(&mut self, remark: &Remark) {
        let name = self.current.name.reveal();
        self.findings.push(remark.finding("read", &self.page.label, Some(name)));
    }

    /// Refuses another sheet than the only one of a file.
    fn must_be_only(&self) -> Result<(), IngestError> {
        if self.request.sheet.is_some_and(|wanted| wanted != "1") {
            return Err(IngestError::unreadable(
                &self.page.place,
                "it is one table, without a name",
                "leave out `--sheet`, or give 1",
            ));
        }
        Ok(())
    }

    /// The only sheet of a file begins.
    fn begin_only(&mut self, text: Option<TextForm>) -> Result<(), IngestError> {
        self.must_be_only()?;
        self.begin(Head { text, ..Head::default() });
        Ok(())
    }

    /// A file that is one sheet.
    fn whole(&mut self, sheet: &Sheet) -> Result<(), ViewError> {
        self.begin_only(sheet.head.text.clone())?;
        for remark in &sheet.remarks {
            self.remark(remark);
        }
        let mut bytes = Vec::new();
        for row in &sheet.rows {
            bytes.clear();
            codec::encode_row(&mut bytes, row);
            self.encoded(&bytes)?;
        }
        Ok(())
    }

    fn finish(mut self, out: &mut (dyn Write + Send)) -> Result<Viewed, ViewError> {
        let hides = |finding: &Finding| {
            matches!(
                finding.kind,
                FindingKind::HiddenRows | FindingKind::HiddenColumns | FindingKind::HiddenSheet
            )
        };
        if self.request.hidden == Hidden::Refuse && self.findings.iter().any(hides) {
            return Err(IngestError::unreadable(
                &self.page.place,
                "it holds hidden rows, columns or sheets",
                "show or delete them, or give `--hidden include` or `--hidden exclude`",
            )
            .into());
        }
        // A workbook without any sheet is a table without rows, where a table must be written.
        let none = (self.request.format != Format::Csv).then(Head::default);
        if let Some(head) = self.staged.as_ref().or(none.as_ref()) {
            let exclude = self.request.hidden == Hidden::Exclude;
            let far = match (self.request.format, &mut self.waiting) {
                (_, Some(waiting)) => waiting.write(self.first, out)?,
                (Format::Csv, None) => text::csv(&mut self.spool, (head, self.first), exclude, out)?,
                (Format::Json, None) => text::json(&mut self.spool, head, exclude, out).map(|()| false)?,
                (Format::Parquet, None) => {
                    parquet::write(&mut self.spool, head, exclude, out).map(|()| false)?
                }
            };
            if far {
                let range = self.waiting.as_ref().map_or_else(|| self.spool.range(), Waiting::range);
                let remark = Remark::whole(FindingKind::FarCells, range);
                self.findings.push(remark.finding("read", &self.page.label, Some(head.name.reveal())));
            }
        }
        out.flush()?;
        Ok(self.viewed())
    }

    fn viewed(self) -> Viewed {
        let written = self.staged.as_ref().map(|head| head.rank);
        let sheets = self.sheets.into_iter().map(|(rank, name)| (name, Some(rank) == written)).collect();
        Viewed { sheets, findings: self.findings, text: self.staged.and_then(|head| head.text) }
    }
}
