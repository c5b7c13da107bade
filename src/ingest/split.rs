//! Records of a text with delimiters, read in pieces: rows counted as a spreadsheet counts them.
//!
//! `csv-core` takes the text apart. The reader of the `csv` crate around it passes over blank
//! lines without telling, which a spreadsheet counts, and allocates for each record.

use super::budget::{Budget, MOST_COLUMNS};
use super::dialect::Dialect;
use csv_core::{ReadRecordResult, ReaderBuilder};
use std::io::{self, Read};

/// Bytes that are asked for at a time.
const PIECE: usize = 1 << 18;

/// One record that is not blank.
pub(super) struct Record<'a> {
    /// Row as a person counts it, from 1.
    pub(super) number: u32,
    bytes: &'a [u8],
    ends: &'a [usize],
}

/// Fields of a record, of which none is white space.
pub(super) struct Fields<'a> {
    /// One after the other.
    pub(super) bytes: &'a [u8],
    /// Where each of them ends.
    pub(super) ends: &'a [usize],
    /// How many hold something.
    pub(super) held: u64,
    /// The first of those.
    pub(super) first: u32,
}

impl<'a> Record<'a> {
    /// Fields, with a delimiter between.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Its field, when it is one.
    pub(super) fn only(&self) -> Option<&'a [u8]> {
        (self.len() == 1).then_some(self.bytes)
    }

    /// Shows the fields that hold something, by column from 0.
    pub(super) fn each(&self, mut show: impl FnMut(u32, &'a [u8])) {
        let mut start = 0;
        for (column, end) in (0..).zip(self.ends) {
            let field = &self.bytes[start..*end];
            start = *end;
            if !is_blank(field) {
                show(column, field);
            }
        }
    }

    /// The fields up to the last that holds something; none when one of them is white space.
    pub(super) fn filled_fields(&self) -> Option<Fields<'a>> {
        let ends = &self.ends[..self.filled() as usize];
        let (mut start, mut held, mut first) = (0, 0, None);
        for (at, end) in ends.iter().enumerate() {
            let field = &self.bytes[start..*end];
            start = *end;
            if field.is_empty() {
                continue;
            }
            if is_blank(field) {
                return None;
            }
            held += 1;
            first.get_or_insert(at);
        }
        let first = first.and_then(|at| u32::try_from(at).ok())?;
        Some(Fields { bytes: &self.bytes[..start], ends, held, first })
    }

    /// Columns up to the last field that holds something.
    pub(super) fn filled(&self) -> u32 {
        let mut end = self.bytes.len();
        for at in (0..self.ends.len()).rev() {
            let start = if at == 0 { 0 } else { self.ends[at - 1] };
            if !is_blank(&self.bytes[start..end]) {
                return u32::try_from(at + 1).unwrap_or(u32::MAX);
            }
            end = start;
        }
        0
    }
}

/// Whether a field holds nothing but white space, of any alphabet.
pub(super) fn is_blank(field: &[u8]) -> bool {
    match field.first() {
        None => true,
        // The rule for nearly every field; the others are looked at as text.
        Some(b'!'..=0x7F) => false,
        Some(_) => std::str::from_utf8(field).is_ok_and(|text| text.trim().is_empty()),
    }
}

/// Fewest digits behind an apostrophe that are a number of something: `'98` is a year.
const FEWEST_DIGITS: usize = 3;

/// What a field holds that is guarded from being taken for a number: `="00123"`, `'00123`.
fn unguarded(field: &[u8]) -> Option<Vec<u8>> {
    if let Some(digits) = field.strip_prefix(b"'") {
        let is_number = digits.len() >= FEWEST_DIGITS && digits.iter().all(u8::is_ascii_digit);
        return is_number.then(|| digits.to_vec());
    }
    let inside = field.strip_prefix(b"=\"")?.strip_suffix(b"\"")?;
    let mut text = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    while let Some(byte) = bytes.next() {
        // A mark that is not doubled ends the text: more of the formula follows.
        if *byte == b'"' && bytes.next() != Some(&b'"') {
            return None;
        }
        text.push(*byte);
    }
    Some(text)
}

/// Puts what guarded fields hold in their place; gives the length of all.
fn unguard(fields: &mut [u8], ends: &mut [usize]) -> usize {
    let (mut start, mut put) = (0, 0);
    for end in ends {
        let field = start..*end;
        start = *end;
        if let Some(text) = unguarded(&fields[field.clone()]) {
            fields[put..put + text.len()].copy_from_slice(&text);
            put += text.len();
        } else {
            fields.copy_within(field.clone(), put);
            put += field.len();
        }
        *end = put;
    }
    put
}

/// A reader of records in this form; rows may differ in width.
fn reader(dialect: &Dialect) -> csv_core::Reader {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(dialect.delimiter).escape(dialect.escape);
    builder.double_quote(dialect.escape.is_none());
    match dialect.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    builder.build()
}

