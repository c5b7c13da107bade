//! csv, tsv and their cousins, with the `csv` crate: rows counted as a spreadsheet counts them,
//! and what is irregular told.

use super::dialect::{self, Dialect};
use super::encoding::Text;
use super::remark::{Remark, Tally};
use super::table::{Row, Sheet};
use crate::config;
use crate::model::{Cell, FindingKind};
use csv::ByteRecord;

/// Rows whose widths decide the width of the table.
const MEASURED_ROWS: usize = 1_000;

/// A text under its likeliest form.
pub(super) fn read(text: &Text<'_>, declared: &config::Text) -> Sheet {
    let (rest, dialects) = dialect::find(&text.text, declared);
    let mut sheet = parse(rest, &dialects[0], usize::MAX);
    said(text, &dialects[0], &mut sheet);
    sheet
}

/// Tells how the text was understood, when it was guessed.
pub(super) fn said(text: &Text<'_>, dialect: &Dialect, sheet: &mut Sheet) {
    if dialect.sure < 100 || text.sure < 100 {
        let detail = format!("{} · {} · {} %", dialect.shown(), text.encoding.name(), text.sure);
        sheet.remarks.insert(0, Remark::whole(FindingKind::GuessedDialect, detail));
    }
    if text.replaced {
        let detail = text.encoding.name().to_owned();
        sheet.remarks.insert(0, Remark::whole(FindingKind::UndecodableText, detail));
    }
}

/// The first `most` rows that hold something of a text under one form.
pub(super) fn parse(text: &str, dialect: &Dialect, most: usize) -> Sheet {
    let mut sheet = Sheet::default();
    let mut widths = Widths::default();
    let mut last = None;
    each(text, dialect, |number, start, record| {
        let cells: Vec<(u32, Cell)> = (0..)
            .zip(record)
            .filter(|(_, field)| !field.trim_ascii().is_empty())
            .map(|(column, field)| (column, Cell::text(String::from_utf8_lossy(field))))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        last = Some((number, start));
        widths.note(number, record.len(), cells.last().map_or(0, |(column, _)| column + 1));
        if !cells.is_empty() {
            sheet.rows.push(Row { number, hidden: false, cells });
        }
        sheet.rows.len() < most
    });
    if let (Some((number, start)), Some(quote), true) = (last, dialect.quote, most == usize::MAX)
        && is_unclosed(&text.as_bytes()[start..], dialect.delimiter, quote)
    {
        sheet.remarks.push(Remark::at(FindingKind::UnclosedQuote, number, 0));
    }
    sheet.remarks.extend(widths.remarks());
    sheet
}

/// Shows every record that is not blank, with its row and the place where it starts, until
/// `show` wants no more. The reader passes over blank lines; a spreadsheet counts them.
fn each(text: &str, dialect: &Dialect, mut show: impl FnMut(u32, usize, &ByteRecord) -> bool) {
    let mut reader = dialect.reader(text);
    let mut record = ByteRecord::new();
    let mut number = 0_u32;
    let bytes = text.as_bytes();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(bytes.len()).min(bytes.len());
        // Text in memory has no other error than its end.
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            return;
        }
        let (blank, start) = blank_lines(bytes, start);
        number = number.saturating_add(blank).saturating_add(1);
        if !show(number, start, &record) {
            return;
        }
    }
}

/// Blank lines from a place between two records, and the place after them.
fn blank_lines(bytes: &[u8], start: usize) -> (u32, usize) {
    let mut at = start;
    // The reader may stand inside the line break of the record before.
    if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut blank = 0;
    loop {
        let length = match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => return (blank, at),
        };
        blank += 1;
        at += length;
    }
}

/// Whether the last record ends inside quotation marks.
fn is_unclosed(record: &[u8], delimiter: u8, quote: u8) -> bool {
    let mut inside = false;
    let mut at_start = true;
    for byte in record {
        if *byte == quote && (inside || at_start) {
            inside = !inside;
            // A doubled mark closes and opens again.
            at_start = !inside;
        } else if !inside {
            at_start = *byte == delimiter;
        }
    }
    inside
}

