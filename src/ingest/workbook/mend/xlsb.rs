//! Errors in sheets of an xlsb, which calamine passes over where formulas gave them.

use super::super::biff12::records;
use super::{bytes, extension, parts, written};
use crate::ingest::content::Content;
use std::io::BufRead;

/// Records of a sheet of an xlsb (MS-XLSB 2.4.311, 2.4.310): an error, and an error that a formula gave.
/// Both begin with the column and the style, 8 bytes, and the error.
const ERROR: u8 = 0x03;
const FORMULA_ERROR: u32 = 0x0B;
const ERROR_BYTES: u32 = 9;
/// How a sheet begins: record 129 (2.4.141), without content.
const BEGIN_SHEET: [u8; 3] = [0x81, 0x01, 0x00];

/// An xlsb in which errors that formulas gave are plain errors: calamine passes over the others.
pub(in super::super) fn with_errors(content: &Content) -> Option<Content> {
    // Few workbooks have any, so nothing is held before they are found.
    let found = parts(content, |name, mut part| {
        let is_sheet =
            extension(name) == "bin" && part.fill_buf().is_ok_and(|start| start.starts_with(&BEGIN_SHEET));
        if is_sheet { errors_of_formulas(&mut part) } else { Vec::new() }
    })?;
    if found.iter().all(Vec::is_empty) {
        return None;
    }
    let mut found = found.into_iter();
    let changed = parts(content, |_, part| {
        let places = found.next().filter(|places| !places.is_empty())?;
        let mut bytes = bytes(part)?;
        for place in places {
            *bytes.get_mut(place)? = ERROR;
        }
        Some(bytes)
    })?;
    written(content, changed)
}

/// Where the records of errors that formulas gave begin in a sheet of an xlsb, up to its end or to what
/// is no record.
fn errors_of_formulas(sheet: &mut impl BufRead) -> Vec<usize> {
    let mut places = Vec::new();
    records(sheet, |record| {
        if record.kind == FORMULA_ERROR && record.length >= ERROR_BYTES {
            places.push(record.at);
        }
    });
    places
}

#[cfg(test)]
mod tests {
    use super::errors_of_formulas;

    #[test]
    fn errors_of_formulas_are_found_between_other_records() {
        let mut sheet = vec![0x81, 0x01, 0x00];
        // A text of 200 bytes holds what looks like a record.
        sheet.extend([0x06, 0xC8, 0x01]);
        sheet.extend([0x0B; 200]);
        let first = sheet.len();
        sheet.extend([0x0B, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0, 0x17, 0, 0]);
        sheet.extend([0x03, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x17]);
        let second = sheet.len();
        sheet.extend([0x0B, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x2A]);
        assert_eq!(errors_of_formulas(&mut sheet.as_slice()), [first, second]);
        sheet.truncate(second + 5);
        assert_eq!(errors_of_formulas(&mut sheet.as_slice()), [first, second]);
    }
}
