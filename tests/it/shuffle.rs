//! The same rows in another order.

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use std::fs;
use std::path::Path;

/// Writes every sheet of a workbook again: `kept` rows as they are, the others from the last to the first.
pub(crate) fn shuffle_workbook(path: &Path, kept: u32) {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let mut copy = Workbook::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let last = range.end().unwrap().0;
        let sheet = copy.add_worksheet().set_name(&name).unwrap();
        let start = range.start().unwrap();
        for (row, column, cell) in range.used_cells() {
            let (row, column) =
                (start.0 + u32::try_from(row).unwrap(), start.1 + u32::try_from(column).unwrap());
            let target = if row < kept { row } else { kept + last - row };
            write(sheet, target, u16::try_from(column).unwrap(), cell);
            if path.ends_with("ateliers-2026.xlsx") && name == "Port" && row == 8 {
                // The one hidden row stays hidden.
                sheet.set_row_hidden(target).unwrap();
            }
        }
    }
    copy.save(path).unwrap();
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Data) {
    let written = match cell {
        Data::Empty => Ok(sheet),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            sheet.write(row, column, text.as_str())
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of a sample fit")]
        Data::Int(number) => sheet.write(row, column, *number as f64),
        Data::Float(number) => sheet.write(row, column, *number),
        Data::Bool(yes) => sheet.write(row, column, *yes),
        Data::DateTime(date) => {
            let format = Format::new().set_num_format("yyyy-mm-dd");
            sheet.write_with_format(row, column, date.as_f64(), &format)
        }
        Data::Error(error) => {
            let shown = error.to_string();
            sheet.write(row, column, Formula::new(shown.clone()).set_result(shown))
        }
    };
    written.unwrap();
}

/// Reverses the records of paged exports over all pages together.
pub(crate) fn shuffle_pages(paths: &[std::path::PathBuf]) {
    let mut pages: Vec<serde_json::Value> =
        paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect();
    let mut records: Vec<serde_json::Value> = Vec::new();
    for page in &pages {
        records.extend(page["data"]["flux"].as_array().unwrap().iter().cloned());
    }
    records.reverse();
    let half = records.len().div_ceil(pages.len());
    for (page, part) in pages.iter_mut().zip(records.chunks(half)) {
        page["data"]["flux"] = part.to_vec().into();
    }
    for (path, page) in paths.iter().zip(&pages) {
        fs::write(path, serde_json::to_vec(page).unwrap()).unwrap();
    }
}