/// Takes single lines apart.
pub(super) struct OneLine {
    dialect: Dialect,
    /// Made for the first line: its tables take longer than a small file, and few files need it.
    reader: Option<csv_core::Reader>,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl OneLine {
    /// For lines in this form.
    pub(super) fn new(dialect: &Dialect) -> Self {
        Self { dialect: *dialect, reader: None, fields: Vec::new(), ends: Vec::new() }
    }

    /// The record of a line without its break; none when the record does not end with the line.
    pub(super) fn record(&mut self, line: &[u8], number: u32) -> Option<Record<'_>> {
        // No field is longer than the line, and each but the last takes a byte; one more than may be tells too many.
        self.fields.resize(self.fields.len().max(line.len() + 2), 0);
        self.ends.resize(self.ends.len().max((line.len() + 2).min(MOST_COLUMNS + 2)), 0);
        let reader = self.reader.get_or_insert_with(|| reader(&self.dialect));
        let (result, used, length, count) = reader.read_record(line, &mut self.fields, &mut self.ends);
        if result != ReadRecordResult::InputEmpty || used != line.len() {
            reader.reset();
            return None;
        }
        let (result, _, put, ended) =
            reader.read_record(b"\n", &mut self.fields[length..], &mut self.ends[count..]);
        if result != ReadRecordResult::Record {
            // It stands inside quotation marks, and the next line has nothing to do with this one.
            reader.reset();
            return None;
        }
        let (length, count) = (length + put, count + ended);
        Some(Record { number, bytes: &self.fields[..length], ends: &self.ends[..count] })
    }
}

/// Takes a text apart that comes in pieces, as UTF-8.
pub(super) struct Splitter<'a, R> {
    source: R,
    budget: &'a Budget,
    reader: csv_core::Reader,
    /// What was read and not yet used up, with the whole of the record that is being read.
    window: Vec<u8>,
    /// Where the record begins, what was used up, and what was read.
    start: usize,
    at: usize,
    filled: usize,
    ended: bool,
    after_return: bool,
    number: u32,
    is_guarded: bool,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// The last record as it stands in the text, when the text ends with it and not with a line break.
    tail: Vec<u8>,
}

impl<'a, R: Read> Splitter<'a, R> {
    /// A splitter of the text in this form; rows may differ in width.
    pub(super) fn new(source: R, dialect: &Dialect, budget: &'a Budget) -> Self {
        Self {
            source,
            budget,
            reader: reader(dialect),
            window: vec![0; PIECE],
            start: 0,
            at: 0,
            filled: 0,
            ended: false,
            after_return: false,
            number: 0,
            is_guarded: dialect.is_guarded,
            fields: vec![0; 1 << 12],
            ends: vec![0; 1 << 6],
            tail: Vec::new(),
        }
    }

