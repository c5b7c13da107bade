//! One table of several in a sheet: by the name of an Excel table, by its range, by its title.

use crate::bad_day::{SETTINGS, good_day};
use rust_xlsxwriter::{Table, Workbook, Worksheet};

const HEADERS: [&str; 5] = ["Entreprise", "Sens", "Description", "Quantité", "Unité"];

/// Ten rows of invented companies below their header.
fn fill(sheet: &mut Worksheet, row: u32, column: u16, quantity: &str) {
    for (at, header) in (column..).zip(HEADERS) {
        sheet.write_string(row, at, header).unwrap();
    }
    for line in 1..=10 {
        let company = format!("Canari {line} inc.");
        let cells = [company.as_str(), "offre", "palettes de bois", quantity, "t"];
        for (at, cell) in (column..).zip(cells) {
            sheet.write_string(row + line, at, cell).unwrap();
        }
    }
}

#[test]
fn one_of_two_tables_in_a_sheet_is_read_and_the_other_is_not() {
    let day = good_day();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    fill(sheet, 0, 0, "illisible");
    sheet.write_string(17, 6, "Visites de mai").unwrap();
    fill(sheet, 19, 6, "12");
    sheet.add_table(0, 0, 10, 4, &Table::new().set_name("Brouillon")).unwrap();
    sheet.add_table(19, 6, 29, 10, &Table::new().set_name("Visites_2026")).unwrap();
    workbook.save(day.path("jours/inputs/visites.xlsx")).unwrap();
    let settings = |window: &str| SETTINGS.replace("header_row = 1", window);
    for window in ["table = \"visites_2026\"", "range = \"G20:K30\"", "title = \"VISITES DE MAI\""] {
        day.write("pipeline.toml", &settings(window));
        let output = day.run(&["--json", "--dry-run"]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{window}: {errors}");
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&summary["rows"], &summary["rejected"]), (&10.into(), &0.into()), "{window}");
    }
    for (window, cause) in [
        ("table = \"Visites_2027\"", "no sheet holds the Excel table"),
        ("title = \"Visites de juin\"", "no sheet holds a cell with the text of `title`"),
    ] {
        day.write("pipeline.toml", &settings(window));
        let output = day.run(&["--dry-run"]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(65), "{window}");
        assert!(errors.contains(cause) && errors.contains("help:"), "{errors}");
        assert!(!errors.contains("Brouillon") && !errors.contains("Canari"), "{errors}");
    }
}
