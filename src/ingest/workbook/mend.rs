//! Containers that calamine refuses or misreads though spreadsheet programs open them, written anew
//! with what it needs. Parts that need nothing are copied packed as they are.

use super::super::content::Content;
use super::super::table::{Area, address, letters};
use super::container;
use super::structure::{NEW_ERRORS, value};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::escape::escape;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Largest part that is rewritten, unpacked. What the directory says was looked at before.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// What the name of a part ends with.
fn extension(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// What `look` finds in each part, by its name in lower case and its content.
fn parts<T>(content: &Content, mut look: impl FnMut(&str, &mut dyn BufRead) -> T) -> Option<Vec<T>> {
    let mut archive = ZipArchive::new(content.reader()).ok()?;
    let each = (0..archive.len()).map(|index| {
        let entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.to_ascii_lowercase().replace('\\', "/");
        Some(look(&name, &mut BufReader::new(entry.take(MOST_BYTES))))
    });
    each.collect()
}

/// The container with these parts instead of its own; none when all stay.
fn written(content: &Content, changed: Vec<Option<Vec<u8>>>) -> Option<Content> {
    if changed.iter().all(Option::is_none) {
        return None;
    }
    let mut archive = ZipArchive::new(content.reader()).ok()?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, changed) in changed.into_iter().enumerate() {
        let entry = archive.by_index_raw(index).ok()?;
        if let Some(part) = changed {
            let name = entry.name().ok()?.into_owned();
            writer.start_file(name, SimpleFileOptions::default()).ok()?;
            writer.write_all(&part).ok()?;
        } else {
            writer.raw_copy_file(entry).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner().into())
}

/// A container that calamine does not open, so that it does: one sheet of a kind that no table is (of
/// Excel 4 macros, or one without a part, which removed modules leave behind) makes it refuse the whole
/// workbook, so such sheets are declared as dialogue sheets, which it passes over; a sheet in a state that
/// no program knows (`show`, which one library wrote) is visible; parts in UTF-16 become UTF-8; and the tags of
/// the list of parts, which it knows of an xlsb without a prefix only, have none.
pub(super) fn passed_over(content: &Content) -> Option<Content> {
    let is_xml = |name: &str| matches!(extension(name), "xml" | "rels");
    let changed = parts(content, |name, part| if is_xml(name) { utf8(part) } else { None })?;
    let unicode = written(content, changed);
    let content = unicode.as_ref().unwrap_or(content);
    let missing = container::sheets_without_part(&mut ZipArchive::new(content.reader()).ok()?);
    let is_list = |name: &str| {
        ["_rels/workbook.xml.rels", "_rels/workbook.bin.rels"].iter().any(|end| name.ends_with(end))
    };
    let changed = parts(content, |name, part| {
        let change: &dyn Fn(&str) -> String = if is_list(name) {
            &|text| rewritten(text, &missing)
        } else if name.ends_with("workbook.xml") {
            &with_known_states
        } else {
            return None;
        };
        let text = text(part)?;
        let changed = change(&text);
        (changed != text).then(|| changed.into_bytes())
    })?;
    written(content, changed).or(unicode)
}

/// The list of sheets, of which those in an unknown state are visible.
fn with_known_states(text: &str) -> String {
    const STATE: &str = " state=\"";
    let mut parts = text.split(STATE);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (state, rest) = part.split_once('"').unwrap_or((part, ""));
        let known = ["hidden", "veryHidden"].into_iter().find(|known| *known == state);
        changed.push_str(&format!("{STATE}{}\"{rest}", known.unwrap_or("visible")));
    }
    changed
}

fn text(content: &mut dyn BufRead) -> Option<String> {
    let mut text = String::new();
    content.read_to_string(&mut text).ok()?;
    Some(text)
}

/// A part in UTF-16, with its mark or without, as UTF-8 that says so.
fn utf8(content: &mut dyn BufRead) -> Option<Vec<u8>> {
    let start = content.fill_buf().ok()?;
    let bare = || match start {
        [0, b'<', ..] => Some(UTF_16BE),
        [b'<', 0, ..] => Some(UTF_16LE),
        _ => None,
    };
    let encoding = Encoding::for_bom(start).map(|(encoding, _)| encoding).or_else(bare)?;
    if encoding == UTF_8 {
        return None;
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).ok()?;
    let text = encoding.decode(&bytes).0.into_owned();
    let end = text.find("?>").unwrap_or(0);
    let declared = text[..end].to_ascii_lowercase();
    let text = match declared.find("utf-16") {
        Some(at) => format!("{}UTF-8{}", &text[..at], &text[at + "utf-16".len()..]),
        None => text,
    };
    Some(text.into_bytes())
}

/// A list of parts, of which the tags have no prefix.
fn unprefixed(text: &str) -> Cow<'_, str> {
    let end = text.find(":Relationships").unwrap_or(0);
    let prefix = text[..end].rsplit('<').next().unwrap_or_default();
    if prefix.is_empty() || prefix.contains([' ', '/', '"']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(&format!("<{prefix}:"), "<").replace(&format!("</{prefix}:"), "</"))
}

