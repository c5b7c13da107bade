//! What is read is what Excel shows: sheets against csv files of the same collections, and the
//! same sheet in four formats against itself.

use super::corpus::corpora;
use super::read::{read, rows};
use std::path::Path;

/// Share of the cells of `expected` that a sheet shows, and how many there are.
fn agreement(file: &Path, flags: &[&str], expected: &[Vec<String>]) -> (usize, usize) {
    let seen = rows(&read(file, flags));
    let mut same = 0;
    let mut all = 0;
    for (at, row) in expected.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            all += 1;
            let shown = seen.get(at).and_then(|row| row.get(column)).map_or("", String::as_str);
            let equal = shown == cell
                || matches!((shown.parse::<f64>(), cell.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() < 1e-9);
            same += usize::from(equal);
        }
    }
    (same, all)
}

fn csv(file: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(file).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn sheets_agree_with_the_csv_of_their_collection() {
    let Some(folder) = corpora() else { return };
    // `simple.ods` of the second collection holds other data than its csv, so it is not an oracle.
    let pairs = [
        ("messytables-horror/simple.xlsx", "messytables-horror/simple.csv"),
        ("messytables-horror/simple.xls", "messytables-horror/simple.csv"),
        ("frictionless/table.xlsx", "frictionless/table.csv"),
        ("frictionless/table.xls", "frictionless/table.csv"),
        ("frictionless/table.ods", "frictionless/table.csv"),
        ("frictionless/table-output.xlsx", "frictionless/table-output.csv"),
        ("frictionless/table-output.ods", "frictionless/table-output.csv"),
    ];
    let (mut same, mut all) = (0, 0);
    for (sheet, oracle) in pairs {
        let (agreed, cells) = agreement(&folder.join(sheet), &[], &csv(&folder.join(oracle)));
        println!("{sheet}: {agreed} of {cells} cells as in {oracle}");
        same += agreed;
        all += cells;
    }
    assert!(same * 100 >= all * 98, "{same} of {all} cells");
}

#[test]
fn the_same_workbook_in_four_formats_is_read_alike() {
    let Some(folder) = corpora() else { return };
    let calamine = folder.join("calamine");
    let (mut same, mut all) = (0, 0);
    for (first, others, sheets) in [
        // The xlsb of this family holds its sheets in another order.
        ("issues.xlsx", &["issues.xls", "issues.ods"][..], 4),
        ("date.xlsx", &["date.xls", "date.xlsb"][..], 1),
        ("date_1904.xlsx", &["date_1904.xls", "date_1904.xlsb"][..], 1),
        ("any_sheets.xlsx", &["any_sheets.xls", "any_sheets.xlsb", "any_sheets.ods"][..], 2),
        ("merged_range.xlsx", &["merged_range.xls"][..], 1),
    ] {
        for sheet in 1..=sheets {
            let sheet = sheet.to_string();
            let expected = rows(&read(&calamine.join(first), &["--sheet", &sheet]));
            for other in others {
                let (agreed, cells) = agreement(&calamine.join(other), &["--sheet", &sheet], &expected);
                println!("{other} sheet {sheet}: {agreed} of {cells} cells as in {first}");
                same += agreed;
                all += cells;
            }
        }
    }
    assert!(all > 100, "{all}");
    assert!(same * 100 >= all * 98, "{same} of {all} cells");
}

#[test]
fn what_excel_shows_is_printed_cell_for_cell() {
    let Some(folder) = corpora() else { return };
    let cells = |file: &str, flags: &[&str]| rows(&read(&folder.join(file), flags));
    let dates: Vec<String> =
        cells("made-here/dates-1900-leap-bug.xlsx", &[]).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(
        dates,
        [
            "serial",
            "00:00:00",
            "1900-01-01",
            "1900-02-28",
            "1900-02-29",
            "1900-03-01",
            "2023-03-15",
            "9999-12-31",
            "2958466"
        ]
    );
    assert_eq!(cells("made-here/dates-1904.xlsx", &[])[0][0], "2023-03-15");
    let formulas = cells("made-here/uncached-formula.xlsx", &[]);
    assert_eq!(formulas[1..], [["#FORMULE!"], ["3"], ["#DIV/0!"]]);
    let errors = cells("calamine/errors.xlsx", &[]);
    assert!(errors.iter().flatten().any(|cell| cell == "#NAME?"), "{errors:?}");
    // The noise of a double beyond fifteen digits is not shown.
    assert_eq!(cells("frictionless/adjust-floating-point-error.xlsx", &[])[2][2], "274.66");
}
