//! Sheets of Excel 4 macros and other kinds that no table is: calamine refuses a whole
//! workbook for one of them, so their relationship is rewritten to a kind that it passes over.

use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Largest list of relationships that is rewritten.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The container with every sheet of an unknown kind declared as a dialogue sheet; none when
/// there is nothing to change.
pub(super) fn passed_over(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let path = archive
        .file_names()
        .flatten()
        .find(|name| name.ends_with("_rels/workbook.xml.rels") || name.ends_with("_rels/workbook.bin.rels"))?
        .into_owned();
    let mut text = String::new();
    archive.by_name(&path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    let changed = rewritten(&text);
    if changed == text {
        return None;
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        if name == path {
            writer.start_file(name, SimpleFileOptions::default()).ok()?;
            writer.write_all(changed.as_bytes()).ok()?;
        } else {
            writer.raw_copy_file(entry).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// In xlsx the kind of a sheet is the end of its relationship's type; in xlsb it is the folder
/// of its part.
fn rewritten(text: &str) -> String {
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
    changed.push_str(rest);
    changed
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn only_macro_sheets_change_their_kind() {
        let text = "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/s.xml\"/>\
            <Relationship Id=\"b\" Type=\"http://m/2006/relationships/xlMacrosheet\" Target=\"macrosheets/s.xml\"/></Relationships>";
        let seen = rewritten(text);
        assert!(seen.contains("relationships/worksheet\" Target=\"worksheets/s.xml\""));
        assert!(seen.contains("relationships/dialogsheet\" Target=\"dialogsheets/s.xml\""));
        assert!(!seen.to_lowercase().contains("macrosheet"));
    }
}