/// In xlsx the kind of a sheet is the end of its relationship's type; in xlsb it is the folder
/// of its part. `missing` are the names of relationships that sheets have and the list has not.
fn rewritten(text: &str, missing: &BTreeSet<String>) -> String {
    let text = unprefixed(text);
    let mut changed = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(start) = rest.find("<Relationship ") {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end);
        changed.push_str(&rest[..start]);
        let tag = &rest[start..end];
        let is_macro = ["xlMacrosheet", "xlIntlMacrosheet"].iter().any(|kind| tag.contains(kind));
        if is_macro {
            let tag = tag
                .replace("relationships/xlMacrosheet", "relationships/dialogsheet")
                .replace("relationships/xlIntlMacrosheet", "relationships/dialogsheet")
                .replace("\"macrosheets/", "\"dialogsheets/")
                .replace("\"intlmacrosheets/", "\"dialogsheets/");
            changed.push_str(&tag);
        } else {
            changed.push_str(tag);
        }
        rest = &rest[end..];
    }
    let end = rest.find("</").unwrap_or(rest.len());
    changed.push_str(&rest[..end]);
    for id in missing {
        let id = escape(id.as_str());
        changed.push_str(&format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/dialogsheet\" Target=\"dialogsheets/none.xml\"/>"
        ));
    }
    changed.push_str(&rest[end..]);
    changed
}

