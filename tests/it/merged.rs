//! A company's name merged over its rows is the name of each of them, in xlsx and in ods.

use super::bad_day::{Day, SETTINGS};
use rust_xlsxwriter::{Format, Workbook};
use std::fs;
use std::io::Write as _;

const HEADERS: [&str; 5] = ["Entreprise", "Sens", "Description", "Quantité", "Unité"];
/// Companies with how many rows each has.
const ROWS: [(&str, u32); 4] =
    [("Canari 1 inc.", 3), ("Canari 2 inc.", 1), ("Canari 3 inc.", 4), ("Canari 4 inc.", 2)];

fn xlsx() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(0, column, header).unwrap();
    }
    let mut row = 1;
    for (company, rows) in ROWS {
        if rows == 1 {
            sheet.write_string(row, 0, company).unwrap();
        } else {
            sheet.merge_range(row, 0, row + rows - 1, 0, company, &Format::new()).unwrap();
        }
        for at in row..row + rows {
            for (column, text) in (1..).zip(["offre", &format!("palettes de bois, lot {at}")]) {
                sheet.write_string(at, column, text).unwrap();
            }
            sheet.write_number(at, 3, f64::from(100 + at)).unwrap();
            sheet.write_string(at, 4, "t").unwrap();
        }
        row += rows;
    }
    workbook.save_to_buffer().unwrap()
}

fn ods() -> Vec<u8> {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let mut rows = format!("<table:table-row>{}</table:table-row>", HEADERS.map(cell).concat());
    let mut at = 1;
    for (company, count) in ROWS {
        for row in 0..count {
            let name = match row {
                0 => format!(
                    "<table:table-cell table:number-rows-spanned=\"{count}\" table:number-columns-spanned=\"1\" \
                     office:value-type=\"string\"><text:p>{company}</text:p></table:table-cell>"
                ),
                _ => "<table:covered-table-cell/>".to_owned(),
            };
            let quantity = format!(
                "<table:table-cell office:value-type=\"float\" office:value=\"{0}\"><text:p>{0}</text:p></table:table-cell>",
                100 + at
            );
            let rest = [cell("offre"), cell(&format!("palettes de bois, lot {at}")), quantity, cell("t")];
            rows += &format!("<table:table-row>{name}{}</table:table-row>", rest.concat());
            at += 1;
        }
    }
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"Visites\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    for (name, text) in [("mimetype", kind), ("content.xml", content.as_str())] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_name_that_is_merged_over_its_rows_loses_none_of_them() {
    let mut releases = Vec::new();
    for (file, bytes) in [("visites.xlsx", xlsx()), ("visites.ods", ods())] {
        let day = Day::new();
        fs::remove_file(day.path("jours/inputs/visites.xlsx")).unwrap();
        fs::write(day.path("jours/inputs").join(file), bytes).unwrap();
        day.write("pipeline.toml", &SETTINGS.replace("visites.xlsx", file));
        let output = day.run(&["--json"]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 4)), "{file}: {message}");
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let counts = ["rows", "rejected", "organisations", "flows"].map(|key| summary[key].as_u64().unwrap());
        assert_eq!(counts, [10, 0, 4, 10], "{file}: {summary}");
        let files = day.release();
        let csv = files.into_iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "csv"));
        releases.push(csv.map(|(_, bytes)| bytes).collect::<Vec<_>>());
    }
    assert!(releases[0] == releases[1], "the same rows in two formats give two releases");
}
