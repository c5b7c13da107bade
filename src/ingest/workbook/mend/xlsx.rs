//! Sheets of an xlsx that calamine opens and misreads: dimensions, cells without an address, errors since 2016.

use super::super::structure::{NEW_ERRORS, value};
use super::{extension, parts, text, written};
use crate::ingest::content::Content;
use crate::ingest::table::{Area, address, letters};

/// How a cell says that it holds an error.
const AS_ERROR: &str = " t=\"e\"";

/// Whether a part is a sheet of an xlsx.
pub(super) fn is_sheet(name: &str) -> bool {
    name.contains("worksheets/") && extension(name) == "xml"
}

/// An xlsx in which every dimension of a sheet is one that calamine reads: for another, which is only
/// a hint, it refuses the sheet.
pub(in super::super) fn with_dimensions(content: &Content) -> Option<Content> {
    let changed = parts(content, |name, part| {
        let start = String::from_utf8_lossy(part.fill_buf().ok()?).into_owned();
        let tag = start.split_once("<dimension ").filter(|_| extension(name) == "xml")?.1;
        let area = tag.split_once("ref=\"")?.1.split('"').next()?;
        if Area::parse(area).is_some() || address(area).is_some() {
            return None;
        }
        Some(text(part)?.replacen(&format!("ref=\"{area}\""), "ref=\"A1\"", 1).into_bytes())
    })?;
    written(content, changed)
}

/// An xlsx in which every cell says where it stands: behind one that it cannot read calamine counts wrongly.
pub(in super::super) fn with_addresses(content: &Content) -> Option<Content> {
    let changed = parts(content, |name, part| if is_sheet(name) { addressed(&text(part)?) } else { None })?;
    written(content, changed)
}

/// A sheet in which every cell says where it stands; none when each does already.
fn addressed(sheet: &str) -> Option<Vec<u8>> {
    let (mut written, mut taken) = (String::new(), 0);
    // From 1 and from 0: those of the next cell.
    let (mut row, mut column) = (0_u32, 0_u32);
    for (start, _) in sheet.match_indices('<') {
        let tag = sheet[start + 1..].split('>').next().unwrap_or_default();
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let place = value(tag.as_bytes(), b"r");
        match name.rsplit(':').next() {
            Some("row") => {
                let said = place.and_then(|place| place.parse().ok());
                (row, column) = (said.unwrap_or_else(|| row.saturating_add(1)), 0);
            }
            Some("c") => {
                if let Some((_, said)) = place.and_then(address) {
                    column = said;
                } else {
                    let end = start + 1 + name.len();
                    written.push_str(&sheet[taken..end]);
                    written.push_str(&format!(" r=\"{}{row}\"", letters(column)));
                    taken = end;
                }
                column = column.saturating_add(1);
            }
            _ => {}
        }
    }
    written.push_str(&sheet[taken..]);
    (taken > 0).then(|| written.into_bytes())
}

