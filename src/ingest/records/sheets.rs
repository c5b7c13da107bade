//! Sheets to rows: which of them are tables of entries, and what stands below their headers.

use super::{PageRead, Reader, Shared};
use crate::config::Hidden;
use crate::ingest::IngestError;
use crate::ingest::contract::Seen;
use crate::ingest::filter::Filter;
use crate::ingest::foreign;
use crate::ingest::header::Layout;
use crate::ingest::laid::Laid;
use crate::ingest::merged::Merged;
use crate::ingest::page::Page;
use crate::ingest::remark::Remark;
use crate::ingest::table::{Head, Row, Sheet, letters};
use crate::model::{Field, FindingKind, Location, RawHeading, RawRow};
use std::borrow::Cow;
use std::sync::Arc;

impl Reader<'_> {
    /// Rows of the sheets of a page that are tables.
    pub(super) fn sheets(&self, page: &Page, sheets: &[&Sheet]) -> Result<PageRead, IngestError> {
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
        let entries = tables.iter().filter(|(_, layout)| self.sheets.is_empty() && is_of_entries(layout));
        let most = entries.map(|(_, layout)| known(layout)).max().unwrap_or(0);
        for (sheet, layout) in tables {
            let sheet = &*sheet;
            let name = Some(sheet.head.name.reveal().as_str());
            if is_list(&layout, most) {
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
            let declared = self.source.text.footer.filter(|_| sheet.head.text.is_some());
            let location = self.place(page, Some(sheet.head.name.reveal()));
            read.laid.push(Laid::new(&page.place, location, sheet, &layout, declared.unwrap_or(0)));
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
}

/// Whether rows below a header say who, what or how much.
fn is_of_entries(layout: &Layout) -> bool {
    layout.columns.values().any(|column| column.field.is_some_and(Field::is_of_entries))
}

/// Whether a sheet is a list of choices beside one of entries with so many known columns: it has only some of its
/// other headings. With most of them and a strange one it is a sheet of entries whose heading was changed.
fn is_list(layout: &Layout, most: usize) -> bool {
    let known = known(layout);
    most > 0 && !is_of_entries(layout) && (2 * known <= most || known == layout.columns.len())
}

/// Columns of a header that are known.
fn known(layout: &Layout) -> usize {
    layout.columns.values().filter(|column| column.field.is_some()).count()
}

/// The headings of a layout, for the promise.
pub(in super::super) fn seen(layout: &Layout) -> Vec<Seen> {
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
pub(in super::super) struct Body<'a> {
    reader: &'a Reader<'a>,
    place: Location,
    head: &'a Head,
    first: u32,
    layout: Layout,
    shared: Shared,
    headings: Arc<[RawHeading]>,
    merged: Merged<'a>,
    /// Number of the row before, and whether it holds one cell.
    before: (u32, bool),
    /// Records so far, before any filter.
    records: usize,
}

impl<'a> Body<'a> {
    pub(in super::super) fn new(
        reader: &'a Reader<'a>,
        page: &Page,
        sheet: &'a Sheet,
        layout: Layout,
    ) -> Self {
        Self {
            reader,
            place: reader.place(page, Some(sheet.head.name.reveal())),
            head: &sheet.head,
            first: layout.last_row,
            headings: reader.headings(&sheet.head, &layout, &[]),
            merged: Merged::new(sheet, layout.last_row),
            before: (layout.last_row, false),
            layout,
            shared: Shared::default(),
            records: 0,
        }
    }

    /// The next row; none of what is no record, or is filtered out.
    pub(in super::super) fn take(&mut self, row: &Row) -> Option<RawRow> {
        let (before, is_titled) = std::mem::replace(&mut self.before, (row.number, row.cells.len() == 1));
        let is_hidden = self.reader.source.hidden == Hidden::Exclude && row.hidden;
        if row.number <= self.first || self.layout.repeats(row) || is_hidden {
            return None;
        }
        if let Some(other) = self.layout.again(row, &self.reader.known) {
            (self.layout, self.shared) = (other, Shared::default());
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
        let may_head = is_titled || row.number > before + 1;
        let heads_another = may_head && foreign::is_header(row, layout, is_titled);
        let raw = self.reader.row(&self.place, self.head, (layout, &mut self.shared), row);
        Some(RawRow { headings: self.headings.clone(), spans, heads_another, ..raw })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows_of;
    use super::{Page, Reader};
    use crate::ingest::dialect::Dialect;
    use crate::ingest::page::Place;
    use crate::ingest::{delimited, trial};
    use crate::model::{Confidential, Field, FindingKind};
    use std::sync::Arc;

    #[test]
    fn cells_of_one_column_share_what_is_said_of_it() {
        let text = "Entreprise;Quantité (t);Couleur\nA;1;bleu\nB;2;vert\n";
        let sheet = delimited::parse(text, &Dialect::new(b';'), usize::MAX);
        let rows = rows_of(&sheet, "[columns]\nEntreprise = \"nom\"\n\"Quantité\" = \"quantite\"\n");
        let quantity = |row: usize| rows[row].get(Field::Quantity).unwrap();
        let colour = |row: usize| &rows[row].unmapped[0];
        for [one, other] in [[quantity(0), quantity(1)], [colour(0), colour(1)]] {
            assert!(Arc::ptr_eq(&one.header, &other.header) && Arc::ptr_eq(&one.column, &other.column));
            assert_ne!(one.value, other.value);
        }
        assert_eq!(quantity(0).unit_in_header.as_deref(), Some("t"));
    }

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
            // A sheet of entries whose name has another heading is none: it is read, or ends the reading.
            let renamed = named("Suite", "Raison;Catégorie;Unité\nB;bois;t\n");
            let read = reader.sheets(&page, &[&table, &renamed]);
            assert!(read.is_ok_and(|read| read.rows.len() == 2), "{keys}");
        }
    }
}
