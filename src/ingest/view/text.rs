//! A spooled sheet as csv or json.

use super::super::codec::{self, Value};
use super::super::table::{Head, letters};
use super::lines::{Lines, Shape};
use super::shown::shown;
use super::spool::{Spool, damaged};
use std::io::{self, Write};

/// Writes csv from the first row and column of the used range, from 0, to the last cell. Gives whether the cells stand so far apart that the
/// empty ones at the end of each row were left out; rows and columns keep their places.
pub(super) fn csv(
    spool: &mut Spool,
    (head, first): (&Head, (u32, u32)),
    exclude: bool,
    out: &mut (dyn Write + Send),
) -> io::Result<bool> {
    let shape = Shape::new(spool.last_row, spool.width, spool.cells);
    let mut lines = Lines::from(first, shape, head, exclude);
    spool.each(|row| {
        let outline = codec::outline(row).ok_or_else(damaged)?;
        if !lines.row(outline.number, outline.hidden, out)? {
            return Ok(());
        }
        let seen = codec::each(row, |column, value| lines.cell(column, shown(&value).as_bytes()));
        seen.ok_or_else(damaged)?;
        lines.end(out)
    })?;
    lines.close(out)?;
    Ok(shape.far)
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
        let outline = codec::outline(row).ok_or_else(damaged)?;
        if exclude && outline.hidden {
            return Ok(());
        }
        let mut cells = serde_json::Map::new();
        let seen = codec::each(row, |column, held| {
            if !(exclude && head.hides_column(column)) {
                cells.insert(letters(column), value(&held));
            }
        });
        seen.ok_or_else(damaged)?;
        let mut object = serde_json::Map::new();
        object.insert("row".to_owned(), outline.number.into());
        if outline.hidden {
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
fn value(held: &Value<'_>) -> serde_json::Value {
    match held {
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => {
            let shown: Option<f64> = super::shown::plain(*number).parse().ok();
            shown.and_then(serde_json::Number::from_f64).map_or(serde_json::Value::Null, Into::into)
        }
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Text(_) | Value::Date(_) | Value::Error(_) => shown(held).into(),
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
            spool.row(&Row { number: *number, hidden: *hidden, cells }).unwrap();
        }
        spool
    }

    fn written(spool: &mut Spool, head: &Head, exclude: bool) -> (String, bool) {
        let mut out = Vec::new();
        let far = csv(spool, (head, (0, 0)), exclude, &mut out).unwrap();
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
    fn what_stands_before_the_used_range_is_not_written() {
        let mut rows = spool(&[(3, false, &[(2, "a"), (4, "b")]), (5, false, &[(1, "x")])]);
        for (first, expected) in [
            ((2, 1), ",a,,b\r\n,,,\r\nx,,,\r\n"),
            ((1, 1), ",,,\r\n,a,,b\r\n,,,\r\nx,,,\r\n"),
            ((2, 0), ",,a,,b\r\n,,,,\r\n,x,,,\r\n"),
        ] {
            let mut out = Vec::new();
            csv(&mut rows, (&Head::default(), first), false, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        let head = Head { hidden_columns: vec![(0, 0), (2, 2)], ..Head::default() };
        let mut out = Vec::new();
        csv(&mut rows, (&head, (2, 1)), true, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), ",,b\r\n,,\r\nx,,\r\n");
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
        spool.row(&Row { number: 7, hidden: false, cells }).unwrap();
        let mut out = Vec::new();
        json(&mut spool, &Head::default(), false, &mut out).unwrap();
        let seen: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(seen["rows"][0], serde_json::json!({"row": 7, "cells": {"A": 3, "AB": true}}));
        assert_eq!(seen["range"], "A7:AB7");
    }
}