/// An xlsx in which errors that calamine does not know are texts, which [`super::super::values`] knows as errors.
pub(in super::super) fn with_new_errors(content: &Content) -> Option<Content> {
    let changed = parts(content, |name, part| {
        let mut sheet = if is_sheet(name) { text(part)? } else { return None };
        let mut places: Vec<usize> = NEW_ERRORS
            .iter()
            .flat_map(|error| {
                sheet.match_indices(&format!(">{error}<")).map(|(at, _)| at).collect::<Vec<_>>()
            })
            .filter_map(|at| sheet[..at].rfind(AS_ERROR))
            .collect();
        places.sort_unstable();
        places.dedup();
        for at in places.iter().rev() {
            sheet.replace_range(*at..at + AS_ERROR.len(), " t=\"str\"");
        }
        (!places.is_empty()).then(|| sheet.into_bytes())
    })?;
    written(content, changed)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{book, sheets};
    use super::{addressed, with_dimensions};
    use crate::model::Cell;

    #[test]
    fn errors_since_2016_are_errors_where_they_stand() {
        let bytes = book(|name, content| {
            let rows = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"C1\" t=\"e\"><v>#SPILL!</v></c>\
                <c r=\"D1\" t=\"e\"><v>#N/A</v></c></row><row r=\"3\"><c r=\"B3\" s=\"0\" t=\"e\"><f>A()</f>\
                <v>#CALC!</v></c></row></sheetData>";
            if name != "xl/worksheets/sheet1.xml" {
                return content.into_bytes();
            }
            let (before, after) =
                (content.split_once("<sheetData>").unwrap().0, content.split_once("</sheetData>").unwrap().1);
            format!("{before}{rows}{after}").into_bytes()
        });
        let read = sheets(&bytes).remove(0);
        let error = |text: &str| Cell::Error(text.to_owned());
        let cells = read.rows.iter().map(|row| (row.number, row.cells.clone())).collect::<Vec<_>>();
        assert_eq!(cells[0].1[1..], [(2, error("#SPILL!")), (3, error("#N/A"))]);
        assert_eq!(cells[1], (3, vec![(1, error("#CALC!"))]));
        assert_eq!(read.remarks, []);
    }

    #[test]
    fn cells_behind_one_that_cannot_be_read_stay_where_they_are() {
        let bytes = book(|name, content| {
            if name != "xl/worksheets/sheet1.xml" {
                return content.into_bytes();
            }
            let (before, after) =
                (content.split_once("<sheetData>").unwrap().0, content.split_once("</sheetData>").unwrap().1);
            let rows = "<row><c><v>1</v></c><c t=\"s\"><v>77</v></c><c><v>3</v></c></row>\
                <row><c/><c t=\"zz\"><v>5</v></c><c><v>6</v></c></row>";
            format!("{before}<sheetData>{rows}</sheetData>{after}").into_bytes()
        });
        let read = sheets(&bytes).remove(0);
        let seen: Vec<(u32, Vec<u32>)> = read
            .rows
            .iter()
            .map(|row| (row.number, row.cells.iter().map(|(column, _)| *column).collect()))
            .collect();
        assert_eq!(seen, [(1, vec![0, 2]), (2, vec![2])]);
        assert_eq!(read.remarks.len(), 2);
        let whole = "<x:row r=\"7\"><x:c r=\"B7\"/><x:c s=\"1\"><x:v>1</x:v></x:c></x:row>";
        let expected = whole.replace("<x:c s", "<x:c r=\"C7\" s");
        assert_eq!(addressed(whole), Some(expected.clone().into_bytes()));
        assert_eq!(addressed(&expected), None);
    }

    #[test]
    fn rows_out_of_order_come_in_theirs() {
        let bytes = book(|name, content| {
            let row = |number: u32, cells: &str| format!("<row r=\"{number}\">{cells}</row>");
            let rows = [
                row(5, "<c r=\"A5\"><v>5</v></c>"),
                row(2, "<c r=\"B2\"><v>22</v></c>"),
                row(9, "<c r=\"A9\"><v>9</v></c>"),
                row(2, "<c r=\"A2\"><v>2</v></c>"),
            ];
            if name != "xl/worksheets/sheet1.xml" {
                return content.into_bytes();
            }
            let (before, after) =
                (content.split_once("<sheetData>").unwrap().0, content.split_once("</sheetData>").unwrap().1);
            format!("{before}<sheetData>{}</sheetData>{after}", rows.concat()).into_bytes()
        });
        let read = sheets(&bytes).remove(0);
        let seen: Vec<(u32, Vec<String>)> = read
            .rows
            .iter()
            .map(|row| (row.number, row.cells.iter().map(|(_, cell)| cell.reveal()).collect()))
            .collect();
        let row = |number, cells: &[&str]| (number, cells.iter().map(|cell| (*cell).to_owned()).collect());
        assert_eq!(seen, [row(2, &["2", "22"]), row(5, &["5"]), row(9, &["9"])]);
    }

    #[test]
    fn a_dimension_of_whole_rows_keeps_no_sheet_from_being_read() {
        let bytes = book(|_, content| {
            content.replace("<dimension ref=\"A1\"/>", "<dimension ref=\"1:4\"/>").into_bytes()
        });
        assert!(with_dimensions(&bytes.clone().into()).is_some());
        assert_eq!(sheets(&bytes).iter().filter(|sheet| sheet.rows.len() == 1).count(), 2);
    }
}
