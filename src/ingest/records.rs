//! Pages to rows under known fields.

use super::contract::{self, Change, Promise, Seen};
use super::encoding::Text;
use super::header::{self, Known, Layout};
use super::merged::Merged;
use super::page::Page;
use super::sniff::{Kind, sniff};
use super::table::{Gathered, Row, Sheet, letters};
use super::window::Window;
use super::{Context, IngestError, columnar, delimited, dialect, returned, workbook};
use crate::config::{Contract, Hidden, Mapping, Records, Source};
use crate::model::{
    Cell, Confidential, Field, Finding, FindingKind, Location, RawCell, RawHeading, RawRow, Subject, fold,
};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;
use std::sync::Arc;

/// How many rows of a csv file are tried under each delimiter.
const TRIED_ROWS: usize = 80;

/// Reads the pages of one source.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) context: &'a Context<'a>,
    pub(super) known: Known,
    pub(super) promise: Promise<'a>,
    /// Folded json path to field.
    pub(super) paths: BTreeMap<String, Field>,
    /// Folded json path to the folded values that keep a record.
    pub(super) kept_paths: BTreeMap<String, BTreeSet<String>>,
    constants: Vec<(Field, String)>,
    sheets: Vec<glob::Pattern>,
    window: Window,
    pub(super) expected: String,
    subject: Subject,
}

/// What one page gave.
#[derive(Default)]
pub(super) struct PageRead {
    pub(super) rows: Vec<RawRow>,
    /// Records of the page before any filter.
    pub(super) records: usize,
    /// What was met while reading.
    pub(super) findings: Vec<Finding>,
    /// The page as json, when it was.
    pub(super) json: Option<serde_json::Value>,
}

impl<'a> Reader<'a> {
    /// Checks the mapping.
    pub(super) fn new(
        source: &'a Source,
        mapping: &'a Mapping,
        context: &'a Context<'a>,
    ) -> Result<Self, IngestError> {
        let field = |code: &str| {
            Field::from_str(code).map_err(|unknown| {
                IngestError::settings(
                    &source.name,
                    format!("`{}` maps to `{code}`, which is no field", source.mapping),
                    format!("write one of: {}", unknown.accepted.join(", ")),
                )
            })
        };
        let mut columns = Vec::new();
        for (header, code) in &mapping.columns {
            columns.push((header.as_str(), field(code)?));
        }
        let mut constants = Vec::new();
        for (code, value) in &mapping.constants {
            constants.push((field(code)?, value.clone()));
        }
        let sheets = source.sheets.iter().map(|name| {
            glob::Pattern::new(name).or_else(|_| glob::Pattern::new(&glob::Pattern::escape(name))).map_err(
                |_| {
                    IngestError::settings(
                        &source.name,
                        "an entry of `sheets` is not a pattern",
                        "use `*` and `?` only",
                    )
                },
            )
        });
        let kept = mapping.keep.iter().map(|(header, values)| (header.as_str(), values.as_slice()));
        Ok(Self {
            source,
            context,
            known: Known::new(columns.iter().copied(), kept),
            promise: Promise { mapped: columns.clone(), ignored: &mapping.ignore },
            paths: columns.iter().map(|(header, field)| (fold(header), *field)).collect(),
            kept_paths: mapping
                .keep
                .iter()
                .map(|(header, values)| (fold(header), values.iter().map(|value| fold(value)).collect()))
                .collect(),
            constants,
            sheets: sheets.collect::<Result<_, _>>()?,
            window: Window::new(source)?,
            expected: mapping
                .columns
                .keys()
                .map(|header| format!("`{header}`"))
                .collect::<Vec<_>>()
                .join(", "),
            subject: match source.records {
                Records::Organisations => Subject::Organisations,
                Records::Flows => Subject::Flows,
                Records::Synergies => Subject::Synergies,
            },
        })
    }

    /// Rows of one page, in its own order.
    pub(super) async fn read(&self, page: &Page) -> Result<PageRead, IngestError> {
        match sniff(page, self.source.text.encoding.as_deref())? {
            Kind::Json(value) => self.json(page, value),
            Kind::Text(text) => self.text(page, &text),
            Kind::Parquet => self.sheets(page, &[&columnar::read(page, &self.context.limits)?]),
            Kind::Workbook(kind) => {
                let Gathered { sheets, remarks } = workbook::read(page, kind, self.context).await?;
                if returned::is_one(&sheets) {
                    return self.returned(page, &sheets);
                }
                let wanted: Vec<&Sheet> = sheets.iter().filter(|sheet| self.wants(sheet)).collect();
                if wanted.is_empty() && !self.sheets.is_empty() {
                    return Err(IngestError::unreadable(
                        &page.place,
                        format!("none of its {} sheets has a name that `sheets` asks for", sheets.len()),
                        "correct `sheets` of the source, or leave it out to read every sheet with known headers",
                    ));
                }
                let mut read = self.sheets(page, &wanted)?;
                let lost = remarks.iter().map(|(sheet, remark)| {
                    let sheet = sheet.as_ref().map(|name| name.reveal().as_str());
                    remark.finding(&self.source.name, &page.label, sheet)
                });
                read.findings.extend(lost);
                Ok(read)
            }
        }
    }

