//! Rows as bytes: what the child process and a spool hold.
//!
//! Number of the row (u32), flags (u8: 1 hidden), cells (u32), column after the last cell (u32),
//! then for each cell its column (u32), a tag and the value; little endian throughout. Doubles
//! travel as their bits, so they arrive as they left.

use super::table::Row;
use crate::model::{Cell, Confidential};

/// Bytes before the first cell.
const HEAD: usize = 13;

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    /// Milliseconds since 1970-01-01 without a zone.
    Date(i64),
    Error(String),
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

/// Appends a row; cells come by column, from 0.
pub(super) fn encode(out: &mut Vec<u8>, number: u32, hidden: bool, cells: &[(u32, Value)]) {
    let length = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    let width = cells.last().map_or(0, |(column, _)| column.saturating_add(1));
    out.extend_from_slice(&number.to_le_bytes());
    out.push(u8::from(hidden));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&width.to_le_bytes());
    for (column, value) in cells {
        out.extend_from_slice(&column.to_le_bytes());
        match value {
            Value::Text(text) => string(out, 0, text),
            Value::Integer(number) => tagged(out, 1, &number.to_le_bytes()),
            Value::Number(number) => tagged(out, 2, &number.to_bits().to_le_bytes()),
            Value::Boolean(boolean) => tagged(out, 3, &[u8::from(*boolean)]),
            Value::Date(milliseconds) => tagged(out, 4, &milliseconds.to_le_bytes()),
            Value::Error(error) => string(out, 5, error),
        }
    }
}

fn tagged(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

fn string(out: &mut Vec<u8>, tag: u8, text: &str) {
    out.push(tag);
    out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// A row that was read elsewhere, encoded.
pub(super) fn encode_row(out: &mut Vec<u8>, row: Row) {
    let cells: Vec<(u32, Value)> = row
        .cells
        .into_iter()
        .filter_map(|(column, cell)| {
            let value = match cell {
                Cell::Empty => return None,
                Cell::Text(text) => Value::Text(text.reveal().clone()),
                Cell::Integer(number) => Value::Integer(*number.reveal()),
                Cell::Number(number) => Value::Number(*number.reveal()),
                Cell::Boolean(boolean) => Value::Boolean(boolean),
                Cell::Date(date) => Value::Date(date.and_utc().timestamp_millis()),
                Cell::Error(error) => Value::Error(error),
            };
            Some((column, value))
        })
        .collect();
    encode(out, row.number, row.hidden, &cells);
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

/// The row again; nothing when the bytes are damaged.
pub(super) fn decode(bytes: &[u8]) -> Option<Row> {
    let outline = outline(bytes)?;
    let mut rest = bytes.get(HEAD..)?;
    // A cell takes six bytes at least: a lying count reserves no memory.
    let mut cells = Vec::with_capacity((outline.cells as usize).min(rest.len() / 6 + 1));
    for _ in 0..outline.cells {
        let column = word(&mut rest)?;
        let cell = match take::<1>(&mut rest)?[0] {
            0 => Cell::text(text(&mut rest)?),
            1 => Cell::Integer(Confidential::new(i64::from_le_bytes(take(&mut rest)?))),
            2 => Cell::Number(Confidential::new(f64::from_bits(u64::from_le_bytes(take(&mut rest)?)))),
            3 => Cell::Boolean(take::<1>(&mut rest)?[0] != 0),
            4 => chrono::DateTime::from_timestamp_millis(i64::from_le_bytes(take(&mut rest)?))
                .map_or(Cell::Empty, |moment| Cell::Date(moment.naive_utc())),
            5 => Cell::Error(text(&mut rest)?.to_owned()),
            _ => return None,
        };
        if !cell.is_empty() {
            cells.push((column, cell));
        }
    }
    rest.is_empty().then_some(Row { number: outline.number, hidden: outline.hidden, cells })
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
    use super::{Value, decode, encode, encode_row, outline};

    #[test]
    fn a_row_comes_back_as_it_left_and_damage_is_noticed() {
        let cells = vec![
            (0, Value::Text("Bois, « A »".to_owned())),
            (2, Value::Integer(-7)),
            (3, Value::Number(0.1)),
            (5, Value::Boolean(true)),
            (9, Value::Date(1_700_000_000_123)),
            (16_383, Value::Error("#N/A".to_owned())),
        ];
        let mut bytes = Vec::new();
        encode(&mut bytes, 1_048_576, true, &cells);
        let seen = outline(&bytes).unwrap();
        assert_eq!((seen.number, seen.hidden, seen.cells, seen.width), (1_048_576, true, 6, 16_384));
        let row = decode(&bytes).unwrap();
        let mut again = Vec::new();
        encode_row(&mut again, row);
        assert_eq!(again, bytes);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_none(), "{length}");
        }
    }
}
