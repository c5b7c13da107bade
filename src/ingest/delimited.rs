//! csv, tsv and their cousins: any delimiter, rows counted as a spreadsheet counts them.

use super::IngestError;
use super::page::Place;
use super::table::{Row, Sheet};
use crate::model::Cell;
use std::collections::BTreeMap;

/// Of two that fit as well, the comma is the likelier decimal sign, so it comes last.
const DELIMITERS: [char; 4] = ['\t', ';', '|', ','];
const SAMPLE_ROWS: usize = 60;

/// The text under its likeliest delimiter.
pub(super) fn read(place: &Place, text: &str) -> Result<Sheet, IngestError> {
    let (text, delimiters) = delimiters(text);
    parse(place, text, delimiters[0], usize::MAX)
}

/// The text without an `sep=` line, and the delimiters from the likeliest to the least.
pub(super) fn delimiters(text: &str) -> (&str, Vec<char>) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut characters = rest.chars();
        if let Some(delimiter) = characters.next().filter(|character| !character.is_alphanumeric()) {
            let rest = characters.as_str();
            if rest.starts_with(['\r', '\n']) {
                return (rest, vec![delimiter]);
            }
        }
    }
    let mut scored: Vec<(u64, char)> =
        DELIMITERS.iter().map(|delimiter| (score(text, *delimiter), *delimiter)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    (text, scored.into_iter().map(|(_, delimiter)| delimiter).collect())
}

/// How much the first rows agree on a number of cells above one, in millionths, a little
/// more for more columns.
fn score(text: &str, delimiter: char) -> u64 {
    let mut widths: BTreeMap<usize, u64> = BTreeMap::new();
    let mut scanner = Scanner::new(text, delimiter);
    let mut rows = 0;
    while rows < SAMPLE_ROWS {
        let Ok(Some(fields)) = scanner.next_row() else { break };
        if fields.len() > 1 || fields.iter().any(|field| !field.trim().is_empty()) {
            rows += 1;
            *widths.entry(fields.len()).or_default() += 1;
        }
    }
    let most = widths.iter().filter(|(width, _)| **width > 1).max_by_key(|(_, count)| **count);
    most.map_or(0, |(width, count)| {
        count * 1_000_000 / (rows as u64).max(1) * (20 + (*width as u64).min(20)) / 40
    })
}

/// The first `rows` rows of a text under one delimiter.
pub(super) fn parse(place: &Place, text: &str, delimiter: char, rows: usize) -> Result<Sheet, IngestError> {
    let mut scanner = Scanner::new(text, delimiter);
    let mut sheet = Sheet::default();
    let mut number = 0_u32;
    while sheet.rows.len() < rows {
        number = number.saturating_add(1);
        let fields = scanner.next_row().map_err(|Unclosed| {
            IngestError::unreadable(
                place,
                format!("row {number} opens a cell with a quotation mark that nothing closes"),
                "close the quotation mark, or double it if it belongs to the text",
            )
        })?;
        let Some(fields) = fields else { break };
        let cells: Vec<(u32, Cell)> = (0..)
            .zip(fields)
            .map(|(column, field)| (column, Cell::text(field)))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        if !cells.is_empty() {
            sheet.rows.push(Row { number, hidden: false, cells });
        }
    }
    Ok(sheet)
}

/// A quotation mark without its pair.
struct Unclosed;

struct Scanner<'a> {
    rest: &'a str,
    delimiter: char,
}

impl<'a> Scanner<'a> {
    const fn new(text: &'a str, delimiter: char) -> Self {
        Self { rest: text, delimiter }
    }

    /// Fields of the next row, which may be blank; none at the end of the text.
    fn next_row(&mut self) -> Result<Option<Vec<String>>, Unclosed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            let mut field = String::new();
            if self.rest.starts_with('"') {
                self.quoted(&mut field)?;
            }
            let end = self.rest.find([self.delimiter, '\r', '\n']).unwrap_or(self.rest.len());
            field.push_str(&self.rest[..end]);
            fields.push(field);
            self.rest = &self.rest[end..];
            let mut characters = self.rest.chars();
            match characters.next() {
                Some(character) if character == self.delimiter => self.rest = characters.as_str(),
                Some('\r') => {
                    let rest = characters.as_str();
                    self.rest = rest.strip_prefix('\n').unwrap_or(rest);
                    return Ok(Some(fields));
                }
                Some(_) => {
                    self.rest = characters.as_str();
                    return Ok(Some(fields));
                }
                None => return Ok(Some(fields)),
            }
        }
    }

    fn quoted(&mut self, field: &mut String) -> Result<(), Unclosed> {
        self.rest = &self.rest[1..];
        loop {
            let end = self.rest.find('"').ok_or(Unclosed)?;
            field.push_str(&self.rest[..end]);
            self.rest = &self.rest[end + 1..];
            let Some(rest) = self.rest.strip_prefix('"') else { return Ok(()) };
            field.push('"');
            self.rest = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, delimiters, parse, read};
    use crate::model::Cell;

    fn cells(text: &str) -> Vec<(u32, Vec<String>)> {
        let sheet = read(&Place::path("a.csv"), text).unwrap();
        let reveal = |cells: Vec<Cell>| cells.iter().map(Cell::reveal).collect();
        sheet.rows.iter().map(|row| (row.number, reveal(row.dense(9)))).collect()
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolon() {
        assert_eq!(delimiters("nom;t\nA;1,5\nB;2,5\n").1[0], ';');
        assert_eq!(delimiters("nom\tt, an\nA\t1,5\n").1[0], '\t');
        assert_eq!(delimiters("nom|t\nA|1\n").1[0], '|');
        assert_eq!(delimiters("sep=;\nnom,x;t\n").1, [';']);
    }

    #[test]
    fn quotes_hold_delimiters_and_lines_and_rows_count_as_in_a_sheet() {
        let text = "a,b\r\n\r\n\"x, \"\"y\"\"\nz\",2\r\n3,4";
        let expected = [(1, vec!["a", "b"]), (3, vec!["x, \"y\"\nz", "2"]), (4, vec!["3", "4"])];
        let expected = expected.map(|(row, cells)| (row, cells.into_iter().map(str::to_owned).collect()));
        assert_eq!(cells(text), expected);
    }

    #[test]
    fn an_unclosed_quotation_mark_is_named_by_its_row() {
        let error = parse(&Place::path("a.csv"), "a,b\n1,\"2\n3,4", ',', 99).unwrap_err();
        assert!(error.to_string().contains("row 2 opens"), "{error}");
    }
}
