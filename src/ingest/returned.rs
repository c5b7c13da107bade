//! `quarantaine.xlsx` that its owner corrected and sent back: its rows replace those they came from.

use super::page::Page;
use super::records::{PageRead, Reader};
use super::remark::Remark;
use super::sniff::{Kind, sniff};
use super::table::{Sheet, letters};
use super::{IngestError, SourceRead, header, workbook};
use crate::model::{
    Confidential, Field, Finding, FindingKind, Location, RawRow, Severity, fold, returned, texts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Columns of the workbook that are ours and not the owner's.
const OWN_COLUMNS: u32 = 2;

/// Whether the workbook is one that was given back.
pub(super) fn is_one(sheets: &[Sheet]) -> bool {
    sheets.iter().any(|sheet| {
        let first = sheet.rows.first().filter(|row| row.number == 1);
        let said = |column, text| first.is_some_and(|row| row.cell(column).reveal() == text);
        said(0, returned::WHERE) && said(1, returned::REASONS)
    })
}

/// The sheet with the rows of a source.
fn sheet_of<'a>(sheets: &'a [Sheet], source: &str) -> Option<&'a Sheet> {
    let name = returned::sheet_name(source);
    sheets.iter().find(|sheet| *sheet.head.name.reveal() == name)
}

impl Reader<'_> {
    /// Whether a file found by its name is a quarantine workbook that was given back.
    pub(super) async fn is_returned(&self, page: &Page) -> Result<bool, IngestError> {
        match sniff(page, None)? {
            Kind::Workbook(kind) => Ok(is_one(&workbook::read(page, kind, self.context).await?.sheets)),
            Kind::Json(_) | Kind::Parquet | Kind::Text(_) => Ok(false),
        }
    }

    /// Rows of a quarantine workbook that was given back: one header row, whatever the source says.
    pub(super) fn returned(&self, page: &Page, sheets: &[Sheet]) -> Result<PageRead, IngestError> {
        let mut read = PageRead::default();
        let Some(sheet) = sheet_of(sheets, &self.source.name) else { return Ok(read) };
        let Some(layout) = header::find(sheet, &self.known, Some(1), Some(1)) else {
            return Err(IngestError::NoHeader {
                place: page.place.clone(),
                needed: self.known.needed(),
                expected: self.expected.clone(),
            });
        };
        let first = sheet.rows.first();
        let mark = first.and_then(|head| {
            let last = head.cells.last().map_or(0, |(column, _)| *column);
            (0..=last).find(|column| head.cell(*column).reveal() == returned::MARK)
        });
        let ours: Vec<u32> = (0..OWN_COLUMNS).chain(mark).collect();
        let headings = self.headings(&sheet.head, &layout, &ours);
        let place = self.place(page, Some(sheet.head.name.reveal()));
        let ours: Vec<String> = ours.into_iter().map(letters).collect();
        for row in sheet.rows.iter().filter(|row| row.number > layout.last_row) {
            let mut raw =
                RawRow { headings: headings.clone(), ..self.row(&place, &sheet.head, &layout, row) };
            raw.unmapped.retain(|cell| !ours.contains(&cell.column));
            if raw.unmapped.is_empty() && raw.cells.values().all(|cell| cell.column.is_empty()) {
                continue;
            }
            raw.replaces = {
                let mark = mark.map(|mark| row.cell(mark).reveal().trim().to_owned()).unwrap_or_default();
                returned::origin(&row.cell(0).reveal(), &mark).map(Confidential::new)
            };
            read.rows.push(raw);
        }
        read.records = read.rows.len();
        let taken = Remark::whole(FindingKind::ReturnedFile, format!("{} lignes / rows", read.records));
        read.findings.push(taken.finding(&self.source.name, &page.label, None));
        Ok(read)
    }
}

