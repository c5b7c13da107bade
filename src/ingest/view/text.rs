//! A spooled sheet as csv or json.

use super::super::table::{Head, letters};
use super::shown::shown;
use super::spool::Spool;
use crate::model::Cell;
use std::io::{self, Write};

/// Cells of a used range up to which csv writes every one of them.
const MOST_AREA: u64 = 20_000_000;
/// Above that size, cells of the used range for each that holds something.
const SPARSE: u64 = 50;

/// Writes csv from A1 to the last cell. Gives whether the cells stand so far apart that the
/// empty ones at the end of each row were left out; rows and columns keep their places.
pub(super) fn csv(
    spool: &mut Spool,
    head: &Head,
    exclude: bool,
    out: &mut (dyn Write + Send),
) -> io::Result<bool> {
    let area = u64::from(spool.last_row) * u64::from(spool.width);
    let far = area > MOST_AREA && area / spool.cells.max(1) > SPARSE;
    let skips = |column: u32| exclude && head.hides_column(column);
    let columns: u32 = if exclude {
        u32::try_from((0..spool.width).filter(|column| !skips(*column)).count()).unwrap_or(u32::MAX)
    } else {
        spool.width
    };
    let mut next = 1;
    let mut line = Vec::new();
    let mut empty = Vec::new();
    end_line(&mut empty, 0, if far { 1 } else { columns }, far);
    spool.each(|row| {
        for _ in next..row.number {
            out.write_all(&empty)?;
        }
        next = row.number + 1;
        if exclude && row.hidden {
            return Ok(());
        }
        line.clear();
        let mut written = 0;
        let mut skipped = 0;
        let mut last = 0;
        for (column, cell) in &row.cells {
            if exclude {
                skipped += u32::try_from((last..*column).filter(|at| skips(*at)).count()).unwrap_or(0);
                last = *column;
            }
            if skips(*column) {
                continue;
            }
            let place = column - skipped;
            line.extend(std::iter::repeat_n(b',', (place - written) as usize));
            written = place;
            field(&mut line, cell);
        }
        end_line(&mut line, written, columns, far);
        out.write_all(&line)
    })?;
    Ok(far)
}

/// Fills a row up to its width; a row of one empty cell is quoted, or readers would skip it.
fn end_line(line: &mut Vec<u8>, written: u32, columns: u32, far: bool) {
    if columns == 1 && line.is_empty() && !far {
        line.extend_from_slice(b"\"\"");
    }
    if !far {
        line.extend(std::iter::repeat_n(b',', columns.saturating_sub(written + 1) as usize));
    }
    line.extend_from_slice(b"\r\n");
}

fn field(line: &mut Vec<u8>, cell: &Cell) {
    let text = shown(cell);
    if !text.contains(['"', ',', '\r', '\n']) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    line.push(b'"');
}

/// Writes one json object; its rows stand on lines of their own.
pub(super) fn json(
    spool: &mut Spool,
    head: &Head,
    exclude: bool,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let block = |area: &super::super::table::Area| {
        let corner = |(row, column): (u32, u32)| format!("{}{}", letters(column), row + 1);
        format!("{}:{}", corner(area.first), corner(area.last))
    };
    let hidden =
        head.hidden_columns.iter().map(|(first, last)| format!("{}:{}", letters(*first), letters(*last)));
    let about = serde_json::json!({
        "sheet": head.name.reveal(),
        "position": head.rank.max(1),
        "hidden": head.hidden,
        "range": spool.range(),
        "hidden_columns": hidden.collect::<Vec<_>>(),
        "merged": head.merged.iter().map(block).collect::<Vec<_>>(),
    })
    .to_string();
    out.write_all(about.trim_end_matches('}').as_bytes())?;
    out.write_all(b",\"rows\":[")?;
    let mut separator: &[u8] = b"\n";
    spool.each(|row| {
        if exclude && row.hidden {
            return Ok(());
        }
        let mut cells = serde_json::Map::new();
        for (column, cell) in &row.cells {
            if !(exclude && head.hides_column(*column)) {
                cells.insert(letters(*column), value(cell));
            }
        }
        let mut object = serde_json::Map::new();
        object.insert("row".to_owned(), row.number.into());
        if row.hidden {
            object.insert("hidden".to_owned(), true.into());
        }
        object.insert("cells".to_owned(), cells.into());
        out.write_all(separator)?;
        separator = b",\n";
        serde_json::to_writer(&mut *out, &object).map_err(io::Error::from)
    })?;
    out.write_all(b"\n]}\n")
}

