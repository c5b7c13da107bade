//! Containers that calamine does not open: sheets that are no tables, texts in UTF-16, lists of parts and folders
//! as other programs write them.

use super::super::container;
use super::{MOST_BYTES, bytes, extension, parts, text, written};
use crate::ingest::content::Content;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::escape::escape;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A container that calamine does not open, so that it does: one sheet of a kind that no table is (of
/// Excel 4 macros, or one without a part, which removed modules leave behind) makes it refuse the whole
/// workbook, so such sheets are declared as dialogue sheets, which it passes over; a sheet in a state that
/// no program knows (`show`, which one library wrote) is visible; parts in UTF-16 become UTF-8; and the tags of
/// the list of parts, which it knows of an xlsb without a prefix only, have none.
pub(in super::super) fn passed_over(content: &Content) -> Option<Content> {
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
    let text = encoding.decode(&bytes(content)?).0.into_owned();
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

/// An xlsb of which the parts are in the folder where calamine looks for them.
pub(in super::super) fn under_xl(content: &Content) -> Option<Content> {
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

#[cfg(test)]
mod tests {
    use super::super::trial::{book, sheets};
    use super::{passed_over, rewritten};
    use std::collections::BTreeSet;

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
}