    /// Tells what is not as promised, and does what the contract says about it.
    pub(super) fn keep_promise(
        &self,
        page: &Page,
        sheet: Option<&String>,
        seen: &[Seen],
        rows: &mut [RawRow],
        findings: &mut Vec<Finding>,
    ) -> Result<(), IngestError> {
        let misfits = contract::misfits(rows);
        let changes = self.promise.changes(seen);
        let all: Vec<&Change> = changes.iter().chain(&misfits).collect();
        let contract = self.source.contract;
        if all.is_empty() {
            return Ok(());
        }
        if contract == Contract::Refuse {
            let cause: Vec<String> = all.iter().map(|change| change.told()).collect();
            return Err(IngestError::Contract { place: page.place.clone(), cause: cause.join("; ") });
        }
        let place = self.blank(page, sheet, 0, false).location;
        findings.extend(all.iter().map(|change| change.finding(place.clone(), contract)));
        for row in rows {
            if contract == Contract::Quarantine {
                row.held = Some(FindingKind::HeldByContract);
            } else if contract == Contract::Freeze {
                row.unmapped.retain(|cell| !changes.iter().any(|change| change.is_of(&cell.column)));
                row.cells.retain(|field, cell| {
                    !misfits.iter().any(|change| change.field == Some(*field) && change.is_of(&cell.column))
                });
            }
        }
        Ok(())
    }

    /// Settings of the source.
    pub(super) const fn source(&self) -> &Source {
        self.source
    }

    fn wants(&self, sheet: &Sheet) -> bool {
        let name = sheet.head.name.reveal();
        self.sheets.is_empty()
            || self.sheets.iter().any(|wanted| wanted.matches(name) || fold(wanted.as_str()) == fold(name))
    }

    /// Tries the forms from the likeliest and takes the one under which most headers are known.
    fn text(&self, page: &Page, text: &Text<'_>) -> Result<PageRead, IngestError> {
        let (rest, dialects) = dialect::find(&text.text, &self.source.text);
        let mut best = (0, dialects[0]);
        for dialect in dialects {
            let sheet = delimited::parse(rest, &dialect, TRIED_ROWS);
            let matched = self.header(&sheet).map_or(0, |layout| layout.matched());
            if matched > best.0 {
                best = (matched, dialect);
            }
        }
        let mut sheet = delimited::parse(rest, &best.1, usize::MAX);
        delimited::said(text, &best.1, &mut sheet);
        self.sheets(page, &[&sheet])
    }

    fn header(&self, sheet: &Sheet) -> Option<Layout> {
        match self.window.cut(sheet) {
            Some(part) => self.layout(&part),
            None if self.window.is_whole() => self.layout(sheet),
            None => None,
        }
    }

    fn layout(&self, sheet: &Sheet) -> Option<Layout> {
        header::find(sheet, &self.known, self.source.header_row, self.source.header_rows)
    }

    fn sheets(&self, page: &Page, sheets: &[&Sheet]) -> Result<PageRead, IngestError> {
        let mut read = PageRead::default();
        let (mut there, mut recognised) = (false, false);
        for sheet in sheets {
            if self.source.hidden == Hidden::Exclude && sheet.head.hidden {
                continue;
            }
            let part = self.window.cut(sheet);
            let sheet = match &part {
                Some(part) => part,
                None if self.window.is_whole() => *sheet,
                None => continue,
            };
            there = true;
            let Some(layout) = self.layout(sheet) else { continue };
            if layout.lost_filters > 0 {
                return Err(self.lost_filters(page, layout.lost_filters));
            }
            if self.source.hidden == Hidden::Refuse && sheet.hides_something() {
                return Err(IngestError::unreadable(
                    &page.place,
                    format!("sheet {} holds hidden rows or columns, or is hidden", sheet.head.rank),
                    "show or delete them, or set `hidden` of the source to `include` or `exclude`",
                ));
            }
            recognised = true;
            let name = Some(sheet.head.name.reveal().as_str());
            let met = sheet.remarks.iter();
            read.findings.extend(met.map(|remark| remark.finding(&self.source.name, &page.label, name)));
            let seen: Vec<Seen> = layout
                .columns
                .iter()
                .map(|(column, known)| Seen {
                    column: letters(*column),
                    heading: known.header.clone(),
                    field: known.field,
                })
                .collect();
            let before = read.rows.len();
            read.records += self.sheet(page, sheet, layout, &mut read.rows);
            let name = Some(sheet.head.name.reveal()).filter(|name| !name.is_empty());
            self.keep_promise(page, name, &seen, &mut read.rows[before..], &mut read.findings)?;
        }
        if recognised {
            return Ok(read);
        }
        if let Some((cause, help)) = self.window.missing().filter(|_| !there) {
            return Err(IngestError::unreadable(&page.place, cause, help));
        }
        Err(IngestError::NoHeader {
            place: page.place.clone(),
            needed: self.known.needed(),
            expected: self.expected.clone(),
        })
    }