    /// The next record that is not blank; none at the end, and none that is wider or longer than may be or comes too
    /// late, which the budget tells.
    pub(super) fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        self.blank_lines()?;
        self.start = self.at;
        let (mut length, mut count) = (0, 0);
        loop {
            if self.at == self.filled && !self.ended {
                if !self.may_read_on() {
                    return Ok(None);
                }
                self.fill()?;
            }
            let (result, used, put, ended) = self.reader.read_record(
                &self.window[self.at..self.filled],
                &mut self.fields[length..],
                &mut self.ends[count..],
            );
            self.at += used;
            length += put;
            count += ended;
            if count > MOST_COLUMNS {
                self.budget.refuse_width(self.number.saturating_add(1));
                return Ok(None);
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        self.after_return = self.at > self.start && self.window[self.at - 1] == b'\r';
        self.number = self.number.saturating_add(1);
        if self.ended {
            self.tail = self.window[self.start..self.at].to_vec();
        }
        if self.is_guarded {
            length = unguard(&mut self.fields, &mut self.ends[..count]);
        }
        let (bytes, ends) = (&self.fields[..length], &self.ends[..count]);
        Ok(Some(Record { number: self.number, bytes, ends }))
    }

    /// Row of the record that was read last.
    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    /// The last record as it stands in the text, when the text ends with it and not with a line break.
    pub(super) fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// Counts and passes over blank lines between two records.
    fn blank_lines(&mut self) -> io::Result<()> {
        loop {
            if self.at == self.filled {
                self.start = self.at;
                if self.ended || self.budget.is_over() || self.fill()? == 0 {
                    return Ok(());
                }
            }
            match self.window[self.at] {
                // The second half of the line break before.
                b'\n' if self.after_return => self.after_return = false,
                byte @ (b'\r' | b'\n') => {
                    self.after_return = byte == b'\r';
                    self.number = self.number.saturating_add(1);
                }
                _ => {
                    self.after_return = false;
                    return Ok(());
                }
            }
            self.at += 1;
        }
    }

    /// Whether there is time, and room for more of the record.
    fn may_read_on(&self) -> bool {
        let is_full = self.filled - self.start == self.window.len();
        let row = self.number.saturating_add(1);
        !self.budget.is_over() && (!is_full || self.budget.holds_record(row, 2 * self.window.len() as u64))
    }

    /// Reads on; what comes before the record that is being read is forgotten.
    fn fill(&mut self) -> io::Result<usize> {
        self.window.copy_within(self.start..self.filled, 0);
        self.at -= self.start;
        self.filled -= self.start;
        self.start = 0;
        if self.filled == self.window.len() {
            self.window.resize(self.filled * 2, 0);
        }
        let read = loop {
            match self.source.read(&mut self.window[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Dialect, MOST_COLUMNS, Splitter};
    use crate::config::Limits;
    use crate::ingest::page::Place;
    use std::io::{self, Read};

    /// Gives one byte at a time, so that every place is the end of a piece.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    /// Row, what it holds by column, and columns up to the last that holds something.
    type Seen = (u32, Vec<(u32, String)>, u32);

    fn seen(source: impl Read) -> Vec<Seen> {
        let budget = Budget::none();
        let mut splitter = Splitter::new(source, &Dialect::new(b';'), &budget);
        let mut seen = Vec::new();
        while let Some(record) = splitter.next().unwrap() {
            let mut fields = Vec::new();
            record.each(|column, field| fields.push((column, String::from_utf8(field.to_vec()).unwrap())));
            seen.push((record.number, fields, record.filled()));
        }
        seen
    }

    #[test]
    fn pieces_of_any_size_give_the_same_rows() {
        let text = "\r\n\na;b; \r\n\r\n\"x;\"\"y\"\"\r\nz\";\u{a0};é\r\r3;4\n\n";
        let rows = seen(text.as_bytes());
        let cells = |cells: &[(u32, &str)]| -> Vec<(u32, String)> {
            cells.iter().map(|(column, text)| (*column, (*text).to_owned())).collect()
        };
        let expected = [
            (3, cells(&[(0, "a"), (1, "b")]), 2),
            (5, cells(&[(0, "x;\"y\"\r\nz"), (2, "é")]), 3),
            (7, cells(&[(0, "3"), (1, "4")]), 2),
        ];
        assert_eq!(rows, expected);
        assert_eq!(seen(Drip(text.as_bytes())), rows);
    }

    #[test]
    fn a_guarded_field_is_what_it_holds() {
        let text = "=\"001\";a;'0012;\"=\"\"x \"\"\"\"y\"\"\"\"\"\"\";='1';'98;=\"a\"&\"b\";l'eau\n";
        let dialect = Dialect { is_guarded: true, ..Dialect::new(b';') };
        let budget = Budget::none();
        let mut splitter = Splitter::new(text.as_bytes(), &dialect, &budget);
        let mut fields = Vec::new();
        let record = splitter.next().unwrap().unwrap();
        record.each(|_, field| fields.push(String::from_utf8(field.to_vec()).unwrap()));
        assert_eq!(fields, ["001", "a", "0012", "x \"y\"", "='1'", "'98", "=\"a\"&\"b\"", "l'eau"]);
    }

    #[test]
    fn long_and_wide_records_are_read_whole() {
        let long = "x".repeat(1 << 20);
        let wide = "1;".repeat(1 << 12);
        let rows = seen(format!("{long};2\n{wide}9\n").as_bytes());
        assert_eq!(rows[0].1[0].1, long);
        assert_eq!(rows[1].2, (1 << 12) + 1);
    }

    #[test]
    fn a_row_that_is_wider_or_longer_than_may_be_is_refused_by_its_number() {
        let limits = Limits { workbook_memory_mib: 8, ..Limits::default() };
        let told = |text: &str| {
            let budget = Budget::streaming(&limits);
            let mut splitter = Splitter::new(text.as_bytes(), &Dialect::new(b';'), &budget);
            while splitter.next().unwrap().is_some() {}
            budget.check(&Place::path("a.csv")).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let columns = |count: usize| format!("a;b\n{}\n", vec!["1"; count].join(";"));
        assert_eq!(told(&columns(MOST_COLUMNS)), "");
        let wide = told(&columns(MOST_COLUMNS + 1));
        assert!(wide.contains("its row 2 has more than 16384 columns"), "{wide}");
        let field = |length: usize| format!("a;b\n\n\"{}", "x\n".repeat(length / 2));
        assert_eq!(told(&field(1 << 19)), "");
        let long = told(&field(2 << 20));
        assert!(
            long.contains("its row 3 is too long for 8 MiB") && long.contains("`--memory-mib`"),
            "{long}"
        );
    }
}
