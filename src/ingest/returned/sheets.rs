//! Sheets of a quarantine workbook that was given back: where our headings stand, and the rows below them.

use super::super::budget::Budget;
use super::super::page::Page;
use super::super::records::{PageRead, Reader, Shared};
use super::super::remark::Remark;
use super::super::sniff::{Kind, sniff};
use super::super::table::{Head, Row, Sheet, letters};
use super::super::{IngestError, header, workbook};
use crate::model::{Confidential, FindingKind, Location, RawRow, fold, returned};
use std::collections::BTreeSet;

/// Rows that are searched for our headings: somebody may write a title above them.
const SEARCHED_ROWS: usize = 20;

/// Sheets of quarantine workbooks that a source met, each by a sum of what its cells hold.
#[derive(Debug, Default)]
pub struct Sheets {
    /// Those of the source, and those in which it found rows of its own: what is lost of them it tells itself.
    pub taken: BTreeSet<String>,
    /// The others, with their places.
    pub left: Vec<(String, Location)>,
}

impl Sheets {
    /// Takes those among the others of which this is so.
    pub(super) fn take(&mut self, is_taken: impl Fn(&Location) -> bool) {
        let taken = self.left.extract_if(.., |(_, place)| is_taken(place));
        self.taken.extend(taken.map(|(sum, _)| sum));
    }
}

/// A sum of what stands in a sheet: a copy has it too, wherever it lies and whatever program saved it.
fn sum(sheet: &Sheet) -> String {
    let mut sum = blake3::Hasher::new();
    for row in &sheet.rows {
        for (column, cell) in &row.cells {
            sum.update(&column.to_le_bytes()).update(cell.reveal().as_bytes()).update(&[0]);
        }
        sum.update(&[1]);
    }
    sum.finalize().to_hex().to_string()
}

/// Where our headings stand in a sheet, and not the owner's.
struct Ours {
    /// Their row as a person counts it.
    row: u32,
    place: Option<u32>,
    reasons: Option<u32>,
    mark: Option<u32>,
}

impl Ours {
    /// In the first row that holds one of them; none of a sheet that is no part of the quarantine.
    fn of(sheet: &Sheet) -> Option<Self> {
        sheet.rows.iter().take(SEARCHED_ROWS).find_map(|row| {
            let texts: Vec<(u32, String)> =
                row.cells.iter().map(|(column, cell)| (*column, fold(&cell.reveal()))).collect();
            let at = |heading: &str| {
                let heading = fold(heading);
                texts.iter().find(|(_, text)| *text == heading).map(|(column, _)| *column)
            };
            let (place, reasons, mark) = (at(returned::WHERE), at(returned::REASONS), at(returned::MARK));
            let is_ours = place.or(reasons).or(mark).is_some();
            is_ours.then_some(Self { row: row.number, place, reasons, mark })
        })
    }

    fn columns(&self) -> Vec<u32> {
        [self.place, self.reasons, self.mark].into_iter().flatten().collect()
    }

    /// What stands in one of our columns.
    fn said(row: &Row, column: Option<u32>) -> String {
        column.map(|column| row.cell(column).reveal().trim().to_owned()).unwrap_or_default()
    }
}

/// Whether the workbook is one that was given back.
pub(in super::super) fn is_one(sheets: &[Sheet]) -> bool {
    sheets.iter().any(|sheet| Ours::of(sheet).is_some())
}