/// A corrected row takes the place of the one it came from; of several, the last one given back.
/// A row that nobody corrected stays, and so does a corrected one whose origin is gone. The origin
/// is the row with the same cells, at its place or wherever it moved in its sheet.
pub(super) fn supersede(read: &mut SourceRead) {
    let mut claimed: BTreeMap<String, bool> = BTreeMap::new();
    let mut kept: Vec<RawRow> = Vec::with_capacity(read.rows.len());
    let mut gone: Vec<Location> = Vec::new();
    if read.rows.iter().all(|row| row.replaces.is_none()) {
        return;
    }
    for row in std::mem::take(&mut read.rows).into_iter().rev() {
        let replaced = match &row.replaces {
            Some(origin) => claimed.insert(origin.reveal().clone(), false).is_some(),
            None => false,
        };
        if replaced { gone.push(row.location) } else { kept.push(row) }
    }
    kept.reverse();
    let mut replaced = vec![false; kept.len()];
    let mut claim = |at: usize, origin: &str, replaced: &mut Vec<bool>| {
        // Two files of one name: the second keeps its row.
        if let Some(used) = claimed.get_mut(origin).filter(|used| !**used && !replaced[at]) {
            *used = true;
            replaced[at] = true;
        }
    };
    // First whoever still stands at its place, then whoever has moved.
    for (at, row) in kept.iter().enumerate().filter(|(_, row)| row.replaces.is_none()) {
        let place = row.location.private(None);
        claim(at, &place, &mut replaced);
        claim(at, &returned::marked(&place, row), &mut replaced);
    }
    let mut moved: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for origin in kept.iter().filter_map(|row| row.replaces.as_ref()) {
        if let (place, Some(mark)) = returned::parts(origin.reveal()) {
            moved.entry((sheet_at(place), mark.to_owned())).or_default().push(origin.reveal().clone());
        }
    }
    for (at, row) in kept.iter().enumerate().filter(|(_, row)| row.replaces.is_none()) {
        let marked = returned::marked(&row.location.private(None), row);
        if let (place, Some(mark)) = returned::parts(&marked) {
            // Rows that are alike: each takes the place of one.
            for origin in moved.get(&(sheet_at(place), mark.to_owned())).into_iter().flatten() {
                claim(at, origin, &mut replaced);
            }
        }
    }
    for at in outdated(&kept, &claimed, &replaced) {
        read.findings.push(told(&kept[at]));
        replaced[at] = true;
    }
    for (row, replaced) in kept.into_iter().zip(replaced) {
        if replaced { gone.push(row.location) } else { read.rows.push(row) }
    }
    read.findings.retain(|finding| {
        finding.kind == FindingKind::OutdatedCorrection || !gone.contains(&finding.location)
    });
}

/// Corrections of what was corrected at its source since: no row has the cells that were refused,
/// and one of the same sheet is about the same thing. The source is the living document, so its
/// row stays.
fn outdated(kept: &[RawRow], claimed: &BTreeMap<String, bool>, replaced: &[bool]) -> Vec<usize> {
    let about = |row: &RawRow| {
        let fields = [Field::Name, Field::Supplier, Field::Receiver, Field::Direction, Field::Description];
        let texts =
            fields.map(|field| row.get(field).map(|cell| fold(&cell.value.reveal())).unwrap_or_default());
        texts.iter().any(|text| !text.is_empty()).then_some(texts)
    };
    let standing: BTreeSet<_> = kept
        .iter()
        .zip(replaced)
        .filter(|(row, replaced)| row.replaces.is_none() && !**replaced)
        .filter_map(|(row, _)| Some((sheet_at(&row.location.private(None)), about(row)?)))
        .collect();
    let is_outdated = |row: &RawRow| {
        let origin = row.replaces.as_ref()?.reveal();
        let (place, mark) = returned::parts(origin);
        mark?;
        let is_free = claimed.get(origin) == Some(&false);
        Some(is_free && standing.contains(&(sheet_at(place), about(row)?)))
    };
    (0..kept.len()).filter(|at| is_outdated(&kept[*at]) == Some(true)).collect()
}

fn told(row: &RawRow) -> Finding {
    let said = texts(FindingKind::OutdatedCorrection);
    Finding {
        severity: Severity::Warning,
        kind: FindingKind::OutdatedCorrection,
        location: row.location.clone(),
        column: None,
        field: None,
        read: Confidential::new(String::new()),
        message_fr: said.message_fr.into(),
        message_en: said.message_en.into(),
        repair_fr: said.repair_fr.into(),
        repair_en: said.repair_en.into(),
    }
}

/// File and sheet of a place.
fn sheet_at(place: &str) -> String {
    place.rsplit_once('!').map_or(place, |(sheet, _)| sheet).to_owned()
}
