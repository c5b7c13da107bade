//! Whole lines of a text with delimiters as lines of csv: what can stay is copied as it stands.

use super::super::dialect::Dialect;
use super::super::split::{OneLine, is_blank};
use super::lines::quoted;
use super::marks;
use std::slice::Iter;

/// What lines have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Survey {
    /// Fields of each line.
    pub(super) width: usize,
    pub(super) rows: u64,
    /// Lines that hold something.
    pub(super) held: u64,
    /// The last field of one does.
    pub(super) full: bool,
    /// The last line does.
    pub(super) ends_held: bool,
}

impl Survey {
    const fn line(width: usize, is_held: bool, is_full: bool) -> Self {
        Self { width, rows: 1, held: is_held as u64, full: is_full, ends_held: is_held }
    }

    /// Adds lines that follow; none when they are not as wide.
    pub(super) fn and(self, next: Self) -> Option<Self> {
        let fits = self.rows == 0 || next.rows == 0 || self.width == next.width;
        fits.then_some(Self {
            width: self.width.max(next.width),
            rows: self.rows + next.rows,
            held: self.held + next.held,
            full: self.full || next.full,
            ends_held: if next.rows == 0 { self.ends_held } else { next.ends_held },
        })
    }
}

/// Turns lines in one form into lines of csv.
pub(super) struct Recast {
    dialect: Dialect,
    careful: OneLine,
    /// Where bytes stand that matter.
    marks: Vec<u32>,
}

impl Recast {
    pub(super) fn new(dialect: &Dialect) -> Self {
        Self { dialect: *dialect, careful: OneLine::new(dialect), marks: Vec::new() }
    }

    /// Adds lines, each with its break, to `ready` as csv; none when they are no UTF-8, hold a NUL, are not all of as
    /// many fields, or one is blank or broken by a field. Their delimiters become commas.
    pub(super) fn lines(&mut self, lines: &mut [u8], ready: &mut Vec<u8>) -> Option<Survey> {
        std::str::from_utf8(lines).ok()?;
        if memchr::memchr(0, lines).is_some() {
            return None;
        }
        let Dialect { delimiter, quote, escape, .. } = self.dialect;
        self.marks.clear();
        marks::find(lines, [b'\n', delimiter, b',', b'"', quote.unwrap_or(b'"')], &mut self.marks);
        let returns = memchr::memchr_iter(b'\r', lines).count();
        ready.reserve(lines.len() + lines.len() / 4);
        let mut pen = Pen {
            delimiter,
            quote: quote.filter(|_| escape.is_none()),
            marks: self.marks.iter(),
            lines,
            ready,
            copied: 0,
            line: 0,
            delimiters: Vec::new(),
            returns: 0,
        };
        let mut all = Survey::default();
        while pen.line < pen.lines.len() {
            all = all.and(pen.next(&mut self.careful)?)?;
        }
        pen.copy(pen.lines.len());
        (pen.returns == returns).then_some(all)
    }
}

/// What is ready of some lines, and what is known of the line that is being made ready.
struct Pen<'a> {
    delimiter: u8,
    /// The mark around fields, where its place alone tells what it means.
    quote: Option<u8>,
    marks: Iter<'a, u32>,
    lines: &'a mut [u8],
    ready: &'a mut Vec<u8>,
    /// How much of the lines is ready.
    copied: usize,
    /// Where this line begins.
    line: usize,
    /// Where its delimiters were.
    delimiters: Vec<usize>,
    /// Line breaks of two bytes.
    returns: usize,
}

/// A field with its quotation marks.
#[derive(Clone, Copy)]
struct Field {
    from: usize,
    is_enclosed: bool,
    has_comma: bool,
    has_mark: bool,
}

impl Field {
    const fn new(from: usize) -> Self {
        Self { from, is_enclosed: false, has_comma: false, has_mark: false }
    }
}

