//! Cells merged over several rows: each row gets what the eye sees in it. And over several columns.

use super::table::{Area, Row, Sheet};
use crate::model::Cell;
use std::collections::BTreeSet;

/// Merged blocks of a body, from the top down.
pub(super) struct Merged<'a> {
    coming: std::iter::Peekable<std::vec::IntoIter<(Area, &'a Cell)>>,
    open: Vec<(Area, &'a Cell)>,
    /// First row and column, from 0, of blocks of several columns.
    wide: BTreeSet<(u32, u32)>,
}

impl<'a> Merged<'a> {
    /// Blocks of several rows that begin below the row `header`, counted from 1.
    pub(super) fn new(sheet: &'a Sheet, header: u32) -> Self {
        let tall = sheet.head.merged.iter().filter(|area| area.first.0 < area.last.0);
        let mut blocks: Vec<(Area, &Cell)> = tall
            .filter(|area| area.first.0 >= header)
            .filter_map(|area| {
                let number = area.first.0.checked_add(1)?;
                let at = sheet.rows.binary_search_by_key(&number, |row| row.number).ok()?;
                let cell = sheet.rows[at].cell(area.first.1);
                (!cell.is_empty()).then_some((*area, cell))
            })
            .collect();
        blocks.sort_by_key(|(area, _)| (area.first, area.last));
        let wide = sheet.head.merged.iter().filter(|area| area.first.1 < area.last.1);
        let wide = wide.map(|area| area.first).collect();
        Self { coming: blocks.into_iter().peekable(), open: Vec::new(), wide }
    }

    /// Whether the cell in a row, from 1, and a column, from 0, is merged over several columns.
    pub(super) fn is_wide(&self, row: u32, column: u32) -> bool {
        row.checked_sub(1).is_some_and(|row| self.wide.contains(&(row, column)))
    }

    /// A row with what is merged into it, where `shows` takes the column; none when nothing is.
    /// Rows come from the top down.
    pub(super) fn filled(&mut self, row: &Row, shows: impl Fn(u32) -> bool) -> Option<Row> {
        let at = row.number.checked_sub(1)?;
        self.open.retain(|(area, _)| area.last.0 >= at);
        while let Some(block) = self.coming.next_if(|(area, _)| area.first.0 < at) {
            if block.0.last.0 >= at {
                self.open.push(block);
            }
        }
        let mut cells = Vec::new();
        for (area, cell) in &self.open {
            // The value stands in the first cell of a block and belongs to its column.
            let column = area.first.1;
            if row.cell(column).is_empty() && shows(column) {
                cells.push((column, (*cell).clone()));
            }
        }
        if cells.is_empty() {
            return None;
        }
        cells.extend(row.cells.iter().cloned());
        cells.sort_by_key(|(column, _)| *column);
        // Blocks that lie over each other: the first counts.
        cells.dedup_by_key(|(column, _)| *column);
        Some(Row { number: row.number, hidden: row.hidden, cells })
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Merged};
    use crate::ingest::delimited;
    use crate::ingest::dialect::Dialect;

    #[test]
    fn a_block_fills_the_rows_that_it_covers_and_no_other() {
        let text = "nom,t\nA,1\n,2\n,3\nB,4\n,5\n";
        let mut sheet = delimited::parse(text, &Dialect::new(b','), usize::MAX);
        let area = |first, last| Area { first, last };
        sheet.head.merged = vec![area((4, 0), (5, 0)), area((1, 0), (2, 0)), area((0, 0), (0, 1))];
        let mut merged = Merged::new(&sheet, 1);
        let seen: Vec<Option<String>> = sheet.rows[1..]
            .iter()
            .map(|row| merged.filled(row, |column| column == 0).map(|row| row.cell(0).reveal()))
            .collect();
        let filled = |name: &str| Some(name.to_owned());
        assert_eq!(seen, [None, filled("A"), None, None, filled("B")]);
        assert!(merged.is_wide(1, 0) && !merged.is_wide(5, 0) && !merged.is_wide(0, 0));
        let mut merged = Merged::new(&sheet, 1);
        assert!(sheet.rows[1..].iter().all(|row| merged.filled(row, |_| false).is_none()));
    }
}
