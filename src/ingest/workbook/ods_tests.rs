//! What office programs write into open documents, cell by cell.

use super::cells;
use super::corpora_tests::gathered;
use super::wire::Job;
use crate::ingest::sniff::Workbook;
use crate::ingest::table::Sheet;
use crate::model::{Cell, FindingKind};
use std::io::{Cursor, Write as _};

/// The sheet of a workbook that holds these rows.
fn read(rows: &str) -> Sheet {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"F\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let job = Job { kind: Workbook::Ods, cells: 1_000, memory_mib: 512, wanted: None };
    let mut said = Vec::new();
    cells::read(&bytes.into(), &job, &mut said).unwrap();
    gathered(&said).sheets.remove(0)
}

/// Cells of one row as text, up to column F.
fn row(cells: &str) -> (Vec<String>, Sheet) {
    let sheet = read(&format!("<table:table-row>{cells}</table:table-row>"));
    (sheet.rows[0].dense(6).iter().map(Cell::reveal).collect(), sheet)
}

#[test]
fn a_time_of_a_day_and_more_is_what_the_cell_shows() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"time\" office:time-value=\"PT27H15M00S\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let shown = row(&[cell("03:15:00"), cell("27:15:00"), cell("03:15")].concat()).0;
    assert_eq!(shown[..3], ["03:15:00", "27:15:00", "03:15:00"]);
}

#[test]
fn what_a_cell_shows_beside_its_number_is_known() {
    let cell = |kind: &str, value: &str, text: &str| {
        format!(
            "<table:table-cell office:value-type=\"{kind}\" office:value=\"{value}\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let cells =
        [cell("float", "40", "40 lb"), cell("percentage", "0.4", "40 %"), cell("float", "40", "40,00")];
    let sheet = row(&cells.concat()).1;
    let typed = |column: u32| {
        let cell = sheet.rows[0].cell(column);
        sheet.head.form(1, column).and_then(|form| form.typed(cell, '.'))
    };
    assert_eq!([typed(0), typed(1), typed(2)], [Some("40 lb".to_owned()), Some("40 %".to_owned()), None]);
}

#[test]
fn a_formula_that_gives_an_empty_text_was_computed_and_one_without_a_text_was_not() {
    let (cells, sheet) =
        row("<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>\
         <table:table-cell table:formula=\"of:=IF(1;&quot;&quot;;2)\"><text:p/></table:table-cell>\
         <table:table-cell table:formula=\"of:=A1\"/>");
    assert_eq!(cells[..3], ["x", "", "#FORMULE!"]);
    let told: Vec<(FindingKind, Option<u32>)> =
        sheet.remarks.iter().map(|remark| (remark.kind, remark.column)).collect();
    assert_eq!(told, [(FindingKind::FormulaWithoutValue, Some(2))]);
}

#[test]
fn a_truth_value_is_one_however_it_is_kept() {
    let float = |value: u8, shown: &str| {
        format!(
            "<table:table-cell table:formula=\"of:=A1=B1\" office:value-type=\"float\" \
             office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
        )
    };
    let boolean = "<table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\">\
                   <text:p>VRAI</text:p></table:table-cell>";
    let cells = [float(1, "VRAI"), float(0, "FALSE"), boolean.to_owned(), float(1, "1")].concat();
    let (_, sheet) = row(&cells);
    let kinds: Vec<&Cell> = sheet.rows[0].cells.iter().map(|(_, cell)| cell).collect();
    assert!(matches!(
        kinds[..],
        [Cell::Boolean(true), Cell::Boolean(false), Cell::Boolean(true), Cell::Integer(_)]
    ));
}

#[test]
fn repeated_rows_and_cells_stand_where_they_are_shown() {
    let sheet = read(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
         table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"7\"><text:p>7</text:p>\
         </table:table-cell></table:table-row>\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell \
         table:number-columns-repeated=\"16384\"/></table:table-row>\
         <table:table-row><table:table-cell table:number-columns-repeated=\"3\"/><table:table-cell \
         office:value-type=\"time\" office:time-value=\"PT26H00M01,5S\"><text:p>x</text:p></table:table-cell>\
         </table:table-row>",
    );
    let seen: Vec<(u32, Vec<(u32, String)>)> = sheet
        .rows
        .iter()
        .map(|row| (row.number, row.cells.iter().map(|(column, cell)| (*column, cell.reveal())).collect()))
        .collect();
    let sevens = vec![(0, "7".to_owned()), (1, "7".to_owned())];
    assert_eq!(seen, [(1, sevens.clone()), (2, sevens), (6, vec![(3, "26:00:01.500".to_owned())])]);
}

#[test]
fn a_date_is_one_whatever_the_cell_shows_and_a_day_that_never_was_is_text() {
    let cell = |date: &str, shown: &str| {
        format!(
            "<table:table-cell office:value-type=\"date\" office:date-value=\"{date}\"><text:p>{shown}</text:p></table:table-cell>"
        )
    };
    let cells = [
        cell("2026-03-01", "1er mars 26"),
        cell("2026-03-01T08:30:00", "8 h 30"),
        cell("2026-02-31", "31/02/2026"),
    ];
    let (shown, sheet) = row(&cells.concat());
    assert_eq!(shown[..3], ["2026-03-01", "2026-03-01", "31/02/2026"]);
    let moment = |column: u32| match sheet.rows[0].cell(column) {
        Cell::Date(moment) => Some(moment.to_string()),
        _ => None,
    };
    let expected = [Some("2026-03-01 00:00:00".to_owned()), Some("2026-03-01 08:30:00".to_owned()), None];
    assert_eq!([moment(0), moment(1), moment(2)], expected);
}