/// Widths of the rows, to tell those that differ from the table.
#[derive(Default)]
struct Widths {
    /// Row, cells with a delimiter between, cells up to the last that holds something.
    rows: Vec<(u32, usize, u32)>,
    counted: std::collections::BTreeMap<usize, usize>,
    tally: Tally,
    told: Vec<Remark>,
    begun: bool,
}

impl Widths {
    fn note(&mut self, number: u32, written: usize, filled: u32) {
        if self.rows.len() < MEASURED_ROWS {
            *self.counted.entry(written).or_default() += 1;
            self.rows.push((number, written, filled));
            return;
        }
        if self.told.is_empty() && !self.begun {
            self.judge_measured();
        }
        self.judge(number, written, filled);
    }

    /// The width that most rows have; of two, the narrower.
    fn table(&self) -> usize {
        self.counted
            .iter()
            .max_by_key(|(width, count)| (**count, std::cmp::Reverse(**width)))
            .map_or(0, |(width, _)| *width)
    }

    fn judge_measured(&mut self) {
        self.begun = true;
        let table = self.table();
        let measured = std::mem::take(&mut self.rows);
        // Rows before the first of the table's width are a preamble, not irregular.
        let preamble = measured.iter().position(|(_, written, _)| *written == table).unwrap_or(0);
        for (number, written, filled) in measured.into_iter().skip(preamble) {
            self.judge(number, written, filled);
        }
        // The measure stands, but no further row is kept.
        self.rows = vec![(0, 0, 0); MEASURED_ROWS];
    }

    fn judge(&mut self, number: u32, written: usize, filled: u32) {
        let table = self.table();
        let irregular = if written > table { filled as usize > table } else { written < table };
        if table > 1 && irregular && self.tally.admits(FindingKind::RaggedRow) {
            self.told.push(Remark {
                kind: FindingKind::RaggedRow,
                row: number,
                column: None,
                detail: format!("{written} ≠ {table}"),
            });
        }
    }

    fn remarks(mut self) -> Vec<Remark> {
        if !self.begun {
            self.judge_measured();
        }
        let rest = self.tally.rest();
        self.told.into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::decode;
    use super::{Dialect, parse, read};
    use crate::config::Text;
    use crate::model::{Cell, FindingKind};

    fn cells(text: &str) -> Vec<(u32, Vec<String>)> {
        let sheet = read(&decode(text.as_bytes(), None), &Text::default());
        let reveal = |cells: Vec<Cell>| cells.iter().map(Cell::reveal).collect();
        sheet.rows.iter().map(|row| (row.number, reveal(row.dense(9)))).collect()
    }

    #[test]
    fn quotes_hold_delimiters_and_lines_and_rows_count_as_in_a_sheet() {
        for (first, second) in [("\r\n", "\n"), ("\n", "\n"), ("\r", "\n"), ("\r\n", "\r\n")] {
            let text = format!("a,b{first}{first}\"x, \"\"y\"\"{second}z\",2{first}{first}{first}3,4");
            let quoted = format!("x, \"y\"{second}z");
            let expected = [(1, vec!["a", "b"]), (3, vec![quoted.as_str(), "2"]), (6, vec!["3", "4"])];
            let expected = expected.map(|(row, cells)| (row, cells.into_iter().map(str::to_owned).collect()));
            assert_eq!(cells(&text), expected, "{first:?}");
        }
    }

    #[test]
    fn an_unclosed_quotation_mark_is_named_by_its_row() {
        let sheet = parse("a,b\n1,\"2\n3,4", &Dialect::new(b','), usize::MAX);
        let told: Vec<_> = sheet.remarks.iter().map(|remark| (remark.kind, remark.row)).collect();
        assert_eq!(told, [(FindingKind::UnclosedQuote, 2)]);
        assert!(parse("a,b\n1,\"2\"\"\"", &Dialect::new(b','), usize::MAX).remarks.is_empty());
    }

    #[test]
    fn rows_of_another_width_are_told_and_a_preamble_is_not() {
        let text = "Relevé 2024\n\na;b;c\n1;2;3\n4;5\n6;7;8;9\n1;2;3;\n";
        let sheet = parse(text, &Dialect::new(b';'), usize::MAX);
        let told: Vec<_> = sheet.remarks.iter().map(|remark| (remark.row, remark.detail.as_str())).collect();
        assert_eq!(told, [(5, "2 ≠ 3"), (6, "4 ≠ 3")]);
    }
}
