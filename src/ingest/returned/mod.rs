//! `quarantaine.xlsx` that its owner corrected and sent back: its rows replace those they came from,
//! and none of them ever stands beside the one it came from.

mod answers;
mod sheets;
#[cfg(test)]
mod tests;

pub use sheets::Sheets;

pub(super) use answers::{by_sheet, dropped};
pub(super) use sheets::is_one;

use super::remark::Remark;
use super::{SourceRead, files};
use crate::model::returned::{self, sheet_at};
use crate::model::{Confidential, Field, Finding, FindingKind, Location, RawCell, RawRow, Severity, fold};
use answers::{Settled, settled};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A corrected row takes the place of the one it came from.
/// A row that nobody corrected stays, and so does a corrected one whose row was deleted from a sheet
/// that is there. The origin is the row with the same cells, at its place or wherever it moved, in its sheet
/// before any other.
pub(super) fn supersede(read: &mut SourceRead) {
    let sheets = std::mem::take(&mut read.returned);
    if sheets.is_empty() {
        return;
    }
    let renamed_sheets: BTreeSet<Location> =
        sheets.iter().flatten().filter(|row| !is_own(row)).map(sheet_of).collect();
    let Settled { rows, parted, mut gone, outdone } = settled(sheets);
    read.findings.extend(tell_all(FindingKind::DroppedAddition, outdone));
    let mut kept = std::mem::take(&mut read.rows);
    let own = kept.len();
    kept.extend(rows);
    let named = kept.iter().filter(|row| names_its_source(row));
    let origins = named.filter_map(|row| Some((origin_of(row)?.clone(), None))).collect();
    let mut claims = Claims { origins, replaced: vec![false; kept.len()] };
    in_place(&kept, &mut claims);
    follow(&kept, &mut claims, |_| true, sheet_at);
    follow(&kept, &mut claims, is_own, |_| String::new());
    for at in outdated(&kept, own, &claims) {
        let place = kept[at].location.clone();
        read.findings.push(Finding::about(Severity::Warning, FindingKind::OutdatedCorrection, place));
        claims.replaced[at] = true;
    }
    let (findings, strange) = renamed(&kept, &mut claims);
    read.findings.extend(findings);
    read.sheets.take(|sheet| renamed_sheets.contains(sheet) && !strange.contains(sheet));
    read.findings.extend(without_origin(&kept, &mut claims));
    keep_deleted_columns(&mut kept, own, &claims, &parted);
    for (part, first) in parted {
        claims.replaced[own + part] |= claims.replaced[own + first];
    }
    for (row, replaced) in kept.into_iter().zip(claims.replaced) {
        if replaced {
            gone.insert(row.location);
        } else {
            read.rows.push(row);
        }
    }
    read.findings.retain(|finding| {
        finding.kind == FindingKind::OutdatedCorrection || !gone.contains(&finding.location)
    });
}

/// The row that this one corrects.
fn origin_of(row: &RawRow) -> Option<&String> {
    row.replaces.as_ref().map(Confidential::reveal)
}

/// The sheet in which a row stands.
fn sheet_of(row: &RawRow) -> Location {
    Location { row: 0, ..row.location.clone() }
}

/// Which corrections have found the row that they came from.
struct Claims {
    /// By origin, the row that was found to be it.
    origins: BTreeMap<String, Option<usize>>,
    /// By row, whether it is left out: another one takes its place, or it may not be read.
    replaced: Vec<bool>,
}

impl Claims {
    /// Lets a row be replaced by what corrects this origin, each once.
    fn claim(&mut self, at: usize, origin: &str) {
        if self.replaced[at] {
            return;
        }
        if let Some(found) = self.origins.get_mut(origin).filter(|found| found.is_none()) {
            *found = Some(at);
            self.replaced[at] = true;
        }
    }

    /// Whether a correction has not found its row.
    fn is_free(&self, origin: &str) -> bool {
        self.origins.get(origin) == Some(&None)
    }

    /// The row that a correction takes the place of.
    fn found(&self, correction: &RawRow) -> Option<usize> {
        self.origins.get(origin_of(correction)?).copied().flatten()
    }
}

/// Rows of the sources' own files.
fn standing(kept: &[RawRow]) -> impl Iterator<Item = (usize, &RawRow)> {
    kept.iter().enumerate().filter(|(_, row)| row.replaces.is_none())
}

/// File and sheet of every row of the sources' own files.
fn standing_sheets(kept: &[RawRow]) -> BTreeSet<String> {
    let mut sheets = BTreeSet::new();
    let mut last: Option<&Location> = None;
    for (_, row) in standing(kept) {
        let at = &row.location;
        if last.is_none_or(|last| (&last.file, &last.sheet) != (&at.file, &at.sheet)) {
            sheets.insert(sheet_at(&at.private(None)));
        }
        last = Some(at);
    }
    sheets
}

