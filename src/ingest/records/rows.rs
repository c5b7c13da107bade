//! One row under known fields: its place, its headings, its cells and the constants of its source.

use super::Reader;
use crate::config::Hidden;
use crate::ingest::header::Layout;
use crate::ingest::page::Page;
use crate::ingest::table::{Head, Row, letters};
use crate::model::{Cell, Confidential, Field, Location, RawCell, RawHeading, RawRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the cells of a table share, by column: a cell without a value for each of them.
#[derive(Default)]
pub(in super::super) struct Shared(BTreeMap<u32, RawCell>);

impl Shared {
    fn of(&mut self, column: u32, layout: &Layout) -> &RawCell {
        self.0.entry(column).or_insert_with(|| {
            let known = layout.columns.get(&column);
            RawCell {
                value: Cell::Empty,
                column: letters(column).into(),
                header: known.map(|known| known.header.as_str().into()).unwrap_or_default(),
                unit_in_header: known.and_then(|known| known.unit.as_deref()).map(Into::into),
            }
        })
    }
}

impl Reader<'_> {
    /// The columns of a table that are read, without those that are `ours`.
    pub(in super::super) fn headings(&self, head: &Head, layout: &Layout, ours: &[u32]) -> Arc<[RawHeading]> {
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

    /// A row of a sheet at this place, under its headings; `shared` is what the rows before it left.
    pub(in super::super) fn row(
        &self,
        place: &Location,
        head: &Head,
        (layout, shared): (&Layout, &mut Shared),
        row: &Row,
    ) -> RawRow {
        let mut raw = self.blank(Location { row: row.number, ..place.clone() }, row.hidden);
        let hidden = |column: u32| self.source.hidden == Hidden::Exclude && head.hides_column(column);
        for (column, value) in row.cells.iter().filter(|(column, _)| !hidden(*column)) {
            let field = layout.field_of(row, *column);
            // A quantity counts as if somebody had typed what its cell shows.
            let typed =
                field.is_some_and(Field::is_quantity).then(|| head.form(row.number, *column)).flatten();
            let typed = typed.and_then(|form| form.typed(value, self.decimal));
            let cell = RawCell {
                value: typed.map_or_else(|| value.clone(), Cell::text),
                ..shared.of(*column, layout).clone()
            };
            put(&mut raw, field, cell);
        }
        self.complete(&mut raw);
        raw
    }

    /// The place of a sheet as a whole; a file that is one table has no name of a sheet.
    pub(in super::super) fn place(&self, page: &Page, sheet: Option<&String>) -> Location {
        Location {
            source: self.source.name.as_str().into(),
            file: Confidential::new(page.label.as_str().into()),
            sheet: sheet.filter(|name| !name.is_empty()).map(|name| Confidential::new(name.as_str().into())),
            row: 0,
        }
    }

    /// A row without a cell.
    pub(in super::super) fn blank(&self, location: Location, hidden: bool) -> RawRow {
        RawRow {
            location,
            cells: BTreeMap::new(),
            unmapped: Vec::new(),
            headings: Arc::default(),
            hidden,
            spans: false,
            heads_another: false,
            subject: self.subject,
            replaces: None,
            held: None,
        }
    }

    /// Constants say what the source does not.
    pub(in super::super) fn complete(&self, raw: &mut RawRow) {
        for (field, value) in &self.constants {
            raw.cells.entry(*field).or_insert_with(|| RawCell {
                value: Cell::text(value.as_str()),
                column: Arc::default(),
                header: Arc::default(),
                unit_in_header: None,
            });
        }
    }
}

/// Of several columns for one field the first that holds something counts; the others are kept apart.
pub(in super::super) fn put(raw: &mut RawRow, field: Option<Field>, cell: RawCell) {
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
