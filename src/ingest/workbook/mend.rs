//! Containers that calamine refuses or misreads though spreadsheet programs open them, written anew
//! with what it needs. Parts that need nothing are copied packed as they are.

use super::super::table::{Area, address};
use super::container;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::escape::escape;
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
fn parts<T>(bytes: &[u8], mut look: impl FnMut(&str, &mut dyn BufRead) -> T) -> Option<Vec<T>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let each = (0..archive.len()).map(|index| {
        let entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.to_ascii_lowercase().replace('\\', "/");
        Some(look(&name, &mut BufReader::new(entry.take(MOST_BYTES))))
    });
    each.collect()
}

/// The container with these parts instead of its own; none when all stay.
fn written(bytes: &[u8], changed: Vec<Option<Vec<u8>>>) -> Option<Vec<u8>> {
    if changed.iter().all(Option::is_none) {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for (index, changed) in changed.into_iter().enumerate() {
        let entry = archive.by_index_raw(index).ok()?;
        if let Some(content) = changed {
            let name = entry.name().ok()?.into_owned();
            writer.start_file(name, SimpleFileOptions::default()).ok()?;
            writer.write_all(&content).ok()?;
        } else {
            writer.raw_copy_file(entry).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// A container that calamine does not open, so that it does: one sheet of a kind that no table is (of
/// Excel 4 macros, or one without a part, which removed modules leave behind) makes it refuse the whole
/// workbook, so such sheets are declared as dialogue sheets, which it passes over; and parts in UTF-16
/// become UTF-8.
pub(super) fn passed_over(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_xml = |name: &str| matches!(extension(name), "xml" | "rels");
    let changed = parts(bytes, |name, content| if is_xml(name) { utf8(content) } else { None })?;
    let unicode = written(bytes, changed);
    let bytes = unicode.as_deref().unwrap_or(bytes);
    let missing = container::sheets_without_part(&mut ZipArchive::new(Cursor::new(bytes)).ok()?);
    let is_list = |name: &str| {
        ["_rels/workbook.xml.rels", "_rels/workbook.bin.rels"].iter().any(|end| name.ends_with(end))
    };
    let changed = parts(bytes, |name, content| {
        let text = if is_list(name) { text(content)? } else { return None };
        let changed = rewritten(&text, &missing);
        (changed != text).then(|| changed.into_bytes())
    })?;
    written(bytes, changed).or(unicode)
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

/// In xlsx the kind of a sheet is the end of its relationship's type; in xlsb it is the folder
/// of its part. `missing` are the names of relationships that sheets have and the list has not.
fn rewritten(text: &str, missing: &BTreeSet<String>) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
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
pub(super) fn with_dimensions(bytes: &[u8]) -> Option<Vec<u8>> {
    let changed = parts(bytes, |name, content| {
        let start = String::from_utf8_lossy(content.fill_buf().ok()?).into_owned();
        let tag = start.split_once("<dimension ").filter(|_| extension(name) == "xml")?.1;
        let area = tag.split_once("ref=\"")?.1.split('"').next()?;
        if Area::parse(area).is_some() || address(area).is_some() {
            return None;
        }
        Some(text(content)?.replacen(&format!("ref=\"{area}\""), "ref=\"A1\"", 1).into_bytes())
    })?;
    written(bytes, changed)
}

/// Records of a sheet of an xlsb (MS-XLSB 2.4.311, 2.4.310): an error, and an error that a formula gave.
/// Both begin with the column and the style, 8 bytes, and the error.
const ERROR: u8 = 0x03;
const FORMULA_ERROR: u32 = 0x0B;
const ERROR_BYTES: u32 = 9;
/// How a sheet begins: record 129 (2.4.141), without content.
const BEGIN_SHEET: [u8; 3] = [0x81, 0x01, 0x00];

/// An xlsb in which errors that formulas gave are plain errors: calamine passes over the others.
pub(super) fn with_errors(bytes: &[u8]) -> Option<Vec<u8>> {
    // Few workbooks have any, so nothing is held before they are found.
    let found = parts(bytes, |name, mut content| {
        let is_sheet =
            extension(name) == "bin" && content.fill_buf().is_ok_and(|start| start.starts_with(&BEGIN_SHEET));
        if is_sheet { errors_of_formulas(&mut content) } else { Vec::new() }
    })?;
    if found.iter().all(Vec::is_empty) {
        return None;
    }
    let mut found = found.into_iter();
    let changed = parts(bytes, |_, content| {
        let places = found.next().filter(|places| !places.is_empty())?;
        let mut part = Vec::new();
        content.read_to_end(&mut part).ok()?;
        for place in places {
            *part.get_mut(place)? = ERROR;
        }
        Some(part)
    })?;
    written(bytes, changed)
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
    use super::{errors_of_formulas, passed_over, rewritten, with_dimensions};
    use crate::ingest::sniff::Workbook;
    use crate::ingest::table::Sheet;
    use crate::ingest::workbook::cells;
    use crate::ingest::workbook::corpora_tests::gathered;
    use crate::ingest::workbook::wire::Job;
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
        cells::read(bytes, &job, &mut said).unwrap();
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
        assert!(passed_over(&book(|_, content| content.into_bytes())).is_none());
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
        assert!(with_dimensions(&bytes).is_some());
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