impl Pen<'_> {
    /// The next line.
    fn next(&mut self, careful: &mut OneLine) -> Option<Survey> {
        let before = (self.ready.len(), self.copied);
        self.delimiters.clear();
        let (mut field, mut is_held) = (Field::new(self.line), false);
        loop {
            let at = *self.marks.next()? as usize;
            match self.lines[at] {
                b'\n' => {
                    let end = self.end(at)?;
                    let is_full = self.field(field, end);
                    self.close(at, end);
                    return Some(Survey::line(self.delimiters.len() + 1, is_held || is_full, is_full));
                }
                byte if byte == self.delimiter => {
                    is_held |= self.field(field, at);
                    self.lines[at] = b',';
                    self.delimiters.push(at);
                    field = Field::new(at + 1);
                }
                b',' => field.has_comma = true,
                byte if Some(byte) == self.quote && at == field.from => {
                    if !self.enclosed(&mut field)? {
                        return self.doubtful(at, before, careful);
                    }
                }
                b'"' if self.quote.is_some_and(|quote| quote != b'"') => field.has_mark = true,
                _ => return self.doubtful(at, before, careful),
            }
        }
    }

    /// Passes over a field that begins with a quotation mark; none when the line ends inside it,
    /// and false when more than marks around the whole field may be meant.
    #[inline]
    fn enclosed(&mut self, field: &mut Field) -> Option<bool> {
        loop {
            let at = *self.marks.next()? as usize;
            match self.lines[at] {
                byte if Some(byte) == self.quote => {
                    field.is_enclosed = true;
                    return Some(match self.lines[at + 1..] {
                        [b'\n', ..] | [b'\r', b'\n', ..] => true,
                        [next, ..] => next == self.delimiter,
                        [] => false,
                    });
                }
                b'\n' => return None,
                b',' => field.has_comma = true,
                b'"' => field.has_mark = true,
                _ => {}
            }
        }
    }

    /// Makes a field ready that ends here; whether it holds something.
    fn field(&mut self, field: Field, end: usize) -> bool {
        let Field { from, is_enclosed, has_comma, has_mark } = field;
        let inside = if is_enclosed { from + 1..end - 1 } else { from..end };
        let is_held = !is_blank(&self.lines[inside.clone()]);
        let stands = if is_enclosed { has_comma && self.quote == Some(b'"') } else { !has_comma };
        if from == end || is_held && stands && !has_mark {
            return is_held;
        }
        self.copy(from);
        if has_mark {
            quoted(self.ready, &self.lines[inside]);
        } else if is_held {
            let marks: &[u8] = if has_comma { b"\"" } else { b"" };
            self.ready.extend_from_slice(marks);
            self.ready.extend_from_slice(&self.lines[inside]);
            self.ready.extend_from_slice(marks);
        }
        self.copied = end;
        is_held
    }

    /// The line, whose break is here, without it; none when it is blank.
    fn end(&mut self, newline: usize) -> Option<usize> {
        let has_return = newline > self.line && self.lines[newline - 1] == b'\r';
        self.returns += usize::from(has_return);
        let end = newline - usize::from(has_return);
        (end > self.line).then_some(end)
    }

    /// Ends a line.
    fn close(&mut self, newline: usize, end: usize) {
        if end == newline {
            self.copy(newline);
            self.ready.push(b'\r');
        }
        self.line = newline + 1;
    }

    /// Copies what comes before this place, as it stands.
    #[inline]
    fn copy(&mut self, to: usize) {
        self.ready.extend_from_slice(&self.lines[self.copied..to]);
        self.copied = to;
    }

    /// A line in which a quotation mark stands where only a parser tells what it means.
    #[cold]
    fn doubtful(&mut self, at: usize, before: (usize, usize), careful: &mut OneLine) -> Option<Survey> {
        self.ready.truncate(before.0);
        self.copied = before.1;
        for at in &self.delimiters {
            self.lines[*at] = self.delimiter;
        }
        let mut newline = at;
        while self.lines[newline] != b'\n' {
            newline = *self.marks.next()? as usize;
        }
        let end = self.end(newline)?;
        self.copy(self.line);
        let record = careful.record(&self.lines[self.line..end], 0)?;
        let (width, filled, mut written) = (record.len(), record.filled(), 0);
        record.each(|column, field| {
            self.ready.resize(self.ready.len() + (column - written) as usize, b',');
            written = column;
            quoted(self.ready, field);
        });
        let commas = width - 1 - written as usize;
        self.ready.resize(self.ready.len() + commas, b',');
        self.copied = end;
        self.close(newline, end);
        Some(Survey::line(width, filled > 0, filled as usize == width))
    }
}
