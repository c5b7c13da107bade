//! Rows of a sheet as lines of csv, every one as wide as the used range.

use super::super::split::Fields;
use super::super::table::Head;
use std::io::{self, Read, Write};

/// What is gathered before it is written.
const PIECE: usize = 1 << 16;

/// Adds a text, between quotation marks where it needs them.
pub(super) fn quoted(buffer: &mut Vec<u8>, text: &[u8]) {
    if memchr::memchr3(b'"', b',', b'\n', text).is_none() && memchr::memchr(b'\r', text).is_none() {
        buffer.extend_from_slice(text);
        return;
    }
    buffer.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        buffer.extend_from_slice(&rest[..=at]);
        buffer.push(b'"');
        rest = &rest[at + 1..];
    }
    buffer.extend_from_slice(rest);
    buffer.push(b'"');
}

/// How wide the lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Columns of the used range.
    pub(super) width: u32,
    /// The empty cells at the end of each row are left out: there would be too many of them.
    pub(super) far: bool,
}

/// Cells of a used range up to which csv writes every one of them.
const MOST_AREA: u64 = 20_000_000;
/// Above that size, cells of the used range for each that holds something.
const SPARSE: u64 = 50;

impl Shape {
    /// The shape of a sheet of which this is known.
    pub(super) fn new(last_row: u32, width: u32, cells: u64) -> Self {
        let area = u64::from(last_row) * u64::from(width);
        Self { width, far: area > MOST_AREA && area / cells.max(1) > SPARSE }
    }
}

/// Writes lines; rows and columns keep their places.
pub(super) struct Lines<'a> {
    head: &'a Head,
    exclude: bool,
    /// Column, from 0, at which lines begin.
    first: u32,
    far: bool,
    columns: u32,
    empty: Vec<u8>,
    /// Number of the row after the last one written.
    next: u32,
    buffer: Vec<u8>,
    /// Where the line begins, columns so far, and columns that were left out of it.
    begin: usize,
    written: u32,
    skipped: u32,
    last: u32,
}

impl<'a> Lines<'a> {
    /// Lines from the first row and column on.
    pub(super) fn new(shape: Shape, head: &'a Head, exclude: bool) -> Self {
        Self::from((0, 0), shape, head, exclude)
    }

    /// Lines from a row and a column on, from 0, before which nothing stands.
    pub(super) fn from(first: (u32, u32), shape: Shape, head: &'a Head, exclude: bool) -> Self {
        let mut lines = Self {
            head,
            exclude,
            first: first.1,
            far: shape.far,
            columns: shape.width,
            empty: Vec::new(),
            next: first.0.saturating_add(1),
            buffer: Vec::with_capacity(PIECE * 2),
            begin: 0,
            written: 0,
            skipped: 0,
            last: 0,
        };
        if lines.may_skip() {
            let shown = (0..shape.width).filter(|column| !lines.skips(*column)).count();
            lines.columns = u32::try_from(shown).unwrap_or(u32::MAX);
        }
        lines.finish_line();
        lines.empty = std::mem::take(&mut lines.buffer);
        lines
    }

    fn may_skip(&self) -> bool {
        self.exclude || self.first > 0
    }

    fn skips(&self, column: u32) -> bool {
        column < self.first || self.exclude && self.head.hides_column(column)
    }

    /// Begins a row, after the empty ones before it; whether it is shown.
    pub(super) fn row(&mut self, number: u32, hidden: bool, out: &mut dyn Write) -> io::Result<bool> {
        for _ in self.next..number {
            self.buffer.extend_from_slice(&self.empty);
            self.pass_on(out)?;
        }
        self.next = number.saturating_add(1);
        self.begin = self.buffer.len();
        (self.written, self.skipped, self.last) = (0, 0, 0);
        Ok(!(self.exclude && hidden))
    }

    /// Adds a cell of the row; cells come by column.
    pub(super) fn cell(&mut self, column: u32, text: &[u8]) {
        if self.may_skip() {
            let skipped = (self.last..column).filter(|at| self.skips(*at)).count();
            self.skipped += u32::try_from(skipped).unwrap_or(0);
            self.last = column;
            if self.skips(column) {
                return;
            }
        }
        let place = column - self.skipped;
        if place == self.written + 1 {
            self.buffer.push(b',');
        } else {
            let commas = (place - self.written) as usize;
            self.buffer.resize(self.buffer.len() + commas, b',');
        }
        self.written = place;
        quoted(&mut self.buffer, text);
    }

    /// Adds all cells of the row at once when none needs quotation marks; whether it did.
    pub(super) fn cells(&mut self, fields: &Fields<'_>) -> bool {
        let Fields { bytes: cells, ends, .. } = *fields;
        let needs_marks =
            memchr::memchr3(b'"', b',', b'\n', cells).is_some() || memchr::memchr(b'\r', cells).is_some();
        if self.may_skip() || needs_marks {
            return false;
        }
        let mut start = 0;
        for end in ends {
            self.buffer.extend_from_slice(&cells[start..*end]);
            self.buffer.push(b',');
            start = *end;
        }
        self.buffer.pop();
        self.written = u32::try_from(ends.len() - 1).unwrap_or(u32::MAX);
        true
    }

    /// Adds the cells of the row up to the column `last` as they were made ready, so many bytes.
    pub(super) fn ready(&mut self, from: &mut impl Read, length: usize, last: u32) -> io::Result<()> {
        self.buffer.resize(self.begin + length, 0);
        from.read_exact(&mut self.buffer[self.begin..])?;
        // Commas of the columns before the first.
        self.buffer.drain(self.begin..self.begin + self.first as usize);
        self.written = last - self.first;
        Ok(())
    }

    /// Ends the row.
    pub(super) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.finish_line();
        self.pass_on(out)
    }

    /// Writes what is left.
    pub(super) fn close(mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&std::mem::take(&mut self.buffer))
    }

    /// Fills a row up to its width; a row of one empty cell is quoted, or readers would skip it.
    fn finish_line(&mut self) {
        if !self.far {
            if self.columns == 1 && self.buffer.len() == self.begin {
                self.buffer.extend_from_slice(b"\"\"");
            }
            let commas = self.columns.saturating_sub(self.written + 1) as usize;
            self.buffer.resize(self.buffer.len() + commas, b',');
        }
        self.buffer.extend_from_slice(b"\r\n");
    }

    fn pass_on(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.buffer.len() >= PIECE {
            out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}