/// Whether a correction stands in the sheet of its source, under its name.
fn is_own(row: &RawRow) -> bool {
    let at = &row.location;
    at.sheet.as_ref().is_some_and(|sheet| returned::is_sheet_of(sheet.reveal(), &at.source))
}

/// Whether a row that was handed in says of which source it is: by its sheet, or by its mark. A place alone does not:
/// files of two sources may be called alike, and pages of all platforms are.
fn names_its_source(row: &RawRow) -> bool {
    is_own(row) || origin_of(row).is_some_and(|origin| returned::parts(origin).1.is_some())
}

/// Whoever still stands at its place. Of two files of one name a place alone says nothing, nor does it where
/// somebody else stands there by now.
fn in_place(kept: &[RawRow], claims: &mut Claims) {
    let corrections: BTreeMap<&String, &RawRow> =
        kept.iter().filter_map(|row| Some((origin_of(row)?, row))).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (_, row) in standing(kept) {
        *places.entry(row.location.private(None)).or_default() += 1;
    }
    for (at, row) in standing(kept) {
        let place = row.location.private(None);
        claims.claim(at, &returned::marked(&place, row));
        let is_alone = places.get(&place) == Some(&1);
        if is_alone && corrections.get(&place).is_some_and(|correction| may_be(row, correction)) {
            claims.claim(at, &place);
        }
    }
}

/// Whether a correction may be that of a row: they name the same company, and say one thing at least of what it is.
fn may_be(row: &RawRow, correction: &RawRow) -> bool {
    let differs = |field: Field| {
        let [before, now] = [row, correction].map(|row| fold(&row.text(field)));
        !before.is_empty() && !now.is_empty() && before != now
    };
    let is_another = [Field::Name, Field::Supplier, Field::Receiver].into_iter().any(differs);
    !(is_another || differs(Field::Description) && differs(Field::Quantity))
}

/// What stood in a column that was deleted from the workbook stays: who corrects a cell does not erase another.
fn keep_deleted_columns(kept: &mut [RawRow], own: usize, claims: &Claims, parted: &[(usize, usize)]) {
    let found = |at: usize| claims.found(&kept[at]);
    let first = (own..kept.len()).filter_map(|at| Some((at, found(at)?)));
    let parts = parted.iter().filter_map(|(part, first)| Some((own + part, found(own + first)?)));
    let pairs: Vec<(usize, usize)> = first.chain(parts).collect();
    for (at, before) in pairs {
        let before = kept[before].clone();
        let correction = &mut kept[at];
        let headings = std::sync::Arc::clone(&correction.headings);
        // Its letters are those of another table, and its heading may look like letters.
        let lost = |cell: &RawCell| {
            let is_there = headings.iter().any(|heading| *heading.header == *cell.header);
            (!cell.header.is_empty() && !is_there)
                .then(|| RawCell { column: format!("({})", cell.header).into(), ..cell.clone() })
        };
        for (field, cell) in before.cells.iter().filter_map(|(field, cell)| Some((*field, lost(cell)?))) {
            // A constant says what no column does.
            let is_said = correction.cells.get(&field).is_some_and(|cell| !cell.column.is_empty());
            if !is_said {
                correction.cells.insert(field, cell);
            }
        }
        correction.unmapped.extend(before.unmapped.iter().filter_map(lost));
    }
}

/// Whoever has moved, and says what was refused: among the corrections that count here, those of the same
/// surroundings. Rows that are alike each take the place of one.
fn follow(
    kept: &[RawRow],
    claims: &mut Claims,
    counts: impl Fn(&RawRow) -> bool,
    surroundings: impl Fn(&str) -> String,
) {
    let mut moved: BTreeMap<(String, String), VecDeque<String>> = BTreeMap::new();
    for row in kept.iter().filter(|row| counts(row)) {
        let Some(origin) = origin_of(row) else { continue };
        if let (place, Some(mark)) = returned::parts(origin)
            && claims.is_free(origin)
        {
            moved.entry((surroundings(place), mark.to_owned())).or_default().push_back(origin.clone());
        }
    }
    for (at, row) in standing(kept) {
        if claims.replaced[at] {
            continue;
        }
        let marked = returned::marked(&row.location.private(None), row);
        let (place, Some(mark)) = returned::parts(&marked) else { continue };
        let Some(origins) = moved.get_mut(&(surroundings(place), mark.to_owned())) else { continue };
        if let Some(origin) = origins.pop_front() {
            claims.claim(at, &origin);
        }
    }
}

