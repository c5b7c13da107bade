//! `quarantaine.xlsx` that its owner corrected and sent back: its rows replace those they came from,
//! and none of them ever stands beside the one it came from.

use super::page::Page;
use super::records::{PageRead, Reader};
use super::remark::Remark;
use super::sniff::{Kind, sniff};
use super::table::{Row, Sheet, letters};
use super::{IngestError, SourceRead, header, workbook};
use crate::model::{
    Confidential, Field, Finding, FindingKind, Location, RawRow, Severity, fold, returned, texts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are searched for our headings: somebody may write a title above them.
const SEARCHED_ROWS: usize = 20;

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
            let at = |heading: &str| {
                let found = row.cells.iter().find(|(_, cell)| cell.reveal().trim() == heading);
                found.map(|(column, _)| *column)
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
pub(super) fn is_one(sheets: &[Sheet]) -> bool {
    sheets.iter().any(|sheet| Ours::of(sheet).is_some())
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
        let own = returned::sheet_name(&self.source.name);
        let found: Vec<(&Sheet, Ours)> =
            sheets.iter().filter_map(|sheet| Some((sheet, Ours::of(sheet)?))).collect();
        let has_own = found.iter().any(|(sheet, _)| *sheet.head.name.reveal() == own);
        for (sheet, ours) in found {
            let is_own = *sheet.head.name.reveal() == own;
            if has_own && !is_own {
                continue;
            }
            let below = sheet.rows.iter().filter(|row| row.number > ours.row).count();
            let (mut rows, mut lost) = (Vec::new(), ours.place.is_none().then_some(below));
            if ours.place.is_some() {
                rows = self.corrected(page, sheet, &ours, is_own)?;
                let all = rows.len();
                // A row without place and mark was added by its owner; one that lost its place replaces
                // nothing, and would stand beside the one it came from.
                if rows.iter().all(|(row, _)| row.replaces.is_none()) {
                    rows.clear();
                }
                rows.retain(|(row, mark)| row.replaces.is_some() || (is_own && mark.is_empty()));
                lost = (is_own && rows.len() < all).then_some(all - rows.len());
            }
            let mut tell = |kind, count: usize, sheet: Option<&str>| {
                let told = Remark::whole(kind, format!("{count} lignes / rows"));
                read.findings.push(told.finding(&self.source.name, &page.label, sheet));
            };
            if let Some(lost) = lost {
                tell(FindingKind::LostPlace, lost, Some(sheet.head.name.reveal().as_str()));
            }
            if is_own && !rows.is_empty() {
                tell(FindingKind::ReturnedFile, rows.len(), None);
            }
            read.rows.extend(rows.into_iter().map(|(row, _)| row));
        }
        read.records = read.rows.len();
        Ok(read)
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
        let columns = ours.columns();
        let headings = self.headings(&sheet.head, &layout, &columns);
        let place = self.place(page, Some(sheet.head.name.reveal()));
        let columns: Vec<String> = columns.into_iter().map(letters).collect();
        let mut rows = Vec::new();
        for row in sheet.rows.iter().filter(|row| row.number > layout.last_row) {
            let mut raw =
                RawRow { headings: headings.clone(), ..self.row(&place, &sheet.head, &layout, row) };
            raw.unmapped.retain(|cell| !columns.contains(&cell.column));
            if raw.unmapped.is_empty() && raw.cells.values().all(|cell| cell.column.is_empty()) {
                continue;
            }
            let mark = Ours::said(row, ours.mark);
            raw.replaces = returned::origin(&Ours::said(row, ours.place), &mark).map(Confidential::new);
            rows.push((raw, mark));
        }
        Ok(rows)
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
    read.findings.extend(renamed(&kept, &claimed, &mut replaced));
    for (row, replaced) in kept.into_iter().zip(replaced) {
        if replaced { gone.push(row.location) } else { read.rows.push(row) }
    }
    read.findings.retain(|finding| {
        finding.kind == FindingKind::OutdatedCorrection || !gone.contains(&finding.location)
    });
}

/// The rows of a sheet that was given another name are known by the places that they name, which is told.
/// Those of another source's sheet name no place of this one, and are left out.
fn renamed(kept: &[RawRow], claimed: &BTreeMap<String, bool>, replaced: &mut [bool]) -> Vec<Finding> {
    let mut sheets: BTreeMap<Location, usize> = BTreeMap::new();
    for (row, replaced) in kept.iter().zip(replaced) {
        let Some(origin) = &row.replaces else { continue };
        let own = returned::sheet_name(&row.location.source);
        if row.location.sheet.as_ref().is_some_and(|sheet| **sheet.reveal() == *own) {
            continue;
        }
        if claimed.get(origin.reveal()) == Some(&true) {
            *sheets.entry(Location { row: 0, ..row.location.clone() }).or_default() += 1;
        } else {
            *replaced = true;
        }
    }
    let tell = |(at, rows): (Location, usize)| {
        let told = Remark::whole(FindingKind::RenamedSheet, format!("{rows} lignes / rows"));
        told.finding(&at.source, at.file.reveal(), at.sheet.as_ref().map(|sheet| &**sheet.reveal()))
    };
    sheets.into_iter().map(tell).collect()
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

/// File and sheet of a place. Records of a platform move from page to page, so its pages are one.
fn sheet_at(place: &str) -> String {
    let sheet = place.rsplit_once('!').map_or(place, |(sheet, _)| sheet);
    let page = sheet.strip_prefix("page ").filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    page.map_or(sheet, |_| "page").to_owned()
}
