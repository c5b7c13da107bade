//! csv, tsv and their cousins as a sheet, and what is irregular in them told.

use super::IngestError;
use super::budget::Budget;
use super::charset::Charset;
use super::dialect::{self, Dialect};
use super::encoding::Text;
use super::page::Place;
use super::remark::{Remark, Tally};
use super::split::{OneLine, Record, Splitter};
use super::table::{Row, Sheet};
use super::text_form::TextForm;
use super::unspaced::Unspaced;
use crate::config;
use crate::model::{Cell, FindingKind};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// Rows whose widths decide the width of the table.
const MEASURED_ROWS: usize = 1_000;

/// A text under its likeliest form.
///
/// # Errors
/// A text that is larger than the budget.
pub(super) fn read(
    place: &Place,
    text: &Text<'_>,
    declared: &config::Text,
    budget: &Budget,
) -> Result<Sheet, IngestError> {
    let (rest, dialects) = dialect::find(&text.text, declared);
    let mut sheet = whole(place, rest, &dialects[0], budget)?;
    said(text, &dialects[0], &mut sheet);
    Ok(sheet)
}

/// Says how the text was understood, and tells it when it was guessed.
pub(super) fn said(text: &Text<'_>, dialect: &Dialect, sheet: &mut Sheet) {
    let Text { encoding, sure, replaced, .. } = *text;
    sheet.head.text = Some(TextForm::new(encoding, sure, *dialect));
    sheet.remarks.splice(0..0, understood(encoding, sure, replaced, dialect));
}

/// How a text was understood, when it was guessed, and whether some of it was no text.
pub(super) fn understood(encoding: Charset, sure: u32, replaced: bool, dialect: &Dialect) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if dialect.is_wrapped {
        remarks.push(Remark::whole(FindingKind::WrappedLines, String::new()));
    }
    if encoding == Charset::Patched {
        remarks.push(Remark::whole(FindingKind::MixedEncoding, String::new()));
    }
    if replaced {
        remarks.push(Remark::whole(FindingKind::UndecodableText, encoding.name().to_owned()));
    }
    let form = TextForm::new(encoding, sure, *dialect);
    if form.is_guessed() {
        remarks.push(Remark::whole(FindingKind::GuessedDialect, form.to_string()));
    }
    remarks
}

/// The first `most` rows that hold something of a text under one form.
pub(super) fn parse(text: &str, dialect: &Dialect, most: usize) -> Sheet {
    gathered(text, dialect, most, &Budget::none())
}

/// The rows that hold something of a text under one form.
///
/// # Errors
/// A text that is larger than the budget.
pub(super) fn whole(
    place: &Place,
    text: &str,
    dialect: &Dialect,
    budget: &Budget,
) -> Result<Sheet, IngestError> {
    let sheet = gathered(text, dialect, usize::MAX, budget);
    budget.check(place).map(|()| sheet)
}

fn gathered(text: &str, dialect: &Dialect, most: usize, budget: &Budget) -> Sheet {
    let mut kept = Vec::new();
    let remarks = rows(text.as_bytes(), dialect, budget, |row| {
        kept.push(row);
        kept.len() < most
    });
    Sheet { rows: kept, remarks, ..Sheet::default() }
}

/// Shows every row that holds something until `show` wants no more or the budget is passed, which then tells so;
/// gives what is irregular.
pub(super) fn rows(
    text: &[u8],
    dialect: &Dialect,
    budget: &Budget,
    mut show: impl FnMut(Row) -> bool,
) -> Vec<Remark> {
    let remarks = each(text, dialect, budget, |record| {
        let (mut cells, mut bytes) = (Vec::with_capacity(record.filled() as usize), 0);
        record.each(|column, field| {
            let cell = Cell::text(String::from_utf8_lossy(field));
            if !cell.is_empty() {
                bytes += field.len() as u64;
                cells.push((column, cell));
            }
        });
        if cells.is_empty() {
            return Ok(budget.takes(0, 0));
        }
        // One cell behind a thousand empty ones does not keep their room.
        cells.shrink_to_fit();
        let is_within = budget.takes_row(cells.len() as u64, bytes);
        Ok(is_within && show(Row { number: record.number, hidden: false, cells }))
    });
    // Text in memory has no other error than its end.
    remarks.unwrap_or_default()
}

