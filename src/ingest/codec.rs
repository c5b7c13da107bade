//! Rows as bytes: what the child process and a spool hold.
//!
//! Number of the row (u32), flags (u8: 1 hidden), cells (u32), column after the last cell (u32),
//! then for each cell its column (u32), a tag and the value; little endian throughout. Doubles
//! travel as their bits, so they arrive as they left.

use super::table::Row;
use crate::model::{Cell, Confidential};
use std::borrow::Cow;

/// Bytes before the first cell.
const HEAD: usize = 13;

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    /// Milliseconds since 1970-01-01 without a zone.
    Date(i64),
    Error(Cow<'a, str>),
}

/// What the head of an encoded row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    /// Row as a person counts it, from 1.
    pub(super) number: u32,
    /// Hidden in the workbook.
    pub(super) hidden: bool,
    /// Cells that hold something.
    pub(super) cells: u32,
    /// Columns up to the last of them.
    pub(super) width: u32,
}

/// Appends the head of a row; as many cells must follow, by column.
pub(super) fn head(out: &mut Vec<u8>, outline: Outline) {
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&outline.number.to_le_bytes());
    head[4] = u8::from(outline.hidden);
    head[5..9].copy_from_slice(&outline.cells.to_le_bytes());
    head[9..].copy_from_slice(&outline.width.to_le_bytes());
    out.extend_from_slice(&head);
}

/// Appends a cell; its column counts from 0.
pub(super) fn cell(out: &mut Vec<u8>, column: u32, value: &Value<'_>) {
    match value {
        Value::Text(text) => string(out, column, 0, text),
        Value::Integer(number) => eight(out, column, 1, number.to_le_bytes()),
        Value::Number(number) => eight(out, column, 2, number.to_bits().to_le_bytes()),
        Value::Boolean(boolean) => {
            let [a, b, c, d] = column.to_le_bytes();
            out.extend_from_slice(&[a, b, c, d, 3, u8::from(*boolean)]);
        }
        Value::Date(milliseconds) => eight(out, column, 4, milliseconds.to_le_bytes()),
        Value::Error(error) => string(out, column, 5, error),
    }
}

/// Column, tag and eight bytes at once: there is one for each number of a workbook.
fn eight(out: &mut Vec<u8>, column: u32, tag: u8, bytes: [u8; 8]) {
    let mut cell = [0; 13];
    cell[..4].copy_from_slice(&column.to_le_bytes());
    cell[4] = tag;
    cell[5..].copy_from_slice(&bytes);
    out.extend_from_slice(&cell);
}

fn string(out: &mut Vec<u8>, column: u32, tag: u8, text: &str) {
    let mut head = [0; 9];
    head[..4].copy_from_slice(&column.to_le_bytes());
    head[4] = tag;
    head[5..].copy_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(text.as_bytes());
}

/// A row that was read elsewhere, encoded.
pub(super) fn encode_row(out: &mut Vec<u8>, row: &Row) {
    let cells = || row.cells.iter().filter(|(_, cell)| !cell.is_empty());
    head(
        out,
        Outline {
            number: row.number,
            hidden: row.hidden,
            cells: u32::try_from(cells().count()).unwrap_or(u32::MAX),
            width: cells().next_back().map_or(0, |(column, _)| column.saturating_add(1)),
        },
    );
    for (column, held) in cells() {
        let value = match held {
            Cell::Empty => continue,
            Cell::Text(text) => Value::Text(Cow::Borrowed(text.reveal())),
            Cell::Integer(number) => Value::Integer(*number.reveal()),
            Cell::Number(number) => Value::Number(*number.reveal()),
            Cell::Boolean(boolean) => Value::Boolean(*boolean),
            Cell::Date(date) => Value::Date(date.and_utc().timestamp_millis()),
            Cell::Error(error) => Value::Error(Cow::Borrowed(error)),
        };
        cell(out, *column, &value);
    }
}

/// The head of an encoded row.
pub(super) fn outline(bytes: &[u8]) -> Option<Outline> {
    let mut rest = bytes.get(..HEAD)?;
    Some(Outline {
        number: word(&mut rest)?,
        hidden: take::<1>(&mut rest)?[0] != 0,
        cells: word(&mut rest)?,
        width: word(&mut rest)?,
    })
}

/// Column of the first cell of an encoded row.
pub(super) fn first_column(bytes: &[u8]) -> Option<u32> {
    word(&mut bytes.get(HEAD..)?)
}

/// Shows the cells of an encoded row in their order; nothing when the bytes are damaged.
pub(super) fn each<'a>(bytes: &'a [u8], mut show: impl FnMut(u32, Value<'a>)) -> Option<Outline> {
    let outline = outline(bytes)?;
    let mut rest = bytes.get(HEAD..)?;
    for _ in 0..outline.cells {
        let column = word(&mut rest)?;
        let value = match take::<1>(&mut rest)?[0] {
            0 => Value::Text(Cow::Borrowed(text(&mut rest)?)),
            1 => Value::Integer(i64::from_le_bytes(take(&mut rest)?)),
            2 => Value::Number(f64::from_bits(u64::from_le_bytes(take(&mut rest)?))),
            3 => Value::Boolean(take::<1>(&mut rest)?[0] != 0),
            4 => Value::Date(i64::from_le_bytes(take(&mut rest)?)),
            5 => Value::Error(Cow::Borrowed(text(&mut rest)?)),
            _ => return None,
        };
        show(column, value);
    }
    rest.is_empty().then_some(outline)
}

/// The row again; nothing when the bytes are damaged.
pub(super) fn decode(bytes: &[u8]) -> Option<Row> {
    let mut cells = Vec::new();
    let outline = each(bytes, |column, value| {
        let cell = match value {
            Value::Text(text) => Cell::text(text),
            Value::Integer(number) => Cell::Integer(Confidential::new(number)),
            Value::Number(number) => Cell::Number(Confidential::new(number)),
            Value::Boolean(boolean) => Cell::Boolean(boolean),
            Value::Date(milliseconds) => chrono::DateTime::from_timestamp_millis(milliseconds)
                .map_or(Cell::Empty, |moment| Cell::Date(moment.naive_utc())),
            Value::Error(error) => Cell::Error(error.into_owned()),
        };
        if !cell.is_empty() {
            cells.push((column, cell));
        }
    })?;
    Some(Row { number: outline.number, hidden: outline.hidden, cells })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn word(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_le_bytes)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = word(rest)? as usize;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    std::str::from_utf8(head).ok()
}

#[cfg(test)]
mod tests {
    use super::{Outline, Value, cell, decode, encode_row, head, outline};

    #[test]
    fn a_row_comes_back_as_it_left_and_damage_is_noticed() {
        let cells = vec![
            (0, Value::Text("Bois, « A »".into())),
            (2, Value::Integer(-7)),
            (3, Value::Number(0.1)),
            (5, Value::Boolean(true)),
            (9, Value::Date(1_700_000_000_123)),
            (16_383, Value::Error("#N/A".into())),
        ];
        let mut bytes = Vec::new();
        let whole = Outline { number: 1_048_576, hidden: true, cells: 6, width: 16_384 };
        head(&mut bytes, whole);
        for (column, value) in &cells {
            cell(&mut bytes, *column, value);
        }
        assert_eq!(outline(&bytes), Some(whole));
        let row = decode(&bytes).unwrap();
        let mut again = Vec::new();
        encode_row(&mut again, &row);
        assert_eq!(again, bytes);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_none(), "{length}");
        }
    }
}
