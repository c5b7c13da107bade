//! Sheets as they were seen: only rows and cells that hold something.

use crate::model::{Cell, Confidential};

/// A row that holds something.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Row as a person counts it, from 1.
    pub number: u32,
    /// Hidden in the workbook, or in a hidden sheet.
    pub hidden: bool,
    /// Column (from 0) and cell, by column; empty cells are left out.
    pub cells: Vec<(u32, Cell)>,
}

impl Row {
    /// The cell in a column, counted from 0.
    #[must_use]
    pub fn cell(&self, column: u32) -> &Cell {
        self.cells
            .binary_search_by_key(&column, |(at, _)| *at)
            .map_or(&Cell::Empty, |index| &self.cells[index].1)
    }

    /// Cells from column A to the last that holds something, at most `width` of them.
    #[must_use]
    pub fn dense(&self, width: u32) -> Vec<Cell> {
        let last = self.cells.last().map_or(0, |(column, _)| column + 1);
        (0..last.min(width)).map(|column| self.cell(column).clone()).collect()
    }
}

/// A sheet: its name and the rows that hold something, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name in the workbook; empty for csv and json. May name a company.
    pub name: Confidential<String>,
    /// Rows that hold something, by number.
    pub rows: Vec<Row>,
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