/// An xlsx in which every dimension of a sheet is one that calamine reads: for another, which is only
/// a hint, it refuses the sheet.
pub(super) fn with_dimensions(content: &Content) -> Option<Content> {
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

/// Whether a part is a sheet of an xlsx.
fn is_sheet(name: &str) -> bool {
    name.contains("worksheets/") && extension(name) == "xml"
}

/// An xlsx in which every cell says where it stands: behind one that it cannot read calamine counts wrongly.
pub(super) fn with_addresses(content: &Content) -> Option<Content> {
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

/// An xlsx in which errors that calamine does not know are texts, which [`super::values`] knows as errors.
pub(super) fn with_new_errors(content: &Content) -> Option<Content> {
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

/// How a cell says that it holds an error.
const AS_ERROR: &str = " t=\"e\"";

/// An xlsb of which the parts are in the folder where calamine looks for them.
pub(super) fn under_xl(content: &Content) -> Option<Content> {
    const LIST: &str = "xl/_rels/workbook.bin.rels";
    let mut archive = ZipArchive::new(content.reader()).ok()?;
    let path = container::workbook(&mut archive);
    let path = path.trim_start_matches('/');
    let folder = path.strip_suffix("workbook.bin").filter(|folder| *folder != "xl/")?;
    let renamed = |name: &str| match name.strip_prefix(folder) {
        // Of what stands in no folder these two are the package's.
        Some("_rels/.rels" | "[Content_Types].xml") | None => name.to_owned(),
        Some(rest) => format!("xl/{rest}"),
    };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).ok()?;
        let name = entry.name().ok()?.replace('\\', "/");
        let name = renamed(name.trim_start_matches('/'));
        if name == LIST {
            drop(entry);
            let list = text(&mut BufReader::new(archive.by_index(index).ok()?.take(MOST_BYTES)))?;
            let list = list.replace(&format!("\"/{folder}"), "\"");
            writer.start_file(name, SimpleFileOptions::default()).ok()?;
            writer.write_all(list.as_bytes()).ok()?;
        } else {
            writer.raw_copy_file_rename(entry, name).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner().into())
}

/// Records of a sheet of an xlsb (MS-XLSB 2.4.311, 2.4.310): an error, and an error that a formula gave.
/// Both begin with the column and the style, 8 bytes, and the error.
const ERROR: u8 = 0x03;
const FORMULA_ERROR: u32 = 0x0B;
const ERROR_BYTES: u32 = 9;
/// How a sheet begins: record 129 (2.4.141), without content.
const BEGIN_SHEET: [u8; 3] = [0x81, 0x01, 0x00];

/// An xlsb in which errors that formulas gave are plain errors: calamine passes over the others.
pub(super) fn with_errors(content: &Content) -> Option<Content> {
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
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).ok()?;
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
    let (mut places, mut at) = (Vec::new(), 0);
    while let Some((kind, kind_bytes)) = number(sheet, 2)
        && let Some((length, length_bytes)) = number(sheet, 4)
    {
        if kind == FORMULA_ERROR && length >= ERROR_BYTES {
            places.push(at);
        }
        at += kind_bytes + length_bytes + length as usize;
        let mut left = length as usize;
        while left > 0 {
            let ready = sheet.fill_buf().map_or(0, <[u8]>::len).min(left);
            if ready == 0 {
                return places;
            }
            sheet.consume(ready);
            left -= ready;
        }
    }
    places
}

/// A number of at most so many bytes, seven bits in each, the lowest first, and how many it took.
fn number(sheet: &mut impl BufRead, most: usize) -> Option<(u32, usize)> {
    let mut number = 0;
    for taken in 0..most {
        let byte = *sheet.fill_buf().ok()?.first()?;
        sheet.consume(1);
        number |= u32::from(byte & 0x7F) << (7 * taken);
        if byte < 0x80 {
            return Some((number, taken + 1));
        }
    }
    Some((number, most))
}

#[cfg(test)]
mod tests {
    use super::{addressed, errors_of_formulas, passed_over, rewritten, with_dimensions};
    use crate::ingest::sniff::Workbook;
    use crate::ingest::table::Sheet;
    use crate::ingest::workbook::cells;
    use crate::ingest::workbook::corpora_tests::gathered;
    use crate::ingest::workbook::wire::Job;
    use crate::model::Cell;
    use std::collections::BTreeSet;
    use std::io::{Cursor, Read as _, Write as _};

    #[test]
    fn only_macro_sheets_change_their_kind_and_missing_parts_are_declared() {
        let text = "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/s.xml\"/>\
            <Relationship Id=\"b\" Type=\"http://m/2006/relationships/xlMacrosheet\" Target=\"macrosheets/s.xml\"/></Relationships>";
        let seen = rewritten(text, &BTreeSet::new());
        assert!(seen.contains("relationships/worksheet\" Target=\"worksheets/s.xml\""));
        assert!(seen.contains("relationships/dialogsheet\" Target=\"dialogsheets/s.xml\""));
        assert!(!seen.to_lowercase().contains("macrosheet"));
        let prefixed = text.replace('<', "<ns0:").replace("<ns0:/", "</ns0:");
        assert_eq!(rewritten(&prefixed, &BTreeSet::new()), seen);
        let seen = rewritten(text, &BTreeSet::from(["c".to_owned()]));
        assert!(seen.contains("<Relationship Id=\"c\"") && seen.ends_with("/></Relationships>"));
    }

    /// Two sheets, with the texts of parts changed.
    fn book(change: impl Fn(&str, String) -> Vec<u8>) -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for name in ["Un", "Deux"] {
            workbook.add_worksheet().set_name(name).unwrap().write_string(0, 0, name).unwrap();
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut content = String::new();
            part.read_to_string(&mut content).unwrap();
            writer.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&change(&name, content)).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn sheets(bytes: &[u8]) -> Vec<Sheet> {
        let job = Job { kind: Workbook::Xlsx, cells: 1_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&bytes.to_vec().into(), &job, &mut said).unwrap();
        gathered(&said).sheets
    }

    #[test]
    fn a_sheet_without_a_part_is_passed_over_and_the_others_are_read() {
        for id in ["", "rIdNone"] {
            let bytes = book(|name, content| {
                let content = match name {
                    "xl/workbook.xml" => content.replace("r:id=\"rId2\"", &format!("r:id=\"{id}\"")),
                    _ => content,
                };
                content.into_bytes()
            });
            let read = sheets(&bytes);
            assert_eq!(read.iter().filter(|sheet| !sheet.rows.is_empty()).count(), 1, "{id}");
        }
        assert!(passed_over(&book(|_, content| content.into_bytes()).into()).is_none());
    }

    #[test]
    fn a_sheet_in_an_unknown_state_is_visible() {
        let states = |first: &str, second: &str| {
            book(|name, content| {
                let state = |content: String, id: &str, state: &str| {
                    content.replace(&format!(" r:id=\"{id}\""), &format!(" state=\"{state}\" r:id=\"{id}\""))
                };
                let content = match name {
                    "xl/workbook.xml" => state(state(content, "rId1", first), "rId2", second),
                    _ => content,
                };
                content.into_bytes()
            })
        };
        let hidden = |bytes: &[u8]| sheets(bytes).iter().map(|sheet| sheet.head.hidden).collect::<Vec<_>>();
        assert_eq!(hidden(&states("show", "veryHidden")), [false, true]);
        assert_eq!(hidden(&states("hidden", "")), [true, false]);
    }

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
    fn parts_in_utf_16_are_read() {
        for mark in ["\u{FEFF}", ""] {
            let bytes = book(|name, content| {
                if !["xl/workbook.xml", "xl/worksheets/sheet1.xml"].contains(&name) {
                    return content.into_bytes();
                }
                let wide = format!("{mark}{}", content.replace("UTF-8", "UTF-16"));
                wide.encode_utf16().flat_map(u16::to_le_bytes).collect()
            });
            assert_eq!(sheets(&bytes).iter().filter(|sheet| sheet.rows.len() == 1).count(), 2);
        }
    }

    #[test]
    fn a_dimension_of_whole_rows_keeps_no_sheet_from_being_read() {
        let bytes = book(|_, content| {
            content.replace("<dimension ref=\"A1\"/>", "<dimension ref=\"1:4\"/>").into_bytes()
        });
        assert!(with_dimensions(&bytes.clone().into()).is_some());
        assert_eq!(sheets(&bytes).iter().filter(|sheet| sheet.rows.len() == 1).count(), 2);
    }

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