/// Shows every record until `show` wants no more or the budget is passed, which then tells so; gives what is irregular.
pub(super) fn each(
    source: impl Read,
    dialect: &Dialect,
    budget: &Budget,
    mut show: impl FnMut(&Record<'_>) -> io::Result<bool>,
) -> io::Result<Vec<Remark>> {
    let mut inside = dialect.is_wrapped.then(|| OneLine::new(dialect));
    let lines = Dialect::of_lines();
    let dialect = if dialect.is_wrapped { &lines } else { dialect };
    let mut splitter = Splitter::new(Unspaced::new(source, dialect), dialect, budget);
    let mut widths = Widths::default();
    let mut whole = true;
    while let Some(record) = splitter.next()? {
        let unwrapped = inside.as_mut().and_then(|line| line.record(record.only()?, record.number));
        let record = unwrapped.unwrap_or(record);
        widths.note(record.number, record.len(), record.filled());
        if !show(&record)? {
            whole = false;
            break;
        }
    }
    let mut remarks = Vec::new();
    if let (Some(quote), true) = (dialect.quote, whole)
        && is_unclosed(splitter.tail(), dialect.delimiter, quote)
    {
        remarks.push(Remark::at(FindingKind::UnclosedQuote, splitter.number(), 0));
    }
    remarks.extend(widths.remarks());
    Ok(remarks)
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
    /// Of the first rows: row, cells with a delimiter between, cells up to the last that holds something.
    measured: Vec<(u32, usize, u32)>,
    /// Width of the table, once the first rows are measured.
    table: Option<usize>,
    tally: Tally,
    told: Vec<Remark>,
}

impl Widths {
    fn note(&mut self, number: u32, written: usize, filled: u32) {
        if let Some(table) = self.table {
            if written != table {
                self.judge(table, number, written, filled);
            }
            return;
        }
        self.measured.push((number, written, filled));
        if self.measured.len() == MEASURED_ROWS {
            self.judge_measured();
        }
    }

    /// The table has the width that most rows have; of two, the narrower.
    fn judge_measured(&mut self) {
        let measured = std::mem::take(&mut self.measured);
        let mut counted: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, written, _) in &measured {
            *counted.entry(*written).or_default() += 1;
        }
        let most = counted.iter().max_by_key(|(width, count)| (**count, std::cmp::Reverse(**width)));
        let table = most.map_or(0, |(width, _)| *width);
        self.table = Some(table);
        // Rows before the first of the table's width are a preamble, not irregular.
        let preamble = measured.iter().position(|(_, written, _)| *written == table).unwrap_or(0);
        for (number, written, filled) in measured.into_iter().skip(preamble) {
            self.judge(table, number, written, filled);
        }
    }

    fn judge(&mut self, table: usize, number: u32, written: usize, filled: u32) {
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
        if self.table.is_none() {
            self.judge_measured();
        }
        let rest = self.tally.rest();
        self.told.into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::Budget;
    use super::super::encoding::decode;
    use super::super::page::Place;
    use super::super::table::Sheet;
    use super::{Dialect, parse};
    use crate::config::{Limits, Text};
    use crate::model::{Cell, FindingKind};

    fn within(bytes: &[u8], limits: &Limits) -> Result<Sheet, String> {
        let (place, budget) = (Place::path("a.csv"), Budget::new(limits));
        let sheet = super::read(&place, &decode(bytes, None), &Text::default(), &budget);
        sheet.map_err(|error| error.to_string())
    }

    fn read(bytes: &[u8]) -> Sheet {
        within(bytes, &Limits::default()).unwrap()
    }

    #[test]
    fn a_text_is_refused_by_the_name_of_the_limit_that_it_passes() {
        let text = "nom;lot;tonnes\n".to_owned() + &"Alpha;7;3\n;;\n".repeat(2_000);
        for (limits, key) in [
            (Limits { workbook_cells: 6_002, ..Limits::default() }, "workbook_cells"),
            (Limits { workbook_memory_mib: 2, ..Limits::default() }, "workbook_memory_mib"),
            (Limits { workbook_seconds: 0, ..Limits::default() }, "workbook_seconds"),
        ] {
            let told = within(text.as_bytes(), &limits).unwrap_err();
            assert!(told.contains("`a.csv`") && told.contains(key) && told.contains("help: "), "{told}");
        }
        let limits = Limits { workbook_cells: 6_003, workbook_memory_mib: 4, ..Limits::default() };
        assert_eq!(within(text.as_bytes(), &limits).unwrap().rows.len(), 2_001);
    }

    fn cells(text: &str) -> Vec<(u32, Vec<String>)> {
        let sheet = read(text.as_bytes());
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
    fn a_space_before_quotation_marks_does_not_part_what_they_hold() {
        let seen = cells("\"a\", \"b\"\n\"x, y\", \"1,5\"\n\"z\", \"2,5\"\n");
        let expected = [(1, ["a", "b"]), (2, ["x, y", "1,5"]), (3, ["z", "2,5"])];
        let expected = expected.map(|(row, cells)| (row, cells.map(str::to_owned).to_vec()));
        assert_eq!(seen, expected);
    }

    #[test]
    fn lines_that_are_quoted_as_a_whole_are_unquoted_once_and_told() {
        let text = "\"Nom;Offre\"\n\n\"A;\"\"bois; sec\"\"\"\n\"B;verre\"\n";
        let expected = [(1, ["Nom", "Offre"]), (3, ["A", "bois; sec"]), (4, ["B", "verre"])];
        assert_eq!(cells(text), expected.map(|(row, cells)| (row, cells.map(str::to_owned).to_vec())));
        let sheet = read(text.as_bytes());
        assert_eq!(sheet.remarks[0].kind, FindingKind::WrappedLines);
    }

    #[test]
    fn a_stray_byte_of_another_encoding_is_told() {
        let mut bytes = "é;è\nà;ê\nû;x\n".as_bytes().to_vec();
        bytes.extend(b"\xe9t\xe9;1\n");
        let sheet = read(&bytes);
        assert_eq!(sheet.rows[3].cell(0), &Cell::text("été"));
        assert_eq!(sheet.remarks[0].kind, FindingKind::MixedEncoding);
    }

    #[test]
    fn a_declared_footer_is_no_data() {
        let text = "sep=;\nNom;Offre\nA;bois\n\nTotal;1\nExporté le;2 mars\n\n";
        for (footer, rows) in [(None, 4), (Some(0), 4), (Some(1), 3), (Some(2), 2), (Some(9), 0)] {
            let (place, budget) = (Place::path("a.csv"), Budget::none());
            let declared = Text { footer, ..Text::default() };
            let sheet = super::read(&place, &decode(text.as_bytes(), None), &declared, &budget).unwrap();
            assert_eq!(sheet.rows.len(), rows, "{footer:?}");
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