/// Numbers and booleans as such; dates and errors as the text that csv writes.
fn value(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Integer(number) => (*number.reveal()).into(),
        Cell::Number(number) => {
            let shown: Option<f64> = super::shown::plain(*number.reveal()).parse().ok();
            shown.and_then(serde_json::Number::from_f64).map_or(serde_json::Value::Null, Into::into)
        }
        Cell::Boolean(boolean) => (*boolean).into(),
        Cell::Empty | Cell::Text(_) | Cell::Date(_) | Cell::Error(_) => shown(cell).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::table::{Head, Row};
    use super::super::spool::Spool;
    use super::{csv, json};
    use crate::model::{Cell, Confidential};

    type Cells<'a> = &'a [(u32, &'a str)];

    fn spool(rows: &[(u32, bool, Cells<'_>)]) -> Spool {
        let mut spool = Spool::new();
        for (number, hidden, cells) in rows {
            let cells = cells.iter().map(|(column, text)| (*column, Cell::text(*text))).collect();
            spool.row(Row { number: *number, hidden: *hidden, cells }).unwrap();
        }
        spool
    }

    fn written(spool: &mut Spool, head: &Head, exclude: bool) -> (String, bool) {
        let mut out = Vec::new();
        let far = csv(spool, head, exclude, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), far)
    }

    #[test]
    fn every_row_and_column_of_the_used_range_is_written() {
        let mut rows = spool(&[(2, false, &[(1, "a, \"b\"")]), (4, true, &[(0, "x"), (2, "y")])]);
        let expected = ",,\r\n,\"a, \"\"b\"\"\",\r\n,,\r\nx,,y\r\n";
        assert_eq!(written(&mut rows, &Head::default(), false), (expected.to_owned(), false));
        assert_eq!(rows.range(), "A2:C4");
        let head = Head { hidden_columns: vec![(0, 0)], ..Head::default() };
        assert_eq!(written(&mut rows, &head, true).0, ",\r\n\"a, \"\"b\"\"\",\r\n,\r\n");
        let mut one = spool(&[(2, false, &[(0, "a")])]);
        assert_eq!(written(&mut one, &Head::default(), false).0, "\"\"\r\na\r\n");
    }

    #[test]
    fn cells_sixteen_billion_apart_keep_their_places() {
        let mut rows = spool(&[(1, false, &[(0, "1")]), (1_048_576, false, &[(16_383, "2")])]);
        let (text, far) = written(&mut rows, &Head::default(), false);
        assert!(far);
        assert_eq!(text.lines().count(), 1_048_576);
        assert_eq!(text.lines().next(), Some("1"));
        assert_eq!(text.lines().last().unwrap().split(',').position(|cell| cell == "2"), Some(16_383));
    }

    #[test]
    fn json_names_the_columns_and_keeps_the_kinds() {
        let mut spool = Spool::new();
        let cells = vec![(0, Cell::Integer(Confidential::new(3))), (27, Cell::Boolean(true))];
        spool.row(Row { number: 7, hidden: false, cells }).unwrap();
        let mut out = Vec::new();
        json(&mut spool, &Head::default(), false, &mut out).unwrap();
        let seen: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(seen["rows"][0], serde_json::json!({"row": 7, "cells": {"A": 3, "AB": true}}));
        assert_eq!(seen["range"], "A7:AB7");
    }
}
