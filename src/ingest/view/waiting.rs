//! Rows of one sheet as lines of csv that wait until the used range is known: they are made while
//! the workbook is still being read, and only filled up to their width when they are written.

use super::super::codec;
use super::super::table::Head;
use super::lines::{Lines, Shape, quoted};
use super::shown::shown;
use super::spool::{Spooled, damaged, range};
use std::io::{self, Write};

/// What is gathered before it is kept.
const PIECE: usize = 1 << 16;

/// A line that waits.
struct Line {
    /// Row as a person counts it.
    number: u32,
    /// Its bytes, without a break.
    length: u32,
    /// Column of its last cell, from 0.
    last: u32,
}

/// Lines, and what they reach.
pub(super) struct Waiting {
    lines: Vec<Line>,
    kept: Spooled,
    buffer: Vec<u8>,
    cells: u64,
    last_row: u32,
    width: u32,
    first: Option<(u32, u32)>,
}

impl Waiting {
    pub(super) fn new() -> Self {
        Self {
            lines: Vec::new(),
            kept: Spooled::new(),
            buffer: Vec::new(),
            cells: 0,
            last_row: 0,
            width: 0,
            first: None,
        }
    }

    /// Takes an encoded row.
    pub(super) fn encoded(&mut self, bytes: &[u8]) -> io::Result<()> {
        let begin = self.buffer.len();
        let (mut last, mut first) = (0, None);
        let buffer = &mut self.buffer;
        let seen = codec::each(bytes, |column, value| {
            first.get_or_insert(column);
            let commas = column.saturating_sub(last) as usize;
            buffer.resize(buffer.len() + commas, b',');
            last = column;
            quoted(buffer, shown(&value).as_bytes());
        });
        let outline = seen.ok_or_else(damaged)?;
        let Some(column) = first else { return Ok(()) };
        let first = self.first.get_or_insert((outline.number, column));
        first.1 = first.1.min(column);
        self.cells += u64::from(outline.cells);
        self.last_row = self.last_row.max(outline.number);
        self.width = self.width.max(outline.width);
        let length = u32::try_from(self.buffer.len() - begin).map_err(|_| damaged())?;
        self.lines.push(Line { number: outline.number, length, last });
        if self.buffer.len() >= PIECE {
            self.kept.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// The used range, `B2:D9`; empty when nothing is there.
    pub(super) fn range(&self) -> String {
        self.first.map_or_else(String::new, |first| range(first, (self.last_row, self.width)))
    }

    /// Writes csv from A1 to the last cell. Gives whether the cells stand so far apart that the
    /// empty ones at the end of each row were left out.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> io::Result<bool> {
        let shape = Shape::new(self.last_row, self.width, self.cells);
        let head = Head::default();
        let mut lines = Lines::new(shape, &head, false);
        self.kept.write_all(&self.buffer)?;
        self.buffer.clear();
        let mut kept = self.kept.again()?;
        for line in &self.lines {
            lines.row(line.number, false, out)?;
            lines.ready(&mut kept, line.length as usize, line.last)?;
            lines.end(out)?;
        }
        lines.close(out)?;
        Ok(shape.far)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::codec;
    use super::super::super::table::{Head, Row};
    use super::super::spool::Spool;
    use super::super::text;
    use super::Waiting;
    use crate::model::{Cell, Confidential};
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            prop::sample::select(vec!["bois", "a, \"b\"", "x\r\ny", "’", "1"]).prop_map(Cell::text),
            any::<i32>().prop_map(|number| Cell::Integer(Confidential::new(number.into()))),
            any::<f32>().prop_map(|number| Cell::Number(Confidential::new(number.into()))),
            any::<bool>().prop_map(Cell::Boolean),
        ]
    }

    proptest! {
        #[test]
        fn lines_that_wait_are_those_of_rows_that_wait(
            rows in prop::collection::btree_map(1_u32..90, prop::collection::btree_map(0_u32..12, cell(), 1..6), 0..30),
        ) {
            let (mut rows_wait, mut lines_wait) = (Spool::new(), Waiting::new());
            for (number, cells) in rows {
                let row = Row { number, hidden: number.is_multiple_of(3), cells: cells.into_iter().collect() };
                let mut bytes = Vec::new();
                codec::encode_row(&mut bytes, &row);
                rows_wait.encoded(&bytes).unwrap();
                lines_wait.encoded(&bytes).unwrap();
            }
            let (mut expected, mut seen) = (Vec::new(), Vec::new());
            let far = text::csv(&mut rows_wait, &Head::default(), false, &mut expected).unwrap();
            prop_assert_eq!(lines_wait.write(&mut seen).unwrap(), far);
            prop_assert_eq!(lines_wait.range(), rows_wait.range());
            prop_assert_eq!(String::from_utf8(seen), String::from_utf8(expected));
        }
    }
}
