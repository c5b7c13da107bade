//! Sheets as they were seen: only rows and cells that hold something.

use super::codec;
use super::formats::{self, Form, Shown};
use super::remark::Remark;
use super::text_form::TextForm;
use crate::model::{Cell, Confidential, FindingKind};
use serde::{Deserialize, Serialize};

/// A row that holds something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Row as a person counts it, from 1.
    pub(super) number: u32,
    /// Hidden in the workbook, or in a hidden sheet.
    pub(super) hidden: bool,
    /// Column (from 0) and cell, by column; empty cells are left out.
    pub(super) cells: Vec<(u32, Cell)>,
}

impl Row {
    /// The cell in a column, counted from 0.
    #[must_use]
    pub(super) fn cell(&self, column: u32) -> &Cell {
        self.cells
            .binary_search_by_key(&column, |(at, _)| *at)
            .map_or(&Cell::Empty, |index| &self.cells[index].1)
    }

    /// Cells from column A to the last that holds something, at most `width` of them.
    #[cfg(test)]
    #[must_use]
    pub(super) fn dense(&self, width: u32) -> Vec<Cell> {
        let last = self.cells.last().map_or(0, |(column, _)| column + 1);
        (0..last.min(width)).map(|column| self.cell(column).clone()).collect()
    }
}

/// A block of cells, merged for the eye; rows and columns count from 0, both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Area {
    /// First row and column.
    pub(super) first: (u32, u32),
    /// Last row and column.
    pub(super) last: (u32, u32),
}

impl Area {
    /// `B2:D4`; `$` before a letter or number does not matter.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.replace('$', "");
        let (first, last) = text.split_once(':')?;
        Some(Self { first: address(first)?, last: address(last)? })
    }
}

/// Row and column of `B2`, from 0.
pub(super) fn address(text: &str) -> Option<(u32, u32)> {
    let split = text.find(|character: char| character.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let rank = letter.to_ascii_uppercase().checked_sub(b'A').filter(|rank| *rank < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(rank) + 1)?;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// What is known of a sheet beside its cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Head {
    /// Name in the workbook; empty for csv and json. May name a company.
    pub(super) name: Confidential<String>,
    /// Position among the tabs of the workbook, from 1.
    pub(super) rank: u32,
    /// The tab is hidden.
    pub(super) hidden: bool,
    /// Hidden columns, from 0, as first and last of each run.
    pub(super) hidden_columns: Vec<(u32, u32)>,
    /// Merged blocks.
    pub(super) merged: Vec<Area>,
    /// Excel tables by their name.
    pub(super) tables: Vec<(Confidential<String>, Area)>,
    /// Cells that show something beside their numbers, by column and row.
    pub(super) shown: Vec<Shown>,
    /// How a text was taken apart; none of anything else.
    pub(super) text: Option<TextForm>,
}

impl Head {
    /// What a cell shows beside its number; the row counts from 1 and the column from 0.
    pub(super) fn form(&self, row: u32, column: u32) -> Option<&Form> {
        formats::at(&self.shown, row.checked_sub(1)?, column)
    }

    /// Whether a column, from 0, is hidden.
    #[must_use]
    pub(super) fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }
}

/// A sheet: the rows that hold something, in order, and what was met while reading it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    /// Name, place, merged cells.
    pub(super) head: Head,
    /// Rows that hold something, by number.
    pub(super) rows: Vec<Row>,
    /// What a data owner should know.
    pub(super) remarks: Vec<Remark>,
}

impl Sheet {
    /// Whether a hidden row or column holds something, or the tab is hidden.
    pub(super) fn hides_something(&self) -> bool {
        self.head.hidden
            || self
                .remarks
                .iter()
                .any(|remark| matches!(remark.kind, FindingKind::HiddenRows | FindingKind::HiddenColumns))
    }
}

/// What a reader says, in order: a sheet, then its rows and remarks.
pub(super) enum Event<'a> {
    /// A sheet begins.
    Sheet(Head),
    /// A row of it, as the child process wrote it.
    Row(&'a [u8]),
    /// What is hidden, merged and named in the sheet that began last; comes at its end.
    Structure {
        /// Hidden columns, from 0, as first and last of each run.
        hidden_columns: Vec<(u32, u32)>,
        /// Merged blocks.
        merged: Vec<Area>,
        /// Excel tables by their name.
        tables: Vec<(Confidential<String>, Area)>,
        /// Cells that show something beside their numbers.
        shown: Vec<Shown>,
        /// Row and column, from 0, at which the used range begins.
        first: (u32, u32),
    },
    /// About the sheet that began last, or, before any, about the whole file.
    Remark(Remark),
    /// The sheet that began last is read anew: what was said of it does not count.
    Again,
    /// The sheet that began last turned out to be broken: what was said of it does not count.
    Dropped,
}

/// Sheets as they come in, for readers that need them whole.
#[derive(Default)]
pub(super) struct Gathered {
    /// Sheets so far.
    pub(super) sheets: Vec<Sheet>,
    /// What was said before any sheet, or of a sheet that was dropped, with its name.
    pub(super) remarks: Vec<(Option<Confidential<String>>, Remark)>,
}

impl Gathered {
    /// Takes what a reader says; nothing when an encoded row is damaged.
    pub(super) fn take(&mut self, event: Event<'_>) -> Option<()> {
        let row = match event {
            Event::Sheet(head) => {
                self.sheets.push(Sheet { head, ..Sheet::default() });
                return Some(());
            }
            Event::Structure { hidden_columns, merged, tables, shown, first: _ } => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.head.hidden_columns = hidden_columns;
                    sheet.head.merged = merged;
                    sheet.head.tables = tables;
                    sheet.head.shown = shown;
                }
                return Some(());
            }
            Event::Again => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.rows.clear();
                    sheet.remarks.clear();
                }
                return Some(());
            }
            Event::Dropped => {
                if let Some(Sheet { head, remarks, .. }) = self.sheets.pop() {
                    let said = remarks.into_iter().map(|remark| (Some(head.name.clone()), remark));
                    self.remarks.extend(said);
                }
                return Some(());
            }
            Event::Remark(remark) => {
                match self.sheets.last_mut() {
                    Some(sheet) => sheet.remarks.push(remark),
                    None => self.remarks.push((None, remark)),
                }
                return Some(());
            }
            Event::Row(bytes) => codec::decode(bytes)?,
        };
        if let Some(sheet) = self.sheets.last_mut()
            && !row.cells.is_empty()
        {
            sheet.rows.push(row);
        }
        Some(())
    }
}

/// Letters of a column counted from 0: `A`, `Z`, `AA`.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{Row, letters};
    use crate::model::Cell;

    #[test]
    fn columns_are_lettered_as_in_a_sheet() {
        let seen = [0, 25, 26, 51, 52, 701, 702, 16_383].map(letters);
        assert_eq!(seen, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_far_cell_does_not_fill_the_row_beyond_the_width_asked_for() {
        let row =
            Row { number: 1, hidden: false, cells: vec![(1, Cell::text("b")), (16_383, Cell::text("z"))] };
        assert_eq!(row.dense(3), [Cell::Empty, Cell::text("b"), Cell::Empty]);
        assert_eq!(row.cell(16_383), &Cell::text("z"));
    }
}
