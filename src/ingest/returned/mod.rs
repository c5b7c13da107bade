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
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
        match sniff(page, self.source.text.encoding.as_deref(), &self.context.limits)? {
            Kind::Workbook(kind) => Ok(is_one(&workbook::read(page, kind, self.context).await?.sheets)),
            Kind::Text(text) => Ok(is_one(&[self.parsed(&text).0])),
            Kind::Json(_) | Kind::Parquet => Ok(false),
        }
    }

    /// Rows of a quarantine workbook that was given back: one header row, whatever the source says.
    pub(super) fn returned(&self, page: &Page, sheets: &[Sheet]) -> Result<PageRead, IngestError> {
        let mut read = PageRead { returned: true, ..PageRead::default() };
        let is_own = |sheet: &Sheet| returned::is_sheet_of(sheet.head.name.reveal(), &self.source.name);
        let found: Vec<(&Sheet, Ours)> =
            sheets.iter().filter_map(|sheet| Some((sheet, Ours::of(sheet)?))).collect();
        let has_own = found.iter().any(|(sheet, _)| is_own(sheet));
        for (sheet, ours) in found {
            let is_own = is_own(sheet);
            let name = sheet.head.name.reveal().as_str();
            if !is_own && !name.is_empty() {
                let told = Remark::whole(FindingKind::ForeignSheet, String::new());
                read.findings.push(told.finding(&self.source.name, &page.label, Some(name)));
            }
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
                tell(FindingKind::LostPlace, lost, Some(name));
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

/// A corrected row takes the place of the one it came from.
/// A row that nobody corrected stays, and so does a corrected one whose row was deleted from a sheet
/// that is there. The origin is the row with the same cells, at its place or wherever it moved, in its sheet
/// before any other.
pub(super) fn supersede(read: &mut SourceRead) {
    let workbooks = std::mem::take(&mut read.returned);
    if workbooks.is_empty() {
        return;
    }
    let Settled { rows, parted, mut gone } = settled(workbooks);
    let mut kept = std::mem::take(&mut read.rows);
    let own = kept.len();
    kept.extend(rows);
    let origins = kept.iter().filter_map(|row| Some((origin_of(row)?.clone(), false))).collect();
    let mut claims = Claims { origins, replaced: vec![false; kept.len()] };
    in_place(&kept, &mut claims);
    follow(&kept, &mut claims, |_| true, sheet_at);
    follow(&kept, &mut claims, is_own, |_| String::new());
    for at in outdated(&kept, own, &claims) {
        read.findings.push(told(&kept[at]));
        claims.replaced[at] = true;
    }
    read.findings.extend(renamed(&kept, &mut claims));
    read.findings.extend(without_origin(&kept, &mut claims));
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

/// Whether somebody changed a row of the quarantine: without a mark nobody can say.
fn is_changed(row: &RawRow, origin: &str) -> bool {
    let (place, mark) = returned::parts(origin);
    mark.is_none() || returned::marked(place, row) != origin
}

/// What counts of the workbooks that were given back.
struct Settled {
    rows: Vec<RawRow>,
    /// Rows that count as new ones where another one of the same origin counts, with that one: somebody parted it.
    parted: Vec<(usize, usize)>,
    /// Where the rest stands.
    gone: BTreeSet<Location>,
}

/// What counts of the workbooks, the oldest first. Of several that hold a row the newest one that changed it does; of
/// several rows of one workbook for the same one the first takes its place. What was added to several with the
/// same rows counts from the newest only.
fn settled(workbooks: Vec<Vec<RawRow>>) -> Settled {
    let mut answers: BTreeMap<String, (bool, usize)> = BTreeMap::new();
    let mut about: Vec<(BTreeSet<String>, bool)> = Vec::new();
    for (rank, workbook) in workbooks.iter().enumerate() {
        for (row, origin) in workbook.iter().filter_map(|row| Some((row, origin_of(row)?))) {
            let answer = answers.entry(origin.clone()).or_default();
            *answer = (*answer).max((is_changed(row, origin), rank));
        }
        let origins = workbook.iter().filter_map(origin_of).cloned().collect();
        about.push((origins, workbook.iter().any(|row| row.replaces.is_none())));
    }
    let mut settled = Settled { rows: Vec::new(), parted: Vec::new(), gone: BTreeSet::new() };
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    for (rank, workbook) in workbooks.into_iter().enumerate() {
        let is_outdone = about[rank + 1..].iter().any(|(origins, adds)| *adds && *origins == about[rank].0);
        for mut row in workbook {
            let counts = origin_of(&row).map_or(!is_outdone, |origin| answers[origin].1 == rank);
            if !counts {
                settled.gone.insert(row.location);
                continue;
            }
            let at = settled.rows.len();
            let first = origin_of(&row).map_or(at, |origin| *answered.entry(origin.clone()).or_insert(at));
            if first < at {
                row.replaces = None;
                settled.parted.push((at, first));
            }
            settled.rows.push(row);
        }
    }
    settled
}

/// How many rows stand as they were refused that an earlier version of a workbook corrected, and none does now.
pub(super) fn dropped(former: &[RawRow], read: &SourceRead) -> usize {
    let answered: BTreeSet<&String> = read.returned.iter().flatten().filter_map(origin_of).collect();
    let changed = former.iter().filter(|row| origin_of(row).is_some_and(|origin| is_changed(row, origin)));
    let unanswered = changed.filter_map(origin_of).filter(|origin| !answered.contains(origin));
    let marks: BTreeSet<&str> = unanswered.filter_map(|origin| returned::parts(origin).1).collect();
    let is_refused = |row: &&RawRow| {
        let marked = returned::marked(&row.location.private(None), row);
        returned::parts(&marked).1.is_some_and(|mark| marks.contains(mark))
    };
    if marks.is_empty() { 0 } else { read.rows.iter().filter(is_refused).count() }
}

/// Which corrections have found the row that they came from.
struct Claims {
    /// By origin, whether its row was found.
    origins: BTreeMap<String, bool>,
    /// By row, whether it is left out: another one takes its place, or it may not be read.
    replaced: Vec<bool>,
}

impl Claims {
    /// Lets a row be replaced by what corrects this origin, each once.
    fn claim(&mut self, at: usize, origin: &str) {
        if self.replaced[at] {
            return;
        }
        if let Some(used) = self.origins.get_mut(origin).filter(|used| !**used) {
            *used = true;
            self.replaced[at] = true;
        }
    }

    /// Whether a correction has not found its row.
    fn is_free(&self, origin: &str) -> bool {
        self.origins.get(origin) == Some(&false)
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

/// Whether a row that was handed in says of which source it is: by its sheet, or by its mark.
pub(super) fn names_its_source(row: &RawRow) -> bool {
    let has_mark = |origin: &Confidential<String>| matches!(returned::parts(origin.reveal()), (_, Some(_)));
    is_own(row) || row.replaces.as_ref().is_some_and(has_mark)
}

/// Tells rows that were handed in and cannot be given a place.
pub(super) fn lost(rows: &[RawRow]) -> Vec<Finding> {
    let mut sheets: BTreeMap<Location, usize> = BTreeMap::new();
    for row in rows {
        *sheets.entry(Location { row: 0, ..row.location.clone() }).or_default() += 1;
    }
    sheets.into_iter().map(|(at, rows)| tell(FindingKind::LostPlace, &at, rows)).collect()
}

/// Whoever still stands at its place. Of two files of one name a place alone says nothing.
fn in_place(kept: &[RawRow], claims: &mut Claims) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (_, row) in standing(kept) {
        *places.entry(row.location.private(None)).or_default() += 1;
    }
    for (at, row) in standing(kept) {
        let place = row.location.private(None);
        if places.get(&place) == Some(&1) {
            claims.claim(at, &place);
        }
        claims.claim(at, &returned::marked(&place, row));
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

/// The rows of a sheet that was given another name are known by the places that they name, which is told.
/// Those of another source's sheet name no place of this one, and are left out.
fn renamed(kept: &[RawRow], claims: &mut Claims) -> Vec<Finding> {
    let mut sheets: BTreeMap<Location, usize> = BTreeMap::new();
    for (at, row) in kept.iter().enumerate() {
        let Some(origin) = row.replaces.as_ref().filter(|_| !is_own(row)) else { continue };
        if claims.origins.get(origin.reveal()) == Some(&true) {
            *sheets.entry(Location { row: 0, ..row.location.clone() }).or_default() += 1;
        } else {
            claims.replaced[at] = true;
        }
    }
    sheets.into_iter().map(|(at, rows)| tell(FindingKind::RenamedSheet, &at, rows)).collect()
}

/// Corrections of which nobody can say whether their rows are there still: those of a file or a sheet that is
/// gone, and those without a mark whose place is empty, or stands in two files of one name. They might stand
/// beside the rows that they correct, so they are told and left out.
fn without_origin(kept: &[RawRow], claims: &mut Claims) -> Vec<Finding> {
    let there = standing_sheets(kept);
    let mut sheets: BTreeMap<Location, usize> = BTreeMap::new();
    for (at, row) in kept.iter().enumerate() {
        let Some(origin) = origin_of(row) else { continue };
        let (place, mark) = returned::parts(origin);
        let is_lost = mark.is_none() || !there.contains(&sheet_at(place));
        if is_lost && claims.is_free(origin) && !claims.replaced[at] {
            claims.replaced[at] = true;
            *sheets.entry(Location { row: 0, ..row.location.clone() }).or_default() += 1;
        }
    }
    sheets.into_iter().map(|(at, rows)| tell(FindingKind::LostOrigin, &at, rows)).collect()
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
        let sheet = Some(sheet_at(place)).filter(|sheet| there.contains(sheet)).unwrap_or_default();
        let is_said = about(row).is_some_and(|about| said.contains(&(sheet, about)));
        let is_reworded = who(row).is_some_and(|who| holders.contains(&(place.to_owned(), who)));
        Some(claims.is_free(origin) && (is_said || is_reworded))
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
