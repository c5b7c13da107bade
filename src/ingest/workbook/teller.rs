//! Gathers cells to rows, counts them against the caps and says them.

use super::super::codec::{self, Outline, Value};
use super::super::remark::{Remark, Tally};
use super::ahead::Rest;
use super::structure::Structure;
use super::values::Read;
use super::wire::{self, Job, LINE, Line, ROW, Refusal, SheetLine, most_text};
use crate::model::{FindingKind, NOT_COMPUTED};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Why a sheet or the whole workbook ends early.
pub(super) enum Stop {
    /// Only this sheet.
    Broken,
    /// A row of it stands behind one of a higher number: it has to be read anew.
    Unsorted,
    /// The whole workbook.
    Refused(Refusal),
}

/// A row that is being gathered: its cells as they are said, and where each of them begins.
#[derive(Default)]
struct OpenRow {
    /// From 0; none before the first cell.
    number: Option<u32>,
    cells: Vec<u8>,
    /// Column, from 0, and place in `cells`.
    places: Vec<(u32, usize)>,
    is_sorted: bool,
}

impl OpenRow {
    fn clear(&mut self) {
        self.number = None;
        self.cells.clear();
        self.places.clear();
        self.is_sorted = true;
    }

    fn push(&mut self, column: u32, value: &Value<'_>) {
        self.is_sorted &= self.places.last().is_none_or(|(last, _)| *last < column);
        self.places.push((column, self.cells.len()));
        codec::cell(&mut self.cells, column, value);
    }

    /// Brings the cells in the order of their columns; of two in one column the first counts.
    fn sort(&mut self) {
        let ends = self.places.iter().skip(1).map(|(_, start)| *start).chain([self.cells.len()]);
        let mut parts: Vec<(u32, usize, usize)> =
            self.places.iter().zip(ends).map(|((column, start), end)| (*column, *start, end)).collect();
        parts.sort_by_key(|(column, ..)| *column);
        parts.dedup_by_key(|(column, ..)| *column);
        let cells = parts.iter().flat_map(|(_, start, end)| &self.cells[*start..*end]).copied().collect();
        self.places = parts.iter().map(|(column, start, _)| (*column, *start)).collect();
        self.cells = cells;
    }
}

/// Says a workbook, sheet by sheet.
pub(super) struct Teller<'a> {
    job: &'a Job,
    out: &'a mut dyn Write,
    cells: u64,
    text: u64,
    /// What is hidden and merged in the sheet that began last.
    pub(super) structure: Structure,
    /// What is still to come of it.
    rest: Option<Rest>,
    sheet_hidden: bool,
    /// Cells and bytes of text before the sheet.
    before: (u64, u64),
    row: OpenRow,
    /// Rows of a sheet in which they stand out of order, by number from 0.
    unsorted: Option<BTreeMap<u32, OpenRow>>,
    frame: Vec<u8>,
    tally: Tally,
    hidden_rows: u64,
    hidden_columns: BTreeSet<u32>,
    last: (u32, u32),
}

impl<'a> Teller<'a> {
    pub(super) fn new(job: &'a Job, out: &'a mut dyn Write) -> Self {
        Self {
            job,
            out,
            cells: 0,
            text: 0,
            structure: Structure::default(),
            rest: None,
            sheet_hidden: false,
            before: (0, 0),
            row: OpenRow::default(),
            unsorted: None,
            frame: Vec::new(),
            tally: Tally::default(),
            hidden_rows: 0,
            hidden_columns: BTreeSet::new(),
            last: (0, 0),
        }
    }

    pub(super) fn line(&mut self, line: &Line) -> Result<(), Stop> {
        let bytes = serde_json::to_vec(line).map_err(|_| Stop::Refused(Refusal::Damaged))?;
        wire::frame(&mut self.out, LINE, &bytes).map_err(closed)
    }

    /// A sheet begins, of which the structure is known, or is to come.
    pub(super) fn begin(
        &mut self,
        sheet: SheetLine,
        structure: Structure,
        rest: Option<Rest>,
    ) -> Result<(), Stop> {
        self.structure = structure;
        self.rest = rest;
        self.sheet_hidden = sheet.hidden;
        self.before = (self.cells, self.text);
        self.unsorted = None;
        self.line(&Line::Sheet(sheet))?;
        self.start()
    }

    /// The sheet is read anew: what was said of it does not count.
    pub(super) fn again(&mut self) -> Result<(), Stop> {
        (self.cells, self.text) = self.before;
        self.unsorted = self.unsorted.is_some().then(BTreeMap::new);
        self.line(&Line::Again)?;
        self.start()
    }

    /// From here on its rows are said once all of them are there.
    pub(super) fn gather(&mut self) {
        self.unsorted = Some(BTreeMap::new());
    }

    /// A cell of the used range, whether it holds something or not.
    pub(super) fn reach(&mut self, row: u32, column: u32) {
        self.structure.reach(row, column);
    }

    fn start(&mut self) -> Result<(), Stop> {
        self.row.clear();
        self.tally = Tally::default();
        self.hidden_rows = 0;
        self.hidden_columns.clear();
        self.last = (0, 0);
        if self.sheet_hidden {
            self.line(&Line::Remark(Remark::whole(FindingKind::HiddenSheet, String::new())))?;
        }
        Ok(())
    }

    /// A sheet that no table is.
    pub(super) fn pass_over(&mut self, sheet: SheetLine) -> Result<(), Stop> {
        let detail = format!("{}", sheet.rank);
        self.line(&Line::Sheet(sheet))?;
        self.line(&Line::Remark(Remark::whole(FindingKind::SkippedSheet, detail)))?;
        self.line(&Line::Dropped)
    }