    pub(super) fn lost_filters(&self, page: &Page, lost: usize) -> IngestError {
        IngestError::settings(
            &self.source.name,
            format!("{lost} headers of `keep` do not stand in {}", page.place),
            format!("correct `keep` in `{}`; headers compare without case and accents", self.source.mapping),
        )
    }

    fn sheet(&self, page: &Page, sheet: &Sheet, mut layout: Layout, rows: &mut Vec<RawRow>) -> usize {
        let mut records = 0;
        let first = layout.last_row;
        let mut merged = Merged::new(sheet, first);
        let mut headings = self.headings(sheet, &layout, &[]);
        for row in sheet.rows.iter().filter(|row| row.number > first) {
            if layout.repeats(row) || (self.source.hidden == Hidden::Exclude && row.hidden) {
                continue;
            }
            if let Some(other) = layout.again(row, &self.known) {
                layout = other;
                headings = self.headings(sheet, &layout, &[]);
                continue;
            }
            records += 1;
            let shared = |column: u32| {
                let field = layout.columns.get(&column).and_then(|known| known.field);
                field.is_some_and(Field::is_shared_by_merging)
            };
            let filled = merged.filled(row, shared);
            let row = filled.as_ref().unwrap_or(row);
            if layout.kept.iter().all(|(column, values)| values.contains(&fold(&row.cell(*column).reveal())))
            {
                let spans = row.cells.first().is_some_and(|(column, _)| merged.is_wide(row.number, *column));
                rows.push(RawRow {
                    headings: headings.clone(),
                    spans,
                    ..self.row(page, sheet, &layout, row)
                });
            }
        }
        records
    }

    /// The columns of a table that are read, without those that are `ours`.
    pub(super) fn headings(&self, sheet: &Sheet, layout: &Layout, ours: &[u32]) -> Arc<[RawHeading]> {
        let excluded = self.source.hidden == Hidden::Exclude;
        let columns = layout
            .columns
            .iter()
            .filter(|(column, _)| !(ours.contains(column) || excluded && sheet.head.hides_column(**column)));
        columns
            .map(|(column, known)| RawHeading {
                column: letters(*column),
                header: known.header.clone(),
                field: known.field,
            })
            .collect()
    }

    pub(super) fn row(&self, page: &Page, sheet: &Sheet, layout: &Layout, row: &Row) -> RawRow {
        let head = &sheet.head;
        let sheet = Some(head.name.reveal()).filter(|name| !name.is_empty());
        let mut raw = self.blank(page, sheet, row.number, row.hidden);
        let hidden = |column: u32| self.source.hidden == Hidden::Exclude && head.hides_column(column);
        for (column, value) in row.cells.iter().filter(|(column, _)| !hidden(*column)) {
            let known = layout.columns.get(column);
            let cell = RawCell {
                value: value.clone(),
                column: letters(*column),
                header: known.map(|known| known.header.clone()).unwrap_or_default(),
                unit_in_header: known.and_then(|known| known.unit.clone()),
            };
            put(&mut raw, known.and_then(|known| known.field), cell);
        }
        self.complete(&mut raw);
        raw
    }

    pub(super) fn blank(&self, page: &Page, sheet: Option<&String>, row: u32, hidden: bool) -> RawRow {
        RawRow {
            location: Location {
                source: self.source.name.clone(),
                file: Confidential::new(page.label.clone()),
                sheet: sheet.map(|name| Confidential::new(name.clone())),
                row,
            },
            cells: BTreeMap::new(),
            unmapped: Vec::new(),
            headings: Arc::default(),
            hidden,
            spans: false,
            subject: self.subject,
            replaces: None,
            held: None,
            declared_on: None,
        }
    }

    /// Constants say what the source does not.
    pub(super) fn complete(&self, raw: &mut RawRow) {
        for (field, value) in &self.constants {
            raw.cells.entry(*field).or_insert_with(|| RawCell {
                value: Cell::text(value.as_str()),
                column: String::new(),
                header: String::new(),
                unit_in_header: None,
            });
        }
    }
}

/// Of several columns for one field the first that holds something counts; the others are kept apart.
pub(super) fn put(raw: &mut RawRow, field: Option<Field>, cell: RawCell) {
    if cell.value.is_empty() {
        return;
    }
    match field {
        Some(field) if !raw.cells.contains_key(&field) => {
            raw.cells.insert(field, cell);
        }
        _ => raw.unmapped.push(cell),
    }
}

/// Rows of one sheet under a mapping, for tests of what comes after.
#[cfg(test)]
pub(super) fn rows_of(sheet: &Sheet, mapping: &str) -> Vec<RawRow> {
    use super::trial;
    let (source, mapping, memory) =
        (trial::source("files = [\"a.csv\"]"), trial::mapping(mapping), trial::Memory::default());
    let context = trial::context(std::path::Path::new("."), &memory);
    let page =
        Page { place: super::page::Place::path("a.csv"), label: String::new(), content: Vec::new().into() };
    let reader = Reader::new(&source, &mapping, &context).unwrap();
    reader.sheets(&page, &[sheet]).unwrap().rows
}
