//! Rows of one sheet as lines of csv that wait until the used range is known: they are made while
//! the workbook is still being read, and only filled up to their width when they are written.

use super::super::codec;
use super::super::table::Head;
use super::lines::{Lines, Shape, quoted};
use super::shown::shown;
use super::spool::{Spooled, damaged, range};
use std::io::{self, Read, Write};

/// What is gathered before it is kept.
const PIECE: usize = 1 << 16;

/// What stands before a line that waits: its row as a person counts it, its bytes without a break, and
/// the column of its last cell, from 0; four bytes each.
const HEAD: usize = 12;

/// Lines, and what they reach.
pub(super) struct Waiting {
    lines: u64,
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
            lines: 0,
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
        let head = self.buffer.len();
        self.buffer.resize(head + HEAD, 0);
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
        let Some(column) = first else {
            self.buffer.truncate(head);
            return Ok(());
        };
        let first = self.first.get_or_insert((outline.number, column));
        first.1 = first.1.min(column);
        self.cells += u64::from(outline.cells);
        self.last_row = self.last_row.max(outline.number);
        self.width = self.width.max(outline.width);
        let length = u32::try_from(self.buffer.len() - head - HEAD).map_err(|_| damaged())?;
        for (part, number) in self.buffer[head..].chunks_exact_mut(4).zip([outline.number, length, last]) {
            part.copy_from_slice(&number.to_le_bytes());
        }
        self.lines += 1;
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

    /// Writes csv from the first row and column of the used range, from 0, to the last cell. Gives whether the cells stand so far apart that the
    /// empty ones at the end of each row were left out.
    pub(super) fn write(&mut self, first: (u32, u32), out: &mut dyn Write) -> io::Result<bool> {
        let shape = Shape::new(self.last_row, self.width, self.cells);
        let head = Head::default();
        let mut lines = Lines::from(first, shape, &head, false);
        self.kept.write_all(&self.buffer)?;
        self.buffer.clear();
        let mut kept = self.kept.again()?;
        for _ in 0..self.lines {
            let [number, length, last] = read_head(&mut kept)?;
            lines.row(number, false, out)?;
            lines.ready(&mut kept, length as usize, last)?;
            lines.end(out)?;
        }
        lines.close(out)?;
        Ok(shape.far)
    }
}

fn read_head(kept: &mut impl Read) -> io::Result<[u32; 3]> {
    let mut numbers = [0; 3];
    for number in &mut numbers {
        let mut bytes = [0; 4];
        kept.read_exact(&mut bytes)?;
        *number = u32::from_le_bytes(bytes);
    }
    Ok(numbers)
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
            let from = rows.iter().fold((u32::MAX, u32::MAX), |(row, column), (number, cells)| {
                (row.min(number - 1), column.min(*cells.keys().next().unwrap()))
            });
            let from = if rows.is_empty() { (0, 0) } else { (from.0 / 2, from.1 / 2 + from.1 % 2) };
            let (mut rows_wait, mut lines_wait) = (Spool::new(), Waiting::new());
            for (number, cells) in rows {
                let row = Row { number, hidden: number.is_multiple_of(3), cells: cells.into_iter().collect() };
                let mut bytes = Vec::new();
                codec::encode_row(&mut bytes, &row);
                rows_wait.encoded(&bytes).unwrap();
                lines_wait.encoded(&bytes).unwrap();
            }
            let (mut expected, mut seen) = (Vec::new(), Vec::new());
            let far = text::csv(&mut rows_wait, (&Head::default(), from), false, &mut expected).unwrap();
            prop_assert_eq!(lines_wait.write(from, &mut seen).unwrap(), far);
            prop_assert_eq!(lines_wait.range(), rows_wait.range());
            prop_assert_eq!(String::from_utf8(seen), String::from_utf8(expected));
        }
    }
}