impl Reader<'_> {
    /// Whether a file found by its name is a quarantine workbook that was given back.
    pub(in super::super) async fn is_returned(&self, page: &Page) -> Result<bool, IngestError> {
        let budget = Budget::new(&self.context.limits);
        match sniff(page, self.source.text.encoding.as_deref(), &budget)? {
            Kind::Workbook(kind) => Ok(is_one(&workbook::read(page, kind, self.context).await?.sheets)),
            Kind::Text(text) => Ok(is_one(&[self.parsed(page, &text, &budget)?.0])),
            Kind::Json(_) => Ok(false),
        }
    }

    /// Rows of a quarantine workbook that was given back: one header row, whatever the source says. Sheets of
    /// another name are only looked into where none has that of the source: they may be another's.
    pub(in super::super) fn returned(&self, page: &Page, sheets: &[Sheet]) -> Result<PageRead, IngestError> {
        let mut read = PageRead { returned: true, ..PageRead::default() };
        let is_own = |sheet: &Sheet| returned::is_sheet_of(sheet.head.name.reveal(), &self.source.name);
        let has_own = sheets.iter().any(|sheet| is_own(sheet) && Ours::of(sheet).is_some());
        for sheet in sheets {
            let (is_own, ours) = (is_own(sheet), Ours::of(sheet));
            let is_read = if is_own { !sheet.rows.is_empty() } else { ours.is_some() && !has_own };
            let (rows, lost) =
                if is_read { self.placed(page, sheet, ours.as_ref(), is_own)? } else { (Vec::new(), 0) };
            let name = sheet.head.name.reveal();
            let mut tell = |kind, count: usize, sheet: Option<&str>| {
                let told = Remark::whole(kind, format!("{count} lignes / rows"));
                read.findings.push(told.finding(&self.source.name, &page.label, sheet));
            };
            if is_own && lost > 0 {
                tell(FindingKind::LostPlace, lost, Some(name.as_str()));
            }
            if is_own && !rows.is_empty() {
                tell(FindingKind::ReturnedFile, rows.len(), None);
            }
            if is_own {
                read.sheets.taken.insert(sum(sheet));
            } else if !(sheet.rows.is_empty() || returned::is_of_counts(name)) {
                read.sheets.left.push((sum(sheet), self.place(page, Some(name))));
            }
            read.rows.extend(rows);
        }
        read.records = read.rows.len();
        Ok(read)
    }

    /// Rows of a sheet that may count, and how many others of it do not say where they belong: all where our
    /// headings are gone.
    fn placed(
        &self,
        page: &Page,
        sheet: &Sheet,
        ours: Option<&Ours>,
        is_own: bool,
    ) -> Result<(Vec<RawRow>, usize), IngestError> {
        let Some(found) = ours.filter(|ours| ours.place.is_some()) else {
            let first = ours.map_or(0, |ours| ours.row);
            return Ok((Vec::new(), sheet.rows.iter().filter(|row| row.number > first).count()));
        };
        let mut rows = self.corrected(page, sheet, found, is_own)?;
        let all = rows.len();
        // A row without place and mark was added by its owner; one that lost its place replaces
        // nothing, and would stand beside the one it came from.
        if rows.iter().all(|(row, _)| row.replaces.is_none()) {
            rows.clear();
        }
        rows.retain(|(row, mark)| row.replaces.is_some() || (is_own && mark.is_empty()));
        let lost = all - rows.len();
        Ok((rows.into_iter().map(|(row, _)| row).collect(), lost))
    }

    /// Rows of one sheet, each with its mark. Under another name it may be the sheet of another source.
    fn corrected(
        &self,
        page: &Page,
        sheet: &Sheet,
        ours: &Ours,
        is_own: bool,
    ) -> Result<Vec<(RawRow, String)>, IngestError> {
        let Some(layout) = header::find(sheet, &self.known, Some(ours.row), Some(1)) else {
            if !is_own {
                return Ok(Vec::new());
            }
            return Err(IngestError::NoHeader {
                place: page.place.clone(),
                needed: self.known.needed(),
                expected: self.expected.clone(),
            });
        };
        // Who hides a column to see the others better takes nothing back.
        let head = Head { hidden_columns: Vec::new(), ..sheet.head.clone() };
        let columns = ours.columns();
        let headings = self.headings(&head, &layout, &columns);
        let place = self.place(page, Some(head.name.reveal()));
        let columns: Vec<String> = columns.into_iter().map(letters).collect();
        let (mut rows, mut shared) = (Vec::new(), Shared::default());
        for row in sheet.rows.iter().filter(|row| row.number > layout.last_row) {
            let mut raw =
                RawRow { headings: headings.clone(), ..self.row(&place, &head, (&layout, &mut shared), row) };
            raw.unmapped.retain(|cell| !columns.iter().any(|column| **column == *cell.column));
            if raw.unmapped.is_empty() && raw.cells.values().all(|cell| cell.column.is_empty()) {
                continue;
            }
            let mark = Ours::said(row, ours.mark);
            raw.replaces = returned::origin(&Ours::said(row, ours.place), &mark).map(Confidential::new);
            let is_kept =
                layout.kept.iter().all(|(column, filter)| filter.keeps(&row.cell(*column).reveal()));
            if !is_kept && raw.replaces.is_none() {
                continue;
            }
            if !is_kept {
                // What the source leaves out by now goes, and leaves no other row behind.
                raw.cells.clear();
                raw.unmapped.clear();
            }
            rows.push((raw, mark));
        }
        Ok(rows)
    }
}
