//! Pages to rows under known fields.

use super::contract::{Change, Misfits, Promise, Seen};
use super::dialect::{self, Dialect};
use super::encoding::Text;
use super::filter::Filter;
use super::header::{self, Known, Layout};
use super::merged::Merged;
use super::page::Page;
use super::remark::Remark;
use super::sniff::{Kind, sniff};
use super::table::{Gathered, Head, Row, Sheet, letters};
use super::window::Window;
use super::{Context, IngestError, columnar, delimited, returned, workbook};
use crate::config::{Contract, EVERY_COLUMN, Hidden, Mapping, Records, Source};
use crate::model::{
    Cell, Confidential, Field, Finding, FindingKind, Location, RawCell, RawHeading, RawRow, Subject, fold,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
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
    /// Folded json path to what keeps a record.
    pub(super) kept_paths: BTreeMap<String, Filter>,
    constants: Vec<(Field, String)>,
    sheets: Vec<glob::Pattern>,
    window: Window,
    pub(super) expected: String,
    subject: Subject,
    /// The decimal mark that is declared for quantities, or a point.
    decimal: char,
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
    /// Whether it is a quarantine workbook that was given back.
    pub(super) returned: bool,
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
        let mut quantities = columns.iter().filter(|(_, field)| *field == Field::Quantity);
        let marks = quantities.find_map(|(header, _)| mapping.numbers.get(*header));
        let marks = marks.or_else(|| mapping.numbers.get(EVERY_COLUMN));
        Ok(Self {
            decimal: marks.and_then(|marks| marks.decimal.chars().next()).unwrap_or('.'),
            source,
            context,
            known: Known::new(columns.iter().copied(), kept),
            promise: Promise { mapped: columns.clone(), ignored: &mapping.ignore },
            paths: columns.iter().map(|(header, field)| (fold(header), *field)).collect(),
            kept_paths: mapping
                .keep
                .iter()
                .map(|(header, values)| (fold(header), Filter::new(values)))
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
        match sniff(page, self.source.text.encoding.as_deref(), &self.context.limits)? {
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
        let misfits = Misfits::of(rows).changes();
        let changes = self.promise.changes(seen);
        self.tell(page, &self.place(page, sheet), changes.iter().chain(&misfits), findings)?;
        let contract = self.source.contract;
        if changes.is_empty() && misfits.is_empty() {
            return Ok(());
        }
        for row in rows {
            if contract == Contract::Quarantine {
                row.held = Some(FindingKind::HeldByContract);
            } else if contract == Contract::Freeze {
                row.unmapped.retain(|cell| !changes.iter().any(|change| change.is_new(&cell.column)));
                row.cells.retain(|field, cell| {
                    !misfits.iter().any(|change| change.field == Some(*field) && change.is_of(&cell.column))
                });
            }
        }
        Ok(())
    }

    /// Tells what is not as promised of a sheet, or refuses it.
    pub(super) fn tell<'c>(
        &self,
        page: &Page,
        sheet: &Location,
        changes: impl Iterator<Item = &'c Change>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), IngestError> {
        let (all, contract) = (changes.collect::<Vec<_>>(), self.source.contract);
        if contract == Contract::Refuse && !all.is_empty() {
            let cause: Vec<String> = all.iter().map(|change| change.told()).collect();
            let (place, cause) = (page.place.clone(), cause.join("; "));
            return Err(IngestError::Contract { place, cause, sheet: None });
        }
        findings.extend(all.iter().map(|change| change.finding(sheet.clone(), contract)));
        Ok(())
    }

    /// Whether no part of a sheet is left out.
    pub(super) const fn reads_whole_sheets(&self) -> bool {
        self.window.is_whole()
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

    fn text(&self, page: &Page, text: &Text<'_>) -> Result<PageRead, IngestError> {
        let (mut sheet, dialect) = self.parsed(text);
        if returned::is_one(std::slice::from_ref(&sheet)) {
            return self.returned(page, &[sheet]);
        }
        delimited::said(text, &dialect, &mut sheet);
        self.sheets(page, &[&sheet])
    }

    /// A text as the sheet that it is, and its form.
    pub(super) fn parsed(&self, text: &Text<'_>) -> (Sheet, Dialect) {
        let (rest, dialect) = self.form(&text.text);
        (delimited::parse(rest, &dialect, usize::MAX), dialect)
    }

    /// The text of the table, and its form: of those that are likely, from the likeliest on, the one under
    /// which most headers are known.
    pub(super) fn form<'t>(&self, text: &'t str) -> (&'t str, Dialect) {
        let (rest, dialects) = dialect::find(text, &self.source.text);
        let mut best = (0, dialects[0]);
        for dialect in dialects {
            let sheet = delimited::parse(rest, &dialect, TRIED_ROWS);
            let matched = self.header(&sheet).map_or(0, |layout| layout.matched());
            if matched > best.0 {
                best = (matched, dialect);
            }
        }
        (rest, best.1)
    }

    fn header(&self, sheet: &Sheet) -> Option<Layout> {
        match self.window.cut(sheet) {
            Some(part) => self.layout(&part),
            None if self.window.is_whole() => self.layout(sheet),
            None => None,
        }
    }

    pub(super) fn layout(&self, sheet: &Sheet) -> Option<Layout> {
        header::find(sheet, &self.known, self.source.header_row, self.source.header_rows)
    }

    fn sheets(&self, page: &Page, sheets: &[&Sheet]) -> Result<PageRead, IngestError> {
        let mut read = PageRead::default();
        let (mut there, mut tables) = (false, Vec::new());
        for sheet in sheets {
            if self.source.hidden == Hidden::Exclude && sheet.head.hidden {
                continue;
            }
            let sheet = match self.window.cut(sheet) {
                Some(part) => Cow::Owned(part),
                None if self.window.is_whole() => Cow::Borrowed(*sheet),
                None => continue,
            };
            there = true;
            tables.extend(self.layout(&sheet).map(|layout| (sheet, layout)));
        }
        let recognised = !tables.is_empty();
        // Where the settings name sheets, each of them is meant.
        let has_entries = self.sheets.is_empty() && tables.iter().any(|(_, layout)| is_of_entries(layout));
        for (sheet, layout) in tables {
            let sheet = &*sheet;
            let name = Some(sheet.head.name.reveal().as_str());
            if has_entries && !is_of_entries(&layout) {
                let told = Remark::whole(FindingKind::SheetWithoutEntries, sheet.head.rank.to_string());
                read.findings.push(told.finding(&self.source.name, &page.label, name));
                continue;
            }
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
            let met = sheet.remarks.iter();
            read.findings.extend(met.map(|remark| remark.finding(&self.source.name, &page.label, name)));
            let seen = seen(&layout);
            let before = read.rows.len();
            let mut body = Body::new(self, page, sheet, layout);
            read.rows.extend(sheet.rows.iter().filter_map(|row| body.take(row)));
            read.records += body.records;
            let name = Some(sheet.head.name.reveal()).filter(|name| !name.is_empty());
            self.keep_promise(page, name, &seen, &mut read.rows[before..], &mut read.findings)
                .map_err(|error| error.in_sheet(&sheet.head))?;
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

    /// The columns of a table that are read, without those that are `ours`.
    pub(super) fn headings(&self, head: &Head, layout: &Layout, ours: &[u32]) -> Arc<[RawHeading]> {
        let excluded = self.source.hidden == Hidden::Exclude;
        let columns = layout
            .columns
            .iter()
            .filter(|(column, _)| !(ours.contains(column) || excluded && head.hides_column(**column)));
        columns
            .map(|(column, known)| RawHeading {
                column: letters(*column),
                header: known.header.clone(),
                field: known.field,
            })
            .collect()
    }

    /// A row of a sheet at this place, under its headings.
    pub(super) fn row(&self, place: &Location, head: &Head, layout: &Layout, row: &Row) -> RawRow {
        let mut raw = self.blank(Location { row: row.number, ..place.clone() }, row.hidden);
        let hidden = |column: u32| self.source.hidden == Hidden::Exclude && head.hides_column(column);
        for (column, value) in row.cells.iter().filter(|(column, _)| !hidden(*column)) {
            let known = layout.columns.get(column);
            let field = layout.field_of(row, *column);
            // A quantity counts as if somebody had typed what its cell shows.
            let typed = (field == Some(Field::Quantity)).then(|| head.form(row.number, *column)).flatten();
            let typed = typed.and_then(|form| form.typed(value, self.decimal));
            let cell = RawCell {
                value: typed.map_or_else(|| value.clone(), Cell::text),
                column: letters(*column),
                header: known.map(|known| known.header.clone()).unwrap_or_default(),
                unit_in_header: known.and_then(|known| known.unit.clone()),
            };
            put(&mut raw, field, cell);
        }
        self.complete(&mut raw);
        raw
    }

    /// The place of a sheet as a whole; a file that is one table has no name of a sheet.
    pub(super) fn place(&self, page: &Page, sheet: Option<&String>) -> Location {
        Location {
            source: self.source.name.as_str().into(),
            file: Confidential::new(page.label.as_str().into()),
            sheet: sheet.filter(|name| !name.is_empty()).map(|name| Confidential::new(name.as_str().into())),
            row: 0,
        }
    }

    /// A row without a cell.
    pub(super) fn blank(&self, location: Location, hidden: bool) -> RawRow {
        RawRow {
            location,
            cells: BTreeMap::new(),
            unmapped: Vec::new(),
            headings: Arc::default(),
            hidden,
            spans: false,
            subject: self.subject,
            replaces: None,
            held: None,
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

/// Whether rows below a header say who, what or how much: a list of choices has only its other headings.
fn is_of_entries(layout: &Layout) -> bool {
    layout.columns.values().any(|column| column.field.is_some_and(Field::is_of_entries))
}

/// The headings of a layout, for the promise.
pub(super) fn seen(layout: &Layout) -> Vec<Seen> {
    let columns = layout.columns.iter().map(|(column, known)| Seen {
        column: letters(*column),
        heading: known.header.clone(),
        field: known.field,
        is_path: false,
        repeats: known.repeats.and_then(|first| Some((letters(first), layout.columns.get(&first)?.field?))),
    });
    columns.collect()
}

/// What stands below the header of a sheet, taken row by row.
pub(super) struct Body<'a> {
    reader: &'a Reader<'a>,
    place: Location,
    head: &'a Head,
    first: u32,
    layout: Layout,
    headings: Arc<[RawHeading]>,
    merged: Merged<'a>,
    /// Records so far, before any filter.
    pub(super) records: usize,
}

impl<'a> Body<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, page: &Page, sheet: &'a Sheet, layout: Layout) -> Self {
        Self {
            reader,
            place: reader.place(page, Some(sheet.head.name.reveal())),
            head: &sheet.head,
            first: layout.last_row,
            headings: reader.headings(&sheet.head, &layout, &[]),
            merged: Merged::new(sheet, layout.last_row),
            layout,
            records: 0,
        }
    }

    /// The next row; none of what is no record, or is filtered out.
    pub(super) fn take(&mut self, row: &Row) -> Option<RawRow> {
        let is_hidden = self.reader.source.hidden == Hidden::Exclude && row.hidden;
        if row.number <= self.first || self.layout.repeats(row) || is_hidden {
            return None;
        }
        if let Some(other) = self.layout.again(row, &self.reader.known) {
            self.layout = other;
            self.headings = self.reader.headings(self.head, &self.layout, &[]);
            return None;
        }
        self.records += 1;
        let layout = &self.layout;
        let shared = |column: u32| {
            let field = layout.columns.get(&column).and_then(|known| known.field);
            field.is_some_and(Field::is_shared_by_merging)
        };
        let filled = self.merged.filled(row, shared);
        let row = filled.as_ref().unwrap_or(row);
        let is_kept = |(column, filter): &(u32, Filter)| filter.keeps(&row.cell(*column).reveal());
        if !layout.kept.iter().all(is_kept) {
            return None;
        }
        let spans = row.cells.first().is_some_and(|(column, _)| self.merged.is_wide(row.number, *column));
        let raw = self.reader.row(&self.place, self.head, layout, row);
        Some(RawRow { headings: self.headings.clone(), spans, ..raw })
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

#[cfg(test)]
mod tests {
    use super::super::page::Place;
    use super::super::{delimited, trial};
    use super::{Dialect, Page, Reader};
    use crate::model::{Confidential, FindingKind};

    #[test]
    fn a_list_of_choices_beside_a_table_is_passed_over_and_told() {
        let named = |name: &str, text: &str| {
            let mut sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
            sheet.head.name = Confidential::new(name.to_owned());
            sheet
        };
        let table = named("Offres", "Entreprise;Catégorie;Unité\nA;bois;t\n");
        let list = named("Listes", "Catégorie;Unité\nbois;t\nverre;kg\n");
        let columns = "Entreprise = \"nom\"\n\"Catégorie\" = \"categorie\"\n\"Unité\" = \"unite\"\n";
        let (mapping, memory) = (trial::mapping(&format!("[columns]\n{columns}")), trial::Memory::default());
        let context = trial::context(std::path::Path::new("."), &memory);
        let page = Page { place: Place::path("a.xlsx"), label: String::new(), content: Vec::new().into() };
        for (keys, rows) in [("", 1), ("sheets = [\"*\"]", 3)] {
            let source = trial::source(&format!("files = [\"a.xlsx\"]\n{keys}"));
            let reader = Reader::new(&source, &mapping, &context).unwrap();
            let read = reader.sheets(&page, &[&list, &table]).unwrap();
            assert_eq!(read.rows.len(), rows, "{keys}");
            let is_told =
                read.findings.iter().any(|finding| finding.kind == FindingKind::SheetWithoutEntries);
            assert_eq!(is_told, rows == 1, "{keys}");
            assert_eq!(reader.sheets(&page, &[&list]).unwrap().rows.len(), 2);
        }
    }
}