    /// Nothing more is asked of whoever runs ahead.
    pub(super) fn let_go(&mut self) {
        self.rest = None;
    }

    /// The sheet that began is broken.
    pub(super) fn broken(&mut self, rank: u32) -> Result<(), Stop> {
        self.row.clear();
        self.line(&Line::Remark(Remark::whole(FindingKind::BrokenSheet, rank.to_string())))?;
        self.line(&Line::Dropped)
    }

    /// The content breaks off after a sheet.
    pub(super) fn broken_rest(&mut self, rank: u32) -> Result<(), Stop> {
        self.line(&Line::Remark(Remark::whole(FindingKind::BrokenSheet, format!("> {rank}"))))
    }

    /// Takes a cell; row and column count from 0.
    pub(super) fn cell(&mut self, row: u32, column: u32, read: &Read<'_>) -> Result<(), Stop> {
        self.cells += 1;
        if self.cells > self.job.cells {
            return Err(Stop::Refused(Refusal::TooManyCells(self.job.cells)));
        }
        if let Value::Text(text) = &read.value {
            self.text += text.len() as u64;
            if self.text > most_text(self.job) {
                return Err(Stop::Refused(Refusal::TooMuchText));
            }
        }
        if read.no_such_date {
            self.remark(Remark::at(FindingKind::ImpossibleDate, row.saturating_add(1), column))?;
        }
        if self.row.number != Some(row) {
            self.next_row(row)?;
        }
        if self.structure.columns.iter().any(|(first, last)| (*first..=*last).contains(&column)) {
            self.hidden_columns.insert(column);
        }
        self.reach(row, column);
        self.last = (row, column);
        self.row.push(column, &read.value);
        Ok(())
    }

    /// A formula whose value was never stored.
    pub(super) fn not_computed(&mut self, row: u32, column: u32) -> Result<(), Stop> {
        self.remark(Remark::at(FindingKind::FormulaWithoutValue, row.saturating_add(1), column))?;
        self.cell(row, column, &Value::Error(NOT_COMPUTED.into()).into())
    }

    /// A cell that could not be read stands after the last one that was.
    pub(super) fn unreadable(&mut self) -> Result<(), Stop> {
        let (row, column) = self.last;
        self.remark(Remark::at(FindingKind::UnreadableCell, row.saturating_add(1), column))
    }

    fn remark(&mut self, remark: Remark) -> Result<(), Stop> {
        if self.tally.admits(remark.kind) { self.line(&Line::Remark(remark)) } else { Ok(()) }
    }

    /// Another row begins, or goes on where they stand out of order.
    fn next_row(&mut self, row: u32) -> Result<(), Stop> {
        match (&mut self.unsorted, self.row.number) {
            (None, Some(number)) if self.rest.is_some() && row < number => return Err(Stop::Unsorted),
            (None, _) => self.end_row()?,
            (Some(rows), Some(number)) => {
                rows.insert(number, std::mem::take(&mut self.row));
                self.row = rows.remove(&row).unwrap_or_default();
            }
            (Some(_), None) => {}
        }
        if self.row.number.is_none() {
            self.row.clear();
            self.row.number = Some(row);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        let Some(row) = self.row.number else { return Ok(()) };
        if !self.row.is_sorted {
            self.row.sort();
        }
        if let Some(rest) = &mut self.rest {
            rest.until(row, &mut self.structure);
        }
        let row_hidden = self.structure.hides_row(row);
        self.hidden_rows += u64::from(row_hidden);
        let outline = Outline {
            number: row.saturating_add(1),
            hidden: row_hidden || self.sheet_hidden,
            cells: u32::try_from(self.row.places.len()).unwrap_or(u32::MAX),
            width: self.row.places.last().map_or(0, |(column, _)| column.saturating_add(1)),
        };
        self.frame.clear();
        codec::head(&mut self.frame, outline);
        self.frame.extend_from_slice(&self.row.cells);
        self.row.clear();
        wire::frame(&mut self.out, ROW, &self.frame).map_err(closed)
    }

    /// Whether values of the sheet, of which the cells have been read, are no plain text.
    pub(super) fn has_odd_values(&mut self) -> bool {
        if let Some(rest) = &mut self.rest {
            rest.whole(&mut self.structure);
        }
        self.structure.has_odd_values
    }

    /// The sheet that began is complete.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        if let Some(mut rest) = self.rest.take() {
            rest.whole(&mut self.structure);
        }
        if let (Some(mut rows), Some(number)) = (self.unsorted.take(), self.row.number) {
            rows.insert(number, std::mem::take(&mut self.row));
            for row in rows.into_values() {
                self.row = row;
                self.end_row()?;
            }
        }
        self.end_row()?;
        for remark in self.tally.rest() {
            self.line(&Line::Remark(remark))?;
        }
        let hidden = [
            (FindingKind::HiddenRows, self.hidden_rows),
            (FindingKind::HiddenColumns, self.hidden_columns.len() as u64),
        ];
        for (kind, count) in hidden {
            if count > 0 {
                self.line(&Line::Remark(Remark::whole(kind, count.to_string())))?;
            }
        }
        let structure = std::mem::take(&mut self.structure);
        let Structure { columns, merged, tables, shown, first, .. } = &structure;
        let is_plain = columns.is_empty() && merged.is_empty() && tables.is_empty() && shown.is_empty();
        if is_plain && first.is_none_or(|first| first == (0, 0)) {
            return Ok(());
        }
        self.line(&Line::Structure(structure))
    }
}

/// The parent went away: nobody is left to be told.
fn closed(_: io::Error) -> Stop {
    Stop::Refused(Refusal::Damaged)
}