/// The rows of a sheet that was given another name are known by the places that they name, which is told. Sheets
/// none of whose rows names one of this source are given back, for they may be another's.
fn renamed(kept: &[RawRow], claims: &mut Claims) -> (Vec<Finding>, BTreeSet<Location>) {
    let mut sheets: BTreeMap<Location, (usize, usize)> = BTreeMap::new();
    for (at, row) in kept.iter().enumerate() {
        if row.replaces.is_none() || is_own(row) || claims.replaced[at] {
            continue;
        }
        let (found, lost) = sheets.entry(sheet_of(row)).or_default();
        if names_its_source(row) && claims.found(row).is_some() {
            *found += 1;
        } else {
            *lost += 1;
            claims.replaced[at] = true;
        }
    }
    let (mut findings, mut strange) = (Vec::new(), BTreeSet::new());
    for (sheet, (found, lost)) in sheets {
        if found == 0 {
            strange.insert(sheet);
            continue;
        }
        findings.push(tell(FindingKind::RenamedSheet, &sheet, found));
        if lost > 0 {
            findings.push(tell(FindingKind::LostOrigin, &sheet, lost));
        }
    }
    (findings, strange)
}

/// Corrections of which nobody can say whether their rows are there still: those of a file or a sheet that is
/// gone, and those without a mark whose place is empty, or stands in two files of one name. They might stand
/// beside the rows that they correct, so they are told and left out. One whose sheet is there without its row counts,
/// and is told. What was added to an earlier quarantine workbook stood there and nowhere else.
fn without_origin(kept: &[RawRow], claims: &mut Claims) -> Vec<Finding> {
    let there = standing_sheets(kept);
    let [mut lost, mut lone]: [BTreeMap<Location, usize>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for (at, row) in kept.iter().enumerate() {
        let Some(origin) = origin_of(row).filter(|origin| claims.is_free(origin) && !claims.replaced[at])
        else {
            continue;
        };
        let (place, mark) = returned::parts(origin);
        let was_added = place.split('!').next().is_some_and(files::is_named);
        if mark.is_none() || !(was_added || there.contains(&sheet_at(place))) {
            claims.replaced[at] = true;
            *lost.entry(sheet_of(row)).or_default() += 1;
        } else if !was_added {
            *lone.entry(sheet_of(row)).or_default() += 1;
        }
    }
    [(FindingKind::LostOrigin, lost), (FindingKind::LoneCorrection, lone)]
        .into_iter()
        .flat_map(|(kind, sheets)| tell_all(kind, sheets))
        .collect()
}

/// Findings about so many rows of each sheet.
fn tell_all(kind: FindingKind, sheets: BTreeMap<Location, usize>) -> Vec<Finding> {
    sheets.into_iter().map(|(sheet, rows)| tell(kind, &sheet, rows)).collect()
}

/// A finding about so many rows of a sheet.
fn tell(kind: FindingKind, at: &Location, rows: usize) -> Finding {
    let told = Remark::whole(kind, format!("{rows} lignes / rows"));
    told.finding(&at.source, at.file.reveal(), at.sheet.as_ref().map(|sheet| &**sheet.reveal()))
}

/// Corrections of what was corrected at its source since: no row has the cells that were refused,
/// and one of the same sheet, or of any where that one is gone, is about the same thing, or the one that stands at the
/// place is about the same company in other words. The source is the living document, so its row stays.
fn outdated(kept: &[RawRow], own: usize, claims: &Claims) -> Vec<usize> {
    let texts = |row: &RawRow, fields: &[Field]| {
        let text = |field: &Field| row.get(*field).map(|cell| fold(&cell.value.reveal())).unwrap_or_default();
        let texts: Vec<String> = fields.iter().map(text).collect();
        texts.iter().any(|text| !text.is_empty()).then_some(texts)
    };
    let names = |row: &RawRow| texts(row, &[Field::Name, Field::Supplier, Field::Receiver]);
    let who = |row: &RawRow| Some((names(row)?, texts(row, &[Field::Direction])));
    let about = |row: &RawRow| {
        texts(row, &[Field::Name, Field::Supplier, Field::Receiver, Field::Direction, Field::Description])
    };
    let there = standing_sheets(kept);
    let (mut said, mut holders) = (BTreeSet::new(), BTreeSet::new());
    for (_, row) in standing(&kept[..own]).filter(|(at, _)| !claims.replaced[*at]) {
        let place = row.location.private(None);
        if let Some(about) = about(row) {
            said.insert((String::new(), about.clone()));
            said.insert((sheet_at(&place), about));
        }
        holders.extend(who(row).map(|who| (place, who)));
    }
    let is_outdated = |row: &RawRow| {
        let origin = origin_of(row)?;
        let (place, mark) = returned::parts(origin);
        mark?;
        let sheet = Some(sheet_at(place)).filter(|sheet| there.contains(sheet));
        // Of another sheet and another file it is another source's, as far as anybody knows.
        let sheet = sheet.or_else(|| is_own(row).then(String::new))?;
        let is_said = about(row).is_some_and(|about| said.contains(&(sheet, about)));
        let is_reworded = who(row).is_some_and(|who| holders.contains(&(place.to_owned(), who)));
        Some(claims.is_free(origin) && (is_said || is_reworded))
    };
    (0..kept.len()).filter(|at| is_outdated(&kept[*at]) == Some(true)).collect()
}
